# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The channels that an ssh connection opens, with the server's answer to each.

paramiko keeps one exception for all threads, and takes a channel that the server closes at once for a refused
one. Here the answers are kept by channel.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import Any

import paramiko
from paramiko.common import cMSG_CHANNEL_CLOSE

from .base import Closed, TimedOut
from .cancel import current
from .deadline import Alarm
from .keepalive import KeepaliveTransport
from .packets import STREAM_ERRORS
from .spawn import FOREVER

_ORIGIN = ("127.0.0.1", 0)  # of a forwarded connection, as the server logs it


@dataclass(slots=True)
class Refused(Exception):
    """The server refused to open a channel. code: the reason of RFC 4254. reason: the server's text."""

    code: int
    reason: str


class OpeningTransport(KeepaliveTransport):
    """An ssh connection whose threads open channels at the same time."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # The channels being opened, by number: None until the server answers.
        self._opening: dict[int, paramiko.Channel | Refused | None] = {}
        self._answering = threading.Lock()  # while an answer is taken, or found to be late
        self._requested: dict[int, int] = {}  # by thread, the number of the channel that it opens

    def open(
        self, kind: str, deadline: float, destination: tuple[str, int] | None = None
    ) -> paramiko.Channel:
        """Open a channel. Raises Refused, Closed, TimedOut, and ConnectionClosed if it is cancelled."""
        failure, cancel = None, current()
        stop = partial(self._stop_waiting, threading.get_ident())
        try:
            # paramiko's own timeout is by the clock, which may be set meanwhile.
            with Alarm(deadline, stop), cancel.calling(stop):
                self.open_channel(kind, destination, _ORIGIN, timeout=FOREVER)
        except STREAM_ERRORS as exc:
            failure = exc
        answer = self._answer(self._requested.pop(threading.get_ident(), -1))
        if isinstance(answer, paramiko.Channel):
            return answer
        cancel.check()
        raise answer or (TimedOut() if self.is_active() else Closed()) from failure

    def _answer(self, number: int) -> paramiko.Channel | Refused | None:
        """Return the answer of the server to the request for a channel. A later one is late."""
        this: Any = self
        with self._answering:
            this.channel_events.pop(number, None)
            return self._opening.pop(number, None)

    def _stop_waiting(self, thread: int) -> None:
        """End the wait of a thread for its channel; `_parse_channel_open_success` closes a late one."""
        this: Any = self
        with self.lock:  # it is held from the number of a channel to its event
            this.channel_events.get(self._requested.get(thread), threading.Event()).set()

    # Called by paramiko: the first one in the thread that opens a channel, the others in paramiko's own
    # thread. Its type stubs do not have them.

    def _next_channel(self) -> int:
        current().check()
        base: Any = super()
        number = int(base._next_channel())
        self._requested[threading.get_ident()] = number
        self._opening[number] = None
        return number

    def _parse_channel_open_failure(self, m: paramiko.Message) -> None:
        base: Any = super()
        number = m.get_int()
        with self._answering:
            if number in self._opening:
                self._opening[number] = Refused(m.get_int(), m.get_text())
            m.rewind()
            base._parse_channel_open_failure(m)

    def _parse_channel_open_success(self, m: paramiko.Message) -> None:
        base: Any = super()
        this: Any = self
        number, theirs = m.get_int(), m.get_int()
        m.rewind()
        with self._answering:
            channel = this._channels.get(number) if number in self._opening else None
            if channel is not None:
                # The channel has the number of the server before another thread gets it.
                base._parse_channel_open_success(m)
                self._opening[number] = channel
                return
        # The request timed out. paramiko would leave the channel open on the server.
        close = paramiko.Message()
        close.add_byte(cMSG_CHANNEL_CLOSE)
        close.add_int(theirs)
        base._send_message(close)
