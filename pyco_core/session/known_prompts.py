# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompts and the name that a session expects."""

from __future__ import annotations

import re

from ..driver.graph import enters
from ..driver.model import Driver
from ..fsm.matcher import Match, Matcher, Pattern
from ..fsm.names import is_ambiguous, is_same
from .masker import Masker
from .shell_prompt import opens_shell
from .terminal import decode, last_line
from .unread import UnreadText


class KnownPrompts(UnreadText):
    """The expected prompts of a channel, its base class. prompt_text: the bytes of the last prompt."""

    def __init__(self, matcher: Matcher, masker: Masker) -> None:
        super().__init__(matcher, masker)
        self.prompt_text = b""
        self._shown = (b"", "")  # the last prompt and its visible text

    def prompt_line(self) -> str:
        """Return the visible text of the last prompt."""
        if self._shown[0] is not self.prompt_text:
            self._shown = self.prompt_text, decode(last_line(self.prompt_text))
        return self._shown[1]

    @property
    def hostname(self) -> str:
        """Return the expected name in the prompt, "" if there is none."""
        return decode(self._matcher.bindings.get("hostname", b""))

    @property
    def token(self) -> str:
        """Return the random text in the prompt that a shell is given."""
        return decode(self._matcher.bindings["token"])

    def forget_hostname(self) -> None:
        """Accept prompts with any name."""
        self._matcher.forget_hostname()

    def learn_patterns(self, event: str, patterns: tuple[Pattern, ...]) -> None:
        """Try these patterns instead of the driver's for an event."""
        self._matcher.learn_patterns(event, patterns)

    def add_patterns(self, event: str, patterns: tuple[Pattern, ...]) -> None:
        """Try these patterns too."""
        known = self._matcher.learned_patterns.get(event, ())
        self._matcher.learn_patterns(event, (*patterns, *known))

    def expect_prompt(self, event: str, text: str) -> None:
        """Find this prompt of a mode also behind output without a final newline."""
        line = text.rstrip().rpartition("\n")[2]
        # A short text, or one that ends in a word, is found at the end of other lines too.
        self._matcher.remember_prompt(event, b"" if is_ambiguous(line) else line.encode())

    def has_other_sign(self, match: Match, text: bytes) -> bool:
        """Return True if the last prompt of this mode ended in another sign. text: of the last prompt."""
        if self._matcher.buffer[match.start :] == text:
            return False
        before = self._matcher.prompts.get(match.event, b"")
        return bool(before) and self._matcher.unfinished_line().rstrip()[-1:] != before[-1:]

    def leads_elsewhere(self, driver: Driver, match: Match, typed: str) -> bool:
        """Return True if a command that opens another CLI led to a prompt with another name.

        The driver's own command for the mode of the prompt leads to no other CLI.
        """
        name, known = match.groups.get("hostname"), self._matcher.bindings.get("hostname", b"")
        if name is None or not known or is_same(known, name) or not opens_shell(typed):
            return False
        return match.event in driver.modes and not enters(driver.modes[match.event], typed)

    def expect_name(self, match: Match) -> None:
        """Expect the name in a prompt, if another one was expected."""
        if "hostname" in self._matcher.bindings and "hostname" in match.groups:
            self._matcher.expect_hostname(match.groups["hostname"])

    def fill_prompt(self, prompt: str) -> str:
        """Return the regex of a prompt with the expected hostname and token filled in."""
        for name, value in self._matcher.bindings.items():
            prompt = prompt.replace(f"{{{name}}}", re.escape(decode(value)))
        return prompt
