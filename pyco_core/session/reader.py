# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only read loop: takes bytes from a transport, feeds the matcher, drives the machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from ..fsm.machine import QUIET, SILENT, Action, Machine, explicit
from ..fsm.matcher import Match, Matcher, Pattern
from ..transport.base import Closed, TimedOut, Transport
from .transcript import Transcript

FOREVER = float("inf")


class HopPromptReturned(Closed):
    """The prompt of a hop that this session was typed into stands there: the session has ended.

    hop: the number of the hop whose prompt it is.
    """

    def __init__(self, hop: int) -> None:
        super().__init__(hop)
        self.hop = hop


@dataclass(frozen=True, slots=True)
class Question:
    """What a caller expects to be asked during one command, and what to do then."""

    pattern: Pattern
    answer: Callable[[], None]


class Reader:
    """Reads until an event leads to a goal.

    guard: the prompts of the hops that this session was typed into, with their numbers; empty for
    one with a transport of its own. quiet: seconds without a byte after which the event `quiet` is given to
    the machine where it knows one. settle: seconds without a byte before a goal counts. wake: whether the far
    end may say nothing until a line end is typed, as a console does; the event `silent` is given once then.
    """

    def __init__(
        self,
        transport: Transport,
        machine: Machine,
        matcher: Matcher,
        transcript: Transcript,
        perform: Callable[[Action], None],
    ) -> None:
        self.transport = transport
        self.machine = machine
        self.matcher = matcher
        self.transcript = transcript
        self.guard: tuple[tuple[int, Pattern], ...] = ()
        self.wake = False
        self._perform = perform
        self.adopt(FOREVER, 0.0)

    def adopt(self, quiet: float, settle: float) -> None:
        """Take the times of a driver, and what its table, which the machine has already, says of silence."""
        self.quiet, self.settle = quiet, settle
        self._quiet_states = {state for event, state in self.machine.table if event == QUIET}

    def read_until(
        self,
        deadline: float,
        goals: Collection[str],
        questions: list[Question] | None = None,
        patience: Callable[[], float] | None = None,
    ) -> Match:
        """Read until an event whose name is one of goals, and return it.

        patience: for a goal that was seen, how many seconds more to wait for bytes before it
        counts; 0 at once, FOREVER until the deadline. Raises Closed, TimedOut, and what an action
        raises; HopPromptReturned when the prompt of a hop before stands there.
        """
        questions = questions if questions is not None else []
        while True:
            # Before the echo, what looks like a question is the command itself.
            echoed = not questions or patience is None or patience() < FOREVER
            seen = self._next(questions if echoed else [], deadline)
            if seen is None:
                seen = self._read_or_quiet(deadline)
                if seen is None:
                    continue
            goal = seen.event in goals
            wait = max(self.settle, patience() if patience else 0.0) if goal else 0.0
            if not seen.line and self._more(wait, deadline):
                continue
            self._take(seen)
            # What was done on the way into a mode may lead on from it.
            if (goal or seen.event == QUIET) and self.machine.state in goals:
                return seen

    def check_guard(self) -> None:
        """Raise HopPromptReturned where the prompt of a hop before is the last that was read."""
        for hop, pattern in self.guard:
            if self.matcher.peek(pattern) and not self.transport.pending():
                raise HopPromptReturned(hop)

    def _next(self, questions: list[Question], deadline: float) -> Match | None:
        if not self.matcher.buffer:
            return None
        found = self.matcher.next(self.machine.state)
        if found is not None and found.line:
            return found  # what a device says before it hangs up comes before the hop's prompt
        if self.guard:
            self.check_guard()
        for question in questions:
            seen = self.matcher.peek(question.pattern)
            if seen is not None:
                if self._more(0.0, deadline):
                    return self._next(questions, deadline)
                self.matcher.consume(seen)
                question.answer()
                return None
        return found

    def _take(self, seen: Match) -> None:
        self.matcher.consume(seen)
        for action in self.machine.process(seen.event):
            self._perform(action)

    def _more(self, wait: float, deadline: float) -> bool:
        """Read once more if there is something within wait seconds: what looks like the end may not be it."""
        if not wait:
            if not self.transport.pending():
                return False
            try:
                self._read(deadline)
            except Closed:
                return False  # the device answered before it went; the next read meets the end again
            return True
        until = min(deadline, time.monotonic() + wait)
        try:
            self._read(until)
        except TimedOut:
            if until == deadline:
                raise
            return False
        return True

    def _read_or_quiet(self, deadline: float) -> Match | None:
        until = deadline
        if self.machine.state in self._quiet_states:
            line = self.matcher.unfinished().strip(b" \t")
            # A line that ends in dots says that something goes on ("Trying 10.0.0.1 ..."), one whose cursor
            # went back to its start is about to be overwritten.
            if line and not line.endswith((b"...", b"\r")):
                until = min(deadline, time.monotonic() + self.quiet)
        event = QUIET
        if self.wake and until == deadline and explicit(self.machine.table, SILENT, self.machine.state):
            until, event = min(deadline, time.monotonic() + self.quiet), SILENT
        try:
            self._read(until)
        except TimedOut:
            if until == deadline:
                raise
            self.wake = self.wake and event != SILENT
            end = len(self.matcher.buffer)
            return Match(event, end, end)
        return None

    def _read(self, until: float) -> None:
        data = self.transport.read(until)
        self.transcript.saw(data)
        self.matcher.feed(data)
