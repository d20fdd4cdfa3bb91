# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for prompts whose name does not fit the driver, and for beginnings of prompts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..fsm.machine import AUTHENTICATED, QUIET, USERNAME_SENT, Machine
from ..fsm.matcher import Match, Matcher, Pattern
from ..fsm.names import may_be_name, with_any_name, with_other_name
from .question_text import MAYBE_QUESTION
from .terminal import decode, raw_size

_RIGHTS = re.compile(rb" ?\([\w-]{1,20}\)")  # behind a prompt: "(enable)"


class UnusualPrompts:
    """Finds prompts in the unfinished line that no pattern of the driver matches.

    modes: the names of all modes.
    """

    def __init__(self, machine: Machine, matcher: Matcher) -> None:
        self._machine = machine
        self._matcher = matcher
        self._modes: frozenset[str] = frozenset()
        self._learns = False

    def set_modes(self, modes: frozenset[str], learns_prompt: bool) -> None:
        """Take the modes of a driver. learns_prompt: True if it describes no prompts."""
        self._modes = modes
        self._learns = learns_prompt

    @property
    def _takes_any(self) -> bool:
        """Return True if any text may be a prompt in the state."""
        return (QUIET, self._machine.state) in self._machine.table

    def unusual_prompt(self) -> Match | None:
        """Return the match of a prompt whose name does not fit the driver, None if there is none.

        A question is never taken for one.
        """
        if self._learns or self._takes_any or self._machine.state == USERNAME_SENT:
            return None
        states = (self._machine.state, AUTHENTICATED)
        patterns = dict.fromkeys(one for state in states for one in self._prompts(state))
        found = [self._unusual(one.event, with_any_name(one.regex)) for one in patterns]
        return min(filter(None, found), key=lambda match: len(match.groups["hostname"]), default=None)

    def _sibling(self) -> Match | None:
        """Return the match of a prompt that differs from an earlier one only in an unusual name."""
        name = self._matcher.bindings.get("hostname", b"")
        prompts = self._matcher.prompts.items() if name else ()
        for event, text in prompts:
            match = self._unusual(event, with_other_name(text, name)) if name in text else None
            if match is not None:
                return match
        event, line = self._machine.state, self._matcher.unfinished_line().strip()
        prompt = self._matcher.prompts.get(event)
        if prompt and line.startswith(prompt) and _RIGHTS.fullmatch(line[len(prompt) :]):
            return self._at(event, b"")._replace(is_likely=True)
        return None

    def _unusual(self, event: str, regex: re.Pattern[bytes]) -> Match | None:
        text = self._matcher.unfinished_line()
        match = regex.fullmatch(text)
        if match is None or "hostname" not in regex.groupindex or not may_be_name(match["hostname"]):
            return None
        if self._may_ask():
            return None
        start = self._matcher.unfinished_start()
        end = len(self._matcher.buffer)
        return Match(event, start, end, {"hostname": match["hostname"]}, is_likely=True)

    def _prompts(self, state: str) -> Iterator[Pattern]:
        """Yield the prompts in a state, without modes that silence leads to: any text may be theirs."""
        weak = {step.next_state for (event, _state), step in self._machine.table.items() if event == QUIET}
        for pattern in self._matcher.patterns(state):
            if pattern.whole and pattern.event in self._modes - weak:
                yield pattern

    def may_go_on(self) -> bool:
        """Return True if the unfinished line may be the start of a longer prompt ("r1>", "r1>#")."""
        text = self._matcher.unfinished_line()
        return any(
            self._matcher.fit(one, text + b"#", any_hostname=False)
            for one in self._prompts(self._machine.state)
        )

    def _may_ask(self) -> bool:
        return MAYBE_QUESTION.search(decode(self._matcher.unfinished_line()).strip()) is not None

    def _at(self, event: str, before: bytes, groups: Match | None = None) -> Match:
        start = self._matcher.unfinished_start()
        end = len(self._matcher.buffer)
        raw = bytes(self._matcher.buffer[start:])
        return Match(event, start + raw_size(raw, before), end, groups.groups if groups else {})
