# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on a pty of this machine, as a Transport: pexpect.spawn itself."""

from __future__ import annotations

import os
import select
import shlex
import signal
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

import pexpect

from ..errors import ClientMissing
from .base import CHUNK, COLUMNS, LINES, TERMINAL, Closed, TimedOut
from .descriptors import exhausted
from .local_command import end_group
from .spawn import Spawn

if TYPE_CHECKING:  # generic in the type stubs only
    _PtySpawn = pexpect.spawn[bytes]
else:
    _PtySpawn = pexpect.spawn

_GRACE = 0.02  # seconds that a program has to end by itself; pexpect's default is 0.1


def restore_signals() -> None:
    """Let the terminal's signals end a program, also if nohup or a background job started this process."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


class Process(Spawn, _PtySpawn):
    """A program that runs on a pty, without a shell, with TERM=dumb. The program controls the echo.

    argv: the program and its arguments. folder: its working directory; None for that of this process.
    Raises ClientMissing if it does not exist or cannot be run, and TooManyOpenFiles.
    """

    ptyproc: Any  # of pexpect

    def __init__(self, argv: list[str], folder: str | None = None) -> None:
        # Without arguments, pexpect splits the name.
        name = argv[0] if argv[1:] else shlex.quote(argv[0])
        try:
            pexpect.spawn.__init__(
                self,
                name,
                argv[1:],
                maxread=CHUNK,
                dimensions=(LINES, COLUMNS),
                env={**os.environ, "TERM": TERMINAL},
                cwd=folder,
                preexec_fn=restore_signals,
            )
        except pexpect.ExceptionPexpect as exc:
            raise ClientMissing(
                f"The program {argv[0]} cannot be run on this machine.", hint=f"Install {argv[0]}."
            ) from exc
        except OSError as exc:
            raise exhausted(exc) or ClientMissing(
                f"The program {argv[0]} cannot be started: {os.strerror(exc.errno or 0)}."
            ) from exc
        self.delayafterread = None  # pexpect would sleep after every read
        self.ptyproc.delayafterclose = self.ptyproc.delayafterterminate = _GRACE
        # Otherwise, a write to a program that does not read would block beyond the deadline.
        os.set_blocking(self.child_fd, False)
        self._readable = select.poll()
        self._readable.register(self.child_fd, select.POLLIN)

    def _receive(self, size: int, deadline: float) -> bytes:
        left = deadline - monotonic()
        if left <= 0:
            raise TimedOut
        ready = self._readable.poll(left * 1000)
        if self.closed:  # perhaps by another thread, and the descriptor may belong to another file now
            raise Closed
        if not ready:
            # A child of the program may keep the pty open after the program has ended.
            raise TimedOut if self.isalive() else Closed
        try:
            data = os.read(self.child_fd, size)
        except OSError:  # Linux raises EIO when the last user of the pty has closed it
            data = b""
        if not data:
            raise Closed
        return data

    def _transmit(self, data: bytes, deadline: float) -> None:
        position = 0
        while position < len(data):
            left = deadline - monotonic()
            if left <= 0:
                raise TimedOut
            if self.closed:
                raise Closed
            try:
                position += os.write(self.child_fd, data[position : position + CHUNK])
            except BlockingIOError:
                writable = select.poll()
                writable.register(self.child_fd, select.POLLOUT)
                writable.poll(left * 1000)
            except OSError as exc:
                raise Closed from exc

    def pending(self) -> bool:
        """As Transport.pending."""
        return bool(self._buffer.tell()) or self.closed or bool(self._readable.poll(0))

    def resize(self, columns: int, lines: int) -> None:
        """As Transport.resize."""
        try:
            self.setwinsize(lines, columns)
        except (OSError, ValueError) as exc:  # ValueError: the pty is closed
            raise Closed from exc

    def close(self, force: bool = True) -> None:
        """As Transport.close. The program gets SIGHUP and, if it does not end and with force, SIGKILL.

        With force, the programs that it has started get SIGKILL too, such as a ProxyCommand of ssh.
        """
        if self.closed:
            return
        self.closed = True
        with suppress(pexpect.ExceptionPexpect, OSError):
            super().close(force)
        if force:
            end_group(self.ptyproc.pid)

    @property
    def alive(self) -> bool:
        """As Transport.alive."""
        return not self.closed and self.isalive()
