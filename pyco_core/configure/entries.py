# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries of an access list, whose order counts."""

from __future__ import annotations

from . import rules
from .compare import Step
from .lines import without_sequence
from .tree import Node, Syntax


def entries(before: Node, after: Node, path: tuple[str, ...], syntax: Syntax) -> list[Step]:
    """Return the steps that turn one access list into another.

    Entries with sequence numbers are changed one by one. Others are removed one by one and appended; if one
    has to be inserted, the whole list is typed anew.
    """
    old, new = list(before.children.values()), list(after.children.values())
    removed = [node for node in old if node.key not in after.children]
    added = [node for node in new if node.key not in before.children]
    if not _is_numbered(old + new):
        kept = [node.key for node in old if node.key in after.children]
        if [node.key for node in new] != kept + [node.key for node in added]:
            whole = Step(f"{syntax.negate}{path[-1]}", path[:-1])
            return [whole, *(Step(node.text, path) for node in new)]
    steps = [Step(rules.removal(node, syntax), path) for node in removed]
    return [*steps, *(Step(node.text, path) for node in added)]


def _is_numbered(nodes: list[Node]) -> bool:
    return all(without_sequence(node.key) != node.key or node.key.startswith("rule ") for node in nodes)
