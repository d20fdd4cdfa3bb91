# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telnet over a TCP socket, or over a channel that an ssh hop forwards."""

from __future__ import annotations

import socket
from contextlib import suppress
from errno import EAGAIN
from time import monotonic

import paramiko

from ..models.endpoint import Endpoint
from . import tcp
from .base import CHUNK, ByteSocket, Closed, Flooded, TimedOut
from .packets import STREAM_ERRORS
from .spawn import Stream
from .tcp_stream import TcpStream
from .telnet_codec import Codec
from .unsent import unsent_of

MAX_NEGOTIATION = 1 << 18  # bytes of commands on one connection; a keepalive each second for days has as many


class Telnet(Stream):
    """The client side of a telnet connection, as a Transport. Owns the socket."""

    def __init__(self, sock: ByteSocket, name: str = "telnet") -> None:
        super().__init__(name)
        self._stream: TcpStream | _ForwardedStream
        if isinstance(sock, socket.socket):
            # telnetd sends its data mark as urgent data. Out of line, the stream would lose that byte.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
            self._stream = TcpStream(sock)
        else:
            self._stream = _ForwardedStream(sock)
        self._sock = sock
        self._codec = Codec()
        self._unread = b""
        self._ended = False

    @classmethod
    def connect(cls, endpoint: Endpoint, deadline: float) -> Telnet:
        """Connect by TCP. Raises the errors of `tcp.connect`."""
        return cls(tcp.connect(endpoint.host, endpoint.port, deadline), str(endpoint))

    def _receive(self, size: int, deadline: float) -> bytes:
        if self._unread:
            data, self._unread = self._unread[:size], self._unread[size:]
            return data
        while True:
            left = deadline - monotonic()
            if left <= 0:
                raise TimedOut
            data = self._receive_once(size, left, deadline)
            if data:
                return data

    def _receive_once(self, size: int, seconds: float, deadline: float) -> bytes:
        """Return the data of one read; b"" if it was only negotiation. Negotiation is answered."""
        try:
            data = self._stream.recv(size, seconds)
        except STREAM_ERRORS as exc:
            raise _stream_error(exc) from exc
        if data is None:
            return b""
        if not data:
            self._ended = True
            raise Closed
        data = self._codec.feed(data)
        if self._codec.negotiated > MAX_NEGOTIATION:
            self._ended = True
            raise Flooded("256 KiB of telnet commands")
        if self._codec.replies:
            self._send(self._codec.answers(), deadline)
        return data

    def _transmit(self, data: bytes, deadline: float) -> None:
        if self._ended:  # a forwarded channel accepts data until its close arrives, but nobody would answer
            raise Closed
        self._send(self._codec.encode(data), deadline)

    def _send(self, data: bytes, deadline: float) -> None:
        position = 0
        while position < len(data):
            left = deadline - monotonic()
            if left <= 0:
                raise TimedOut
            try:
                sent = self._stream.send(data[position : position + CHUNK], left)
            except STREAM_ERRORS as exc:
                raise _stream_error(exc) from exc
            if not sent:
                raise Closed
            position += sent

    def pending(self) -> bool:
        """As Transport.pending. Negotiation is answered."""
        if not (self._unread or self._ended) and self._stream.idle():
            return bool(self._buffer.tell())
        try:
            while not (self._buffer.tell() or self._unread or self._ended):
                self._unread = self._receive_once(CHUNK, 0, monotonic() + 1)
        except TimedOut:
            return False
        except Closed:
            self._ended = True
        return True

    def resize(self, columns: int, lines: int) -> None:
        """As Transport.resize; without an effect if the server did not ask for the size."""
        self._codec.resize(columns, lines)
        self._send(self._codec.answers(), monotonic() + 1)

    def close(self) -> None:
        """As Transport.close."""
        self.closed = self._ended = True
        if isinstance(self._sock, socket.socket):
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)  # wakes a thread that reads; closing does not
        with suppress(*STREAM_ERRORS):
            self._sock.close()

    @property
    def is_silent(self) -> bool:
        """As Transport.is_silent. A forwarded stream is TCP of the hop, which is not known here."""
        return isinstance(self._stream, TcpStream) and self._stream.is_silent

    @property
    def alive(self) -> bool:
        """As Transport.alive."""
        return not (self.pending() and self._ended)


class _ForwardedStream:
    """A forwarded channel, with the methods of `TcpStream`."""

    def __init__(self, channel: ByteSocket) -> None:
        self._channel = channel
        self._unsent = unsent_of(channel) if isinstance(channel, paramiko.Channel) else None

    def recv(self, size: int, seconds: float) -> bytes:
        self._channel.settimeout(seconds)
        return self._channel.recv(size)

    def send(self, data: bytes, seconds: float) -> int:
        deadline = monotonic() + seconds
        self._channel.settimeout(seconds)
        size = self._channel.send(data)
        if self._unsent is not None and not self._unsent.flush(deadline):
            raise TimedOut
        return size

    def idle(self) -> bool:
        return False  # unknown without a read


def _stream_error(exc: Exception) -> Closed | TimedOut:
    # TimeoutError with an errno is from TCP, which gave the peer up.
    timed_out = isinstance(exc, (TimeoutError, BlockingIOError)) and (exc.errno or EAGAIN) == EAGAIN
    return TimedOut() if timed_out else Closed()
