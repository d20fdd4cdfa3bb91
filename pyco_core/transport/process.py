# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on a pty of this machine, as a Transport: pexpect.spawn itself."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

import pexpect

from ..errors import ClientMissing
from .base import CHUNK, COLUMNS, LINES, TERMINAL, Closed, TimedOut
from .descriptors import exhausted
from .spawn import Spawn

if TYPE_CHECKING:  # generic in the type stubs only
    _PtySpawn = pexpect.spawn[bytes]
else:
    _PtySpawn = pexpect.spawn

_GRACE = 0.02  # seconds that a program has to end by itself; pexpect's default is 0.1


class Process(Spawn, _PtySpawn):
    """A program that runs on a pty, without a shell, with TERM=dumb. The program controls the echo.

    argv: the program and its arguments. Raises ClientMissing if it does not exist or cannot be run, and
    TooManyOpenFiles.
    """

    ptyproc: Any  # of pexpect

    def __init__(self, argv: list[str]) -> None:
        environment = {**os.environ, "TERM": TERMINAL}
        try:
            pexpect.spawn.__init__(
                self, argv[0], argv[1:], maxread=CHUNK, dimensions=(LINES, COLUMNS), env=environment
            )
        except pexpect.ExceptionPexpect as exc:
            raise ClientMissing(
                f"The program {argv[0]} cannot be run on this machine.", hint=f"Install {argv[0]}."
            ) from exc
        except OSError as exc:
            raise exhausted(exc) or ClientMissing(
                f"The program {argv[0]} cannot be started: {exc.strerror}."
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
        """As Transport.close. The program gets SIGHUP and, if it does not end and with force, SIGKILL."""
        self.closed = True
        with suppress(pexpect.ExceptionPexpect, OSError):
            super().close(force)

    @property
    def alive(self) -> bool:
        """As Transport.alive."""
        return not self.closed and self.isalive()
