# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repetition of a task's commands until their output meets the conditions."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

from ..errors import InvalidParameter
from ..models.checks import LONGEST
from ..models.command import Command
from ..models.console import Console
from ..models.reply import Reply
from .commands import is_read_only
from .conditions import Condition
from .parsed import Request


@dataclass(slots=True)
class Rounds:
    """The work of one task and its result. Only `run` changes it.

    commands: sent in this order in every round.
    conditions: checked after every round.
    enter: enters a mode, "" for the default mode, and returns the console.
    send: sends one command.
    mode: mode to enter at the start of a round, "" for the default mode.
    match_all: require all conditions in the same round; otherwise one of them.
    retries: number of rounds after the first, 0 or more.
    interval: seconds between two rounds, from 0 to LONGEST.
    check_mode: skip the commands that may change the device.
    parsers: for each command, () to parse no output. Outputs of the last round are parsed.

    Raises InvalidParameter.
    """

    commands: Sequence[Command]
    conditions: Sequence[Condition]
    enter: Callable[[str], Console]
    send: Callable[[Console, Command], Reply]
    mode: str = ""
    match_all: bool = True
    retries: int = 10
    interval: float = 1.0
    check_mode: bool = False
    parsers: Sequence[Request] = ()
    _replies: list[Reply] = field(default_factory=list, init=False)
    _skipped: list[str] = field(default_factory=list, init=False)
    _unmet: list[str] = field(default_factory=list, init=False)
    _failed: bool = field(default=False, init=False)
    _changed: bool = field(default=False, init=False)
    _parsed: list[Any] = field(default_factory=list, init=False)
    _elapsed: float = field(default=0.0, init=False)
    _driver: str = field(default="", init=False)

    def __post_init__(self) -> None:
        if self.retries < 0:
            raise InvalidParameter(f"retries: expected 0 or more, got {self.retries}.")
        if not 0 <= self.interval <= LONGEST:
            raise InvalidParameter(f"interval: expected 0 to {LONGEST:.0f} seconds, got {self.interval:g}.")

    def run(self) -> None:
        """Run the commands until the conditions are met or no retry is left. Raises PycoError.

        After an error the result has the output of the commands before it in that round.
        """
        for request in self.parsers:
            request.check()
        for left in range(self.retries, -1, -1):
            if self._round():
                self._parse()
                return
            if left:
                # The task asked for this pause. There is no event to wait for.
                Event().wait(self.interval)
                self._elapsed += self.interval
        self._failed = True

    def result(self) -> dict[str, Any]:
        """Return the result of the task, of the last round."""
        result: dict[str, Any] = {
            "changed": self._changed,
            "stdout": [str(reply) for reply in self._replies],
            "stdout_lines": [reply.splitlines() for reply in self._replies],
            "notices": [list(reply.notices) for reply in self._replies],
            "modes": [reply.mode for reply in self._replies],
            "driver": self._driver,
            "failed_conditions": self._unmet,
            "elapsed": round(self._elapsed, 6),
        }
        if self.parsers:
            result["parsed"] = self._parsed
        if self._failed:
            result["failed"] = True
            result["msg"] = f"Conditions of wait_for were not met: {'; '.join(self._unmet)}."
        if self._skipped:
            result["warnings"] = [
                f"Not run in check mode, because it may change the device: {text}" for text in self._skipped
            ]
        return result

    def _parse(self) -> None:
        """Parse the outputs of the last round. Raises ParseError and InvalidParameter."""
        for command, request, reply in zip(self.commands, self.parsers, self._replies, strict=False):
            has_output = not command.sendonly and command.text not in self._skipped
            self._parsed.append(request.data(reply, command.text) if has_output else None)

    def _round(self) -> bool:
        self._replies, self._skipped = [], []
        console = self.enter(self.mode)
        self._driver = console.driver.name
        started = time.monotonic()
        try:
            for position, command in enumerate(self.commands):
                self._replies.append(self._reply(console, command, position))
        finally:
            self._elapsed += time.monotonic() - started
        if self._skipped:
            return True
        self._unmet = [condition.text for condition in self.conditions if not condition.is_met(self._replies)]
        allowed = 0 if self.match_all else max(len(self.conditions) - 1, 0)
        return len(self._unmet) <= allowed

    def _reply(self, console: Console, command: Command, position: int) -> Reply:
        configures = self.mode.startswith("config") or console.mode.startswith("config")
        if configures and not is_read_only(command):
            self._changed = True
        if self.check_mode and (self.mode.startswith("config") or not is_read_only(command)):
            self._skipped.append(command.text)
            return Reply("", command=command.text, mode=console.mode)
        if self.parsers:
            form = self.parsers[position].command(console.driver.parse, command.text)
            command = replace(command, text=form)
        return self.send(console, command)
