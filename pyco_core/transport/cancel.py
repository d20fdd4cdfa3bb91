# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a login under way, from another thread.

A login waits in many places: for the name server, TCP, the ssh handshake, a channel, other logins. Each wait
registers a function that ends it with the `Cancel` of its thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NoReturn

from ..errors import ConnectionClosed


class Cancel:
    """Cancels one login. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._event = threading.Event()
        self._callbacks: list[Callable[[], object]] = []

    @property
    def is_set(self) -> bool:
        """Return True if the login is cancelled."""
        return self._event.is_set()

    def set(self) -> None:
        """End the wait of the login, and each further one. Returns when that is done. Never raises."""
        with self._lock:
            self._event.set()
            for callback in self._callbacks:
                callback()

    @contextmanager
    def calling(self, callback: Callable[[], object]) -> Iterator[None]:
        """Call a function if the login is cancelled in the block, or was before. It must not raise."""
        with self._lock:
            self._callbacks.append(callback)
            if self.is_set:
                callback()
        try:
            yield
        finally:
            with self._lock:
                self._callbacks.remove(callback)

    def pause(self, seconds: float) -> None:
        """Wait. Raises ConnectionClosed if the login is cancelled."""
        if self._event.wait(seconds):
            self.fail()

    def check(self) -> None:
        """Raise ConnectionClosed if the login is cancelled."""
        if self.is_set:
            self.fail()

    def fail(self) -> NoReturn:
        """Raise ConnectionClosed."""
        raise ConnectionClosed("The login was cancelled because its client disconnected.")

    @contextmanager
    def active(self) -> Iterator[None]:
        """Make it the one that `current` returns in this thread, in the block."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)


def current() -> Cancel:
    """Return the Cancel of the login in this thread; one that nobody sets if there is none."""
    return _current.get() or _NEVER


class Slots:
    """A semaphore. A cancelled login does not wait for it.

    number: of users at the same time.
    """

    def __init__(self, number: int = 1) -> None:
        self._free = number
        self._changed = threading.Condition()

    def acquire(self, timeout: float) -> bool:
        """Wait for a free slot and take it; return False if there is none in time.

        timeout: seconds. Raises ConnectionClosed if the login is cancelled.
        """
        cancel = current()
        with cancel.calling(self._wake), self._changed:
            self._changed.wait_for(lambda: self._free > 0 or cancel.is_set, timeout)
            cancel.check()
            is_free = self._free > 0
            self._free -= is_free
        return is_free

    def release(self) -> None:
        """Free a slot."""
        with self._changed:
            self._free += 1
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


_NEVER = Cancel()
_current: ContextVar[Cancel | None] = ContextVar("cancel", default=None)
