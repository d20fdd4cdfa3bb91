# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration as an ordered tree of lines."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from .blocks import Blocks, block_key, is_block
from .braces import braces
from .exec import exec_key, exec_lines
from .lines import TRUNK, canonical, number_list, numbers
from .paths import commands, path_key

INDENTED, SET, EXEC = "indented", "set", "exec"
KINDS = (INDENTED, SET, EXEC)
_COMMANDS = ("set ", "delete ", "deactivate ", "activate ", "insert ", "#", "!", "//", "/*")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")
# Lines that only leave a section, and headers of an output that is no configuration.
_CLOSING = frozenset({"exit", "end", "quit", "return", "root", "exit-address-family", "exit-vrf"})


@dataclass(frozen=True, slots=True)
class Syntax:
    """The form of a platform's configuration.

    kind: `indented`, `set` or `exec`. negate: prefix that removes a line, "" if there is none. collapse: True
    if the device shows several blanks of a text as one. several: lines of which a section may have several,
    although other platforms take one.
    """

    kind: str = INDENTED
    negate: str = "no "
    collapse: bool = False
    several: tuple[re.Pattern[str], ...] = ()

    @property
    def can_remove(self) -> bool:
        """Return True if the platform has a command that undoes a line."""
        return self.kind != EXEC and bool(self.negate)


@dataclass(slots=True)
class Node:
    """A line and the lines below it.

    text: the line as written, of several lines for a banner. key: its form for comparing. children: by key;
    a section that occurs twice is one section. is_new: True for a section that the device lacks.
    """

    text: str = ""
    key: str = ""
    children: dict[str, Node] = field(default_factory=dict)
    is_new: bool = False

    def add(self, text: str, key: str) -> Node:
        """Return the child of this key, new if there is none."""
        child = self.children.get(key)
        if child is None:
            child = self.children[key] = Node(text, key)
        return child

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
        return Node(self.text, self.key, {key: child.copy() for key, child in self.children.items()})

    def walk(self, parents: tuple[Node, ...] = ()) -> Iterator[tuple[tuple[Node, ...], Node]]:
        """Yield each node below this one with its parents, in order."""
        for child in self.children.values():
            yield parents, child
            yield from child.walk((*parents, child))

    def render(self) -> str:
        """Return the tree as text, indented by one blank for each level."""
        return "".join(f"{' ' * len(parents)}{node.text}\n" for parents, node in self.walk())


def parse(text: str, syntax: Syntax, parents: Sequence[str] = ()) -> Node:
    """Return the tree of a configuration. parents: sections that all lines of the text belong to."""
    root = Node()
    top = root
    for parent in parents:
        top = top.add(parent.strip(), key_of(parent, syntax))
    if syntax.kind == INDENTED:
        _indented(text, syntax, top)
        return root
    lines = exec_lines(text) if syntax.kind == EXEC else _set_lines(text)
    for line in lines:
        top.add(line, key_of(line, syntax))
    return root


def key_of(text: str, syntax: Syntax) -> str:
    """Return the form of a line for comparing."""
    if syntax.kind == INDENTED and is_block(text):
        return block_key(text)
    if syntax.kind == INDENTED:
        return canonical(text, syntax.collapse)
    return path_key(text) if syntax.kind == SET else exec_key(text)


def _set_lines(text: str) -> Iterator[str]:
    return iter(braces(text)) if _has_braces(text) else commands(text)


def _has_braces(text: str) -> bool:
    """Return True if a line that is no command or comment has an opening brace."""
    lines = (line.lstrip() for line in text.split("\n") if "{" in line)
    return any(not line.startswith(_COMMANDS) and "{" in _QUOTED.sub("", line) for line in lines)


def _indented(text: str, syntax: Syntax, top: Node) -> None:
    lines = text.expandtabs().split("\n")
    blocks = Blocks(lines)
    stack: list[tuple[int, Node]] = []
    index = 0
    while index < len(lines):
        start, line = index, lines[index].rstrip()
        index = blocks.end(index)
        word = line.lstrip()
        indent = len(line) - len(word)
        if not word or word[0] in "!#":
            if word[:1] == "#" and not indent:  # ends all sections on Comware and VRP
                stack.clear()
            continue
        while stack and stack[-1][0] >= indent:
            stack.pop()
        if word in _CLOSING:
            continue
        token = "\n".join((word, *(each.rstrip() for each in lines[start + 1 : index])))
        parent = stack[-1][1] if stack else top
        key = key_of(token, syntax)
        while key.startswith("remark ") and key in parent.children:  # a list may have the same remark twice
            key += "\0"
        stack.append((indent, _merged(parent, key) or parent.add(token, key)))


def _merged(section: Node, key: str) -> Node | None:
    """Return the list of VLANs that the line `... vlan add LIST` continues, with its numbers; else None."""
    more = TRUNK.fullmatch(key)
    if more is None or more[2] != "add":
        return None
    for node in section.children.values():
        match = TRUNK.fullmatch(node.key)
        if match and match[1] == more[1] and not match[2]:
            section.discard(node.key)
            text = f"{match[1]} {number_list((numbers(match[3]) or set()) | (numbers(more[3]) or set()))}"
            return section.add(text, text)
    return None
