# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A limit for the time of a parser: a device may print a text for which a regular expression never ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ..errors import ParseError

LIMIT = 30.0  # seconds of CPU time


@contextmanager
def limited(parser: str, command: str = "") -> Iterator[None]:
    """Raise ParseError in the block at the limit. In other threads than the main one there is none.

    Only the main thread gets signals. SIGVTALRM is used, which neither Ansible nor a shell has a use for.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        message = f"The parser {parser} takes longer than {LIMIT:g} seconds for the output"
        message += f" of {command!r}." if command else "."
        raise ParseError(message, hint="Give another parser or template.", command=command, reached=True)

    with cpu_timer(LIMIT, stop):
        yield


@contextmanager
def cpu_timer(seconds: float, stop: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Call stop in the block, in the main thread, after so many seconds of CPU time of this process."""
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
