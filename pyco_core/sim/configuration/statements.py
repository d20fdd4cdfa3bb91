# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration of statements, as Junos and VyOS have it.

A tree in which each element of a statement (a keyword, a name, a value) is a node.

The kinds of keywords come from a file in `grammars/`, which lists them below headings: `[top]` at the
beginning of a statement; `[keyed]` followed by a name in the same line (`unit 0`); `[named]` followed by
sections with names (`interfaces ge-0/0/0`); `[single]` followed by one value; `[list]` followed by several
values; `[plain]` others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "grammars"
Path_ = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """The kinds of keywords of a platform."""

    top: frozenset[str]
    keyed: frozenset[str]
    named: frozenset[str]
    single: frozenset[str]
    list: frozenset[str]
    plain: frozenset[str]

    def kind(self, path: Path_) -> str:
        """Return the kind of the last element of a path.

        "key", "value", one of the headings, or "" for an unknown element.
        """
        kind = "start"
        for index, word in enumerate(path):
            if kind in ("keyed", "named") and not (kind == "named" and self._is_plain(word)):
                kind = "key"
            elif kind in ("single", "list", "value"):
                kind = "value"
            elif index == 0:
                kind = self._kind(word) if word in self.top else ""
            else:
                kind = self._kind(word)
            if not kind:
                return ""
        return kind

    def _is_plain(self, word: str) -> bool:
        return word in self.plain or word in self.single

    def _kind(self, word: str) -> str:
        for name in ("keyed", "named", "single", "list"):
            if word in getattr(self, name):
                return name
        return "plain" if word in self.plain or word in self.top else ""


@cache
def schema(name: str) -> Schema:
    """Return the kinds of keywords of a platform."""
    kinds: dict[str, set[str]] = {}
    heading = ""
    for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        text = line.split("#")[0].strip()
        if text.startswith("["):
            heading = text[1:-1]
        elif text:
            kinds.setdefault(heading, set()).update(text.split())
    names = ("top", "keyed", "named", "single", "list", "plain")
    return Schema(*(frozenset(kinds.get(name, ())) for name in names))


@dataclass(slots=True)
class Node:
    """The statements below an element. inactive: whether Junos has deactivated them."""

    children: dict[str, Node] = field(default_factory=dict)
    inactive: bool = False

    def deactivate(self, value: bool) -> None:
        """Deactivate or activate the statements."""
        self.inactive = value

    def copy(self) -> Node:
        """Return an independent copy."""
        return Node({word: child.copy() for word, child in self.children.items()}, self.inactive)

    def at(self, path: Path_) -> Node | None:
        """Return the node of a path."""
        node: Node | None = self
        for word in path:
            node = node.children.get(word) if node is not None else None
        return node

    def paths(self, prefix: Path_ = ()) -> Iterator[Path_]:
        """Yield the path of each statement, in order."""
        for word, child in self.children.items():
            if child.children:
                yield from child.paths((*prefix, word))
            else:
                yield (*prefix, word)

    def inactive_paths(self, prefix: Path_ = ()) -> Iterator[Path_]:
        """Yield the path of each deactivated statement."""
        for word, child in self.children.items():
            if child.inactive:
                yield (*prefix, word)
            yield from child.inactive_paths((*prefix, word))


@dataclass(frozen=True, slots=True)
class Invalid:
    """A path with an unknown element, or without the value that its last keyword needs. index: its place."""

    index: int
    incomplete: bool = False


class Statements:
    """A configuration of statements that is changed by paths."""

    def __init__(self, schema: Schema, root: Node | None = None) -> None:
        self.schema = schema
        self.root = root or Node()

    def copy(self) -> Statements:
        """Return an independent copy."""
        return Statements(self.schema, self.root.copy())

    def check(self, path: Path_) -> Invalid | None:
        """Return the first unknown element, or None for a path that is a statement."""
        for end in range(1, len(path) + 1):
            if not self.schema.kind(path[:end]):
                return Invalid(end - 1)
        if self.schema.kind(path) in ("single", "list", "keyed"):
            return Invalid(len(path), incomplete=True)
        return None

    def set(self, path: Path_) -> Invalid | None:
        """Add a statement; the value of a keyword with one value is replaced."""
        invalid = self.check(path)
        if invalid is not None:
            return invalid
        node = self.root
        for index, word in enumerate(path):
            if index and self.schema.kind(path[:index]) == "single" and word not in node.children:
                node.children.clear()
            node = node.children.setdefault(word, Node())
        return None

    def delete(self, path: Path_) -> bool:
        """Remove a statement with all below it; return whether it existed.

        A section that becomes empty goes, too.
        """
        if not path:
            existed = bool(self.root.children)
            self.root.children.clear()
            return existed
        parent = self.root.at(path[:-1])
        if parent is None or path[-1] not in parent.children:
            return False
        parent.children.pop(path[-1])
        above = path[:-1]
        node = self.root.at(above)
        if above and node is not None and not node.children and self.schema.kind(above) != "key":
            self.delete(above)
        return True

    def insert(self, path: Path_, other: str, *, after: bool) -> bool:
        """Move a statement before or after another one of the same parent; return whether both exist."""
        parent = self.root.at(path[:-1])
        if parent is None or path[-1] not in parent.children or other not in parent.children:
            return False
        moved = parent.children.pop(path[-1])
        items = list(parent.children.items())
        place = [word for word, _node in items].index(other) + after
        items.insert(place, (path[-1], moved))
        parent.children.clear()
        parent.children.update(items)
        return True

    def arranged(self, old: Statements) -> Statements:
        """Return a copy with the keywords that another configuration has, too, in its order.

        The place of a keyword is fixed: removing and setting it does not move it. Names and values follow
        each other as they were set.
        """
        return Statements(self.schema, self._arranged(self.root, old.root, ()))

    def _arranged(self, node: Node, old: Node, path: Path_) -> Node:
        words = list(node.children)
        fixed = [word for word in words if self.schema.kind((*path, word)) not in ("key", "value")]
        known = iter([word for word in old.children if word in set(fixed)])
        words = [next(known) if word in fixed and word in old.children else word for word in words]
        children = {
            word: self._arranged(node.children[word], old.children.get(word, Node()), (*path, word))
            for word in words
        }
        return Node(children, node.inactive)

    def merged(self, base: Statements, changed: Statements) -> Statements:
        """Return this configuration with the changes from one configuration to another."""
        if self.root == base.root:
            return changed.copy()
        result = self.copy()
        removed, added = base.difference(changed)
        for path in removed:
            result.delete(path)
        for path in added:
            result.set(path)
        return result

    def difference(self, new: Statements) -> tuple[list[Path_], list[Path_]]:
        """Return the removed and the added statements."""
        old_paths, new_paths = list(self.root.paths()), list(new.root.paths())
        return _without(old_paths, new_paths), _without(new_paths, old_paths)


def _without(paths: list[Path_], others: list[Path_]) -> list[Path_]:
    present = set(others)
    return [path for path in paths if path not in present]
