# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Mealy machine that every login, pager, privilege and hop is made of.

It is a table: (event, state) -> (actions, next state). Looking up changes nothing, so anybody can
ask what would happen; only `process` changes the state. Nothing here reads, writes or waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..errors import FsmError

ANY = "*"
QUIET = "quiet"  # the event that no byte came for a while
SILENT = "silent"  # the event that nothing at all came for a while; a console waits for a line end
TIMEOUT = "timeout"  # the event that the deadline passed; the error follows unless an action raises another
EOF = "eof"  # the event that the stream ended; as above
ENTERED = "entered"  # the event that another event led to a state, given in that state
SENT = "sent"  # the event that a command is about to be typed
INTERNAL = (QUIET, SILENT, TIMEOUT, EOF, ENTERED, SENT)  # no text shows them, and `*` is none of them
GROUND = "GROUND"
AUTHENTICATED = "AUTHENTICATED"  # ssh has logged in, what comes is the shell
USERNAME_SENT = "USERNAME_SENT"
PASSWORD_SENT = "PASSWORD_SENT"
MODE_SENT = "MODE_SENT"
BECOME_SENT = "BECOME_SENT"
LOGIN_STATES = (GROUND, AUTHENTICATED, USERNAME_SENT, PASSWORD_SENT)
CHANGE_STATES = (MODE_SENT, BECOME_SENT)

TRACE = 64  # steps kept for the error of a failed login
SHOWN = 40  # characters of an event that `way` shows; the commands of some modes are long


@dataclass(frozen=True, slots=True)
class Action:
    """What a transition does: the name of a function, and its argument where it takes one."""

    name: str
    argument: str | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """next_state "" stays in the state."""

    actions: tuple[Action, ...] = ()
    next_state: str = ""


Table = Mapping[tuple[str, str], Transition]
Step = tuple[str, str, str]  # event, the state that it came in, the state that it led to
Watcher = Callable[[str, str, str, tuple[str, ...]], None]  # a Step, and the names of its actions


def lookup(table: Table, event: str, state: str) -> Transition | None:
    """The transition for event in state, or None. Changes nothing.

    Searched in this order: this event in this state, this event in any state, any event in this
    state, any event in any state.
    """
    return explicit(table, event, state) or table.get((ANY, state)) or table.get((ANY, ANY))


def explicit(table: Table, event: str, state: str) -> Transition | None:
    """The transition for an event that no text shows: only one that names it. Changes nothing."""
    return table.get((event, state)) or table.get((event, ANY))


class Machine:
    """A table and the state one session is in.

    trace: its last steps. watchers: called with every step, which must be quick: the session waits.
    """

    __slots__ = ("_named", "state", "table", "trace", "watchers")

    def __init__(self, table: Table, state: str = GROUND) -> None:
        self.table = table
        self.state = state
        self.trace: list[Step] = []
        self.watchers: list[Watcher] = []
        self._named = {event for event, _rest in table if event in INTERNAL}

    def process(self, event: str) -> tuple[Action, ...]:
        """Take the transition for event and return its actions, and those of the state that it enters.

        Raises FsmError where there is none.
        """
        transition = lookup(self.table, event, self.state)
        if transition is None:
            raise FsmError(f"Nothing is said about the event {event!r} in the state {self.state!r}.")
        before = self.state
        self.force(event, transition.next_state or before, transition.actions)
        if self.state == before:
            return transition.actions
        return transition.actions + self.fire_internal(ENTERED)

    def fire_internal(self, event: str) -> tuple[Action, ...]:
        """Take the transition for an event that no text shows, where the table names one; else stay."""
        transition = explicit(self.table, event, self.state) if event in self._named else None
        if transition is None:
            if self.watchers:
                self._tell(event, self.state, ())
            return ()
        self.force(event, transition.next_state or self.state, transition.actions)
        return transition.actions

    def trace_text(self, shown: Callable[[str], str] = str) -> str:
        """The trace in one line: `GROUND -username-> USERNAME_SENT`. shown: what hides a secret."""
        start = self.trace[0][1] if self.trace else self.state
        return start + "".join(f" -{shown(event)[:SHOWN]}-> {after}" for event, _rest, after in self.trace)

    def force(self, event: str, state: str, actions: tuple[Action, ...] = ()) -> None:
        """Go to a state that the caller knows, as when a command was sent that changes it."""
        before, self.state = self.state, state
        self.trace.append((event, before, state))
        if len(self.trace) > TRACE:
            del self.trace[0]
        if self.watchers:
            self._tell(event, before, actions)

    def _tell(self, event: str, before: str, actions: tuple[Action, ...]) -> None:
        names = tuple(action.name for action in actions)
        for watch in self.watchers:
            watch(event, before, self.state, names)
