# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reaction to a silent console during a login, and to a line that somebody left on it."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..fsm.machine import CHANGE_STATES, LOGIN_STATES, SILENT, USERNAME_SENT, Action, Machine, explicit
from ..fsm.matcher import Matcher
from ..transport.base import Closed
from .expectation import SETTLE
from .late import LateSearch
from .line_ends import LineEnds
from .pager import LINE_END
from .terminal import decode, render, strip_escapes

LONGEST = 5.0  # seconds for an answer; a console may print log messages all the time
LEFT_LINE, OTHER_LINE_END = "a left line", "another line end"  # in the trace
ERASERS = ("\x15", "\x03")  # Ctrl-U and Ctrl-C delete an unfinished line


class Waker:
    """Types line ends into silence until the device answers, and deletes a line that was left.

    perform: carries out an action of the machine. has_more: waits so many seconds for bytes, up to a
    deadline, and returns True if some came. ends: the line end of the session.
    """

    def __init__(
        self,
        machine: Machine,
        matcher: Matcher,
        late: LateSearch,
        perform: Callable[[Action, bool], None],
        has_more: Callable[[float, float], bool],
        ends: LineEnds,
    ) -> None:
        self._machine = machine
        self._matcher = matcher
        self._late = late
        self._perform = perform
        self._has_more = has_more
        self._ends = ends
        self._erasers = list(ERASERS)
        self.silence = 0.0

    def set_silence(self, seconds: float) -> None:
        """Take the seconds without bytes before a line end is typed; 0 types none."""
        self.silence = seconds

    def can_wake(self) -> bool:
        """Return True if a line end may be typed: the login waits, and no text waits for an answer."""
        state = self._machine.state
        if self.silence <= 0 or state not in LOGIN_STATES:
            return False
        step = explicit(self._machine.table, SILENT, state)
        return self._ends.may_wake and step is not None and not step.next_state and self._is_silent()

    def _is_silent(self) -> bool:
        """Return False if text waits for an answer, answered or not, or a line announces more by its dots."""
        finished, _end, line = self._text(0).rpartition("\n")
        return not line.strip() and not finished.rstrip().endswith("...")

    def seconds(self, idle_timeout: float) -> float:
        """Return the seconds of silence before `react`."""
        if self._lacks_line_end():
            # A line end that is read later would be an empty password.
            return idle_timeout if self._ends.is_tried else 3 * idle_timeout
        return self.silence if self.can_wake() else idle_timeout

    def is_needed(self) -> bool:
        """Return True if silence needs a reaction."""
        return self.can_wake() or self._has_left_line() or self._lacks_line_end()

    def react(self, wait: float, deadline: float) -> bool:
        """Wake the device, or delete a line that was left on it; return False if neither is needed.

        wait: seconds for an answer. Raises TimedOut.
        """
        if self.can_wake():
            self._wake(wait, deadline)
        elif self._lacks_line_end():
            self._ends.skip_usual()
            self._ends.try_next()
            self._machine.force(OTHER_LINE_END, self._machine.state)
            self._perform(LINE_END, False)
        elif self._has_left_line():
            self._erase(deadline)
        else:
            return False
        return True

    def _wake(self, wait: float, deadline: float) -> None:
        """Type the line ends in turn, until the device answers with text.

        wait: seconds for each answer. Raises TimedOut.
        """
        start = len(self._matcher.buffer)
        while self._ends.may_wake:
            self._ends.try_next()
            for action in self._machine.process(SILENT):
                self._perform(action, False)
            lines = self._answer(start, wait, deadline)
            if lines:
                # Two equal answers: the device was only slow, and has read the earlier line ends too.
                if lines[-1] in lines[:-1] or _is_repeated(lines[-1]):
                    self._ends.forget()
                return
        self._ends.forget()

    def _lacks_line_end(self) -> bool:
        """Return True if the device has echoed the typed line, but not its end.

        In a login this is the user name behind its question, later a command of the setup.
        """
        if self.silence <= 0 or not self._ends.is_left or not self._matcher.unfinished_line().strip():
            return False
        state, buffer = self._machine.state, self._matcher.buffer
        if state == USERNAME_SENT:
            return self._matcher.unfinished_start() > buffer.rfind(b"\n") + 1
        return state not in (*LOGIN_STATES, *CHANGE_STATES) and b"\n" not in buffer

    def _has_left_line(self) -> bool:
        """Return True if a line that somebody typed stands behind the prompt, and can be deleted."""
        state = self._machine.state
        return bool(self._erasers) and state in LOGIN_STATES and bool(self._late.left_line())

    def _erase(self, deadline: float) -> None:
        """Type the next key that deletes a line, and read the answer. Raises TimedOut."""
        key = Action("send", self._erasers.pop(0))
        self._machine.force(LEFT_LINE, self._machine.state)
        self._perform(key, False)
        self._answer(len(self._matcher.buffer), SETTLE, deadline)

    def _answer(self, start: int, wait: float, deadline: float) -> list[str]:
        """Read up to the settle time, and return the lines with text from this position on."""
        limit = time.monotonic() + LONGEST
        try:
            while self._has_more(wait, deadline) and time.monotonic() < limit:
                wait = SETTLE
        except Closed:  # the next read finds the end again
            return [""]
        return [line.strip() for line in self._text(start).split("\n") if line.strip()]

    def _text(self, start: int) -> str:
        return render(decode(strip_escapes(bytes(self._matcher.buffer[start:]))))


def _is_repeated(line: str) -> bool:
    """Return True for a prompt several times on one line, whose line ends were echoed before: "$ $ $"."""
    return any(1 < (text * 2).find(text, 1) < len(text) for text in (line, f"{line} "))
