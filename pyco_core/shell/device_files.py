# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell of a network device, which starts no programs but a server for files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from time import monotonic
from typing import BinaryIO, ClassVar

from ..errors import ProgramsRefused, SessionTimedOut, TransferFailed
from ..models.execute import MODE, PLAIN, Execute, Executed, Output, Start
from .base import Starter, Stream
from .stream import ProgramStream


class DeviceFiles(ABC):
    """The base of shells that copy files only.

    name: of the driver. starter: starts programs. timeout: seconds without progress. protocol: of the server.
    hint: the remedy in its errors.
    """

    is_parallel = False  # there are no programs
    protocol: ClassVar[str]
    hint: ClassVar[str]

    def __init__(self, name: str, starter: Starter, timeout: float) -> None:
        self.timeout = timeout
        self._name = name
        self._starter = starter

    def execute(self, order: Execute, on_output: Output | None = None) -> Executed:
        """Refuse, as the device has no POSIX shell. Raises ProgramsRefused."""
        raise self._refusal()

    def stream(self, command: str) -> Stream:
        """Refuse, as the device has no POSIX shell. Raises ProgramsRefused."""
        raise self._refusal()

    @abstractmethod
    def put(self, source: BinaryIO, path: str, mode: int = MODE) -> None:
        """As Shell.put, but the device may leave a part of a transfer that fails. Raises PycoError."""

    @abstractmethod
    def fetch(self, path: str, sink: BinaryIO) -> None:
        """As Shell.fetch. Raises PycoError."""

    @contextmanager
    def started(self, command: str, path: str, start: Start = PLAIN) -> Iterator[Stream]:
        """Start the server, and end it after the block. path: for errors. Raises PycoError."""
        text = command.encode("utf-8", "surrogateescape")
        program = self._starter.program(text, monotonic() + self.timeout, start)
        with closing(ProgramStream(self._starter, program)) as stream:
            try:
                yield stream
            except ProgramsRefused as exc:
                raise failed(path, f"the device starts no {self.protocol}", self.hint) from exc
            except SessionTimedOut as exc:
                reason = f"the device did not answer within {self.timeout:g} s"
                raise failed(path, reason, self.hint) from exc

    def _refusal(self) -> ProgramsRefused:
        return ProgramsRefused(
            f"The driver {self._name} is for a device without a POSIX shell.", reached=True
        )


def failed(path: str, reason: str, hint: str) -> TransferFailed:
    """Return the error for a file that was not copied."""
    return TransferFailed(f"{path} was not copied: {reason}.", hint=hint, reached=True)
