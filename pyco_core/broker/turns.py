# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns of a few threads at a time, first come first served."""

from __future__ import annotations

import threading
from collections import deque

from ..session_pool import PoolClosed


class Turns:
    """Turns that threads take and give back. count: number of threads that have one at the same time."""

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._free = count  # 0 while a thread waits
        self._waiting: deque[threading.Event] = deque()
        self._closed = False

    def take(self) -> None:
        """Wait for a turn. Raises PoolClosed after `close`."""
        with self._lock:
            if self._closed:
                raise PoolClosed
            if self._free:
                self._free -= 1
                return
            granted = threading.Event()
            self._waiting.append(granted)
        granted.wait()
        if self._closed:
            raise PoolClosed

    def give_back(self) -> None:
        """Give the turn to the thread that has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1

    def close(self) -> None:
        """End all waits."""
        with self._lock:
            self._closed = True
            for granted in self._waiting:
                granted.set()
