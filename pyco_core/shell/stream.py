# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A conversation with a program on a channel."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from time import monotonic

from ..transport.base import Closed, TimedOut
from .base import CHECK, Program, Starter


class ProgramStream:
    """Implements Stream. starter: for the errors. started: a program that has been requested."""

    def __init__(self, starter: Starter, started: AbstractContextManager[Program]) -> None:
        self._starter = starter
        self._stack = ExitStack()
        self._program = self._stack.enter_context(started)
        self._buffer = b""  # of stdout

    def write(self, data: bytes, deadline: float) -> None:
        """As Stream.write. Output is kept meanwhile, so that the program does not wait for its reader."""
        rest, began = memoryview(data), monotonic()
        try:
            while rest:
                self._receive()  # which may make room for more input
                sent = self._program.send(rest)
                rest = rest[sent:]
                if not sent:
                    self._wait(deadline)
        except (Closed, TimedOut) as exc:
            raise self._starter.error(exc, deadline - began) from exc

    def read(self, size: int, deadline: float) -> bytes:
        """As Stream.read."""
        began = monotonic()
        try:
            self._receive()
            while not self._buffer and not self._program.has_ended:
                self._wait(deadline)
                self._receive()
        except (Closed, TimedOut) as exc:
            raise self._starter.error(exc, deadline - began) from exc
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def close(self) -> None:
        """As Stream.close."""
        self._stack.close()

    def _receive(self) -> None:
        stdout, _stderr = self._program.receive()
        self._buffer += stdout

    def _wait(self, deadline: float) -> None:
        left = deadline - monotonic()
        if left <= 0:
            raise TimedOut
        if not self._program.wait(min(left, CHECK)):
            self._starter.check()
