# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A telnet session over a socket, or over a channel that an ssh hop forwards."""

from __future__ import annotations

import socket
from contextlib import suppress
from errno import EAGAIN
from time import monotonic

from ..models.endpoint import Endpoint
from . import tcp
from .base import CHUNK, ByteSocket, Closed, TimedOut
from .iac import Codec
from .spawn import Stream
from .wire import BROKEN


class Telnet(Stream):
    """The client's side of a telnet connection, as a Transport. Owns the socket."""

    def __init__(self, sock: ByteSocket, name: str = "telnet") -> None:
        super().__init__(name)
        self._end: tcp.Direct | _Channel
        if isinstance(sock, socket.socket):
            # telnetd sends its data mark as urgent data; out of line, the stream would lose the byte.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
            self._end = tcp.Direct(sock)
        else:
            self._end = _Channel(sock)
        self._sock = sock
        self._codec = Codec()
        self._ready = b""
        self._ended = False

    @classmethod
    def connect(cls, endpoint: Endpoint, deadline: float) -> Telnet:
        """Connect by TCP. Raises what `tcp.connect` raises."""
        return cls(tcp.connect(endpoint.host, endpoint.port, deadline), str(endpoint))

    def _receive(self, size: int, deadline: float) -> bytes:
        if self._ready:
            data, self._ready = self._ready[:size], self._ready[size:]
            return data
        while True:
            left = deadline - monotonic()
            if left <= 0:
                raise TimedOut
            data = self._next(size, left, deadline)
            if data:
                return data

    def _next(self, size: int, seconds: float, deadline: float) -> bytes:
        """The data in what comes next; b"" when that was nothing but negotiation, which is answered."""
        try:
            data = self._end.recv(size, seconds)
        except BROKEN as exc:
            raise _named(exc) from exc
        if data is None:
            return b""
        if not data:
            self._ended = True
            raise Closed
        data = self._codec.feed(data)
        if self._codec.replies:
            self._send(self._codec.answers(), deadline)
        return data

    def _transmit(self, data: bytes, deadline: float) -> None:
        if self._ended:  # nobody would answer, though a channel may take it until its close comes
            raise Closed
        self._send(self._codec.encode(data), deadline)

    def _send(self, data: bytes, deadline: float) -> None:
        at = 0
        while at < len(data):
            left = deadline - monotonic()
            if left <= 0:
                raise TimedOut
            try:
                sent = self._end.send(data[at : at + CHUNK], left)
            except BROKEN as exc:
                raise _named(exc) from exc
            if not sent:
                raise Closed
            at += sent

    def pending(self) -> bool:
        """As Transport.pending. Negotiation that came is answered on the way."""
        if not (self._ready or self._ended) and self._end.idle():
            return bool(self._buffer.tell())
        try:
            while not (self._buffer.tell() or self._ready or self._ended):
                self._ready = self._next(CHUNK, 0, monotonic() + 1)
        except TimedOut:
            return False
        except Closed:
            self._ended = True
        return True

    def close(self) -> None:
        """As Transport.close."""
        self.closed = self._ended = True
        if isinstance(self._sock, socket.socket):
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)  # wakes a thread that reads; closing does not
        with suppress(*BROKEN):
            self._sock.close()

    @property
    def alive(self) -> bool:
        """As Transport.alive."""
        return not (self.pending() and self._ended)


class _Channel:
    """What an ssh hop forwards, which has a time-out of its own; as `tcp.Direct`."""

    def __init__(self, sock: ByteSocket) -> None:
        self._sock = sock

    def recv(self, size: int, seconds: float) -> bytes:
        self._sock.settimeout(seconds)
        return self._sock.recv(size)

    def send(self, data: bytes, seconds: float) -> int:
        self._sock.settimeout(seconds)
        return self._sock.send(data)

    def idle(self) -> bool:
        return False  # not known without a read


def _named(exc: Exception) -> Closed | TimedOut:
    # A time-out with an errno is not ours, but TCP that gave the peer up.
    mine = isinstance(exc, (TimeoutError, BlockingIOError)) and (exc.errno or EAGAIN) == EAGAIN
    return TimedOut() if mine else Closed()
