# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries of an access list, whose order counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from . import rules
from .compare import Step
from .lines import without_sequence
from .tree import Node, Syntax


def entries(before: Node, after: Node, path: tuple[str, ...], syntax: Syntax) -> list[Step]:
    """Return the steps that turn one access list into another.

    Entries with sequence numbers are changed one by one. Others are typed again from the first one that
    differs, the whole list if that is the first of all. Lines that are no entries have no order.
    """
    old, new = ([key for key in tree.children if is_entry(key)] for tree in (before, after))
    is_numbered = all(key.startswith("rule ") or without_sequence(key) != key for key in old + new)
    is_single = is_numbered or is_appended(old, new)
    kept = set(old) & set(new) if is_single else set(beginning(old, new))
    if not is_single and (not kept or _repeated(old, kept)):
        whole = Step(f"{syntax.negate}{path[-1]}", path[:-1])
        return [whole, *(Step(node.text, path) for node in after.children.values())]
    stay = kept | {key for key in before.children if key in after.children and not is_entry(key)}
    removed = [rules.removal(node, syntax) for key, node in before.children.items() if key not in stay]
    return [
        *(Step(text, path) for text in removed),
        *(Step(node.text, path) for key, node in after.children.items() if key not in stay),
    ]


def beginning(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return the first keys of the new list that may stay: in the old one they have the same order."""
    places = {key: place for place, key in enumerate(old)}
    kept: list[str] = []
    last = -1
    for key in new:
        place = places.get(key, -1)
        if place <= last:
            break
        kept.append(key)
        last = place
    return kept


def _repeated(old: Sequence[str], kept: Collection[str]) -> bool:
    """Return True if a remark that goes has the text of one that stays: a removal does not say which."""
    stays = {key.rstrip("\0") for key in kept}
    return any(key.rstrip("\0") in stays for key in old if key not in kept)


def is_entry(key: str) -> bool:
    """Return True for an entry of an access list, False for a setting such as `statistics per-entry`."""
    return rules.ENTRY.match(key) is not None


def is_appended(old: Sequence[str], new: Sequence[str]) -> bool:
    """Return True if removals, and new entries at the end, lead from one list of keys to the other."""
    wanted, present = set(new), set(old)
    own = [key for key in old if key in wanted]
    return list(new) == own + [key for key in new if key not in present] and not _repeated(old, own)
