# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deadlines for calls that know none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from time import monotonic
from types import TracebackType
from typing import TypeVar

from .base import TimedOut

_T = TypeVar("_T")


def call(function: Callable[[], _T], deadline: float, raises: tuple[type[Exception], ...]) -> _T:
    """Return function(), or raise what it raises; TimedOut when it takes longer than the deadline.

    raises: all that the function may raise. getaddrinfo and an ssh-agent can block for minutes and take no
    time-out. The thread is a daemon: it cannot be ended from outside, and must not keep the interpreter
    from ending.
    """
    future: Future[_T] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except raises as exc:
            future.set_exception(exc)

    threading.Thread(target=run, daemon=True, name="pyco bounded call").start()
    try:
        return future.result(max(0.0, deadline - monotonic()))
    except FutureTimeout as exc:
        if future.done():  # the function's own time-out
            return future.result()
        raise TimedOut from exc


class Alarm:
    """Calls `ring` at the deadline, unless the with block ended before.

    paramiko waits without a limit in several places (channel requests, an agent's signature), but
    every wait ends when what it waits on is closed.
    """

    def __init__(self, deadline: float, ring: Callable[[], object]) -> None:
        self._ring = ring
        self.rang = False
        self._timer = threading.Timer(max(0.0, deadline - monotonic()), self._expire)
        self._timer.daemon = True

    def _expire(self) -> None:
        self.rang = True
        self._ring()

    def __enter__(self) -> Alarm:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
