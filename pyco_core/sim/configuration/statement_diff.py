# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The difference of two configurations of statements, as Junos and VyOS print it.

Sources: Junos OS CLI User Guide, `show | compare`; VyOS documentation, `compare`.
"""

from __future__ import annotations

from collections.abc import Iterator

from .statement_text import Style, braces
from .statements import Node, Path_, Schema


def compare(old: Node, new: Node, schema: Schema, style: Style, path: Path_ = ()) -> Iterator[str]:
    """Yield the changed statements, below the line `[edit PATH]` of the section around them."""
    before, after = _items(old, schema, path), _items(new, schema, path)
    changed: list[str] = []
    below: list[str] = []
    for item in _merged(list(before), list(after)):
        one, other = before.get(item), after.get(item)
        if one == other:
            continue
        if one is None or other is None or schema.kind((*path, *item)) in ("single", "list"):
            changed += _signed("-", item, one, other, schema, style, path)
            changed += _signed("+", item, other, one, schema, style, path)
        else:
            below += compare(one, other, schema, style, (*path, *item))
    if changed:
        yield f"[edit{''.join(f' {word}' for word in path)}]"
        yield from changed
    yield from below


def _items(node: Node, schema: Schema, path: Path_) -> dict[Path_, Node]:
    """Return the statements below a path; the name after a keyed one belongs to its statement."""
    items: dict[Path_, Node] = {}
    for word, child in node.children.items():
        if schema.kind((*path, word)) == "keyed":
            items.update({(word, key): below for key, below in child.children.items()})
        else:
            items[(word,)] = child
    return items


def _signed(
    sign: str, item: Path_, node: Node | None, other: Node | None, schema: Schema, style: Style, path: Path_
) -> Iterator[str]:
    if node is None:
        return
    if schema.kind((*path, *item)) == "list" and other is not None:
        kept = {value: child for value, child in node.children.items() if value not in other.children}
        if not kept:
            return
        node = Node(kept)
    for word in reversed(item):
        node = Node({word: node})
    lines = list(braces(node, schema, style, path))
    blank = "   " if lines[0].endswith("{") else "  "
    yield from (f"{sign}{blank}{line}" for line in lines)


def _merged(old: list[Path_], new: list[Path_]) -> list[Path_]:
    """Return the items of both in the order of the new ones; each old one is behind the one before it."""
    merged = list(new)
    place = 0
    for item in old:
        if item in merged:
            place = merged.index(item) + 1
        else:
            merged.insert(place, item)
            place += 1
    return merged
