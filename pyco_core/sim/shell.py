# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real shell on a pseudo-terminal behind an ssh channel, as the user who runs the simulator."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from threading import Thread

import paramiko

from .pipe import BROKEN
from .record import Session

# Without a controlling terminal a shell has no job control. Only the child itself can take one, and
# Python code that runs between fork and exec is not safe in a process with threads.
_WITH_TTY = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def run_shell(shell: str, home: str, channel: paramiko.Channel, session: Session) -> str:
    """Run the shell until it exits ("exit") or the channel closes ("client"); nothing is left running."""
    master, slave = pty.openpty()
    size = struct.pack("HHHH", session.lines or 24, session.columns or 80, 0, 0)
    fcntl.ioctl(master, termios.TIOCSWINSZ, size)
    child = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _WITH_TTY, shell],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=home,
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": home, "TERM": session.terminal or "dumb"},
        start_new_session=True,
    )
    os.close(slave)
    typing = Thread(target=_type, args=(channel, master, child, session), daemon=True)
    typing.start()
    _show(master, channel)
    status = child.wait()
    ended = "client" if channel.closed else "exit"
    try:
        if ended == "exit":
            channel.send_exit_status(max(status, 0))
        channel.close()
    except BROKEN:
        ended = "client"
    typing.join()
    os.close(master)
    return ended


def _show(master: int, channel: paramiko.Channel) -> None:
    try:
        while data := os.read(master, 65536):
            channel.sendall(data)
    except BROKEN:
        return


def _type(channel: paramiko.Channel, master: int, child: subprocess.Popen[bytes], session: Session) -> None:
    """Type what comes until the channel ends; then hang up as a modem line does, which ends the shell."""
    try:
        while data := channel.recv(4096):
            session.raw += data
            os.write(master, data)
    except OSError:
        # The shell has just exited; the end of the channel follows.
        return
    child.send_signal(signal.SIGHUP)
