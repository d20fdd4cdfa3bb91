# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names and prompts that a session has learned from its device."""

from __future__ import annotations

from .names import is_same


class Learned:
    """The names and prompts of one session, the base class of its matcher.

    bindings: the expected text of groups (`hostname`, `token`); a pattern with such a group matches only
    this text. prompts: by event, the last line of the prompt that was seen last; a longer line that ends in
    it is output without a final newline.
    """

    def __init__(self) -> None:
        self.bindings: dict[str, bytes] = {}
        self.prompts: dict[str, bytes] = {}

    def bind(self, name: str, value: bytes) -> None:
        """Match a group of this name with this text only."""
        self.bindings[name] = value

    def expect_hostname(self, value: bytes) -> None:
        """Take another name for the expected one, unless it is its shortened form."""
        if not is_same(self.bindings["hostname"], value):
            self.bindings["hostname"] = value

    def forget_hostname(self) -> None:
        """Match prompts with any name."""
        self.bindings.pop("hostname", None)
        self.prompts.clear()

    def remember_prompt(self, event: str, line: bytes) -> None:
        """Keep the last line of a prompt."""
        self.prompts[event] = line
