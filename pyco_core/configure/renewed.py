# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that a text removes and sets again behind the removal, such as `no X` before the lines of X.

Line by line the removal would be typed at each run, and the lines that are there would not be: the removal
would take them away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from . import rules
from .compare import Step
from .edit import setting_of, verb_of
from .exec import SEARCH
from .lines import is_negated, opposite, without_sequence
from .sequences import LISTED
from .set_replace import set_replacement
from .tree import EDIT, EXEC, INDENTED, Node, Syntax

_DEFAULT = "default "
_END = "\n"  # of the words of a section


@dataclass(frozen=True, slots=True)
class _Line:
    """A line and its place.

    keys: of its sections and itself. location: their parts; a line is below another location if its own
    begins with it. removed: the location of the lines that it removes, None for a line that sets something.
    values: its properties, or those that the removed lines have. is_certain: True if the device shows all
    lines that it removes.
    """

    step: Step
    node: Node
    keys: tuple[str, ...]
    location: tuple[str, ...]
    removed: tuple[str, ...] | None = None
    values: frozenset[str] = frozenset()
    is_certain: bool = True


def renewed(steps: Sequence[Step], intended: Node, running: Node, syntax: Syntax) -> list[Step]:
    """Return the steps with all lines that a removal before them takes away.

    If the device has exactly the lines behind a removal, neither of both is typed. A path that the text
    removes later is not set.
    """
    lines = list(_lines(intended, syntax))
    targets = {line.removed for line in lines if line.removed is not None}
    if not targets:
        return list(steps)
    setting = lines if syntax.kind == INDENTED else [line for line in lines if line.removed is None]
    below, own = _below(setting, targets), _below(_lines(running, syntax), targets)
    places = {line.step: place for place, line in enumerate(lines)}
    wanted = set(steps)
    for line in lines:
        if line.removed is None:
            continue
        given = _removed_by(line, below)
        later = [one for one in given if places[one.step] > places[line.step]]
        if syntax.has_paths:
            wanted -= {one.step for one in given} - {one.step for one in later}
        if not later or line.step not in wanted:
            continue
        is_there = line.is_certain and not any(one.step in wanted for one in later)
        if is_there and _is_same(later, _removed_by(line, own), syntax):
            wanted.discard(line.step)
        else:
            wanted.update(one.step for one in later)
    return [line.step for line in lines if line.step in wanted]


def _below(
    lines: Iterable[_Line], targets: Collection[tuple[str, ...]]
) -> dict[tuple[str, ...], list[_Line]]:
    """Return the lines below each location."""
    sizes = {len(target) for target in targets}
    found: dict[tuple[str, ...], list[_Line]] = {}
    for line in lines:
        for size in sizes:
            beginning = line.location[:size]
            if beginning in targets:
                found.setdefault(beginning, []).append(line)
    return found


def _removed_by(removal: _Line, below: dict[tuple[str, ...], list[_Line]]) -> list[_Line]:
    """Return the lines that a removal takes away."""
    return [line for line in below.get(removal.removed or (), ()) if removal.values <= line.values]


def _is_same(given: Sequence[_Line], own: Sequence[_Line], syntax: Syntax) -> bool:
    """Return True if the device has no other lines than the given ones, which it has, and in their order."""
    if syntax.has_paths:
        before, after = (Node(children={line.node.key: line.node for line in each}) for each in (own, given))
        return not set_replacement(before, after, syntax)
    if syntax.kind == EXEC:
        pairs = zip(given, own, strict=False)
        return len(given) == len(own) and all(one.values <= other.values for one, other in pairs)
    wanted, shown = ([line.keys for line in each if not _is_unset(line, syntax)] for each in (given, own))
    if all(without_sequence(keys[-1]) == keys[-1] for keys in wanted):  # the device numbers its entries
        shown = [(*keys[:-1], without_sequence(keys[-1])) for keys in shown]
    if any(rules.ENTRY.match(keys[-1]) or LISTED.match(keys[-1]) for keys in shown):
        return wanted == shown
    return set(shown) <= set(wanted)


def _is_unset(line: _Line, syntax: Syntax) -> bool:
    return is_negated(line.node.key, syntax.negate)


def _lines(tree: Node, syntax: Syntax) -> Iterator[_Line]:
    """Yield the lines of a configuration that have no lines below them."""
    for path, node in tree.walk():
        if node.children:
            continue
        step = Step(node.text, tuple(one.text for one in path))
        keys = (*(one.key for one in path), node.key)
        if syntax.has_paths:
            verb, *words = node.key.split("\0")
            removed = tuple(words) if verb == "delete" else None
            yield _Line(step, node, keys, tuple(words), removed)
        elif syntax.kind == EXEC:
            yield _exec_line(step, node, keys)
        elif syntax.kind == EDIT:
            yield _edit_line(step, node, keys)
        else:
            yield _indented_line(step, node, keys, syntax)


def _indented_line(step: Step, node: Node, keys: tuple[str, ...], syntax: Syntax) -> _Line:
    sections = tuple(word for key in keys[:-1] for word in (*key.split(), _END))
    location = (*sections, *node.key.split())
    if is_negated(node.key, syntax.negate):
        target = opposite(node.key, syntax.negate)
        is_certain = rules.shows_if_set(target)
    elif node.key.startswith(_DEFAULT):
        target = node.key.removeprefix(_DEFAULT)
        is_certain = rules.shows_if_set(target)
    else:
        return _Line(step, node, keys, location)
    return _Line(step, node, keys, location, (*sections, *target.split()), is_certain=is_certain)


def _edit_line(step: Step, node: Node, keys: tuple[str, ...]) -> _Line:
    sections, verb = keys[:-1], verb_of(node.key)
    name, _separator, values = node.key.partition("\0")
    if verb in ("append", "select", "set"):
        return _Line(step, node, keys, (*sections, f"set {setting_of(node.key)}", values))
    removed = {
        "delete": (*sections, f"edit {name.partition(' ')[2]}"),
        "purge": sections,
        "unset": (*sections, f"set {name.partition(' ')[2]}"),
    }.get(verb)
    return _Line(step, node, keys, keys, removed, is_certain=verb == "unset")


def _exec_line(step: Step, node: Node, keys: tuple[str, ...]) -> _Line:
    path, verb, *parts = (*node.key.split("\0"), "")
    values = frozenset(part.strip("[] ") for part in parts) - SEARCH
    return _Line(step, node, keys, (path, verb), (path, "add") if verb == "remove" else None, values)
