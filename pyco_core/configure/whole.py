# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platform's own means for a full replacement: its whole text as a candidate, or a copy to return to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..errors import CommandError, ConfigureError, LineRefused, PycoError
from ..models.command import Command
from ..models.configure import Configure
from ..models.console import Console
from .questions import ANSWERS, QUESTIONS

_LONGEST = 600.0  # seconds for a command that works through a whole configuration


def is_cleared(console: Console, how: Configure) -> bool:
    """Empty the candidate, and return False if the device cannot. Raises PycoError."""
    return _is_done(console, how.clear)


@contextmanager
def checkpoint(
    console: Console, how: Configure, is_unchanged: Callable[[], bool]
) -> Iterator[Callable[[], bool]]:
    """Keep a copy of the running configuration on the device during a change; `with` gets its restoring.

    is_unchanged: compares the running configuration with that before the change.

    The copy is removed if the change has succeeded or was undone. Else the error has the command that returns
    to it. A device that cannot keep one goes on without it. Raises PycoError.
    """
    if not how.checkpoint:
        yield lambda: False
        return
    _is_done(console, how.forget)  # of a change that was cut
    is_taken = _is_done(console, how.checkpoint)
    try:
        yield lambda: is_taken and _is_done(console, how.restore)
    except PycoError as exc:
        if is_taken and _is_undone(exc, is_unchanged):
            _is_done(console, how.forget)
        elif is_taken:
            exc.advise(f"The device keeps the earlier configuration: {how.restore!r} returns to it.")
        raise
    if is_taken:
        _is_done(console, how.forget)


def _is_undone(error: PycoError, is_unchanged: Callable[[], bool]) -> bool:
    """Return True if an error left the configuration as it was: also one before the first line."""
    if isinstance(error, LineRefused):
        return not error.applied
    return isinstance(error, ConfigureError) and is_unchanged()


def _is_done(console: Console, text: str) -> bool:
    """Type a command, and return False if the device refuses it. Raises PycoError of the session."""
    try:
        console(Command(text, prompt=QUESTIONS, answer=ANSWERS, timeout=_LONGEST))
    except CommandError:
        return False
    return True
