# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements as the MD-CLI of Nokia SR OS prints them: in braces, with whole paths, and as a difference.

Source: 7750 SR MD-CLI User Guide, "Displaying the configuration", "Viewing the uncommitted configuration
changes".
"""

from __future__ import annotations

from collections.abc import Iterator

from .sros_schema import TEXT, ModelSchema, Natural, natural
from .statements import Node, Path_

_INDENT = "    "


def shown(path: Path_, schema: ModelSchema, start: int = 0) -> str:
    """Return the end of a path as text, with quotes around texts. start: number of elements left out."""
    words = (
        f'"{word}"' if schema.value_kind(path[: index + 1]) == TEXT else word
        for index, word in enumerate(path)
        if index >= start
    )
    return " ".join(words)


def hierarchy(node: Node, schema: ModelSchema, path: Path_ = (), depth: int = 0) -> Iterator[str]:
    """Yield the lines of the statements below a path."""
    for step, child in _items(node, schema, path).items():
        yield from _lines(step, child, schema, path, depth)


def flat(node: Node, schema: ModelSchema, path: Path_ = (), start: int = 0) -> Iterator[str]:
    """Yield a line for each statement below a path, without so many elements at its beginning."""
    for step, child in _items(node, schema, path).items():
        whole = (*path, *step)
        kind = schema.kind(whole)
        if kind == "list":
            values = (shown((*whole, value), schema, len(whole)) for value in child.children)
            yield f"{shown(whole, schema, start)} [{' '.join(values)}]"
        elif kind == "single":
            yield from (shown((*whole, value), schema, start) for value in child.children)
        elif child.children:
            yield from flat(child, schema, whole, start)
        else:
            yield f"{shown(whole, schema, start)} {{ }}"


def compared(old: Node, new: Node, schema: ModelSchema, path: Path_ = (), depth: int = 1) -> Iterator[str]:
    """Yield the difference of two configurations, in the sections around it."""
    before, after = _items(old, schema, path), _items(new, schema, path)
    for step in sorted({**before, **after}, key=lambda each: _order(each, schema, path)):
        one, other = before.get(step), after.get(step)
        if one == other:
            continue
        whole = (*path, *step)
        if one is None or other is None or schema.kind(whole) in ("single", "list"):
            for sign, side in (("-", one), ("+", other)):
                lines = _lines(step, side, schema, path, depth) if side is not None else ()
                yield from (f"{sign}{line[1:]}" for line in lines)
            continue
        yield f"{_INDENT * depth}{shown(whole, schema, len(path))} {{"
        yield from compared(one, other, schema, whole, depth + 1)
        yield f"{_INDENT * depth}}}"


def _lines(step: Path_, node: Node, schema: ModelSchema, path: Path_, depth: int) -> Iterator[str]:
    indent, whole = _INDENT * depth, (*path, *step)
    kind, title = schema.kind(whole), shown(whole, schema, len(path))
    if kind in ("single", "list"):
        value = " ".join(shown((*whole, value), schema, len(whole)) for value in node.children)
        yield f"{indent}{title} {value}" if kind == "single" else f"{indent}{title} [{value}]"
        return
    yield f"{indent}{title} {{"
    yield from hierarchy(node, schema, whole, depth + 1)
    yield f"{indent}}}"


def _items(node: Node, schema: ModelSchema, path: Path_) -> dict[Path_, Node]:
    """Return the statements and sections below a path; the keys of a list belong to its name."""
    items: dict[Path_, Node] = {}
    for word, child in node.children.items():
        items.update(_steps(word, child, schema, path))
    return dict(sorted(items.items(), key=lambda item: _order(item[0], schema, path)))


def _steps(word: str, node: Node, schema: ModelSchema, path: Path_) -> Iterator[tuple[Path_, Node]]:
    if schema.kind((*path, word)) != "keyed":
        yield (word,), node
        return
    for key, child in node.children.items():
        if schema.kind((*path, word, key)) == "key":
            yield (word, key), child
            continue
        for name, below in child.children.items():
            yield from (((word, key, name, other), last) for other, last in below.children.items())


def _order(step: Path_, schema: ModelSchema, path: Path_) -> tuple[int, tuple[Natural, ...]]:
    return schema.place((*path, step[0])), tuple(map(natural, step[1:]))
