# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Mealy machine behind every login, pager, privilege and hop.

A table maps (event, state) to (actions, next state). A lookup changes nothing; only the methods of Machine
change the state. Nothing here reads, writes or waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..errors import FsmError

ANY = "*"
# Internal events. No text matches them, and `*` does not include them.
QUIET = "quiet"  # no bytes for a while after an unfinished line
SILENT = "silent"  # no bytes at all for a while; a console waits for a line end
TIMEOUT = "timeout"  # the deadline passed; the error follows unless an action raises another
EOF = "eof"  # the stream ended; as above
ENTERED = "entered"  # another event led to this state
SENT = "sent"  # a command is about to be typed
INTERNAL = (QUIET, SILENT, TIMEOUT, EOF, ENTERED, SENT)
GROUND = "GROUND"
AUTHENTICATED = "AUTHENTICATED"  # ssh has logged in; a shell follows
USERNAME_SENT = "USERNAME_SENT"
PASSWORD_SENT = "PASSWORD_SENT"
MODE_SENT = "MODE_SENT"
BECOME_SENT = "BECOME_SENT"
LOGIN_STATES = (GROUND, AUTHENTICATED, USERNAME_SENT, PASSWORD_SENT)
CHANGE_STATES = (MODE_SENT, BECOME_SENT)

TRACE = 64  # steps kept for the error of a failed login
SHOWN = 40  # characters of an event in a trace; the commands of some modes are long


@dataclass(frozen=True, slots=True)
class Action:
    """A step that a transition performs: the name of a function, and its argument if it takes one."""

    name: str
    argument: str | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """The actions of a transition, and its next state; "" stays in the state."""

    actions: tuple[Action, ...] = ()
    next_state: str = ""


Table = Mapping[tuple[str, str], Transition]
Step = tuple[str, str, str]  # event, old state, new state


class StepObserver(Protocol):
    """A receiver of the steps of a machine."""

    def transition(self, hop: int, event: str, before: str, after: str, actions: tuple[str, ...]) -> None:
        """Handle a step: number of the login, event, old state, new state, names of the actions."""


def lookup(table: Table, event: str, state: str) -> Transition | None:
    """Return the transition for an event in a state, or None.

    Search order: this event in this state, this event in any state, any event in this state, any event in
    any state.
    """
    get = table.get
    return get((event, state)) or get((event, ANY)) or get((ANY, state)) or get((ANY, ANY))


def explicit(table: Table, event: str, state: str) -> Transition | None:
    """Return the transition that names the event, or None. Internal events have no other."""
    return table.get((event, state)) or table.get((event, ANY))


class Machine:
    """A table, and the state that one session is in.

    trace: the last steps. observers: notified of each step, with the number of the hop; the session waits
    for them. The list may change at any time.
    """

    __slots__ = ("_hop", "_internal", "_observers", "state", "table", "trace")

    def __init__(
        self, table: Table, state: str = GROUND, *, observers: Sequence[StepObserver] = (), hop: int = 1
    ) -> None:
        self.state = state
        self.trace: deque[Step] = deque(maxlen=TRACE)
        self._observers = observers
        self._hop = hop
        self.switch_table(table)

    def switch_table(self, table: Table) -> None:
        """Take the table of another driver; the state stays."""
        self.table = table
        self._internal = frozenset(event for event, _state in table if event in INTERNAL)

    def process(self, event: str) -> tuple[Action, ...]:
        """Take the transition for an event, and return its actions and those of the entered state.

        Raises FsmError if there is no transition.
        """
        transition = lookup(self.table, event, self.state)
        if transition is None:
            raise FsmError(f"No transition for the event {event!r} in the state {self.state!r}.")
        before = self.state
        self.force(event, transition.next_state or before, transition.actions)
        if self.state == before:
            return transition.actions
        return transition.actions + self.fire_internal(ENTERED)

    def fire_internal(self, event: str) -> tuple[Action, ...]:
        """Take the transition for an internal event, and return its actions; stay if there is none."""
        transition = explicit(self.table, event, self.state) if event in self._internal else None
        if transition is None:
            if self._observers:
                self._notify(event, self.state, ())
            return ()
        self.force(event, transition.next_state or self.state, transition.actions)
        return transition.actions

    def trace_text(self, mask: Callable[[str], str] = str) -> str:
        """Return the trace as one line: `GROUND -username-> USERNAME_SENT`. mask: hides secrets."""
        start = self.trace[0][1] if self.trace else self.state
        return start + "".join(f" -{mask(event)[:SHOWN]}-> {after}" for event, _before, after in self.trace)

    def force(self, event: str, state: str, actions: tuple[Action, ...] = ()) -> None:
        """Go to a state that the caller knows, as after a command that changes it."""
        before, self.state = self.state, state
        self.trace.append((event, before, state))
        if self._observers:
            self._notify(event, before, actions)

    def _notify(self, event: str, before: str, actions: tuple[Action, ...]) -> None:
        names = tuple(action.name for action in actions)
        for observer in tuple(self._observers):
            observer.transition(self._hop, event, before, self.state, names)
