# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mode of a shell that a command opened on a device and that its driver does not describe."""

from __future__ import annotations

import re
from dataclasses import replace

from ..fsm.machine import ANY, AUTHENTICATED, CHANGE_STATES, Transition
from .model import Driver, Mode
from .own_prompt import is_marked
from .patterns import compile_prompt

UNKNOWN = "unknown"
LEAVE = "exit"


def may_open_shell(driver: Driver) -> bool:
    """Return True if a command may lead to an unknown prompt.

    The prompt that a driver sets is certain, so that any other text is an output.
    """
    return not any(map(is_marked, driver.modes.values()))


def with_unknown_mode(driver: Driver, parent: str, line: str) -> Driver:
    """Return the driver with a mode for a prompt. parent: the mode to which `exit` returns."""
    mode = Mode(UNKNOWN, re.escape(line), parents=(parent,), leave=LEAVE, logout=LEAVE)
    prompt = compile_prompt(UNKNOWN, mode.prompt)
    steps = {(event, UNKNOWN): step for (event, state), step in driver.table.items() if state == parent}
    sets = dict(driver.sets)
    sets[UNKNOWN] = sets[parent]
    outer = tuple(one for one in driver.sets[parent].tail if one.event == parent)
    for state in (UNKNOWN, AUTHENTICATED, *CHANGE_STATES):
        sets[state] = replace(sets[state], tail=tuple(dict.fromkeys((*sets[state].tail, *outer, prompt))))
    return replace(
        driver,
        modes={**driver.modes, UNKNOWN: mode},
        table={**driver.table, **steps, (UNKNOWN, ANY): Transition((), UNKNOWN)},
        sets=sets,
    )
