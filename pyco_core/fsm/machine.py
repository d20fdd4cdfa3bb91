# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Mealy machine that every login, pager, privilege and hop is made of.

It is a table: (event, state) -> (actions, next state). Looking up changes nothing, so anybody can
ask what would happen; only `process` changes the state. Nothing here reads, writes or waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import FsmError

ANY = "*"
QUIET = "quiet"  # the event that no byte came for a while
SILENT = "silent"  # the event that nothing at all came for a while; a console waits for a line end
GROUND = "GROUND"
AUTHENTICATED = "AUTHENTICATED"  # ssh has logged in, what comes is the shell
USERNAME_SENT = "USERNAME_SENT"
PASSWORD_SENT = "PASSWORD_SENT"
MODE_SENT = "MODE_SENT"
BECOME_SENT = "BECOME_SENT"
LOGIN_STATES = (GROUND, AUTHENTICATED, USERNAME_SENT, PASSWORD_SENT)
CHANGE_STATES = (MODE_SENT, BECOME_SENT)

TRACE = 64  # steps kept for the error of a failed login


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


def lookup(table: Table, event: str, state: str) -> Transition | None:
    """The transition for event in state, or None. Changes nothing.

    Searched in this order: this event in this state, this event in any state, any event in this
    state, any event in any state.
    """
    found = table.get((event, state)) or table.get((event, ANY))
    return found or table.get((ANY, state)) or table.get((ANY, ANY))


class Machine:
    """A table and the state one session is in. `trace` holds its last steps as (event, from, to)."""

    __slots__ = ("state", "table", "trace")

    def __init__(self, table: Table, state: str = GROUND) -> None:
        self.table = table
        self.state = state
        self.trace: list[tuple[str, str, str]] = []

    def process(self, event: str) -> tuple[Action, ...]:
        """Take the transition for event and return its actions. Raises FsmError where there is none."""
        transition = lookup(self.table, event, self.state)
        if transition is None:
            raise FsmError(f"Nothing is said about the event {event!r} in the state {self.state!r}.")
        self.jump(event, transition.next_state or self.state)
        return transition.actions

    def jump(self, event: str, state: str) -> None:
        """Go to a state that the caller knows, as when a command was sent that changes it."""
        self.trace.append((event, self.state, state))
        if len(self.trace) > TRACE:
            del self.trace[0]
        self.state = state
