# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A two-way byte stream as the simulator sees it, and the end of one."""

from __future__ import annotations

from typing import Protocol


class HungUp(Exception):
    """The stream ended: `by` is "client" where the other side left, else why the device ended it."""

    def __init__(self, by: str = "client") -> None:
        super().__init__(by)
        self.by = by


# What a write to a stream that just ended raises: OSError from a socket, EOFError from paramiko.
BROKEN = (OSError, EOFError)


class Pipe(Protocol):
    """What a socket, a telnet stream over one, and an ssh channel have in common."""

    def recv(self, size: int, /) -> bytes:
        """Wait for at least one byte; b"" at the end of the stream.

        Raises BlockingIOError where something came that was not for the reader, and other OSErrors.
        """

    def sendall(self, data: bytes, /) -> None:
        """Write all of data. May raise OSError."""

    def fileno(self) -> int:
        """A descriptor that can be selected for reading."""

    def close(self) -> None:
        """End the stream."""
