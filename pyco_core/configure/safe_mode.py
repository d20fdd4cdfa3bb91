# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A push in a mode in which the device undoes all lines if the session ends, as RouterOS has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..errors import ConfigurationLocked, ModeError, PycoError, SessionError
from ..models.configure import Configure
from ..models.console import Console
from . import push
from .compare import Step

MOST = 100  # lines that RouterOS keeps for undoing; more end the mode


def is_safe(how: Configure, options: push.Options, steps: Sequence[Step]) -> bool:
    """Return True if a push can be undone by such a mode, and should be."""
    return bool(how.safe) and options.on_error == push.ROLLBACK and len(steps) <= MOST


def push_safely(
    console: Console,
    how: Configure,
    options: push.Options,
    steps: Sequence[Step],
    is_undone: Callable[[], bool],
    answers: list[tuple[str, str]],
) -> None:
    """Type steps in the mode, and leave it at the end, which keeps them.

    is_undone: returns whether the device holds the configuration before the push. answers: see Push. Raises
    as `Push.run`.
    """
    base = console.mode
    _take(console, how)

    def drop() -> str:
        console.reset()
        try:
            console.connect()
            return "" if is_undone() else "the device has not undone them."
        except PycoError as exc:
            return f"the device undoes them, but cannot be asked: {exc.message}"

    try:
        push.Push(console, replace(how, mode=how.safe), options, drop, answers).run(steps)
    except SessionError as exc:
        raise exc.advise("The device undoes the lines of a lost session.") from None
    except PycoError:
        if console.mode == how.safe:
            console.enter(base)
        raise
    try:
        console.enter(base)
    except PycoError as exc:
        raise exc.advise("Whether the device keeps the lines is not known.") from None


def _take(console: Console, how: Configure) -> None:
    """Enter the mode. Raises ConfigurationLocked, PycoError."""
    try:
        console.enter(how.safe)
    except ModeError as exc:
        text = f"{exc.message}\n{exc.last_output}"
        lock = next((match for match in (re.search(one, text) for one in how.locked) if match), None)
        if lock is None:
            raise
        locked = ConfigurationLocked(f"The configuration is locked: {lock[0]}", reached=True)
        raise locked.locate(endpoint=exc.endpoint, driver=exc.driver) from exc
