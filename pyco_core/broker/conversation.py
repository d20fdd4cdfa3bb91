# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker's side of one client's connection, in a thread of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from itertools import chain

from ..errors import BrokerLost, EndpointError, PycoError
from ..session_pool import PoolClosed, background
from . import protocol
from .client_state import ClientState
from .event_messages import Event, FileWanted
from .framing import Message
from .handlers import Broker, RequestHandler
from .messages import Failure, Request
from .request_reader import RequestReader
from .turns import Turns


class Conversation:
    """Reads the requests of one client and writes their answers.

    turns: for the large requests of all clients.
    on_end: called at the end of the thread. The socket stays open until `close`: its owner may be watching
    the descriptor.
    """

    def __init__(
        self, sock: socket.socket, broker: Broker, turns: Turns, on_end: Callable[[Conversation], None]
    ) -> None:
        self.sock = sock
        self._reader = RequestReader(sock, turns)
        self.state = ClientState(broker.pool)
        self._handler = RequestHandler(broker, self.state, self._send_event, self.take_file)
        self._on_end = on_end
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start the thread. Raises RuntimeError if the system has no more threads."""
        self._thread.start()

    def on_disconnect(self) -> None:
        """Handle the client's end: cut the session of a running request, as nobody will read its answer."""
        if self.state.disconnect():
            background(self.state.abandon)

    def finish(self) -> None:
        """Read no further request. The current one may still be answered."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RD)

    def close(self, timeout: float | None = None) -> None:
        """Close the socket. timeout: seconds to wait for the end of the thread, None if it has ended."""
        if timeout is not None:
            self._thread.join(timeout)
        self.sock.close()

    def _run(self) -> None:
        try:
            while self._exchange():
                pass
        except (OSError, BrokerLost, PoolClosed):
            pass  # one side goes away, or the data is invalid
        finally:
            try:
                self.state.abandon()  # if an unexpected error ended the request
                self.state.release()
            finally:
                self._on_end(self)

    def _exchange(self) -> bool:
        """Read a request and answer it, and keep neither. Return False if the client is gone."""
        message = self._reader.read()
        if message is None:
            return False
        request = _request(message)
        if not self.state.begin():
            return False
        frames = self._answer(request)
        self.state.finish()
        self._send(frames)
        return True

    def _send(self, frames: Iterator[bytes]) -> None:
        for frame in frames:
            self.sock.sendall(frame)

    def _send_event(self, event: Event) -> None:
        with contextlib.suppress(OSError):  # the client is gone; its disconnect is handled elsewhere
            self._send(protocol.write_event(event))

    def take_file(self) -> int:
        """Return the descriptor of a local file from the client. Raises BrokerLost, OSError."""
        self._send(protocol.write_event(FileWanted()))
        _data, descriptors, _flags, _address = socket.recv_fds(self.sock, 1, 1)
        if not descriptors:
            raise BrokerLost("The client passed no file.")
        return descriptors[0]

    def _answer(self, request: Request | Failure) -> Iterator[bytes]:
        try:
            answer = request if isinstance(request, Failure) else self._handler.handle(request)
            frames = protocol.write_answer(answer)
            first = next(frames)  # raises if the answer is too large
        except PycoError as exc:
            return protocol.write_answer(protocol.failure(exc))
        return chain((first,), frames)


def _request(message: Message) -> Request | Failure:
    """Return the request, or the answer to an invalid one. Raises BrokerLost if it is not a message."""
    try:
        return protocol.read_request(message)
    except EndpointError as exc:
        return protocol.failure(exc)
