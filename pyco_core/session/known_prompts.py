# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompts and the name that a session expects."""

from __future__ import annotations

import re

from ..fsm.matcher import Pattern
from ..fsm.names import is_ambiguous
from .terminal import decode
from .unread import UnreadText


class KnownPrompts(UnreadText):
    """The expected prompts of a channel, its base class."""

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

    def expect_prompt(self, event: str, text: str) -> None:
        """Find this prompt of a mode also behind output without a final newline."""
        line = text.rstrip().rpartition("\n")[2]
        # A short text, or one that ends in a word, is found at the end of other lines too.
        self._matcher.remember_prompt(event, b"" if is_ambiguous(line) else line.encode())

    def fill_prompt(self, prompt: str) -> str:
        """Return the regex of a prompt with the expected hostname and token filled in."""
        for name, value in self._matcher.bindings.items():
            prompt = prompt.replace(f"{{{name}}}", re.escape(decode(value)))
        return prompt
