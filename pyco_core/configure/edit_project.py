# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The effect of statements in `config` and `edit` blocks on a configuration."""

from __future__ import annotations

from .edit import edit_key, name_of, setting_of, values_of, verb_of
from .edit_compare import setting
from .node import Node
from .paths import split


def put(section: Node, text: str) -> Node:
    """Add a statement to a block as the device keeps it: a value takes the place of the earlier one."""
    key = edit_key(text)
    if verb_of(key) == "set" and key not in section.children:
        old = setting(section, setting_of(key))
        if old is not None:
            section.exchange(old.key, text, key)
            return section.children[key]
    return section.add(text, key)


def carry_out(section: Node, text: str) -> None:
    """Carry out a statement in a block, as far as its effect can be foretold."""
    key = edit_key(text)
    verb, words = verb_of(key), name_of(key).split("\0")
    if verb in ("set", "edit"):
        put(section, text)
    elif verb == "select":
        put(section, f"set {text.partition(' ')[2]}")
    elif verb == "unset":
        _discard(section, setting(section, words[0]))
    elif verb in ("append", "unselect"):
        _change_list(section, text, verb)
    elif verb == "purge":
        for each in [each for each in section.children if verb_of(each) == "edit"]:
            section.discard(each)
    else:
        _change_table(section, verb, words)


def _discard(section: Node, node: Node | None) -> None:
    if node is not None:
        section.discard(node.key)


def _change_list(section: Node, text: str, verb: str) -> None:
    """Add values to a setting, or remove them."""
    _verb, name, *values = split(text)
    old = setting(section, name)
    parts = list(split(old.text)[2:]) if old else []
    given = values_of(edit_key(text))
    present = values_of(old.key) if old else []
    if verb == "append":
        parts += [part for part, value in zip(values, given, strict=False) if value not in present]
    else:
        parts = [part for part, value in zip(parts, present, strict=False) if value not in given]
    if parts:
        put(section, " ".join(("set", name, *parts)))
    else:
        _discard(section, old)


def _change_table(section: Node, verb: str, words: list[str]) -> None:
    """Remove, rename, copy or move an entry."""
    entry = section.children.get(f"edit {words[0]}")
    if entry is None:
        return
    if verb == "delete":
        section.discard(entry.key)
    elif verb in ("rename", "clone") and len(words) == 3:
        copy = section.add(f'edit "{words[2]}"', f"edit {words[2]}")
        copy.children.update(entry.copy().children)
        if verb == "rename":
            section.discard(entry.key)
    elif verb == "move" and len(words) == 3 and f"edit {words[2]}" in section.children:
        rest = [(key, node) for key, node in section.children.items() if node is not entry]
        place = [key for key, _node in rest].index(f"edit {words[2]}") + (words[1] == "after")
        rest.insert(place, (entry.key, entry))
        section.children.clear()
        section.children.update(rest)
