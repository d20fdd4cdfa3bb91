# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions of one login, those that were answered, and messages whose meaning is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..driver.actions import ENDING
from ..driver.model import Driver
from ..driver.patterns import compile_event
from ..fsm.machine import GROUND, Action, Transition
from ..fsm.matcher import Pattern, PatternSet
from ..models.endpoint import Endpoint
from .regex_limit import check_search


class LoginDialogue:
    """Decides about messages and repeated questions of a login.

    A line such as "You must change your password every 90 days" may belong to a banner. It ends the login
    only together with its continuation: the end of the stream, the timeout, or a question that was answered
    before.
    verdict: the action of the last such line; an answer to a question clears it.
    """

    __slots__ = ("_answered", "verdict")

    def __init__(self) -> None:
        self.verdict: Action | None = None
        self._answered: set[str] = set()

    def postpone(self, action: Action) -> bool:
        """Keep the action of a finished line for later; return False if it does not end the login."""
        if action.name in ENDING:
            self.verdict = action
        return action.name in ENDING

    def answer(self, question: str) -> None:
        """Record that this question gets an answer."""
        self._answered.add(question)
        self.verdict = None

    @property
    def has_answered(self) -> bool:
        """Return True if a question was answered."""
        return bool(self._answered)

    def is_repeated(self, question: str) -> bool:
        """Return True if this question was answered before."""
        return question in self._answered


def with_prompts(driver: Driver, endpoint: Endpoint) -> Driver:
    """Return the driver with the endpoint's own questions for user and password.

    They count in the states in which those of the driver count. Raises InvalidDriver.
    """
    prompts = {"username": endpoint.username_prompt, "password": endpoint.password_prompt}
    added = tuple(compile_event(event, regex) for event, regex in prompts.items() if regex)
    if not added:
        return driver
    return replace(driver, sets={state: _with(patterns, added) for state, patterns in driver.sets.items()})


def _with(patterns: PatternSet, added: Sequence[Pattern]) -> PatternSet:
    likely: dict[str, bool] = {}
    for one in patterns.tail:
        likely[one.event] = likely.get(one.event, True) and one.likely
    own = (replace(one, likely=likely[one.event], check=check_search) for one in added if one.event in likely)
    return replace(patterns, tail=(*own, *patterns.tail))


def without_user_question(driver: Driver) -> Driver:
    """Return the driver for a login by the ssh client of a hop.

    The client has the user name in its command and asks for a password alone, on a line of its own. If it
    asks for none, the output comes from the device's shell. A driver with a second login stays as it is.
    """
    if driver.second_login:
        return driver
    start = driver.sets[GROUND]
    tail = tuple(one for one in start.tail if one.event != "username" and not _is_loose(one))
    return replace(driver, sets={**driver.sets, GROUND: replace(start, tail=tail)})


def keeping_changes(driver: Driver) -> Driver:
    """Return the driver that ends a login instead of answering a question about uncommitted changes."""
    keep = Transition((Action("keep_changes"),))
    table = {key: keep if key[0] == "uncommitted" else step for key, step in driver.table.items()}
    return replace(driver, table=table)


def _is_loose(pattern: Pattern) -> bool:
    return pattern.event == "password" and pattern.likely
