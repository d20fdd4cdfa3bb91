# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration as an ordered tree of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .blocks import Blocks, block_key, is_block
from .braces import braces
from .edit import CLOSERS, edit_key, statements, verb_of
from .edit_project import put
from .exec import exec_key, exec_lines
from .flat import flat_key
from .flat import statements as flat_statements
from .lines import TRUNK, canonical, number_list, numbers
from .node import Node
from .paths import commands, path_key, whole_paths
from .roots import below_root

__all__ = ["EDIT", "EXEC", "FLAT", "INDENTED", "KINDS", "SET", "Node", "Syntax", "key_of", "parse"]

INDENTED, SET, FLAT, EXEC, EDIT = "indented", "set", "flat", "exec", "edit"
KINDS = (INDENTED, SET, FLAT, EXEC, EDIT)
_COMMANDS = ("set ", "delete ", "deactivate ", "activate ", "insert ", "#", "!", "//", "/*")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")
# Lines that only leave a section, and headers of an output that is no configuration.
_CLOSING = frozenset({"exit", "end", "quit", "return", "root", "exit-address-family", "exit-vrf"})


@dataclass(frozen=True, slots=True)
class Syntax:
    """The form of a platform's configuration.

    kind: one of KINDS. negate: prefix that removes a line, "" if there is none. collapse: True if the device
    shows several blanks of a text as one. several: lines of which a section may have several, although other
    platforms take one. root: the section that an output has around all lines, "" for none.
    """

    kind: str = INDENTED
    negate: str = "no "
    collapse: bool = False
    several: tuple[re.Pattern[str], ...] = ()
    root: str = ""

    @property
    def can_remove(self) -> bool:
        """Return True if the platform has a command that undoes a line."""
        return self.kind == EDIT or self.kind != EXEC and bool(self.negate)

    @property
    def has_paths(self) -> bool:
        """Return True if each line has its whole path, and its key a verb: `set` or `delete`."""
        return self.kind in (SET, FLAT)


def parse(text: str, syntax: Syntax, parents: Sequence[str] = ()) -> Node:
    """Return the tree of a configuration. parents: sections that all lines of the text belong to."""
    root = Node()
    top = root
    text = below_root(text, syntax.root) if syntax.root else text
    if syntax.kind == FLAT:
        for statement in flat_statements(text, parents):
            root.add(statement.text, flat_key(statement.text)).learn(statement.ends)
        return root
    if syntax.kind in (INDENTED, EDIT):
        for parent in parents:
            top = top.add(parent.strip(), key_of(parent, syntax))
        (_indented if syntax.kind == INDENTED else _edited)(text, syntax, top)
        return root
    if syntax.kind == EXEC:
        lines = exec_lines(text, " ".join(parent.strip() for parent in parents))
    else:
        lines = whole_paths(_set_lines(text), parents)
    for line in lines:
        root.add(line, key_of(line, syntax))
    return root


def key_of(text: str, syntax: Syntax) -> str:
    """Return the form of a line for comparing."""
    if syntax.kind == INDENTED and is_block(text):
        return block_key(text)
    if syntax.kind == INDENTED:
        return canonical(text, syntax.collapse)
    if syntax.kind == EDIT:
        return edit_key(text)
    if syntax.kind == FLAT:
        return flat_key(text)
    return path_key(text) if syntax.kind == SET else exec_key(text)


def _set_lines(text: str) -> Iterator[str]:
    return iter(braces(text)) if _has_braces(text) else commands(text)


def _has_braces(text: str) -> bool:
    """Return True if a line that is no command or comment has an opening brace."""
    lines = (line.lstrip() for line in text.split("\n") if "{" in line)
    return any(not line.startswith(_COMMANDS) and "{" in _QUOTED.sub("", line) for line in lines)


def _edited(text: str, syntax: Syntax, top: Node) -> None:
    """Add blocks that words close: `next` the entry, `end` the table or object with its entry."""
    stack = [top]
    for line in statements(text):
        word = verb_of(line)
        if word in CLOSERS.values():
            opener = "config" if word == "end" else "edit"
            place = next((at for at in range(len(stack) - 1, 0, -1) if verb_of(stack[at].key) == opener), 0)
            del stack[place if place else len(stack) :]
            continue
        if word == "edit" and verb_of(stack[-1].key) == "edit" and len(stack) > 1:
            stack.pop()  # its `next` is missing
        node = put(stack[-1], line)
        if word in CLOSERS:
            stack.append(node)


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
