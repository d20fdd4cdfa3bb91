# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The memory of one login: the questions that were answered, and messages whose meaning is still open."""

from __future__ import annotations

from dataclasses import replace

from ..driver.actions import ENDING
from ..driver.model import Driver
from ..fsm.machine import GROUND, Action
from ..fsm.matcher import Pattern


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


def _is_loose(pattern: Pattern) -> bool:
    return pattern.event == "password" and pattern.likely
