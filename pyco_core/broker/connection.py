# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client's connection to the broker: one request at a time, and its answer."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from ..errors import BrokerLost
from ..models.checks import LONGEST
from ..models.observer import Observer
from . import codec, events, launcher, paths, protocol, sockets
from .event_messages import Event
from .framing import Assembler, Message
from .messages import VERSION, EnterAnswer, Failure, Hello, HelloAnswer, OpenAnswer, Request, SendAnswer

TIMEOUT = 30.0  # seconds at most for the first answer of a broker that may be starting
SHORTEST = 2.0  # seconds at least for it, also with a shorter connect timeout
CHECK_TIMEOUT = 10.0  # seconds at most for the answer of a broker to a client that has waited for long
ATTEMPTS = 5  # brokers that end just now are replaced
CHUNK = 1 << 18
IGNORE = Observer()  # ignores all events

_A = TypeVar("_A")


class BrokerGone(Exception):
    """The broker ended, or was killed."""


class BrokerConnection:
    """A connected socket. It is closed if an answer does not arrive, so that none can arrive late."""

    def __init__(self, sock: socket.socket, path: Path) -> None:
        self._sock = sock
        self._path = path
        self._assembler = Assembler()
        self.is_open = True

    def exchange(
        self,
        request: Request,
        kind: type[_A],
        timeout: float,
        observer: Observer = IGNORE,
        checked: float = LONGEST,
        on_event: Callable[[Event, socket.socket], bool] | None = None,
    ) -> _A | Failure:
        """Send a request and return its answer, of this kind, or a Failure.

        timeout: seconds for each read. observer: receives the events before the answer. checked: seconds of
        silence in which a broker that is suspended is noticed, if they are fewer. on_event: handles an event
        and returns True, instead of the observer.

        Raises BrokerLost if no answer arrives, BrokerGone if the broker closes the connection.
        """
        self.is_open = False
        try:
            self._send(request, min(timeout, checked))
            answer = protocol.read_answer(kind, self._receive(timeout, checked))
            while isinstance(answer, Event):
                if on_event is None or not on_event(answer, self._sock):
                    events.notify(observer, answer)
                answer = protocol.read_answer(kind, self._receive(timeout, checked))
            self.is_open = True
        except TimeoutError as exc:
            raise BrokerLost(
                f"The broker did not answer within {min(timeout, checked):.2g} seconds.", hint=sockets.hint()
            ) from exc
        except OSError as exc:
            raise BrokerGone from exc
        finally:
            if not self.is_open:
                self._sock.close()
        return answer

    def close(self) -> None:
        """Close the socket. Never raises."""
        self.is_open = False
        self._sock.close()

    def wait_for_end(self, timeout: float) -> None:
        """Wait until the broker closes the connection, at most timeout seconds."""
        try:
            self._sock.settimeout(timeout)
            self._sock.recv(1)
        except OSError:
            return

    def _send(self, request: Request, timeout: float) -> None:
        self._sock.settimeout(min(timeout, LONGEST))
        for frame in protocol.write_request(request):
            self._sock.sendall(frame)

    def _receive(self, timeout: float, checked: float) -> Message:
        message = self._assembler.next() if self._assembler.pending else None
        while message is None:
            data = self._read(timeout, checked)
            if not data:
                raise BrokerGone
            self._assembler.feed(data)
            message = self._assembler.next()
        return message

    def _read(self, timeout: float, checked: float) -> bytes:
        """Return the next bytes. Raises TimeoutError, also if the broker answers no new client either."""
        until = time.monotonic() + timeout
        while True:
            self._sock.settimeout(max(0.001, min(checked / 2, until - time.monotonic())))
            try:
                return self._sock.recv(CHUNK)
            except TimeoutError:
                if time.monotonic() >= until or not _answers(self._path, min(checked / 2, CHECK_TIMEOUT)):
                    raise


def _answers(path: Path, timeout: float) -> bool:
    """Return True if the broker answers a new client."""
    try:
        sock = sockets.try_connect(path, timeout)
        if sock is None:
            return False
        handshake(sock, path, timeout).close()
    except (BrokerLost, BrokerGone):
        return False
    return True


def prepare() -> None:
    """Do what each process does once before its first answer, for those that are forked later."""
    paths.last_change(paths.PACKAGE)
    codec.prepare(HelloAnswer, OpenAnswer, EnterAnswer, SendAnswer)


def connect(timeout: float = TIMEOUT, driver_path: Iterable[str] = ()) -> BrokerConnection:
    """Return a connection to a broker that has answered; start one if none runs. Raises BrokerLost.

    timeout: seconds; never fewer than SHORTEST, never more than TIMEOUT. driver_path: of the sessions; its
    Python drivers have a broker of their own.
    """
    drivers = paths.code_folders(driver_path)
    path = paths.socket_path(drivers)
    until = time.monotonic() + _bounded(timeout)
    for _attempt in range(ATTEMPTS):
        sock = launcher.connect(path, max(0.001, until - time.monotonic()), drivers)
        connection = _handshake(sock, path, max(0.001, until - time.monotonic()))
        if connection is not None:
            return connection
    raise BrokerLost("The broker ended before its first answer.", hint=paths.log_hint(path))


def connect_if_running(timeout: float = TIMEOUT, driver_path: Iterable[str] = ()) -> BrokerConnection | None:
    """Return a connection to a broker that has answered, or None if none runs. Raises BrokerLost.

    timeout, driver_path: as of `connect`.
    """
    path, timeout = paths.socket_path(paths.code_folders(driver_path)), _bounded(timeout)
    sock = sockets.try_connect(path, timeout)
    return None if sock is None else _handshake(sock, path, timeout)


def _bounded(timeout: float) -> float:
    return min(TIMEOUT, max(SHORTEST, timeout))


def _handshake(sock: socket.socket, path: Path, timeout: float) -> BrokerConnection | None:
    try:
        return handshake(sock, path, timeout)
    except BrokerGone:
        return None


def handshake(sock: socket.socket, path: Path, timeout: float) -> BrokerConnection:
    """Return the connection after its handshake. Raises BrokerLost, BrokerGone."""
    connection = BrokerConnection(sock, path)
    connection.exchange(Hello(VERSION, path.stem), HelloAnswer, timeout)
    return connection
