# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accepted lines, and those that take effect only when their block is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .compare import Step
from .edit import is_immediate, takes_effect


@dataclass(slots=True)
class Pending:
    """Accepted lines.

    accepted: those in force, or in the candidate. has_blocks: True if the others wait for the end of their
    block.
    """

    accepted: list[Step]
    has_blocks: bool
    _waiting: list[Step] = field(default_factory=list)

    def add(self, step: Step) -> None:
        """Add a line that the device accepted."""
        waits = self.has_blocks and not is_immediate(step.text, step.parents)
        (self._waiting if waits else self.accepted).append(step)

    def close(self, opened: Sequence[str], depth: int, *, is_refused: bool) -> None:
        """Put lines into force if their block takes effect now; drop them if the device refused it.

        opened: the blocks before. depth: number of those that stay open.
        """
        if is_refused:
            self.drop()
        elif self.has_blocks and takes_effect(opened, depth):
            self.accepted += self._waiting
            self.drop()

    def drop(self) -> None:
        """Drop the lines that are not in force."""
        self._waiting.clear()
