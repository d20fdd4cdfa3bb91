# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests of one client, read within limits of memory and time.

An unfinished request fills memory. So a client may send up to SMALL bytes of one at any time, and the rest
only in turn; the socket holds it back until then. A client that does not go on loses its turn.
"""

from __future__ import annotations

import math
import socket
import time

from ..errors import BrokerLost
from .framing import INVALID, REQUEST_LIMIT, Assembler, Message
from .turns import Turns

CHUNK = 1 << 16  # bytes of one read
SMALL = 1 << 16  # bytes of a request that are read out of turn
SILENCE = 5.0  # seconds without a byte of an unfinished request after which the connection ends
REQUEST_TIMEOUT = 60.0  # seconds for all of a request, without the wait for the turn


class RequestReader:
    """Reads requests. sock: the client's, which blocks. turns: for the large requests of all clients."""

    def __init__(self, sock: socket.socket, turns: Turns) -> None:
        self._sock = sock
        self._turns = turns

    def read(self) -> Message | None:
        """Wait for a request and return it, or None at the end of the connection.

        Raises BrokerLost for invalid data, TimeoutError for an unfinished request, OSError, and PoolClosed if
        the broker ends.
        """
        data = self._sock.recv(CHUNK)
        if not data:
            return None
        assembler = Assembler(REQUEST_LIMIT)
        assembler.feed(data)
        message = assembler.next()
        if message is None:
            message = self._complete(assembler)
        if assembler.pending:  # the two sides take turns
            raise BrokerLost(INVALID)
        return message

    def _complete(self, assembler: Assembler) -> Message | None:
        """Return the request that has begun."""
        message = self._receive(assembler, SMALL)
        if message is None:
            self._turns.take()
            try:
                message = self._receive(assembler, math.inf)
            finally:
                self._turns.give_back()
        self._sock.settimeout(None)
        return message

    def _receive(self, assembler: Assembler, size: float) -> Message | None:
        """Return the request, or None after this number of bytes. A request has at most REQUEST_LIMIT."""
        until = time.monotonic() + REQUEST_TIMEOUT
        message = None
        while message is None and assembler.size < size:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._sock.settimeout(min(SILENCE, left))
            data = self._sock.recv(CHUNK)
            if not data:
                raise BrokerLost(INVALID)
            assembler.feed(data)
            message = assembler.next()
        return message
