# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A driver's state machine as a diagram: the login, the modes, and the transitions between them.

An arrow is drawn for each change of state and for each command between modes. A transition that keeps its
state (a pager, a refusal) is a line in the note of its group, and a transition of all states of a group is
drawn once, at the group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..fsm.machine import ANY, AUTHENTICATED, CHANGE_STATES, GROUND, LOGIN_STATES, Transition
from .graph import edges
from .model import Driver

MAX_LABEL = 44  # characters of a command in a diagram
# The groups. A blank in front of a name tells a state from a group of the same name.
LOGIN, CHANGE, MODES = "login", "mode change", "modes"


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow. start, end: a group's title, or a blank and a state; start "" is the initial state."""

    start: str
    end: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """States of one kind. notes: the transitions that keep their state."""

    title: str
    states: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """The content of a diagram, independent of the language it is written in."""

    title: str
    groups: tuple[Group, ...]
    edges: tuple[Edge, ...]


def diagram(driver: Driver) -> Diagram:
    """Return the diagram of a driver."""
    groups = {LOGIN: LOGIN_STATES, CHANGE: CHANGE_STATES, MODES: tuple(driver.modes)}
    arrows = [Edge("", f" {GROUND}", "telnet"), Edge("", f" {AUTHENTICATED}", "ssh")]
    arrows += _state_changes(driver, groups)
    arrows.append(Edge(LOGIN, MODES, "a prompt"))
    for mode in driver.modes:
        arrows += [Edge(f" {mode}", f" {end}", _short(command)) for command, end in edges(driver.modes, mode)]
    arrows += [Edge(MODES, CHANGE, "a command that changes the mode"), Edge(CHANGE, MODES, "a prompt")]
    drawn = (Group(title, states, tuple(_notes(driver, title, states))) for title, states in groups.items())
    return Diagram(f"{driver.name}: {driver.description}", tuple(drawn), tuple(dict.fromkeys(arrows)))


def _state_changes(driver: Driver, groups: dict[str, tuple[str, ...]]) -> Iterator[Edge]:
    """Yield the transitions to another state; one edge if all states of a group have the same one."""
    for event, transition, states in _by_effect(driver):
        if event in driver.modes or not transition.next_state:
            continue
        label, left = _label(event, transition), states
        for title, members in groups.items():
            if ANY in states or set(members) <= set(left):
                yield Edge(title, f" {transition.next_state}", label)
                left = tuple(state for state in left if state not in members)
        yield from (Edge(f" {state}", f" {transition.next_state}", label) for state in left if state != ANY)


def _notes(driver: Driver, title: str, members: tuple[str, ...]) -> Iterator[str]:
    """Yield the transitions that keep the state, for the states of one group."""
    if title == MODES and driver.home:
        yield f"after a login: enter {driver.home}"
    for event, transition, states in _by_effect(driver):
        here = members if ANY in states else tuple(state for state in members if state in states)
        if not here or transition.next_state:
            continue
        suffix = "" if here == members else f" in {', '.join(here)}"
        yield f"{_label(event, transition)}{suffix}"


def _by_effect(driver: Driver) -> list[tuple[str, Transition, tuple[str, ...]]]:
    """Return each event with a transition and the states that have it, in the order of the file."""
    by_effect: dict[tuple[str, Transition], list[str]] = {}
    for (event, state), transition in driver.table.items():
        by_effect.setdefault((event, transition), []).append(state)
    return [(event, transition, tuple(states)) for (event, transition), states in by_effect.items()]


def _label(event: str, transition: Transition) -> str:
    actions = ", ".join(
        action.name if action.argument is None else f"{action.name} {_short(action.argument)!r}"
        for action in transition.actions
    )
    return f"{event} / {actions}" if actions else event


def _short(command: str) -> str:
    return command if len(command) <= MAX_LABEL else f"{command[:MAX_LABEL]}..."


def mermaid(driver: Driver) -> str:
    """Return a Mermaid stateDiagram, which many pages render by themselves."""
    content = diagram(driver)
    ids = _ids(content)
    lines = ["---", f"title: {_quoted(content.title)}", "---", "stateDiagram-v2"]
    for group in content.groups:
        lines.append(f'  state "{_mermaid_text(group.title)}" as {ids[group.title]} {{')
        lines += [f'    state "{_mermaid_text(state)}" as {ids[f" {state}"]}' for state in group.states]
        lines.append("  }")
        if group.notes:
            notes = (f"    {_mermaid_text(note)}" for note in group.notes)
            lines += [f"  note right of {ids[group.title]}", *notes, "  end note"]
    for edge in content.edges:
        start = ids[edge.start] if edge.start else "[*]"
        lines.append(f"  {start} --> {ids[edge.end]} : {_mermaid_text(edge.label)}")
    return "".join(f"{line}\n" for line in lines)


def dot(driver: Driver) -> str:
    """Return a graph for Graphviz."""
    content = diagram(driver)
    ids = _ids(content)
    # An arrow of Graphviz needs a state at both ends; it is clipped at the border of the group.
    inside = {group.title: f" {group.states[-1]}" for group in content.groups}
    lines = [
        "digraph driver {",
        f"  compound=true; labelloc=t; label={_quoted(content.title)};",
        "  node [shape=box, style=rounded]; edge [fontsize=10];",
        "  start [shape=point];",
    ]
    for group in content.groups:
        lines += _dot_group(group, ids)
    for edge in content.edges:
        start, end = (inside.get(node, node) for node in (edge.start, edge.end))
        attributes = [f"label={_quoted(edge.label)}"]
        attributes += [f"ltail=cluster_{ids[edge.start]}"] if edge.start in inside else []
        attributes += [f"lhead=cluster_{ids[edge.end]}"] if edge.end in inside else []
        lines.append(f"  {ids[start] if start else 'start'} -> {ids[end]} [{', '.join(attributes)}];")
    return "".join(f"{line}\n" for line in [*lines, "}"])


def _dot_group(group: Group, ids: dict[str, str]) -> list[str]:
    group_id = ids[group.title]
    lines = [f"  subgraph cluster_{group_id} {{", f"    label={_quoted(group.title)};"]
    lines += [f"    {ids[f' {state}']} [label={_quoted(state)}];" for state in group.states]
    if group.notes:
        text = "".join(f"{_escaped(note)}\\l" for note in group.notes)
        lines.append(f'    {group_id}_notes [shape=note, style="", fontsize=10, label="{text}"];')
    return [*lines, "  }"]


def _ids(content: Diagram) -> dict[str, str]:
    """Return an identifier for each group and state that is valid in both languages."""
    ids = {group.title: f"g{number}" for number, group in enumerate(content.groups)}
    for number, state in enumerate(state for group in content.groups for state in group.states):
        ids[f" {state}"] = f"s{number}_{re.sub('[^A-Za-z0-9]', '_', state)}"
    return ids


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(char if char.isprintable() else " " for char in text)


def _mermaid_text(text: str) -> str:
    """Return text for Mermaid, with the characters of its syntax as numbers."""
    return re.sub(r"[^\w /.,+*()=?!$'-]", lambda match: f"#{ord(match[0])};", text, flags=re.ASCII)
