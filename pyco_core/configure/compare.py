# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of an intended configuration that a running one lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from . import rules
from .abbreviations import Words
from .edit_compare import EditIndex
from .exec import ExecIndex
from .lines import TRUNK, is_negated, members, numbers, opposite, without_sequence
from .tree import EDIT, EXEC, FLAT, Node, Syntax
from .vty import covering

MATCHES = ("line", "strict", "exact", "none")
REPLACES = ("line", "block", "full")


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a plan.

    text: the command. parents: the sections that it is typed in, as written.
    """

    text: str
    parents: tuple[str, ...] = ()


def common_sections(opened: Sequence[str], wanted: Sequence[str]) -> int:
    """Return the number of open sections that a line needs, too."""
    count = 0
    for text, parent in zip(opened, wanted, strict=False):
        if text != parent:
            break
        count += 1
    return count


def missing(
    intended: Node,
    running: Node,
    syntax: Syntax,
    *,
    match: str = "line",
    replace: str = "line",
    complete: Node | None = None,
) -> list[Step]:
    """Return the commands that make a running configuration contain the intended lines.

    match: `line` compares each line, `strict` also its position in its section, `exact` the whole section,
    `none` nothing. replace: `line` types the lines that differ, `block` the whole outermost section of each.
    complete: the running configuration with defaults too, None if it was not read.
    """
    steps = list(_steps(intended))
    if match == "none":
        wanted = steps
    elif match == "line":
        index = _index(running, syntax, complete)
        wanted = [(path, node) for path, node in steps if not index.has(path, node)]
    else:
        wanted = _by_position(steps, running, exact=match == "exact")
    if replace == "block":
        wanted = _blocks(steps, wanted)
    return [Step(node.text, tuple(parent.text for parent in path)) for path, node in wanted]


_Path = tuple[Node, ...]


def _steps(tree: Node) -> Iterator[tuple[_Path, Node]]:
    """Yield the lines to type: those without lines below them; typing them enters their sections."""
    return ((path, node) for path, node in tree.walk() if not node.children)


def _by_position(steps: list[tuple[_Path, Node]], running: Node, *, exact: bool) -> list[tuple[_Path, Node]]:
    """Compare the lines of each section with those at the same places of the running one."""
    sections: dict[tuple[str, ...], list[tuple[_Path, Node]]] = {}
    for path, node in steps:
        sections.setdefault(tuple(parent.key for parent in path), []).append((path, node))
    wanted: list[tuple[_Path, Node]] = []
    for keys, entries in sections.items():
        section = running.at(keys)
        own = [node.key for node in section.children.values() if not node.children] if section else []
        given = [node.key for _path, node in entries]
        if given == [without_sequence(key) for key in given]:  # the device numbers the entries of a list
            own = [without_sequence(key) for key in own]
        if exact:
            wanted += entries if given != own else []
        else:
            wanted += [
                entry for place, entry in enumerate(entries) if own[place : place + 1] != [given[place]]
            ]
    return wanted


def _blocks(steps: list[tuple[_Path, Node]], wanted: list[tuple[_Path, Node]]) -> list[tuple[_Path, Node]]:
    """Return all lines of the outermost sections that have a wanted line, and the wanted ones outside."""
    tops = {id(path[0]) for path, _node in wanted if path}
    own = {id(node) for _path, node in wanted}
    return [(path, node) for path, node in steps if id(node) in own or path and id(path[0]) in tops]


def _index(running: Node, syntax: Syntax, complete: Node | None) -> _Index | EditIndex:
    if syntax.kind == EDIT:
        return EditIndex(running, complete)
    return _Index(complete or running, syntax, complete is not None)


@dataclass(slots=True)
class _Index:
    """The lines of a running configuration, and forms of them that are made on first use."""

    running: Node
    syntax: Syntax
    complete: bool
    _plain: dict[int, set[str]] = field(default_factory=dict, init=False)
    _words: dict[int, set[str]] = field(default_factory=dict, init=False)
    _trees: dict[int, Words] = field(default_factory=dict, init=False)
    _exec: ExecIndex | None = field(default=None, init=False)

    def has(self, path: _Path, node: Node) -> bool:
        """Return True if the device has the line already."""
        if self.syntax.kind == EXEC:
            self._exec = self._exec or ExecIndex(self.running.children)
            return self._exec.has(node.key)
        names = self._sections(path[0].key) if path else ()
        if names:
            rest = tuple(one.key for one in path[1:])
            return all(self._in_section((name, *rest), node, path[-1].children) for name in names)
        if not path and members(node.key):
            return all(name in self.running.children for name in members(node.key))
        return self._in_section(tuple(one.key for one in path), node, path[-1].children if path else ())

    def _sections(self, key: str) -> tuple[str, ...]:
        """Return the running sections that a range such as `interface range` or `line vty 0 15` names."""
        is_one = key in self.running.children
        return () if is_one else members(key) or covering(key, self.running.children)

    def _in_section(self, keys: tuple[str, ...], node: Node, siblings: Collection[str]) -> bool:
        section = self.running.at(keys)
        if self.syntax.has_paths:
            return self._has_path(node.key)
        if is_negated(node.key, self.syntax.negate):
            if section is None:  # a section of negations alone is not created
                is_known = keys[0].startswith("interface range ") or self._is_abbreviated(keys)
                return not is_known and all(is_negated(key, self.syntax.negate) for key in siblings)
            return self._is_unset(section, opposite(node.key, self.syntax.negate))
        if section is None:
            return False
        if node.key in section.children or self._in_list(section, node.key):
            return True
        if self._has_vlans(section, node.key):
            return True
        plain = without_sequence(node.key)
        return plain == node.key and plain in self._without_sequences(section)

    def _is_unset(self, section: Node, key: str) -> bool:
        """Return True if the line of this key, or one that begins with it, is certain not to be set."""
        if f"{self.syntax.negate}{key}" in section.children:
            return True
        if key in section.children or key in self._beginnings(section):
            return False
        is_shown = self.complete or rules.shows_if_set(key)
        return is_shown and not self._tree(section).has_longer(key)

    def _is_abbreviated(self, keys: Sequence[str]) -> bool:
        """Return True if a section that the device lacks under this name may be one of its own."""
        node, rest = self.running, list(keys)
        while rest[0] in node.children:
            node = node.children[rest.pop(0)]
        return self._tree(node).has_longer(rest[0])

    def _tree(self, section: Node) -> Words:
        if id(section) not in self._trees:
            self._trees[id(section)] = Words(section.children)
        return self._trees[id(section)]

    def _in_list(self, section: Node, key: str) -> bool:
        """Return True if the line adds VLANs to a list that has them, or removes others from it."""
        match = TRUNK.fullmatch(key)
        if match is None or not match[2]:
            return False
        own = next(
            (one for one in map(TRUNK.fullmatch, section.children) if one and one[1] == match[1]), None
        )
        allowed, given = numbers(own[3]) if own else None, numbers(match[3])
        if allowed is None or given is None:
            return allowed is None and match[2] == "add" and own is None
        return given <= allowed if match[2] == "add" else not given & allowed

    def _has_vlans(self, section: Node, key: str) -> bool:
        """Return True if the lines of a section have all VLANs of a list together."""
        wanted = rules.VLANS.match(key)
        if wanted is None:
            return False
        own = (match[1] for match in map(rules.VLANS.match, section.children) if match)
        present = set[int]().union(*(numbers(each) or () for each in own))
        return (numbers(wanted[1]) or {0}) <= present

    def _without_sequences(self, section: Node) -> set[str]:
        if id(section) not in self._plain:
            self._plain[id(section)] = {without_sequence(key) for key in section.children}
        return self._plain[id(section)]

    def _beginnings(self, section: Node) -> set[str]:
        """Return each beginning of the section's lines that ends before a blank."""
        if id(section) not in self._words:
            self._words[id(section)] = {
                key[:position]
                for key in section.children
                for position, character in enumerate(key)
                if character in " \n"
            }
        return self._words[id(section)]

    def _has_path(self, key: str) -> bool:
        verb, _separator, path = key.partition("\0")
        if verb == "delete":
            beginnings = self._set_paths()
            return path not in beginnings
        if verb == "set":
            return path in self._set_paths() or self.syntax.kind == FLAT and self._has_each(path.split("\0"))
        return key in self.running.children if verb in ("deactivate", "activate") else False

    def _has_each(self, words: list[str]) -> bool:
        """Return True if the device has each of several settings of a section that are in one line."""
        for end in range(2, len(words)):
            if "\0".join(("set", *words[:end])) in self.running.children:
                rest = words[: end - 2] + words[end:]
                if "\0".join(rest) in self._set_paths() or self._has_each(rest):
                    return True
        return False

    def _set_paths(self) -> set[str]:
        """Return the paths of all `set` commands, and their beginnings."""
        if id(self.running) not in self._words:
            paths: set[str] = set()
            for key in self.running.children:
                path = key.partition("\0")[2]
                while path and path not in paths:
                    paths.add(path)
                    path = path.rpartition("\0")[0]
            self._words[id(self.running)] = paths
        return self._words[id(self.running)]
