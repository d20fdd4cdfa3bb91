# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A driver's machine as a picture: the login, the modes, and the ways between them.

What a person wants to see is drawn: an arrow where a state changes, the commands between modes. What
stays in its state (a pager, a refusal) is a line of the note beside its group, and what holds for a whole
group is drawn once, at the group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..fsm.machine import ANY, AUTHENTICATED, CHANGE_STATES, GROUND, LOGIN_STATES, Transition
from .graph import edges
from .model import Driver

LONGEST = 44  # characters of a command that a picture shows
# The groups. A blank in front of a name tells a state from a group that is called the same.
LOGIN, CHANGE, MODES = "login", "on the way to a mode", "modes"


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow. start, end: a group's title, or a state with a blank in front; start "" is the beginning."""

    start: str
    end: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """States that belong together, and what happens in them without leaving."""

    title: str
    states: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, whatever draws it."""

    title: str
    groups: tuple[Group, ...]
    edges: tuple[Edge, ...]


def picture(driver: Driver) -> Picture:
    """What there is to be seen of a driver."""
    groups = {LOGIN: LOGIN_STATES, CHANGE: CHANGE_STATES, MODES: tuple(driver.modes)}
    arrows = [Edge("", f" {GROUND}", "telnet"), Edge("", f" {AUTHENTICATED}", "ssh")]
    arrows += _steps(driver, groups)
    arrows.append(Edge(LOGIN, MODES, "a prompt"))
    for mode in driver.modes:
        arrows += [Edge(f" {mode}", f" {end}", _short(command)) for command, end in edges(driver.modes, mode)]
    arrows += [Edge(MODES, CHANGE, "a command that leads elsewhere"), Edge(CHANGE, MODES, "a prompt")]
    made = (Group(title, states, tuple(_notes(driver, title, states))) for title, states in groups.items())
    return Picture(f"{driver.name}: {driver.description}", tuple(made), tuple(dict.fromkeys(arrows)))


def _steps(driver: Driver, groups: dict[str, tuple[str, ...]]) -> Iterator[Edge]:
    """The transitions that lead to another state, those of all states of a group as one."""
    for event, transition, where in _alike(driver):
        if event in driver.modes or not transition.next_state:
            continue
        label, left = _label(event, transition), where
        for title, members in groups.items():
            if ANY in where or set(members) <= set(left):
                yield Edge(title, f" {transition.next_state}", label)
                left = tuple(state for state in left if state not in members)
        yield from (Edge(f" {state}", f" {transition.next_state}", label) for state in left if state != ANY)


def _notes(driver: Driver, title: str, members: tuple[str, ...]) -> Iterator[str]:
    """What happens in the states of a group without leaving them."""
    if title == MODES and driver.home:
        yield f"a login goes on to {driver.home}"
    for event, transition, where in _alike(driver):
        here = members if ANY in where else tuple(state for state in members if state in where)
        if not here or transition.next_state:
            continue
        places = "" if here == members else f" in {', '.join(here)}"
        yield f"{_label(event, transition)}{places}"


def _alike(driver: Driver) -> list[tuple[str, Transition, tuple[str, ...]]]:
    """Each event with what it does and in which states it does that, in the order of the file."""
    found: dict[tuple[str, Transition], list[str]] = {}
    for (event, state), transition in driver.table.items():
        found.setdefault((event, transition), []).append(state)
    return [(event, transition, tuple(where)) for (event, transition), where in found.items()]


def _label(event: str, transition: Transition) -> str:
    actions = ", ".join(
        action.name if action.argument is None else f"{action.name} {_short(action.argument)!r}"
        for action in transition.actions
    )
    return f"{event} / {actions}" if actions else event


def _short(command: str) -> str:
    return command if len(command) <= LONGEST else f"{command[:LONGEST]}..."


def mermaid(driver: Driver) -> str:
    """A Mermaid stateDiagram, which many pages render by themselves."""
    seen = picture(driver)
    names = _names(seen)
    lines = ["---", f"title: {_quoted(seen.title)}", "---", "stateDiagram-v2"]
    for group in seen.groups:
        lines.append(f'  state "{_safe(group.title)}" as {names[group.title]} {{')
        lines += [f'    state "{_safe(state)}" as {names[f" {state}"]}' for state in group.states]
        lines.append("  }")
        if group.notes:
            notes = (f"    {_safe(note)}" for note in group.notes)
            lines += [f"  note right of {names[group.title]}", *notes, "  end note"]
    for edge in seen.edges:
        start = names[edge.start] if edge.start else "[*]"
        lines.append(f"  {start} --> {names[edge.end]} : {_safe(edge.label)}")
    return "".join(f"{line}\n" for line in lines)


def dot(driver: Driver) -> str:
    """A graph for Graphviz."""
    seen = picture(driver)
    names = _names(seen)
    # An arrow needs a state at its ends, and is cut where it crosses the border of the group.
    inside = {group.title: f" {group.states[-1]}" for group in seen.groups}
    lines = [
        "digraph driver {",
        f"  compound=true; labelloc=t; label={_quoted(seen.title)};",
        "  node [shape=box, style=rounded]; edge [fontsize=10];",
        "  start [shape=point];",
    ]
    for group in seen.groups:
        name = names[group.title]
        lines += [f"  subgraph cluster_{name} {{", f"    label={_quoted(group.title)};"]
        lines += [f"    {names[f' {state}']} [label={_quoted(state)}];" for state in group.states]
        if group.notes:
            text = "".join(f"{_inner(note)}\\l" for note in group.notes)
            lines.append(f'    {name}_notes [shape=note, style="", fontsize=10, label="{text}"];')
        lines.append("  }")
    for edge in seen.edges:
        start, end = (inside.get(node, node) for node in (edge.start, edge.end))
        words = [f"label={_quoted(edge.label)}"]
        words += [f"ltail=cluster_{names[edge.start]}"] if edge.start in inside else []
        words += [f"lhead=cluster_{names[edge.end]}"] if edge.end in inside else []
        lines.append(f"  {names[start] if start else 'start'} -> {names[end]} [{', '.join(words)}];")
    return "".join(f"{line}\n" for line in [*lines, "}"])


def _names(seen: Picture) -> dict[str, str]:
    """A name for each state and group that both languages take: no word of theirs, no odd character."""
    names = {group.title: f"g{number}" for number, group in enumerate(seen.groups)}
    for number, state in enumerate(state for group in seen.groups for state in group.states):
        names[f" {state}"] = f"s{number}_{re.sub('[^A-Za-z0-9]', '_', state)}"
    return names


def _quoted(text: str) -> str:
    return f'"{_inner(text)}"'


def _inner(text: str) -> str:
    return re.sub(r"[\x00-\x1f]", " ", text.replace("\\", "\\\\").replace('"', '\\"'))


def _safe(text: str) -> str:
    """Text for Mermaid, which takes other characters for its own; it knows them by their numbers."""
    return re.sub(r"[^\w /.,+*()=?!$'-]", lambda odd: f"#{ord(odd[0])};", text, flags=re.ASCII)
