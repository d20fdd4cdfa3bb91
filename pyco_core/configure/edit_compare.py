# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements of `config` and `edit` blocks that a running configuration has already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .edit import name_of, setting_of, values_of, verb_of
from .node import Node
from .paths import split

NEW = "edit 0"  # an entry with the next free number
_OPTION = re.compile(r"[A-Za-z][\w-]*")


@dataclass(frozen=True, slots=True)
class EditIndex:
    """A running configuration. defaults: the same with all defaults, None if it was not read."""

    running: Node
    defaults: Node | None

    def has(self, path: Sequence[Node], node: Node) -> bool:
        """Return True if the device has the statement already. path: its blocks."""
        return _has(self.running, self.defaults, path, node)


def entry_names(section: Node) -> list[str]:
    """Return the names of the entries of a table, in order."""
    return [name_of(key) for key in section.children if verb_of(key) == "edit"]


def setting(section: Node, name: str) -> Node | None:
    """Return the statement that sets a value in a block, None if there is none."""
    start = f"set {name}\0"
    return next((node for key, node in section.children.items() if key.startswith(start)), None)


def is_equal(key: str, own: Node) -> bool:
    """Return True if a statement sets the values that the device has.

    own: the statement of the device, which shows options without quotes and in an order of its own.
    """
    given, parts = values_of(key), split(own.text)[2:]
    return given == values_of(own.key) or (
        sorted(given) == sorted(parts) and all(map(_OPTION.fullmatch, parts))
    )


def _has(running: Node | None, defaults: Node | None, path: Sequence[Node], node: Node) -> bool:
    for index, block in enumerate(path):
        if block.key == NEW:
            return running is not None and _has_entry(running, defaults, block)
        running = running.children.get(block.key) if running else None
        defaults = defaults.children.get(block.key) if defaults else None
        if running is None and verb_of(block.key) == "edit" and index:
            defaults = None  # a new entry: its defaults are not known
    verb, key = verb_of(node.key), node.key
    if verb in ("set", "select"):
        own = running and setting(running, setting_of(key))
        own = own or defaults and setting(defaults, setting_of(key))
        return own is not None and is_equal(key, own)
    if running is None:
        return verb in ("unset", "delete", "purge", "unselect", "config")
    return _is_done(running, verb, key)


def _has_entry(table: Node, defaults: Node | None, block: Node) -> bool:
    """Return True if an entry of the table has all statements of a block for a new one."""
    leaves = [(path, node) for path, node in block.walk() if not node.children]
    return any(
        all(
            _has(entry, defaults.children.get(entry.key) if defaults else None, path, node)
            for path, node in leaves
        )
        for entry in table.children.values()
        if leaves and verb_of(entry.key) == "edit"
    )


def _is_done(section: Node, verb: str, key: str) -> bool:
    """Return True if a command other than `set` would change nothing in a block of the device."""
    words, names = name_of(key).split("\0"), entry_names(section)
    own = setting(section, words[0])
    values = set(values_of(own.key)) if own else set()
    if verb == "config":
        return True
    if verb == "unset":
        return own is None
    if verb in ("append", "unselect"):
        return set(words[1:]) <= values if verb == "append" else not values & set(words[1:])
    if verb == "edit":
        return key in section.children and key != NEW
    if verb == "delete":
        return name_of(key) not in names
    if verb == "purge":
        return not names
    if verb in ("rename", "clone"):
        return words[-1] in names and (verb == "clone" or words[0] not in names)
    if verb == "move" and len(words) == 3 and words[0] in names and words[2] in names:
        places = [names.index(words[0]), names.index(words[2])]
        return places[0] == places[1] + (1 if words[1] == "after" else -1)
    return False
