# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface between a session and its byte stream. Authors of a transport read this file only."""

from __future__ import annotations

from typing import Protocol

COLUMNS, LINES = 511, 48  # 511 is the widest terminal of IOS; wide, so that devices do not wrap their echo
TERMINAL = "dumb"
CHUNK = 65536  # bytes of the largest read


class Closed(Exception):
    """The other side ended the stream. Sessions turn it into an error that names the hop."""


class Flooded(Closed):
    """The stream was ended because the other side sent too much. text: the amount, for the message."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Ended(Closed):
    """The program at the other end has ended. text: a clause, such as "ended with status 1"."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class TimedOut(Exception):
    """The deadline passed before a byte was read or written."""


class Transport(Protocol):
    """A bidirectional byte stream: an ssh channel, a telnet socket, a pty.

    Every implementation is a pexpect spawn too, for code that uses pexpect. Deadlines are absolute, on the
    clock of `time.monotonic`.
    """

    def read(self, deadline: float) -> bytes:
        """Return at least one byte, at most CHUNK. Raises Closed, TimedOut."""

    def pending(self) -> bool:
        """Return True if read would return, or raise Closed, at once."""

    def write(self, data: bytes, deadline: float) -> None:
        """Write all of data. Raises Closed, TimedOut."""

    def resize(self, columns: int, lines: int) -> None:
        """Announce the size of the terminal, if the protocol can. Raises Closed, TimedOut."""

    def close(self) -> None:
        """End the stream and free its resources. Never raises; a second call does nothing."""

    @property
    def is_silent(self) -> bool:
        """Return True if the other side acknowledges nothing any more, as far as that is known by itself."""

    @property
    def alive(self) -> bool:
        """Return True while the stream is open, as far as that is known without reading."""


class ByteSocket(Protocol):
    """The methods of sockets and paramiko channels that telnet and ssh need."""

    def recv(self, size: int, /) -> bytes:
        """Return at most size bytes, b"" at the end of the stream. Raises TimeoutError, OSError."""

    def send(self, data: bytes, /) -> int:
        """Write some of data and return the number of bytes. Raises TimeoutError, OSError."""

    def settimeout(self, seconds: float | None, /) -> None:
        """Set the timeout of each recv and send; None disables it."""

    def close(self) -> object:
        """End the stream."""


class Note:
    """A fact that one login keeps for the next one to the same place. text: at first."""

    def __init__(self, text: str = "") -> None:
        self._text = text

    def recall(self) -> str:
        """Return the fact, "" if there is none."""
        return self._text

    def remember(self, text: str) -> None:
        """Replace the fact; "" deletes it."""
        self._text = text
