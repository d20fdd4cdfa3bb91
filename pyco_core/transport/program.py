# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on a channel of an ssh connection, without a terminal of the session."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import Any, Protocol

import paramiko

from .base import CHUNK, Closed
from .channel_messages import Watch
from .packets import STREAM_ERRORS
from .unsent import unsent_of

SIGNALLED = 255  # the status of `ssh` for a program without an exit status


class Refusal(Closed):
    """The server does not start programs for this login."""


class Connected(Protocol):
    """The connection of a program."""

    @property
    def is_lost(self) -> bool:
        """Return True if the connection has ended, before its channels are closed."""


class SshProgram:
    """A program that was requested on a channel. Closing it leaves the connection open.

    No method waits but `wait`, for at most its seconds.
    """

    def __init__(self, channel: paramiko.Channel, connection: Connected) -> None:
        self._channel = channel
        self._connection = connection
        self._is_closed = False  # by `close`
        self._watch = Watch(channel)
        self._unsent = unsent_of(channel)

    def send(self, data: bytes | memoryview) -> int:
        """Write as much as the other side takes now, and return the number of bytes. Raises Closed.

        A program that has ended takes everything.
        """
        channel: Any = self._channel
        position, size = 0, len(data)
        try:
            while position < size and channel.send_ready() and self._unsent.is_empty and not channel.closed:
                position += channel.send(data[position : position + CHUNK])
        except STREAM_ERRORS as exc:
            if not channel.closed:
                raise Closed from exc
        return size if channel.closed else position

    def end_input(self) -> None:
        """Send the end of the standard input. Raises Closed."""
        try:
            self._channel.shutdown_write()
        except STREAM_ERRORS as exc:
            raise Closed from exc

    def receive(self) -> tuple[bytes, bytes]:
        """Return the bytes of stdout and stderr that have arrived, at most CHUNK of each. Raises Closed."""
        channel = self._channel
        try:
            stdout = channel.recv(CHUNK) if channel.recv_ready() else b""
            stderr = channel.recv_stderr(CHUNK) if channel.recv_stderr_ready() else b""
        except STREAM_ERRORS as exc:  # the window cannot be announced
            raise Closed from exc
        return stdout, stderr

    def wait(self, seconds: float) -> bool:
        """Wait for an event of the channel; return False if there is none in time. Raises Closed."""
        if not self._unsent.is_empty:
            try:
                return self._unsent.flush(monotonic() + seconds)
            except STREAM_ERRORS as exc:
                raise Closed from exc
        return self._has_closed() or self._watch.wait(seconds)

    @property
    def has_ended(self) -> bool:
        """Return True if the program has ended and all of its output was received.

        Raises Closed if the connection was lost before, and Refusal.
        """
        channel = self._channel
        if not self._has_closed() or channel.recv_ready() or channel.recv_stderr_ready():
            return False
        self._check()
        return True

    def _has_closed(self) -> bool:
        """Return True if nothing arrives any more."""
        is_over = self._watch.is_complete or self._watch.is_refused or self._is_closed
        return bool(self._channel.closed) and (is_over or self._connection.is_lost)

    @property
    def status(self) -> int:
        """Return the exit status, as `ssh` has it."""
        status: int = self._channel.exit_status
        return SIGNALLED if status < 0 or self._watch.has_signal else status

    def close(self) -> None:
        """Close the channel. Never raises."""
        self._is_closed = True
        with suppress(*STREAM_ERRORS):
            self._channel.close()

    def _check(self) -> None:
        """Raise Refusal or Closed unless the server has closed the channel, as it does at the end."""
        if self._watch.is_refused:
            raise Refusal
        if not self._watch.is_complete:
            raise Closed
