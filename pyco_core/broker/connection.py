# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client's connection to the broker: one request at a time, and its answer."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TypeVar

from ..errors import BrokerLost
from ..models.checks import LONGEST
from ..models.observer import Observer
from ..program import program
from . import events, launcher, paths, protocol, sockets
from .framing import Assembler, Message
from .messages import VERSION, Event, Failure, Hello, HelloAnswer, Request

TIMEOUT = 30.0  # seconds for the first answer of a broker that may be starting
ATTEMPTS = 5  # brokers that end just now are replaced
CHUNK = 1 << 18
IGNORE = Observer()  # ignores all events

_A = TypeVar("_A")


class BrokerGone(Exception):
    """The broker ended, or was killed."""


class BrokerConnection:
    """A connected socket. It is closed if an answer does not arrive, so that none can arrive late."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._assembler = Assembler()
        self.is_open = True

    def exchange(
        self, request: Request, kind: type[_A], timeout: float, observer: Observer = IGNORE
    ) -> _A | Failure:
        """Send a request and return its answer, of this kind, or a Failure.

        timeout: seconds for each read. observer: receives the events before the answer.

        Raises BrokerLost if no answer arrives, BrokerGone if the broker closes the connection.
        """
        self.is_open = False
        try:
            self._send(request, timeout)
            answer = protocol.read_answer(kind, self._receive())
            while isinstance(answer, Event):
                events.notify(observer, answer)
                answer = protocol.read_answer(kind, self._receive())
            self.is_open = True
        except TimeoutError as exc:
            raise BrokerLost(
                f"The broker did not answer within {timeout:g} seconds.",
                hint=f"If it does not answer to `{program()} broker status` either, end its process.",
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

    def _receive(self) -> Message:
        message = self._assembler.next() if self._assembler.pending else None
        while message is None:
            data = self._sock.recv(CHUNK)
            if not data:
                raise BrokerGone
            self._assembler.feed(data)
            message = self._assembler.next()
        return message


def connect() -> BrokerConnection:
    """Return a connection to a broker that has answered; start one if none runs. Raises BrokerLost."""
    path = paths.socket_path()
    for _attempt in range(ATTEMPTS):
        connection = _handshake(launcher.connect(path), path)
        if connection is not None:
            return connection
    raise BrokerLost("The broker ended before its first answer.", hint=paths.log_hint(path))


def connect_if_running() -> BrokerConnection | None:
    """Return a connection to a broker that has answered, or None if none runs. Raises BrokerLost."""
    path = paths.socket_path()
    sock = sockets.try_connect(path)
    return None if sock is None else _handshake(sock, path)


def _handshake(sock: socket.socket, path: Path) -> BrokerConnection | None:
    try:
        return handshake(sock, path, TIMEOUT)
    except BrokerGone:
        return None


def handshake(sock: socket.socket, path: Path, timeout: float) -> BrokerConnection:
    """Return the connection after its handshake. Raises BrokerLost, BrokerGone."""
    connection = BrokerConnection(sock)
    connection.exchange(Hello(VERSION, path.stem), HelloAnswer, timeout)
    return connection
