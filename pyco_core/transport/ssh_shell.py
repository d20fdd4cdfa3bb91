# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shell on an ssh connection, as a Transport."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic

import paramiko

from .base import CHUNK, Closed, TimedOut
from .packets import STREAM_ERRORS
from .spawn import Stream
from .unsent import unsent_of


class SshShell(Stream):
    """An ssh channel with a terminal and a shell. Closing it leaves the connection open."""

    def __init__(self, channel: paramiko.Channel, name: str = "ssh") -> None:
        super().__init__(name)
        self._channel = channel
        self._unsent = unsent_of(channel)

    def _receive(self, size: int, deadline: float) -> bytes:
        left = deadline - monotonic()
        if left <= 0:
            raise TimedOut
        channel = self._channel
        channel.settimeout(left)
        try:
            data = channel.recv(size)
        except TimeoutError as exc:
            raise (Closed if exc.errno else TimedOut) from exc
        except STREAM_ERRORS as exc:
            raise Closed from exc
        if not data:
            raise Closed
        return data

    def _transmit(self, data: bytes, deadline: float) -> None:
        position = 0
        while position < len(data):
            left = deadline - monotonic()
            if left <= 0:
                raise TimedOut
            if self._channel.eof_received:  # nobody would answer, and the close is about to arrive
                raise Closed
            self._channel.settimeout(left)
            try:
                sent = self._channel.send(data[position : position + CHUNK])
                if not self._unsent.flush(deadline):
                    raise TimedOut
            except TimeoutError as exc:
                raise (Closed if exc.errno else TimedOut) from exc
            except STREAM_ERRORS as exc:
                raise Closed from exc
            if not sent:
                raise Closed
            position += sent

    def pending(self) -> bool:
        """As Transport.pending."""
        return bool(self._buffer.tell()) or self._channel.recv_ready() or not self.alive

    def resize(self, columns: int, lines: int) -> None:
        """As Transport.resize."""
        try:
            self._channel.resize_pty(columns, lines)
        except STREAM_ERRORS as exc:
            raise Closed from exc

    def close(self) -> None:
        """As Transport.close."""
        self.closed = True
        with suppress(*STREAM_ERRORS):
            self._channel.close()

    @property
    def alive(self) -> bool:
        """As Transport.alive."""
        return not (self._channel.closed or self._channel.eof_received)
