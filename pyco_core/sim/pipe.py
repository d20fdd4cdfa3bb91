# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface of a bidirectional byte stream, and the exceptions for its end."""

from __future__ import annotations

from typing import Protocol


class HungUp(Exception):
    """The end of a session. by: "client" or another reason of `Session.ended`."""

    def __init__(self, by: str = "client") -> None:
        super().__init__(by)
        self.by = by


# Raised by a write to a stream that has just ended: OSError by a socket, EOFError by paramiko.
BROKEN = (OSError, EOFError)


class Pipe(Protocol):
    """The common interface of a socket, a telnet stream and an ssh channel."""

    def recv(self, size: int, /) -> bytes:
        """Wait for at least one byte; return b"" at the end of the stream.

        Raises BlockingIOError if only protocol bytes arrived, and other OSErrors.
        """

    def sendall(self, data: bytes, /) -> None:
        """Write all data. Raises OSError or EOFError if the stream has ended."""

    def fileno(self) -> int:
        """Return a file descriptor for `select`."""

    def close(self) -> None:
        """Close the stream."""
