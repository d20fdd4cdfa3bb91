# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An intended configuration in the form in which the device shows its own, before both are compared whole."""

from __future__ import annotations

from . import rules
from .entries import is_entry
from .lines import members, opposite
from .listed import lists
from .sequences import LISTED, aligned
from .tree import Node, Syntax
from .vty import split


def prepared(intended: Node, running: Node, syntax: Syntax) -> Node:
    """Return a copy of the intended configuration with the ranges and the numbers of the running one."""
    return _aligned(split(_expanded(intended, syntax), running), running)


def _expanded(tree: Node, syntax: Syntax) -> Node:
    """Return a copy with `interface range ...` as its interfaces, and of `X` and `no X` the last one."""
    result = Node(tree.text, tree.key)
    for node in tree.children.values():
        result.discard(opposite(node.key, syntax.negate))
        for name in members(node.key) or (node.key,):
            target = result.add(name if members(node.key) else node.text, name)
            target.children.update(_expanded(node, syntax).children)
    return result


def _aligned(intended: Node, running: Node) -> Node:
    """Return a copy with the entries of lists in the form of the device."""
    result = Node(intended.text, intended.key)
    old, new = lists(running), lists(intended)
    for key, node in intended.children.items():
        listed = LISTED.match(key)
        before = running.children.get(key)
        if listed is None:
            is_list = before is not None and rules.ACCESS_LIST.match(key)
            result.children.update({key: _entries(node, before) if before and is_list else node})
        elif listed[1] in new:
            nodes = aligned(old.get(listed[1], ()), new.pop(listed[1]), are_lines=True)
            result.children.update((one.key, one) for one in nodes)
    return result


def _entries(intended: Node, running: Node) -> Node:
    """Return a copy of an access list."""
    entries = [[node for key, node in tree.children.items() if is_entry(key)] for tree in (running, intended)]
    others = {key: node for key, node in intended.children.items() if not is_entry(key)}
    return Node(
        intended.text,
        intended.key,
        {**others, **{node.key: node for node in aligned(*entries, are_lines=False)}},
    )
