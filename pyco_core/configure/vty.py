# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ranges of terminal lines, which a device may show in other parts than they were typed: `line vty 0 15`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .tree import Node

_RANGE = re.compile(r"((?:line|user-interface) vty) (\d+)(?: (\d+))?$")


def covering(key: str, sections: Iterable[str]) -> tuple[str, ...]:
    """Return the sections that make up a range of lines; () if the line is another one, or they do not."""
    wanted = _range(key)
    if wanted is None:
        return ()
    name, first, last = wanted
    found: list[str] = []
    for section in sorted(filter(None, map(_range, sections)), key=lambda one: one[1]):
        if section[0] == name and section[1] == first and section[2] <= last:
            found.append(_text(*section))
            first = section[2] + 1
    return tuple(found) if first == last + 1 and len(found) > 1 else ()


def split(tree: Node, other: Node) -> Node:
    """Return a configuration with its ranges of lines divided where those of the other one begin or end."""
    ranges = [one for one in map(_range, (*tree.children, *other.children)) if one]
    cuts = sorted({cut for _name, first, last in ranges for cut in (first, last + 1)})
    if all(_range(key) is None or key in other.children for key in tree.children):
        return tree
    result = Node(tree.text, tree.key)
    for key, node in tree.children.items():
        own = _range(key)
        if own is None:
            result.children.update({key: node})
            continue
        name, first, last = own
        begins = [cut for cut in cuts if first <= cut <= last]
        for begin, end in zip(begins, [*begins[1:], last + 1], strict=True):
            text = node.text if len(begins) == 1 else _text(name, begin, end - 1)
            child = result.add(text, text)
            child.children.update(node.copy().children)
    return result


def _range(key: str) -> tuple[str, int, int] | None:
    match = _RANGE.match(key)
    return (match[1], int(match[2]), int(match[3] or match[2])) if match else None


def _text(name: str, first: int, last: int) -> str:
    return f"{name} {first}" if first == last else f"{name} {first} {last}"
