# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The read loop: takes bytes from a transport, feeds the matcher, drives the machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence

from ..fsm.machine import CHANGE_STATES, LOGIN_STATES, QUIET, SILENT, Action, Machine
from ..fsm.matcher import Match, Matcher
from ..models.observer import Observer
from ..transport.base import Closed, Flooded, TimedOut, Transport
from .caller_question import Question, Unanswered
from .expectation import SETTLE, UNKNOWN_PROMPT, Expectation
from .hop_guard import HopGuard
from .late import LateSearch
from .line_ends import LineEnds
from .notices import Notices
from .pager import KEY, LINE_END, Pager, other_key
from .silence import Silence
from .waker import Waker

FOREVER = float("inf")
Perform = Callable[[Action, bool], None]  # an action, and whether a finished line led to it
MIB = 1 << 20
MAX_LOGIN = MIB  # bytes of a login before its prompt
MAX_LINES = 1 << 14  # of such a login, except empty ones
FREE_TEXT = 0.1  # seconds without bytes before the next line of free text is typed


class Reader:
    """Reads until an expected event.

    guard: detects the end of a nested session. perform: carries out an action of the machine.
    observers: notified of all received bytes, with the number of the hop. ends: the line end of the session.
    max_output: bytes of a command's output.
    """

    def __init__(
        self,
        transport: Transport,
        machine: Machine,
        matcher: Matcher,
        guard: HopGuard,
        perform: Perform,
        observers: Sequence[Observer],
        hop: int,
        notices: Notices,
        ends: LineEnds,
        max_output: int,
    ) -> None:
        self._transport = transport
        self._machine = machine
        self._matcher = matcher
        self._guard = guard
        self._perform = perform
        self._observers = observers
        self._hop = hop
        self._max_output = max_output
        self._pager = Pager(machine, matcher)
        self._late = LateSearch(machine, matcher, guard, notices)
        self._waker = Waker(machine, matcher, self._late, perform, self.has_more, ends)
        self._silence = Silence(machine, matcher, self._late, self._waker)
        self._is_searched = False  # the late search has seen all bytes
        self._woken: bytes | None = None  # the unfinished line when a line end was typed in this login
        self._key: Action | None = None  # another key for a pager
        self.set_times(FOREVER, 0.0)

    def set_times(self, idle_timeout: float, settle_time: float) -> None:
        """Take the times of a driver; the machine has its table already.

        idle_timeout: seconds without bytes after an unfinished line before the event `quiet` is fired, in the
        states that have it. settle_time: seconds without bytes before an expected event counts.
        """
        self._idle_timeout = idle_timeout
        self._settle_time = settle_time
        self._late_time = max(SETTLE, settle_time)
        self._silence.take_table()

    def set_modes(self, modes: frozenset[str], learns_prompt: bool) -> None:
        """Take the modes of a driver. learns_prompt: True if it describes no prompts."""
        self._late.set_modes(modes, learns_prompt)

    def wake_after(self, seconds: float) -> None:
        """Type a line end if a login is silent for so many seconds, as a console is. 0: never."""
        self._waker.set_silence(seconds)

    def read_until(
        self,
        events: Collection[str],
        deadline: float,
        questions: list[Question] | None = None,
        expectation: Expectation | None = None,
    ) -> Match:
        """Read until one of the events leads to a state of the same name, and return its match.

        questions: may be asked meanwhile; an answer may change the list.
        expectation: when an expected event counts; default: at once.
        Raises Closed, TimedOut, HopPromptReturned, and the errors of actions.
        """
        questions = questions if questions is not None else []
        self._is_searched = False
        while True:
            waited = 0.0
            match = self._next(questions, expectation, deadline) if self._matcher.buffer else None
            if match is None:
                match = self._read_or_idle(deadline, questions, expectation)
                if match is None:
                    continue
                if match.event == UNKNOWN_PROMPT:
                    return match
                waited = self._late_time
            expected = match.event in events
            wait = self._wait(match, expectation) - waited if expected else 0.0
            if match.is_likely:
                wait = max(wait, self._idle_timeout - waited)
            if not match.is_line and self.has_more(wait, deadline):
                continue
            self._matcher.consume(match)
            actions = self._machine.process(match.event)
            for action in actions:
                self._perform(action, match.is_line)
            if actions:
                self._key = other_key(match.event, actions) or self._key
            # An action on the way into a mode may lead on from it.
            if (expected or match.event in (QUIET, SILENT)) and self._machine.state in events:
                return match

    def _wait(self, match: Match, expectation: Expectation | None) -> float:
        """Return the settle time of an expected event."""
        wait = max(self._settle_time, expectation.settle_time(match) if expectation else 0.0)
        is_known = self._machine.state not in LOGIN_STATES and self._machine.state not in CHANGE_STATES
        return wait if is_known or not self._late.may_go_on() else max(wait, SETTLE)

    def erase_line(self) -> None:
        """Drop the unfinished last line, a pager's."""
        self._pager.erase()

    def receive(self, deadline: float) -> None:
        """Read at least one byte. Raises Closed, TimedOut; Flooded if there are too many unread bytes."""
        if len(self._matcher.buffer) > MAX_LOGIN or self._matcher.lines > MAX_LINES:
            self._check_size(len(self._matcher.buffer))
        data = self._transport.read(deadline)
        if self._observers:
            for observer in tuple(self._observers):
                observer.received(self._hop, data)
        if self._key is not None and not self._pager.is_still(data):
            self._key = None
        self._pager.receive(data)
        self._matcher.feed(data)
        self._is_searched = False

    def _check_size(self, size: int) -> None:
        if self._machine.state in LOGIN_STATES:
            raise Flooded("1 MiB or 16384 lines without a prompt")
        if size > self._max_output:
            raise Flooded(f"{self._max_output // MIB} MiB, the limit of one command")

    def _next(
        self, questions: list[Question], expectation: Expectation | None, deadline: float
    ) -> Match | None:
        """Return the next event in the unread bytes, None until more is read. Answers questions."""
        match = self._matcher.next(self._machine.state)
        # A device's last message comes before the prompt of the hop.
        while self._guard.prompts and not (match is not None and match.is_line):
            if not self._guard.has_more(self._matcher, lambda wait: self.has_more(wait, deadline)):
                break
            match = self._matcher.next(self._machine.state)
        if match is not None and match.is_line:
            return match
        # Before the echo, a question would be found in the command itself.
        if not questions or (expectation and not expectation.has_echo()):
            return match
        for question in questions:
            asked = None if question.is_free_text else self._matcher.peek(question.pattern)
            if asked is not None and not question.is_over():
                if self.has_more(0.0, deadline):
                    return self._next(questions, expectation, deadline)
                self._matcher.consume(asked)
                question.answer()
                return None
        return match

    def has_more(self, wait: float, deadline: float) -> bool:
        """Read once more, and return False if nothing comes in these seconds.

        More bytes may show that the match was in the middle of the output.
        """
        if not wait:
            if not self._transport.pending():
                return False
            try:
                self.receive(deadline)
            except Closed as exc:
                if isinstance(exc, Flooded):
                    raise
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

    def _read_or_idle(
        self, deadline: float, questions: list[Question], expectation: Expectation | None
    ) -> Match | None:
        """Read once, or return an event that counts after silence."""
        waited = 0.0
        free = next((one for one in questions if one.is_free_text), None)
        # A shell without echo reads free text in silence.
        is_silent = free is not None and expectation is not None and expectation.has_echo()
        if not self._is_searched and (self._matcher.buffer or self._key or is_silent):
            follows = free is not None and free.is_echoed()
            waited = FREE_TEXT if follows else self._late_time
            if self.has_more(waited, deadline):
                return None
            if not follows:
                self._is_searched = True
                match = self._search(questions, expectation, deadline)
                if match is not None or not self._is_searched:
                    return match
            if free is not None and self._matcher.peek(free.pattern):
                self._is_searched = False
                free.answer()
                return None
        return self._idle(deadline, waited, expectation)

    def _search(
        self, questions: list[Question], expectation: Expectation | None, deadline: float
    ) -> Match | None:
        """Return the event that counts after the settle time. Answers questions, types keys."""
        key, self._key = self._key, None
        if key is not None:
            self._type(key, KEY)
            return None
        if self._machine.state in LOGIN_STATES:
            return self._wake(deadline)
        patterns = [one.pattern for one in questions if not one.is_free_text and not one.is_over()]
        found = self._late.find(lambda match: self._wait(match, expectation) <= self._late_time, patterns)
        if found is None and expectation is not None:
            found = self._late.refusal(expectation.refusals)
        if found is None:
            return None
        reason, match = found
        self._machine.force(reason, self._machine.state)
        for question in questions:
            if match.event == question.pattern.event and self._matcher.peek(question.pattern):
                self._matcher.consume(match)
                self._matcher.feed(b"\r\n")
                self._is_searched = False
                question.answer()
                return None
        return match

    def _wake(self, deadline: float) -> Match | None:
        """Type a line end at a prompt that does not fit, once. Return its match if the same line follows."""
        prompt = self._late.unusual_prompt()
        line = self._matcher.unfinished_line()
        if self._woken is not None:
            return (prompt or self._late.repeated_prompt()) if line == self._woken else None
        rest = self._idle_timeout - self._late_time
        if not self._late.shows_prompt() and (prompt is None or self.has_more(rest, deadline)):
            return None
        self._woken = line
        self._type(LINE_END, "a line end")
        return None

    def _type(self, key: Action, reason: str) -> None:
        self._machine.force(reason, self._machine.state)
        self._perform(key, False)
        self._is_searched = False

    def _idle(self, deadline: float, waited: float, expectation: Expectation | None) -> Match | None:
        """Read once, or return the event of silence if the state has one.

        waited: seconds of silence so far. Raises Unanswered if the device waits for an answer.
        """
        until = deadline
        event, question, seconds = self._silence.meaning(self._idle_timeout, expectation)
        if event or question:
            until = min(deadline, time.monotonic() + max(0.0, seconds - waited))
        try:
            self.receive(until)
        except TimedOut:
            if question:
                raise Unanswered(question) from None
            if until == deadline:
                raise
            if self._waker.react(self._idle_timeout, deadline):
                return None
            end = len(self._matcher.buffer)
            start = self._matcher.unfinished_start() if event == UNKNOWN_PROMPT else end
            return Match(event, start, end)
        return None
