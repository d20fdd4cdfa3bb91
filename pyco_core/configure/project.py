# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration that a plan leads to, and the difference of two configurations as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from . import rules
from .compare import Step
from .edit_project import carry_out
from .flat import is_setting
from .lines import TRUNK, is_negated, members, number_list, numbers, opposite
from .tree import EDIT, FLAT, INDENTED, Node, Syntax, key_of
from .vty import covering

_NUMBER = re.compile(r"(?:(?:seq|sequence|rule) )?\d+")


def project(running: Node, steps: Iterable[Step], syntax: Syntax) -> Node:
    """Return the configuration after these commands, as far as it can be foretold."""
    result = running.copy()
    index = _Index()
    settings = _settings(result) if syntax.kind == FLAT else {}
    for step in steps:
        sections = [result]
        for parent in step.parents:
            key = key_of(parent, syntax)
            several = () if key in result.children else members(key) or covering(key, result.children)
            names, texts = several or (key,), several or (parent,)
            sections = [
                each.add(text, name) for each in sections for name, text in zip(names, texts, strict=True)
            ]
        for section in sections:
            if syntax.kind == EDIT:
                carry_out(section, step.text)
            elif syntax.kind == INDENTED:
                _indented(section, step.text, syntax, index)
            else:
                _path(section, step.text, syntax, index, settings)
    return result


class _Index:
    """The lines of each section by the setting or the number that they have, made on first use."""

    def __init__(self) -> None:
        self._sections: dict[int, tuple[Node, dict[str, list[str]]]] = {}
        self._paths: dict[str, list[str]] = {}

    def keys(self, section: Node, name: str) -> list[str]:
        """Return the keys of the lines with a name that are there still."""
        return [key for key in self._of(section).get(name, ()) if key in section.children]

    def add(self, section: Node, key: str) -> None:
        """Record a new line."""
        self._of(section).setdefault(_name(key), []).append(key)

    def below(self, tree: Node, path: str) -> list[str]:
        """Return the keys of the `set` commands with a path, or below it, that are there still."""
        if not self._paths:
            for key in tree.children:
                self._add_path(key)
        return [key for key in self._paths.get(path, ()) if key in tree.children]

    def add_path(self, key: str) -> None:
        """Record a new `set` command, if there is an index."""
        if self._paths and key not in self._paths.get(key.partition("\0")[2], ()):
            self._add_path(key)

    def _add_path(self, key: str) -> None:
        path = key.partition("\0")[2]
        while path:
            self._paths.setdefault(path, []).append(key)
            path = path.rpartition("\0")[0]

    def _of(self, section: Node) -> dict[str, list[str]]:
        if id(section) not in self._sections:
            names: dict[str, list[str]] = {}
            for key in section.children:
                names.setdefault(_name(key), []).append(key)
            self._sections[id(section)] = section, names  # the section stays, and with it its id
        return self._sections[id(section)][1]


def _name(key: str) -> str:
    """Return the setting of a line, or the number of an entry, "" for other lines."""
    entry = rules.ENTRY.match(key)
    return rules.single(key) or (entry and (entry[1] or entry[2])) or ""


def _settings(tree: Node) -> dict[str, str]:
    """Return the statements with one value, by their paths without it."""
    return {key.rpartition("\0")[0]: key for key, node in tree.children.items() if is_setting(node.text)}


def _path(tree: Node, text: str, syntax: Syntax, index: _Index, settings: Mapping[str, str]) -> None:
    key = key_of(text, syntax)
    verb, _separator, path = key.partition("\0")
    if syntax.has_paths and verb in ("delete", "activate"):
        for each in index.below(tree, path):
            if verb == "delete" or each.startswith("deactivate\0"):
                tree.discard(each)
        return
    old = settings.get(key.rpartition("\0")[0], "")
    if old in tree.children and key not in tree.children:
        tree.exchange(old, text, key)
    tree.add(text, key)
    index.add_path(key)


def _indented(section: Node, text: str, syntax: Syntax, index: _Index) -> None:
    key = key_of(text, syntax)
    trunk = TRUNK.fullmatch(key)
    if trunk and trunk[2]:
        _change_list(section, trunk[1], trunk[2], numbers(trunk[3]) or set())
        return
    if is_negated(key, syntax.negate):
        positive = opposite(key, syntax.negate)
        vlans = rules.VLANS.match(positive)
        if vlans:
            _remove_vlans(section, numbers(vlans[1]) or set())
            return
        entry = index.keys(section, positive) if _NUMBER.fullmatch(positive) else []
        if entry:
            section.discard(entry[0])
            return
        _remove(section, positive)
        if not rules.shows_if_set(positive):
            section.add(text, key)
        return
    section.discard(opposite(key, syntax.negate))
    name = "" if any(regex.match(key) for regex in syntax.several) else rules.single(key)
    if key in section.children:
        return
    old = index.keys(section, name) if name else []
    index.add(section, key)
    if not old:
        section.add(text, key)
        return
    # The new line takes the place of the old one, so that a difference shows them together.
    section.exchange(old[0], text, key)
    for one in old[1:]:
        section.discard(one)


def _remove(section: Node, positive: str) -> None:
    """Remove a line, and with the base of a neighbor its lines in the sections below."""
    is_base = rules.is_peer_base(positive)
    is_exact = positive in section.children and not is_base  # the usual case, in constant time
    for key in [positive] if is_exact else [one for one in section.children if _is_removed(one, positive)]:
        section.discard(key)
    for node in section.children.values() if is_base else ():
        _remove(node, positive)


def _is_removed(key: str, positive: str) -> bool:
    """Return True if the removal of a line removes this one too."""
    if key == positive or key.startswith((f"{positive} ", f"{positive}\n")):
        return True
    base, own = rules.PEER.match(positive), rules.PEER.match(key)
    return bool(base and own and base[1] == own[1] and rules.is_peer_base(positive))


def _remove_vlans(section: Node, given: set[int]) -> None:
    """Remove VLANs, also from lines with several."""
    for key in list(section.children):
        vlans = rules.VLANS.match(key)
        present = (numbers(vlans[1]) or set()) if vlans else set()
        if present & given:
            text = f"vlan {number_list(present - given)}"
            section.exchange(key, text, text)
    section.discard("vlan ")


def _change_list(section: Node, name: str, verb: str, given: set[int]) -> None:
    """Add numbers to a list of VLANs, or remove them."""
    for key in list(section.children):
        match = TRUNK.fullmatch(key)
        allowed = numbers(match[3]) if match and match[1] == name else None
        if allowed is not None:
            text = f"{name} {number_list(allowed | given if verb == 'add' else allowed - given)}"
            section.exchange(key, text, text)


def difference(before: Node, after: Node, names: tuple[str, str] = ("running", "intended")) -> str:
    """Return the difference for people: changed lines with `-` and `+`, below the sections they are in.

    names: of the two configurations, for the first two lines.
    """
    lines = list(_lines(before, after, 0))
    return "".join(f"{line}\n" for line in [f"--- {names[0]}", f"+++ {names[1]}", *lines]) if lines else ""


def _lines(before: Node, after: Node, depth: int) -> Iterator[str]:
    """Yield the lines that differ, in the order of the configuration after the change."""
    blanks = " " * depth
    gone = [node for key, node in before.children.items() if key not in after.children]
    names = {rules.single(node.key) for node in after.children.values()}
    replaced = {rules.single(node.key): node for node in gone if rules.single(node.key) in names - {""}}
    for node in gone:
        if replaced.get(rules.single(node.key)) is not node:
            yield from _all("-", node, depth)
    for key, node in after.children.items():
        old = before.children.get(key)
        if old is None:
            name = rules.single(key)
            if name in replaced:
                yield from _all("-", replaced.pop(name), depth)
            yield from _all("+", node, depth)
            continue
        inner = list(_lines(old, node, depth + 1))
        if inner:
            yield f" {blanks}{node.text}"
            yield from inner
    for node in replaced.values():
        yield from _all("-", node, depth)


def _all(sign: str, node: Node, depth: int) -> Iterator[str]:
    first, *rest = node.text.split("\n")
    yield f"{sign}{' ' * depth}{first}"
    yield from (f"{sign}{line}" for line in rest)
    for child in node.children.values():
        yield from _all(sign, child, depth + 1)
