# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state machine of a driver: its table of transitions, and the patterns of each state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..fsm.machine import (
    ANY,
    AUTHENTICATED,
    CHANGE_STATES,
    GROUND,
    INTERNAL,
    LOGIN_STATES,
    QUIET,
    USERNAME_SENT,
    Action,
    Table,
    Transition,
    lookup,
)
from ..fsm.matcher import Pattern, PatternSet
from .actions import CAREFUL, CREDENTIALS, Function, parse_action
from .graph import edges, reachable
from .locator import Locator
from .model import DISCOVERED, Mode
from .patterns import compile_event, compile_line, compile_prompt
from .schema import Section


class MachineBuilder:
    """Builds the machine of one driver. Use each object once.

    data: the checked definition. modes: its compiled modes. actions: the functions that transitions may name.
    """

    def __init__(
        self, data: Section, modes: Mapping[str, Mode], actions: Mapping[str, Function], locator: Locator
    ) -> None:
        self._data = data
        self._modes = modes
        self._actions = actions
        self._locator = locator
        self._states = (*LOGIN_STATES, *CHANGE_STATES, *modes)
        self._table: dict[tuple[str, str], Transition] = {}
        self._lines: list[Pattern] = []
        self._tail: list[Pattern] = []
        self._likely: list[Pattern] = []  # tried after the exact patterns
        self._prompts: dict[str, Pattern] = {}

    def build(self) -> tuple[Table, dict[str, PatternSet]]:
        """Return the table and the patterns by state. Raises InvalidDriver and UnknownAction."""
        self._add_events()
        self._add_transitions()
        if self._data.get("second_login"):
            self._add_second_login()
        self._add_left_pager()
        self._add_prompts()
        return self._table, {state: self._patterns(state) for state in self._states}

    def _add_events(self) -> None:
        events: Section = self._data.get("events", Section())
        for name, event in events.items():
            if name == ANY or name in self._modes:
                raise self._locator.error(events, name, "no event can have this name.")
            tail, lines = event.get("pattern", ()), event.get("line", ())
            likely = event.get("likely", ())
            if not tail and not likely and not lines and name not in INTERNAL:
                raise self._locator.error(events, name, "the event has no pattern and no line.")
            with self._locator.at(event, "pattern"):
                self._tail += [compile_event(name, text) for text in tail]
            with self._locator.at(event, "likely"):
                self._likely += [compile_event(name, text, likely=True) for text in likely]
            with self._locator.at(event, "line"):
                self._lines += [compile_line(name, text) for text in lines]
            states = LOGIN_STATES if lines else (*CHANGE_STATES, *self._modes)
            if lines and not {*event.get("state", states)} & {ANY, *LOGIN_STATES}:
                problem, hint = "a line counts only in the states of a login.", ", ".join(LOGIN_STATES)
                raise self._locator.error(event, "state", problem, f"Those are {hint}.")
            if event.keys() & {"state", "action", "next"}:
                self._add_transition(name, event, states)

    def _add_transitions(self) -> None:
        valid = {*self._data.get("events", ()), *INTERNAL, ANY}
        for entry in self._data.get("transitions", ()):
            if "event" not in entry:
                raise self._locator.error(entry or self._data, "transitions", "an entry has no event.")
            event = entry["event"]
            if event not in valid:
                raise self._locator.unknown(entry, "event", "event", event, sorted(valid))
            self._add_transition(event, entry, ())

    def _add_transition(self, event: str, entry: Section, default_states: tuple[str, ...]) -> None:
        """Add the transitions of an event for all states of an entry, or remove them."""
        next_state: str = entry.get("next", "")
        for key, names, extra in (("state", entry.get("state", ()), ANY), ("next", (next_state,), "")):
            for name in names:
                if name not in self._states and name != extra:
                    raise self._locator.unknown(entry, key, "state", name, self._states)
        with self._locator.at(entry, "action"):
            actions = tuple(parse_action(text, self._actions) for text in entry.get("action", ()))
        for state in entry.get("state", default_states):
            if not entry.get("remove"):
                self._table[event, state] = Transition(actions, next_state)
            elif self._table.pop((event, state), None) is None:
                problem = f"no transition for the event {event!r} in the state {state!r}."
                raise self._locator.error(entry, "remove", problem)

    def _add_second_login(self) -> None:
        """Answer the questions of a login also after ssh has accepted user and password."""
        for event in ("username", "password"):
            if (event, GROUND) in self._table:
                self._table[event, AUTHENTICATED] = self._table[event, GROUND]

    def _add_left_pager(self) -> None:
        """Leave a pager that somebody left on a console. One after the password is a part of the login."""
        if "more" in self._data.get("events", ()):
            leave = Transition((Action("erase"), Action("send", "q")))
            for state in (GROUND, AUTHENTICATED):
                self._table.setdefault(("more", state), leave)

    def _add_prompts(self) -> None:
        section: Section = self._data.get("modes", Section())
        above = self._data.get("above", "")
        with self._locator.at(self._data, "above"):
            compile_line("above", above)
        for mode in self._modes.values():
            with self._locator.at(section.get(mode.name, section), "prompt"):
                self._prompts[mode.name] = compile_prompt(mode.name, mode.prompt, above)
            self._table.setdefault((mode.name, ANY), Transition((), mode.name))
        if DISCOVERED in self._modes:
            # A prompt can be any text: after the idle timeout the unfinished line counts as one.
            for state in LOGIN_STATES:
                self._table.setdefault((QUIET, state), Transition((), DISCOVERED))

    def _patterns(self, state: str) -> PatternSet:
        def has_transition(pattern: Pattern) -> bool:
            return lookup(self._table, pattern.event, state) is not None

        def is_careful(pattern: Pattern) -> bool:
            transition = lookup(self._table, pattern.event, state)
            names = {one.name for one in transition.actions} if transition else set()
            return bool(names & (CAREFUL | CREDENTIALS if state == AUTHENTICATED else CAREFUL))

        tail = filter(has_transition, (*self._tail, *self._likely))
        # In the middle of a text, a question must neither end a login nor get a credential after ssh.
        events = (replace(pattern, likely=True) if is_careful(pattern) else pattern for pattern in tail)
        prompts = (self._prompts[mode] for mode in self._expected_modes(state))
        return PatternSet(
            lines=tuple(filter(has_transition, self._lines)) if state in LOGIN_STATES else (),
            tail=(*events, *prompts),
        )

    def _expected_modes(self, state: str) -> tuple[str, ...]:
        """Return the modes whose prompts count in a state."""
        if state in self._modes:
            # If another mode has the same prompt, the session is still in this one.
            own = self._modes[state].prompt
            modes = reachable(self._modes, state)
            return tuple(dict.fromkeys(state if self._modes[mode].prompt == own else mode for mode in modes))
        if state in CHANGE_STATES:
            # A mode that only a login leads to must not be mistaken for the one that is entered.
            return tuple({to: None for mode in self._modes for _command, to in edges(self._modes, mode)})
        # The prompt of a mode that the idle timeout leads to may be any text, a banner's last line too. It
        # counts at once only after the login; before that it counts after the idle timeout.
        weak = self._table.get((QUIET, state)) if state in (GROUND, USERNAME_SENT) else None
        return tuple(mode for mode in self._modes if weak is None or mode != weak.next_state)
