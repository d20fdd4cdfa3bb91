# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions of a command, with the answers that its caller gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..fsm.matcher import Pattern
from ..transport.base import TimedOut


class Unanswered(TimedOut):
    """The device asks a question that nobody answers. question: its line."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a command may ask, and the function that answers it.

    is_echoed: returns True if the echo of the line that was typed last is complete. A pattern that matches
    an empty line waits for it, and for silence: the device reads free text.
    is_over: returns True if no question of the command is answered any more.
    """

    pattern: Pattern
    answer: Callable[[], None]
    is_echoed: Callable[[], bool] = lambda: False
    is_over: Callable[[], bool] = lambda: False

    @property
    def is_free_text(self) -> bool:
        """Return True if the question counts at an empty line too."""
        return self.pattern.regex.search(b"") is not None
