# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompt that is waited for, and the time until it counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..fsm.matcher import Match, Pattern

UNKNOWN_PROMPT = "unknown prompt"  # the event of a prompt that no pattern matches
SETTLE = 0.6  # seconds without bytes before a text that is not the exact prompt counts as one


def _always() -> bool:
    return True


class Expectation(NamedTuple):
    """The conditions of a prompt after a typed line.

    settle_time: called for the match of a prompt; returns the seconds without further bytes before it counts,
    0 for at once. has_echo: called before a question; returns True if the echo has come. refusals: prompts
    of the mode before; on a line of their own after the settle time they show that the mode did not change.
    is_partial: True if reading goes on after the deadline, which is no timeout then.
    typed: the command, if it may open a shell with an unknown prompt.
    """

    settle_time: Callable[[Match], float]
    has_echo: Callable[[], bool] = _always
    refusals: tuple[Pattern, ...] = ()
    typed: str = ""
    is_partial: bool = False
