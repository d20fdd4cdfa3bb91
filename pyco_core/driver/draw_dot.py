# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The diagram of a driver in the language of Graphviz."""

from __future__ import annotations

from html import escape

from .draw import (
    COLORS,
    LEGEND,
    LINE_COLOR,
    NOTATION,
    TEXT_COLOR,
    Edge,
    Group,
    Row,
    diagram,
    identifiers,
    printable,
)
from .model import Driver

_SETTINGS = (
    'graph [compound=true, labelloc=t, fontsize=14, fontname="Helvetica", nodesep=0.5, ranksep=0.6, pad=0.2]',
    f'node [shape=box, style="rounded,filled", fontsize=13, fontname="Helvetica", fontcolor="{TEXT_COLOR}"];',
    f'edge [fontsize=11, fontname="Helvetica", fontcolor="{TEXT_COLOR}", color="{LINE_COLOR}"];',
    f'start [shape=circle, label="", width=0.2, fillcolor="{TEXT_COLOR}"];',
)


def dot(driver: Driver) -> str:
    """Return a graph for Graphviz."""
    content = diagram(driver)
    ids = identifiers(content)
    lines = ["digraph driver {", f"  label=<{_title(content.title)}>;", *(f"  {line}" for line in _SETTINGS)]
    for group in content.groups:
        lines += _group(group, ids)
    lines += [_end(end, label, ids) for end, label in content.ends.items()]
    groups = {group.title: group for group in content.groups}
    lines += [_edge(edge, groups, ids) for edge in content.edges]
    return "".join(f"{line}\n" for line in [*lines, "}"])


def _group(group: Group, ids: dict[str, str]) -> list[str]:
    """Return a box with the states of a group, and at their right the table of its rows.

    The table comes first: Graphviz places it at the right then, and has space for the labels of the arrows.
    """
    border = COLORS[group.title][1]
    lines = [
        f"  subgraph cluster_{ids[group.title]} {{",
        f"    label={_quoted(group.title)}; labeljust=l; margin=16;",
        f'    style=rounded; color="{border}"; fontcolor="{border}";',
    ]
    table = f"label=<{_table(group.rows, border)}>" if group.rows else 'label="", width=2, style=invis'
    lines.append(f"    {ids[group.title]}_rows [shape=plain, fontsize=10, fillcolor=white, {table}];")
    lines += [
        f"    {ids[f' {state}']} [label={_quoted(state)}, {_colors(group.title)}];" for state in group.states
    ]
    return [*lines, "  }"]


def _table(rows: tuple[Row, ...], border: str) -> str:
    lines = ["<tr><td><b>event</b></td><td><b>actions</b></td><td><b>states</b></td></tr>"]
    for row in rows:
        cells = (
            _html(row.event),
            _html(row.actions or "none"),
            "<br/>".join(map(_html, row.states)) or "all",
        )
        line = "".join(f'<td align="left" balign="left">{cell}</td>' for cell in cells)
        lines.append(f"<tr>{line}</tr>")
    return f'<table border="0" cellborder="1" cellspacing="0" color="{border}">{"".join(lines)}</table>'


def _edge(edge: Edge, groups: dict[str, Group], ids: dict[str, str]) -> str:
    """Return an arrow. Graphviz needs a state at both ends, and clips it at the border of the group."""
    start, end = edge.start, edge.end
    label = "".join(f"  {_escaped(line)} \\l" for line in edge.label)
    attributes = [f'label="{label}"']
    if start in groups:
        attributes.append(f"ltail=cluster_{ids[start]}")
        start = f" {groups[start].states[-1]}"
    if end in groups:
        attributes.append(f"lhead=cluster_{ids[end]}")
        end = f" {groups[end].states[0]}"
    attributes += ["dir=both"] if edge.both else []
    return f"  {ids[start] if start else 'start'} -> {ids[end]} [{', '.join(attributes)}];"


def _end(end: str, label: tuple[str, ...], ids: dict[str, str]) -> str:
    lines = "".join(f'<br align="left"/><font point-size="11">{_html(line)}</font>' for line in label)
    tail = '<br align="left"/>' if label else ""
    style = f"shape=box, peripheries=2, style=filled, {_colors(end)}"
    return f"  {ids[end]} [{style}, label=<<b>{end}</b>{lines}{tail}>];"


def _title(title: str) -> str:
    """Return the title, with the meaning of the colors below it."""
    cells = "".join(
        f'<td border="1" bgcolor="{COLORS[kind][0]}" color="{COLORS[kind][1]}">{meaning}</td>'
        for kind, meaning in LEGEND
    )
    return (
        f'<table border="0" cellspacing="6"><tr><td colspan="{len(LEGEND)}">{_html(title)}</td></tr>'
        f'<tr>{cells}</tr><tr><td colspan="{len(LEGEND)}">{NOTATION}</td></tr></table>'
    )


def _colors(kind: str) -> str:
    background, border = COLORS[kind]
    return f'fillcolor="{background}", color="{border}"'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return printable(text.replace("\\", "\\\\").replace('"', '\\"'))


def _html(text: str) -> str:
    return escape(printable(text))
