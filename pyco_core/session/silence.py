# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The meaning of silence: an event of the driver, a question that nobody answers, or an unknown prompt."""

from __future__ import annotations

from typing import NamedTuple

from ..fsm.machine import CHANGE_STATES, LOGIN_STATES, QUIET, SILENT, Machine, explicit
from ..fsm.matcher import Matcher
from .expectation import UNKNOWN_PROMPT, Expectation
from .late import LateSearch
from .shell_prompt import seconds_of_silence
from .terminal import decode
from .waker import Waker


class Meaning(NamedTuple):
    """The event that silence of so many seconds would fire, or the question of the device; "" for none."""

    event: str
    question: str
    seconds: float


NOTHING = Meaning("", "", 0.0)


class Silence:
    """Decides about silence in a session."""

    def __init__(self, machine: Machine, matcher: Matcher, late: LateSearch, waker: Waker) -> None:
        self._machine = machine
        self._matcher = matcher
        self._late = late
        self._waker = waker
        self._quiet_states: set[str] = set()

    def take_table(self) -> None:
        """Find the states with the event `quiet`, because the machine has another table."""
        self._quiet_states = {state for event, state in self._machine.table if event == QUIET}

    def meaning(self, idle_timeout: float, expectation: Expectation | None) -> Meaning:
        """Return the meaning of silence from now on. idle_timeout: seconds."""
        state = self._machine.state
        if state in self._quiet_states:
            line = self._matcher.unfinished_line().strip(b" \t")
            # Dots at the end announce more ("Trying 10.0.0.1 ..."); after a CR the line is overwritten.
            if line and not line.endswith((b"...", b"\r")):
                return Meaning(QUIET, "", self._waker.seconds(idle_timeout))
        elif self._matcher.buffer and (question := self._late.question()):
            return Meaning("", question, self._waker.seconds(idle_timeout))
        step = explicit(self._machine.table, SILENT, state)
        if step and (step.next_state or state in CHANGE_STATES):
            return Meaning(SILENT, "", self._waker.seconds(idle_timeout))
        if not self._matcher.buffer and state not in LOGIN_STATES:  # before the first byte of most commands
            return NOTHING
        if self._waker.is_needed():
            return Meaning(SILENT, "", self._waker.seconds(idle_timeout))
        unknown = self._unknown(idle_timeout, expectation) if expectation else 0.0
        return Meaning(UNKNOWN_PROMPT if unknown else "", "", unknown)

    def _unknown(self, idle_timeout: float, expectation: Expectation) -> float:
        """Return the seconds until the unfinished line counts as an unknown prompt, 0.0 if it never does."""
        is_typed = expectation.typed and self._machine.state not in (*LOGIN_STATES, *CHANGE_STATES)
        if not is_typed or not self._matcher.unfinished_start() or self._late.is_closed():
            return 0.0
        line = decode(self._matcher.unfinished_line()).strip()
        return seconds_of_silence(line, expectation.typed, idle_timeout)
