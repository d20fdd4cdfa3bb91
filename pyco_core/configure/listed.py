# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists whose entries are lines of the top level: prefix lists, AS paths, communities, access lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .compare import Step
from .entries import is_appended
from .ranks import LISTS, UNUSED, Ranked
from .sequences import LISTED, read, rising
from .tree import Node

_ASA = re.compile(r"access-list \S+ (?:extended|standard|ethertype|webtype) ")


def lists(tree: Node) -> dict[str, list[Node]]:
    """Return the entries of each list by its name, such as `ip prefix-list A`."""
    result: dict[str, list[Node]] = {}
    for key, node in tree.children.items():
        match = LISTED.match(key)
        if match:
            result.setdefault(match[1], []).append(node)
    return result


def describes(key: str) -> str:
    """Return the name of the list that a line describes, "" for other lines."""
    name, is_description, _text = key.partition(" description ")
    return name if is_description else ""


def list_steps(running: Node, intended: Node, negate: str) -> Iterator[Ranked]:
    """Yield the steps that turn the lists of one configuration into those of another."""
    before, after = lists(running), lists(intended)
    for name, nodes in after.items():
        steps = list(_changes(name, before.get(name, []), nodes, negate))
        if (LISTS, f"{negate}{name}") in steps:  # its description goes with it
            texts = (node.text for key, node in intended.children.items() if describes(key) == name)
            steps += ((LISTS + 1, text) for text in texts)
        yield from (Ranked(rank, Step(text)) for rank, text in steps)
    for name, nodes in before.items():
        if name in after:
            continue
        if any(map(_ASA.match, (node.key for node in nodes))):
            yield from (Ranked(UNUSED - 3, Step(f"{negate}{node.text}")) for node in nodes)
        else:
            yield Ranked(UNUSED - 3, Step(f"{negate}{name}"))


def _changes(name: str, old: Sequence[Node], new: Sequence[Node], negate: str) -> Iterator[tuple[int, str]]:
    kept = {node.key for node in new}
    present = {node.key for node in old}
    removed = [node for node in old if node.key not in kept]
    added = [node for node in new if node.key not in present]
    if any(map(_ASA.match, present)):
        yield from _by_place(name, old, new, negate)
        return
    is_numbered = all(read(node, is_line=True).number for node in (*old, *new))
    is_whole = name.startswith("access-list ") and bool(removed)  # the negation of an entry removes them all
    if not is_numbered and (
        is_whole or not is_appended([node.key for node in old], [node.key for node in new])
    ):
        removed, added = [], list(new)
        yield LISTS, f"{negate}{name}"
    yield from ((LISTS, f"{negate}{node.text}") for node in removed)
    yield from ((LISTS + 1, node.text) for node in added)


def _by_place(name: str, old: Sequence[Node], new: Sequence[Node], negate: str) -> Iterator[tuple[int, str]]:
    """Yield the steps of ASA, which inserts an entry at a place, and removes it by its text.

    New entries come first, so that no traffic is refused in between.
    """
    places = {node.key: place for place, node in enumerate(old)}
    own = [node.key for node in new if node.key in places]
    kept = {own[index] for index in rising([places[key] for key in own])}
    wanted = {node.key for node in new}
    again = wanted - kept
    moved = [node for node in old if node.key in again]
    present = [node.key for node in old if node.key not in again]
    yield from ((LISTS, f"{negate}{node.text}") for node in moved)
    place = 0
    for node in new:
        if node.key in kept:
            place = present.index(node.key, place) + 1
            continue
        is_last = place == len(present)
        present.insert(place, node.key)
        place += 1
        line = "" if is_last else f"line {place} "
        yield LISTS + 1, f"{name} {line}{node.text[len(name) :].lstrip()}"
    yield from ((LISTS + 2, f"{negate}{node.text}") for node in old if node.key not in wanted)
