# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signs of life of an ssh server: its packets, and its replies to keepalives."""

from __future__ import annotations

import threading
from time import monotonic
from typing import ClassVar

FRESH = 5.0  # seconds after a packet in which the server is not asked


class Liveness:
    """The time of the server's last packet, and of the first keepalive after it. Thread-safe.

    A server counts as silent only if it has replied to a keepalive before: some never do.
    """

    _creating: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        self._heard = monotonic()
        self._asked = 0.0
        self._replies = False
        self._arrived: threading.Event | None = None  # made for the first thread that waits

    def hear(self) -> None:
        """Record a packet, or the end of the stream."""
        self._heard = monotonic()
        arrived = self._arrived
        if arrived is not None and not arrived.is_set():
            arrived.set()

    def hear_reply(self) -> None:
        """Record that the packet replies to a keepalive."""
        self._replies = True

    def ask(self) -> None:
        """Record that a keepalive is about to be sent."""
        if not self._is_waiting:
            self._asked = monotonic()

    def is_silent(self, seconds: float) -> bool:
        """Return True if nothing was heard of the server for this time, and it can be asked."""
        return self._replies and monotonic() - self._heard > seconds

    @property
    def _is_waiting(self) -> bool:
        return self._heard < self._asked

    def is_overdue(self, seconds: float) -> bool:
        """Return True if no packet came for this time since the first unanswered keepalive."""
        return self._replies and self._is_waiting and monotonic() - self._asked >= seconds

    def wait(self, seconds: float) -> bool:
        """Wait for a packet after the keepalive, if one is unanswered. Returns False if there was none.

        seconds: count from the keepalive, also if another thread sent it.
        """
        until = self._asked + seconds
        with self._creating:
            arrived = self._arrived = self._arrived or threading.Event()
        while self._replies and self._is_waiting:
            left = until - monotonic()
            if left <= 0:
                return False
            arrived.clear()
            if self._is_waiting:
                arrived.wait(left)
        return True
