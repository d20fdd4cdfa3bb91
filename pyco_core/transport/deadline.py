# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deadlines for calls without a timeout of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from functools import partial
from time import monotonic
from types import TracebackType
from typing import TypeVar

from .base import TimedOut
from .cancel import current

_T = TypeVar("_T")


def call_until(deadline: float, function: Callable[[], _T], raises: tuple[type[Exception], ...]) -> _T:
    """Call the function in a thread and return its result.

    Raises its exception, TimedOut at the deadline, and ConnectionClosed if the login is cancelled.

    raises: all exceptions of the function. getaddrinfo and an ssh-agent can block for minutes and have no
    timeout. The thread is a daemon, because it cannot be stopped and must not keep the interpreter running.
    """
    future: Future[_T] = Future()

    def run() -> None:
        try:
            finish = partial(future.set_result, function())
        except raises as exc:
            finish = partial(future.set_exception, exc)
        if future.set_running_or_notify_cancel():
            finish()

    threading.Thread(target=run, daemon=True, name="pyco bounded call").start()
    cancel = current()
    try:
        with cancel.calling(future.cancel):
            return future.result(max(0.0, deadline - monotonic()))
    except CancelledError:
        cancel.fail()
    except FutureTimeout as exc:
        if future.done():  # the function raised a timeout of its own
            return future.result()
        raise TimedOut from exc


class Alarm:
    """A context manager that calls `callback` at the deadline, unless its block has ended.

    expired: True after the call. paramiko waits without a limit in several places (channel requests, the
    signature of an agent); closing the connection ends each of these waits.
    """

    def __init__(self, deadline: float, callback: Callable[[], object]) -> None:
        self.expired = False
        self._callback = callback
        self._timer = threading.Timer(max(0.0, deadline - monotonic()), self._expire)
        self._timer.daemon = True

    def _expire(self) -> None:
        self.expired = True
        self._callback()

    def __enter__(self) -> Alarm:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
