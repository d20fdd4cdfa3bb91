# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP relays on loopback that make round trips visible: as time, or as a number."""

from __future__ import annotations

import select
import socket
import threading
from abc import ABC, abstractmethod
from collections import deque
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import TypeVar

_SIZE = 65536
_LONGEST_WINDOW = 2.0  # seconds
_R = TypeVar("_R", bound="_Relay")


class _Relay(ABC):
    """A relay to one server; use as a context manager. port: to connect to."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self: _R) -> _R:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        for sock in self._open:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()
        for sock in (self._listener, *self._open):
            sock.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener is shut down
            while True:
                near = self._listener.accept()[0]
                far = socket.create_connection(self._server)
                self._open += [near, far]
                for sock in (near, far):
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._threads.append(threading.Thread(target=self._run, args=(near, far)))
                self._threads[-1].start()

    def _run(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            self._pump(near, far)
        for sock in (near, far):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    @abstractmethod
    def _pump(self, near: socket.socket, far: socket.socket) -> None:
        """Copy in both directions until one side closes."""


class Delay(_Relay):
    """A relay that delivers every byte a fixed time after it was sent. seconds: of one direction."""

    def __init__(self, port: int, seconds: float, host: str = "127.0.0.1") -> None:
        super().__init__(port, host)
        self._seconds = seconds

    def _pump(self, near: socket.socket, far: socket.socket) -> None:
        others = {near: far, far: near}
        pending: deque[tuple[float, socket.socket, bytes]] = deque()
        while True:
            wait = max(0.0, pending[0][0] - monotonic()) if pending else None
            for sock in select.select(list(others), [], [], wait)[0]:
                data = sock.recv(_SIZE)
                pending.append((monotonic() + self._seconds, others[sock], data))
                if not data:
                    return
            while pending and pending[0][0] <= monotonic():
                _due, sock, data = pending.popleft()
                sock.sendall(data)


class Rounds(_Relay):
    """A relay that counts. It holds all bytes until both sides are silent, and then delivers them.

    Half a round trip is one delivery, in one direction or in both. window: seconds of silence.
    """

    def __init__(self, port: int, window: float = 0.1, host: str = "127.0.0.1") -> None:
        super().__init__(port, host)
        self._window = window
        self.deliveries = 0

    @property
    def trips(self) -> float:
        """Return the number of round trips so far."""
        return self.deliveries / 2

    def widen(self) -> None:
        """Wait longer for silence from now on: the machine has other work."""
        self._window = min(1.3 * self._window, _LONGEST_WINDOW)

    def _pump(self, near: socket.socket, far: socket.socket) -> None:
        pending = {near: b"", far: b""}
        others = {near: far, far: near}
        while True:
            ready = select.select([near, far], [], [], self._window if any(pending.values()) else None)[0]
            for sock in ready:
                data = sock.recv(_SIZE)
                if not data:
                    return
                pending[others[sock]] += data
            if not ready:
                self.deliveries += 1
                for sock, data in pending.items():
                    sock.sendall(data)
                    pending[sock] = b""
