# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A line of a configuration with the lines below it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace


@dataclass(slots=True)
class Node:
    """A line and the lines below it.

    text: the line as written, of several lines for a banner. key: its form for comparing. children: by key;
    a section that occurs twice is one section. is_new: True for a section that the device lacks. ends: the
    numbers of parts of a statement that are whole sections, as far as they are known.
    """

    text: str = ""
    key: str = ""
    children: dict[str, Node] = field(default_factory=dict)
    is_new: bool = False
    ends: tuple[int, ...] = ()

    def add(self, text: str, key: str) -> Node:
        """Return the child of this key, new if there is none."""
        child = self.children.get(key)
        if child is None:
            child = self.children[key] = Node(text, key)
        return child

    def learn(self, ends: tuple[int, ...]) -> None:
        """Keep which beginnings of a statement are whole sections."""
        self.ends = self.ends or ends

    def discard(self, key: str) -> None:
        """Remove the child of this key if there is one."""
        self.children.pop(key, None)

    def without(self, keys: Collection[str]) -> Node:
        """Return this node without some children, itself if there are none."""
        rest = {key: node for key, node in self.children.items() if key not in keys}
        return replace(self, children=rest) if keys else self

    def exchange(self, old: str, text: str, key: str) -> None:
        """Put another line into the place of a child; the lines below it stay."""
        self.children = {
            (key if one == old else one): Node(text, key, child.children) if one == old else child
            for one, child in self.children.items()
        }

    def at(self, path: Iterable[str]) -> Node | None:
        """Return the node at a path of keys, None if there is none."""
        node: Node | None = self
        for key in path:
            node = node.children.get(key) if node else None
        return node

    def copy(self) -> Node:
        """Return a copy of the whole tree."""
        children = {key: child.copy() for key, child in self.children.items()}
        return Node(self.text, self.key, children, ends=self.ends)

    def walk(self, parents: tuple[Node, ...] = ()) -> Iterator[tuple[tuple[Node, ...], Node]]:
        """Yield each node below this one with its parents, in order."""
        for child in self.children.values():
            yield parents, child
            yield from child.walk((*parents, child))

    def render(self) -> str:
        """Return the tree as text, indented by one blank for each level."""
        return "".join(f"{' ' * len(parents)}{node.text}\n" for parents, node in self.walk())
