# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A driver's state machine as a diagram: the login, the modes, and the transitions between them.

An arrow is drawn for each change of state, for each command between modes, and for each end. A transition
that keeps its state (a pager, a question) is a row in the table of its group, and a transition of all states
of a group is drawn once, at the group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..fsm.machine import ANY, AUTHENTICATED, CHANGE_STATES, GROUND, LOGIN_STATES, Transition
from .actions import CAREFUL
from .graph import edges
from .model import Driver

MAX_LABEL = 32  # characters of a command in a diagram
# The groups. A blank in front of a name tells a state from a group of the same name.
LOGIN, CHANGE, MODES = "login", "mode change", "modes"
FAILED = {LOGIN: "login failed", CHANGE: "mode not reached", MODES: "session failed"}
LOGGED_OUT = "logged out"
# The colors, with enough contrast for dark text, and told apart by their brightness, too: background, border.
COLORS = {
    LOGIN: ("#dbeafe", "#2563eb"),
    MODES: ("#dcfce7", "#16a34a"),
    CHANGE: ("#fef3c7", "#d97706"),
    LOGGED_OUT: ("#e5e7eb", "#4b5563"),
    **dict.fromkeys(FAILED.values(), ("#fecaca", "#b91c1c")),
}
TEXT_COLOR, LINE_COLOR = "#111827", "#4b5563"
LEGEND = (
    (LOGIN, "state of the login"),
    (MODES, "mode: a prompt of its own"),
    (CHANGE, "while the mode changes"),
    (FAILED[LOGIN], "end with an error"),
    (LOGGED_OUT, "end"),
)
NOTATION = "arrow: event / actions, or the command that is typed"


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow. start, end: a group's title, an end, or a blank and a state; start "" is the initial state.

    label: its lines. both: whether the arrow has a head at both ends.
    """

    start: str
    end: str
    label: tuple[str, ...] = ()
    both: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Events that keep the state. states: those that have the transition, () if all of the group do."""

    event: str
    actions: str
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """States of one kind. rows: the transitions that keep their state."""

    title: str
    states: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """The content of a diagram, independent of its language.

    ends: by name, the events or commands that lead to it.
    """

    title: str
    groups: tuple[Group, ...]
    edges: tuple[Edge, ...]
    ends: Mapping[str, tuple[str, ...]]


def diagram(driver: Driver) -> Diagram:
    """Return the diagram of a driver."""
    groups = {LOGIN: LOGIN_STATES, MODES: _by_distance(driver), CHANGE: CHANGE_STATES}
    arrows = [Edge("", f" {GROUND}", ("telnet",)), Edge("", f" {AUTHENTICATED}", ("ssh",))]
    arrows += _mode_edges(driver)
    commands = (mode.logout or driver.logout for mode in driver.modes.values())
    ends = {LOGGED_OUT: tuple(dict.fromkeys(_short(command) for command in commands if command))}
    arrows += _state_changes(driver, groups)
    for title, states in groups.items():
        if failures := _rows(driver, states, ending=True):
            ends[FAILED[title]] = tuple(" / ".join((row.event, row.actions)) for row in failures)
            arrows.append(Edge(title, FAILED[title]))
    drawn = (Group(title, states, _rows(driver, states)) for title, states in groups.items())
    return Diagram(f"{driver.name}: {driver.description}", tuple(drawn), tuple(dict.fromkeys(arrows)), ends)


def _by_distance(driver: Driver) -> tuple[str, ...]:
    """Return the modes, those that a login leads to first, then those behind them."""
    order = [mode.name for mode in driver.modes.values() if not mode.parents]
    for mode in order:
        order += [end for _command, end in edges(driver.modes, mode) if end not in order]
    return tuple(dict.fromkeys([*order, *driver.modes]))


def _mode_edges(driver: Driver) -> Iterator[Edge]:
    """Yield the arrows to, between and from the modes."""
    yield Edge(LOGIN, MODES, ("a prompt", *([f"then enter {driver.home}"] if driver.home else [])))
    for mode in driver.modes:
        for command, end in edges(driver.modes, mode):
            yield Edge(f" {mode}", f" {end}", (_short(command),))
    yield Edge(MODES, CHANGE, ("a command that changes the mode,", "and back with a prompt"), both=True)
    yield Edge(MODES, LOGGED_OUT)


def _state_changes(driver: Driver, groups: Mapping[str, tuple[str, ...]]) -> Iterator[Edge]:
    """Yield the transitions to another state, those with the same actions as one edge.

    If all states of a group have a transition, its edge begins at the group.
    """
    events: dict[tuple[str, str, str], list[str]] = {}
    for event, transition, states in _by_effect(driver):
        if event in driver.modes or not transition.next_state:
            continue
        starts, left = [], states
        for title, members in groups.items():
            if ANY in states or set(members) <= set(left):
                starts.append(title)
                left = tuple(state for state in left if state not in members)
        starts += [f" {state}" for state in left if state != ANY]
        for start in starts:
            events.setdefault((start, f" {transition.next_state}", _actions(transition)), []).append(event)
    for (start, end, actions), names in events.items():
        text = ", ".join(dict.fromkeys(names))
        yield Edge(start, end, (f"{text} /", actions) if actions else (text,))


def _rows(driver: Driver, members: tuple[str, ...], ending: bool = False) -> tuple[Row, ...]:
    """Return the transitions of a group that keep the state, with the events of the same one together.

    ending: return those that end the login with an error instead.
    """
    rows: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for event, transition, states in _by_effect(driver):
        here = members if ANY in states else tuple(state for state in members if state in states)
        ends = any(action.name in CAREFUL for action in transition.actions)
        if here and not transition.next_state and ends == ending:
            shown = () if here == members or ending else here
            rows.setdefault((_actions(transition), shown), []).append(event)
    return tuple(
        Row(", ".join(dict.fromkeys(events)), actions, states) for (actions, states), events in rows.items()
    )


def _by_effect(driver: Driver) -> list[tuple[str, Transition, tuple[str, ...]]]:
    """Return each event with a transition and the states that have it, in the order of the file."""
    by_effect: dict[tuple[str, Transition], list[str]] = {}
    for (event, state), transition in driver.table.items():
        by_effect.setdefault((event, transition), []).append(state)
    return [(event, transition, tuple(states)) for (event, transition), states in by_effect.items()]


def _actions(transition: Transition) -> str:
    return ", ".join(
        action.name if action.argument is None else f"{action.name} {_short(action.argument)!r}"
        for action in transition.actions
    )


def _short(command: str) -> str:
    return command if len(command) <= MAX_LABEL else f"{command[:MAX_LABEL]}..."


def identifiers(content: Diagram) -> dict[str, str]:
    """Return an identifier for each group, state and end that is valid in every language."""
    ids = {group.title: f"g{number}" for number, group in enumerate(content.groups)}
    for number, state in enumerate(state for group in content.groups for state in group.states):
        ids[f" {state}"] = f"s{number}_{re.sub('[^A-Za-z0-9]', '_', state)}"
    return ids | {end: f"e{number}" for number, end in enumerate(content.ends)}


def printable(text: str) -> str:
    """Return text with a blank for each character that has no glyph."""
    return "".join(char if char.isprintable() else " " for char in text)
