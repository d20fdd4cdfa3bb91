# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a session asks of a byte pipe. A transport author reads this file and no other."""

from __future__ import annotations

from typing import Protocol

COLUMNS, LINES = 511, 48  # wide, so that devices do not wrap what is typed; 511 is IOS's widest
TERMINAL = "dumb"
CHUNK = 65536


class Closed(Exception):
    """The other side ended the stream. Sessions turn it into an error that names the hop."""


class TimedOut(Exception):
    """The deadline passed before a byte came or could be written."""


class Transport(Protocol):
    """A two-way byte pipe: an ssh channel, a telnet socket, a pty.

    Every implementation is also a pexpect spawn, so that it can be handed to code that knows
    pexpect. Deadlines are absolute, on the clock of `time.monotonic`.
    """

    def read(self, deadline: float) -> bytes:
        """At least one byte, at most CHUNK. Raises Closed, TimedOut."""

    def pending(self) -> bool:
        """Whether read would return, or raise Closed, at once."""

    def write(self, data: bytes, deadline: float) -> None:
        """Write all of data. Raises Closed, TimedOut."""

    def close(self) -> None:
        """End the stream and free what it holds. Never raises; a second call does nothing."""

    @property
    def alive(self) -> bool:
        """Whether the stream is still open as far as can be known without reading."""


class ByteSocket(Protocol):
    """What a socket and a paramiko channel have in common, as far as telnet and ssh need it."""

    def recv(self, size: int, /) -> bytes:
        """At most size bytes; b"" at the end of the stream. Raises TimeoutError, OSError."""

    def send(self, data: bytes, /) -> int:
        """Write some of data and tell how much. Raises TimeoutError, OSError."""

    def settimeout(self, seconds: float | None, /) -> None:
        """Seconds for each recv and send; None is for ever."""

    def close(self) -> object:
        """End the stream."""
