# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pexpect side of every transport.

pexpect's `expect`, `send`, `sendline`, `readline` and `isalive` work on a transport as on any spawn. `read`
and `write` are the transport's own: read(deadline) returns the available bytes. Without a deadline, `read()`
is pexpect's again and returns everything until the end. Bytes that `expect` left in its buffer are returned
by the next read(deadline).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from time import monotonic
from typing import IO, TYPE_CHECKING

from pexpect import EOF, TIMEOUT
from pexpect.spawnbase import SpawnBase

from .base import CHUNK, Closed, TimedOut

if TYPE_CHECKING:  # generic in the type stubs only
    _SpawnBase = SpawnBase[bytes]
else:
    _SpawnBase = SpawnBase

FOREVER = 2_000_000.0  # seconds; a socket's timeout is at most 2**31 ms
_POLL = 0.001  # seconds


class Spawn(_SpawnBase, ABC):
    """A transport with pexpect's interface. Subclasses supply the stream."""

    # Attributes of pexpect:
    _buffer: IO[bytes]  # bytes that are read, but not matched yet
    _before: IO[bytes]  # the same, with the bytes before its search window
    _log: Callable[[bytes, str], None]  # writes to its logfiles

    @abstractmethod
    def _receive(self, size: int, deadline: float) -> bytes:
        """Read one to size bytes from the stream. Raises Closed, TimedOut."""

    @abstractmethod
    def _transmit(self, data: bytes, deadline: float) -> None:
        """Write all of data to the stream. Raises Closed, TimedOut."""

    @abstractmethod
    def pending(self) -> bool:
        """As Transport.pending."""

    @property
    def is_silent(self) -> bool:
        """As Transport.is_silent; by default, that is not known."""
        return False

    @property
    @abstractmethod
    def alive(self) -> bool:
        """As Transport.alive."""

    def read(self, deadline: float = -1) -> bytes:
        """As Transport.read; without a deadline, read everything until the end, as pexpect does."""
        if self._buffer.tell():
            return self._take()
        if deadline == -1:
            return super().read()
        return self._receive(CHUNK, deadline)

    def write(self, data: str | bytes, deadline: float = FOREVER) -> None:
        """As Transport.write; a str and a missing deadline are allowed, as in pexpect."""
        self._transmit(data.encode() if isinstance(data, str) else data, deadline)

    def _take(self) -> bytes:
        data = self.buffer
        self._buffer, self._before = BytesIO(), BytesIO()
        return data

    def read_nonblocking(self, size: int = 1, timeout: float | None = -1) -> bytes:
        """Read as pexpect does. timeout: seconds; -1 for `self.timeout`, None for no limit.

        Raises EOF, TIMEOUT.
        """
        with self._as_pexpect():
            data = self._receive(size, self._deadline(timeout))
        self._log(data, "read")
        return data

    def send(self, s: str | bytes) -> int:
        """Write all of s within `self.timeout` seconds. Raises EOF, TIMEOUT."""
        data = s.encode() if isinstance(s, str) else s
        self._log(data, "send")
        with self._as_pexpect():
            self._transmit(data, self._deadline(-1))
        return len(data)

    def sendline(self, s: str | bytes = "") -> int:
        """Write s and `self.linesep`. Raises EOF, TIMEOUT."""
        data = s.encode() if isinstance(s, str) else s
        return self.send(data + self.linesep)

    def _deadline(self, timeout: float | None) -> float:
        seconds = self.timeout if timeout == -1 else timeout
        # pexpect's 0 returns the available bytes; with a deadline in the past nothing would be read.
        return monotonic() + (FOREVER if seconds is None else max(seconds, _POLL))

    @contextmanager
    def _as_pexpect(self) -> Iterator[None]:
        try:
            yield
        except Closed as exc:
            self.flag_eof = True
            raise EOF("The other side ended the stream.") from exc
        except TimedOut as exc:
            raise TIMEOUT("Timeout exceeded.") from exc


class Stream(Spawn):
    """A transport that is not a process on this machine."""

    def __init__(self, name: str) -> None:
        super().__init__(maxread=CHUNK)
        self.name = name
        self.closed = False
        self.delayafterread = None  # pexpect would sleep after every read

    def isalive(self) -> bool:
        """Return `alive`; the method of pexpect."""
        return self.alive

    def eof(self) -> bool:
        """Return True if pexpect has read the end of the stream."""
        return self.flag_eof
