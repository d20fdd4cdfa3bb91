# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes of paramiko that never wait.

paramiko writes while it holds locks that all sessions of a connection need. If the other side does not read,
a write that waits would stop each of them, beyond any deadline. Here the rest of the bytes is kept instead,
and the writer of a session waits for it with its own deadline and without a lock.
"""

from __future__ import annotations

import select
import socket
import threading
from abc import ABC, abstractmethod
from time import monotonic
from typing import Any

import paramiko

MAX_REST = 1 << 24  # bytes; the writers of sessions keep at most a few CHUNKs
CHECK = 1.0  # seconds of a wait, after which the rest is tried again


class Unsent(ABC):
    """The bytes that the other side does not take yet, in order. Thread-safe."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._lock = threading.Lock()

    @property
    def is_empty(self) -> bool:
        """Return True if everything is sent."""
        return not self._rest

    def send(self, data: bytes) -> int:
        """Write data, and return the number of bytes that are written or kept.

        Raises OSError, EOFError, also if the other side asks for answers without end and takes none.
        """
        if not self._rest:
            try:
                return self._write(data)
            except BlockingIOError:
                pass
        with self._lock:
            if len(self._rest) > MAX_REST:
                raise EOFError
            self._rest += data
        return len(data)

    def flush(self, deadline: float) -> bool:
        """Write the rest, and return False if that is not done at the deadline. Raises OSError, EOFError."""
        while not self.is_empty:
            self._try()
            left = deadline - monotonic()
            if left <= 0:
                break
            self._wait(min(left, CHECK))
        return self.is_empty

    def _try(self) -> None:
        with self._lock:
            try:
                while self._rest:
                    size = self._write(bytes(self._rest))
                    if not size:
                        raise EOFError
                    del self._rest[:size]
            except BlockingIOError:
                return

    @abstractmethod
    def _write(self, data: bytes) -> int:
        """Write some of data without a wait. Raises BlockingIOError, OSError."""

    @abstractmethod
    def _wait(self, seconds: float) -> None:
        """Wait until something can be written."""


class UnsentToSocket(Unsent):
    """The unsent bytes of a socket."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._sock = sock

    def _write(self, data: bytes) -> int:
        return self._sock.send(data, socket.MSG_DONTWAIT)

    def _wait(self, seconds: float) -> None:
        descriptor = self._sock.fileno()
        if not self.is_empty and descriptor >= 0:
            writable = select.poll()  # two threads cannot wait with the same one
            writable.register(descriptor, select.POLLOUT)
            writable.poll(seconds * 1000)


class UnsentToChannel(Unsent):
    """The unsent bytes of a channel that an ssh hop forwards, and those of the connection to the hop."""

    def __init__(self, channel: paramiko.Channel) -> None:
        super().__init__()
        self._channel: Any = channel
        self._hop = unsent_of(channel)

    @property
    def is_empty(self) -> bool:
        """Return True if everything is sent, also to the hop."""
        return not self._rest and self._hop.is_empty

    def _write(self, data: bytes) -> int:
        if not self._channel.send_ready():
            raise BlockingIOError
        return int(self._channel.send(data))

    def _wait(self, seconds: float) -> None:
        until = monotonic() + seconds
        if self._hop.flush(until) and self._rest:
            with self._channel.lock:
                self._channel.out_buffer_cv.wait_for(self._is_ready, until - monotonic())

    def _is_ready(self) -> bool:
        return bool(self._channel.closed or self._channel.out_window_size)


def unsent(sock: Any) -> Unsent:
    """Return the writer of a new ssh connection. sock: a socket, or a channel of another connection."""
    return UnsentToChannel(sock) if isinstance(sock, paramiko.Channel) else UnsentToSocket(sock)


def unsent_of(channel: paramiko.Channel) -> Unsent:
    """Return the unsent bytes of the connection of a channel."""
    transport: Any = channel.get_transport()
    kept: Unsent = transport.packetizer.stream.unsent
    return kept
