# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The diagram of a driver in the language of Mermaid, which many pages render by themselves.

It is a flowchart, because the state diagrams of Mermaid have no colors inside groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .draw import (
    COLORS,
    LEGEND,
    LINE_COLOR,
    MODES,
    NOTATION,
    TEXT_COLOR,
    Diagram,
    Edge,
    Group,
    diagram,
    identifiers,
)
from .model import Driver


def mermaid(driver: Driver) -> str:
    """Return a Mermaid flowchart."""
    content = diagram(driver)
    ids = identifiers(content)
    title = content.title.replace("\\", "\\\\").replace('"', '\\"')
    lines = [
        "---",
        f'title: "{title}"',
        "config: {flowchart: {nodeSpacing: 60, wrappingWidth: 400}}",
        "---",
        "flowchart TB",
        "  start(( ))",
    ]
    for group in content.groups:
        lines += _group(group, ids)
    lines += [f"  {ids[end]}([{_text([end, *label])}])" for end, label in content.ends.items()]
    # Mermaid keeps this order: with the ends first, no arrow crosses one.
    lines += [
        _edge(edge, ids) for edge in sorted(content.edges, key=lambda edge: edge.end not in content.ends)
    ]
    lines += [f"  {ids[content.groups[-1].title]} ~~~ legend", f"  subgraph legend [{_text([NOTATION])}]"]
    lines.append("    direction LR")
    lines += [f"    l{number}[{_text([meaning])}]" for number, (_kind, meaning) in enumerate(LEGEND)]
    lines += ["  end", *_styles(content, ids)]
    return "".join(f"{line}\n" for line in lines)


def _group(group: Group, ids: dict[str, str]) -> Iterator[str]:
    yield f"  subgraph {ids[group.title]} [{_text([group.title])}]"
    yield f"    direction {'LR' if group.title == MODES else 'TB'}"
    for state in group.states:
        yield f"    {ids[f' {state}']}({_text([state])})"
    if group.rows:
        rows = []
        for row in group.rows:
            states = f" in {', '.join(row.states)}" if row.states else ""
            rows.append(f"{' / '.join(filter(None, (row.event, row.actions)))}{states}")
        yield f"    {ids[group.title]}_rows[{_text(rows)}]"
    yield "  end"


def _edge(edge: Edge, ids: dict[str, str]) -> str:
    start = ids[edge.start] if edge.start else "start"
    arrow = "<-->" if edge.both else "-->"
    label = f"|{_text(edge.label)}|" if edge.label else ""
    return f"  {start} {arrow}{label} {ids[edge.end]}"


def _styles(content: Diagram, ids: dict[str, str]) -> Iterator[str]:
    """Yield the colors of the states, the ends and the legend, one class for each pair of colors."""
    kinds = [(ids[f" {state}"], group.title) for group in content.groups for state in group.states]
    kinds += [(ids[end], end) for end in content.ends]
    kinds += [(f"l{number}", kind) for number, (kind, _meaning) in enumerate(LEGEND)]
    for number, colors in enumerate(dict.fromkeys(COLORS.values())):
        members = ",".join(node for node, kind in kinds if COLORS[kind] == colors)
        yield f"  classDef c{number} fill:{colors[0]},stroke:{colors[1]},color:{TEXT_COLOR}"
        yield f"  class {members} c{number}"
    tables = ",".join(f"{ids[group.title]}_rows" for group in content.groups if group.rows)
    if tables:
        yield f"  classDef rows fill:#ffffff,stroke:{LINE_COLOR},color:{TEXT_COLOR},text-align:left"
        yield f"  class {tables} rows"


def _text(lines: Iterable[str]) -> str:
    """Return quoted text for Mermaid, with the characters of its syntax as numbers."""
    return f'"{"<br>".join(map(_escaped, lines))}"'


def _escaped(text: str) -> str:
    return re.sub(r"[^\w /.,+()=?!'-]", lambda match: f"#{ord(match[0])};", text, flags=re.ASCII)
