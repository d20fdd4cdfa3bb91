# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The read loop: takes bytes from a transport, feeds the matcher, drives the machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from ..fsm.machine import QUIET, SILENT, Action, Machine, explicit
from ..fsm.matcher import Match, Matcher, Pattern
from ..models.observer import Observer
from ..transport.base import Closed, TimedOut, Transport
from .hop_guard import HopGuard

FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a command may ask, and the function that answers it."""

    pattern: Pattern
    answer: Callable[[], None]


class Reader:
    """Reads until an expected event.

    guard: detects the end of a nested session. perform: carries out an action of the machine.
    observers: notified of all received bytes, with the number of the hop.
    """

    def __init__(
        self,
        transport: Transport,
        machine: Machine,
        matcher: Matcher,
        guard: HopGuard,
        perform: Callable[[Action], None],
        observers: Sequence[Observer],
        hop: int,
    ) -> None:
        self._transport = transport
        self._machine = machine
        self._matcher = matcher
        self._guard = guard
        self._perform = perform
        self._observers = observers
        self._hop = hop
        self._nudge = False
        self.set_times(FOREVER, 0.0)

    def set_times(self, idle_timeout: float, settle_time: float) -> None:
        """Take the times of a driver; the machine has its table already.

        idle_timeout: seconds without bytes after an unfinished line before the event `quiet` is fired, in the
        states that have it. settle_time: seconds without bytes before an expected event counts.
        """
        self._idle_timeout = idle_timeout
        self._settle_time = settle_time
        self._quiet_states = {state for event, state in self._machine.table if event == QUIET}

    def nudge_on_silence(self, nudge: bool) -> None:
        """Fire the event `silent` once if no bytes come at all.

        nudge: True if the device may be silent until a line end is typed, as a console is.
        """
        self._nudge = nudge

    def read_until(
        self,
        events: Collection[str],
        deadline: float,
        questions: list[Question] | None = None,
        settle_time: Callable[[], float] | None = None,
    ) -> Match:
        """Read until one of the events leads to a state of the same name, and return its match.

        questions: may be asked meanwhile; an answer may change the list.
        settle_time: called for a match of an expected event; returns the seconds without further bytes before
        it counts, 0 for at once, FOREVER for never.

        Raises Closed, TimedOut, HopPromptReturned, and the errors of actions.
        """
        questions = questions if questions is not None else []
        while True:
            match = self._next(questions, settle_time, deadline) if self._matcher.buffer else None
            if match is None:
                match = self._read_or_idle(deadline)
                if match is None:
                    continue
            expected = match.event in events
            wait = max(self._settle_time, settle_time() if settle_time else 0.0) if expected else 0.0
            if not match.is_line and self._has_more(wait, deadline):
                continue
            self._matcher.consume(match)
            for action in self._machine.process(match.event):
                self._perform(action)
            # An action on the way into a mode may lead on from it.
            if (expected or match.event == QUIET) and self._machine.state in events:
                return match

    def receive(self, deadline: float) -> None:
        """Read at least one byte. Raises Closed, TimedOut."""
        data = self._transport.read(deadline)
        if self._observers:
            for observer in tuple(self._observers):
                observer.received(self._hop, data)
        self._matcher.feed(data)

    def _next(
        self, questions: list[Question], settle_time: Callable[[], float] | None, deadline: float
    ) -> Match | None:
        """Return the next event in the unread bytes, None until more is read. Answers questions."""
        match = self._matcher.next(self._machine.state)
        if match is not None and match.is_line:
            return match  # a device's last message comes before the prompt of the hop
        if self._guard.prompts:
            self._guard.check(self._matcher, self._transport)
        # Before the echo, a question would be found in the command itself.
        if not questions or (settle_time and settle_time() == FOREVER):
            return match
        for question in questions:
            asked = self._matcher.peek(question.pattern)
            if asked is not None:
                if self._has_more(0.0, deadline):
                    return self._next(questions, settle_time, deadline)
                self._matcher.consume(asked)
                question.answer()
                return None
        return match

    def _has_more(self, wait: float, deadline: float) -> bool:
        """Read once more, and return False if nothing comes in these seconds.

        More bytes may show that the match was in the middle of the output.
        """
        if not wait:
            if not self._transport.pending():
                return False
            try:
                self.receive(deadline)
            except Closed:
                return False  # the device has answered; the next read finds the end again
            return True
        until = min(deadline, time.monotonic() + wait)
        try:
            self.receive(until)
        except TimedOut:
            if until == deadline:
                raise
            return False
        return True

    def _read_or_idle(self, deadline: float) -> Match | None:
        """Read once, or return the event of silence if the state has one."""
        until = deadline
        if self._machine.state in self._quiet_states:
            line = self._matcher.unfinished_line().strip(b" \t")
            # Dots at the end announce more ("Trying 10.0.0.1 ..."); after a CR the line is overwritten.
            if line and not line.endswith((b"...", b"\r")):
                until = min(deadline, time.monotonic() + self._idle_timeout)
        event = QUIET
        if self._nudge and until == deadline and explicit(self._machine.table, SILENT, self._machine.state):
            until, event = min(deadline, time.monotonic() + self._idle_timeout), SILENT
        try:
            self.receive(until)
        except TimedOut:
            if until == deadline:
                raise
            self._nudge = self._nudge and event != SILENT
            end = len(self._matcher.buffer)
            return Match(event, end, end)
        return None
