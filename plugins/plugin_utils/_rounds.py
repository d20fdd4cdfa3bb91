# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rounds of the same commands, until what they print meets the conditions."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from ._become import Output
from ._commands import Command
from ._conditions import Condition
from ._core import Session


@dataclass(slots=True)
class Rounds:
    """What a task has to do, and what came of it so far.

    begin: takes a mode, and gives the session in it. send: sends one command. all_of_them: whether
    all conditions have to be met, or any. retries: rounds after the first. interval: seconds
    between two. only_reading: leave out the commands that may change something.
    """

    commands: Sequence[Command]
    conditions: Sequence[Condition]
    begin: Callable[[str], Session]
    send: Callable[[Session, Command], Output]
    mode: str = ""
    all_of_them: bool = True
    retries: int = 10
    interval: float = 1.0
    only_reading: bool = False
    outputs: list[Output] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    elapsed: float = 0.0

    def run(self) -> bool:
        """Run the commands until the conditions are met; whether they are. Raises PycoError.

        After an error outputs has what the commands before it printed in that round.
        """
        for left in range(self.retries, -1, -1):
            if self._round():
                return True
            if left:
                # The user's own wish, and not a wait for the device: nothing would tell when to look.
                Event().wait(self.interval)
                self.elapsed += self.interval
        return False

    def _round(self) -> bool:
        self.outputs, self.left_out = [], []
        session = self.begin(self.mode)
        started = time.monotonic()
        try:
            for command in self.commands:
                self.outputs.append(self._output(session, command))
        finally:
            self.elapsed += time.monotonic() - started
        if self.left_out:
            return True
        texts = [output.text for output in self.outputs]
        self.failed = [condition.text for condition in self.conditions if not condition.holds(texts)]
        enough = 0 if self.all_of_them else max(len(self.conditions) - 1, 0)
        return len(self.failed) <= enough

    def _output(self, session: Session, command: Command) -> Output:
        if self.only_reading and (self.mode.startswith("config") or not command.reads):
            self.left_out.append(command.text)
            return Output("", session.mode)
        return self.send(session, command)

    def result(self) -> dict[str, Any]:
        """The task's result, of all that was done so far."""
        result: dict[str, Any] = {
            "changed": False,
            "stdout": [output.text for output in self.outputs],
            "stdout_lines": [output.text.splitlines() for output in self.outputs],
            "modes": [output.mode for output in self.outputs],
            "failed_conditions": self.failed,
            "elapsed": round(self.elapsed, 6),
        }
        if self.left_out:
            result["warnings"] = [
                f"Not run in check mode, because it may change the device: {text}" for text in self.left_out
            ]
        return result
