# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real shell on a pseudo-terminal behind an ssh channel. It runs as the user of the simulator."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from selectors import EVENT_READ, DefaultSelector
from threading import Thread

import paramiko

from .pipe import BROKEN, Pipe
from .session import Session

# A shell needs a controlling terminal for job control. Only the child itself can take it, and Python code
# between fork and exec is not safe in a process with threads. A simulator that runs under nohup or in the
# background ignores signals, and a shell that inherits this survives the end of its terminal.
_WITH_TTY = """
import fcntl, os, signal, sys, termios
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def run_shell(shell: str, home: str, channel: paramiko.Channel, session: Session) -> str:
    """Run a shell to its end and return the reason: "exit", or "client" if the channel was closed.

    shell: path of the program. home: its working directory and HOME.
    """
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
    input_thread = Thread(target=_copy_input, args=(channel, master, child, session), daemon=True)
    input_thread.start()
    with _end_of(child) as end:
        _copy_output(master, end, channel)
    status = child.wait()
    reason = "client" if channel.closed else "exit"
    try:
        if reason == "exit":
            channel.send_exit_status(max(status, 0))
        channel.close()
    except BROKEN:
        reason = "client"
    input_thread.join()
    os.close(master)
    return reason


@contextmanager
def _end_of(child: subprocess.Popen[bytes]) -> Iterator[int]:
    """Return a file that is readable after the end of a process, for the block."""
    ended, open_until_end = os.pipe()

    def report() -> None:
        child.wait()
        os.close(open_until_end)

    waiting = Thread(target=report, daemon=True)
    waiting.start()
    yield ended
    waiting.join()
    os.close(ended)


def _copy_output(master: int, end: int, channel: Pipe) -> None:
    """Copy the output of the shell, until all programs have closed the terminal or the shell has ended.

    As with sshd, programs that the shell has left in the background do not keep the session open. end: of
    `_end_of`.
    """
    with DefaultSelector() as selector:
        selector.register(master, EVENT_READ)
        selector.register(end, EVENT_READ)
        try:
            while any(key.fd == master for key, _events in selector.select()):
                data = os.read(master, 65536)
                if not data:
                    return
                channel.sendall(data)
        except BROKEN:
            return


def _copy_input(channel: Pipe, master: int, child: subprocess.Popen[bytes], session: Session) -> None:
    """Copy the input of the channel to the shell. At its end send SIGHUP, which ends the shell."""
    try:
        while data := channel.recv(4096):
            session.receive(data)
            os.write(master, data)
    except OSError:
        # The shell has exited; the channel is closed next.
        return
    child.send_signal(signal.SIGHUP)
