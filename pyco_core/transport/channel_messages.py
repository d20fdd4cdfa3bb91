# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages of the server about a channel, as paramiko's thread handles them.

paramiko has one wait for stdout, another one for stderr and a third one for the window, and drops the signal
that ended a program. A `Watch` has one wait for everything.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import paramiko
from paramiko.common import (
    MSG_CHANNEL_CLOSE,
    MSG_CHANNEL_DATA,
    MSG_CHANNEL_EXTENDED_DATA,
    MSG_CHANNEL_FAILURE,
    MSG_CHANNEL_REQUEST,
    MSG_CHANNEL_WINDOW_ADJUST,
)

from .window import check_window


class Watch:
    """The events of a channel with a program, for the one thread that waits for them.

    is_complete: the server has closed the channel, after all output, and got the answer. is_refused: the
    server has refused to start the program. has_signal: a signal has ended it.
    """

    def __init__(self, channel: paramiko.Channel) -> None:
        self.is_complete = self.is_refused = self.has_signal = False
        self._event = threading.Event()
        _WATCHES[channel] = self
        buffers: Any = channel
        for buffer in (buffers.in_buffer, buffers.in_stderr_buffer):
            buffer.set_event(self)

    def set(self) -> None:
        """End the wait. Called by the buffers of the channel too."""
        self._event.set()

    def clear(self) -> None:
        """Do nothing: a buffer is empty, and calls this, but the other one may not be."""

    def wait(self, seconds: float) -> bool:
        """Wait for the next event, and forget it; return False if there is none in time."""
        if not self._event.wait(seconds):
            return False
        self._event.clear()
        return True

    def complete(self) -> None:
        """Record that both sides have closed the channel."""
        self.is_complete = True
        self.set()

    def refuse(self) -> None:
        """Record a refused request; paramiko closes the channel then."""
        self.is_refused = True

    def note_request(self, name: str) -> None:
        """Record a request of the server."""
        self.has_signal = self.has_signal or name == "exit-signal"


def _data(channel: Any, message: paramiko.Message) -> None:
    channel._feed(message)
    check_window(channel)


def _extended_data(channel: Any, message: paramiko.Message) -> None:
    channel._feed_extended(message)
    check_window(channel)


def _window_adjust(channel: Any, message: paramiko.Message) -> None:
    channel._window_adjust(message)
    if watch := _WATCHES.get(channel):
        watch.set()


def _request(channel: Any, message: paramiko.Message) -> None:
    if watch := _WATCHES.get(channel):
        watch.note_request(message.get_text())
        message.rewind()
        message.get_int()  # the number of the channel
    channel._handle_request(message)


def _close(channel: Any, message: paramiko.Message) -> None:
    channel._handle_close(message)
    if watch := _WATCHES.get(channel):
        watch.complete()


def _failure(channel: Any, message: paramiko.Message) -> None:
    if watch := _WATCHES.get(channel):
        watch.refuse()
    channel._request_failed(message)


_WATCHES: WeakKeyDictionary[paramiko.Channel, Watch] = WeakKeyDictionary()
HANDLERS: dict[int, Callable[[Any, paramiko.Message], None]] = {
    MSG_CHANNEL_DATA: _data,
    MSG_CHANNEL_EXTENDED_DATA: _extended_data,
    MSG_CHANNEL_WINDOW_ADJUST: _window_adjust,
    MSG_CHANNEL_REQUEST: _request,
    MSG_CHANNEL_CLOSE: _close,
    MSG_CHANNEL_FAILURE: _failure,
}
