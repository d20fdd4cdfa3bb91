# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists with sequence numbers: named access lists, prefix lists and route maps.

Sources: Cisco IOS Security Command Reference, `ip access-list` and "IP Access List Entry Sequence Numbering"
(numbers from 10 in steps of 10, an equal entry is ignored); IP Routing: Protocol-Independent Command
Reference, `ip prefix-list` (steps of 5).
"""

from __future__ import annotations

import re
from dataclasses import replace

from .platform import Change, Done, Lines, Outcome, Refused
from .section import Key, Section, starting_with

_MODES = re.compile(r"config-(?:ext-nacl|std-nacl|ipv6-acl|acl|ipv6-acl|ipv4-acl|mac-acl)")
_ENTRY = re.compile(r"(?:(?:seq |sequence )?(\d+) )?(.*)", re.DOTALL)
_PREFIX_LIST = re.compile(r"((?:ip|ipv6) prefix-list \S+) (?:seq (\d+) )?((?:permit|deny) .*)")
_ROUTE_MAP = re.compile(r"(route-map \S+) (permit|deny) (\d+)")
_ENTRIES = "entries"


def is_access_list(mode: str) -> bool:
    """Return whether the lines of a mode are the entries of an access list."""
    return _MODES.fullmatch(mode) is not None


def place_entry(editor: Lines, section: Section, text: str) -> Section:
    """Add an entry, with or without a number, to an access list."""
    number, entry = _split(text)
    if section.mode == "config-ext-nacl":
        entry = re.sub("^deny ", "deny   ", entry)
    shown = f"{number} {entry}" if number else entry
    number = number or section.highest + 10
    if _shows_numbers(editor):
        shown = f"{number} {entry}"
    name = "" if entry.startswith("remark") else " ".join(entry.split())
    return section.place(("#", str(number)), shown, group=_ENTRIES, number=number, name=name)


def access_list_entry(editor: Lines, change: Change) -> Outcome | None:
    """Add or remove an entry of a named access list."""
    if not is_access_list(change.mode) or change.line.pattern.mode:
        return None
    number, entry = _split(change.line.text)
    if change.negated and change.line.partial:
        number, entry = int(change.line.words[-1]), ""
    equal = _equal(change.section, number, entry)
    if change.negated:
        for key in equal:
            change.section.remove(key)
        return Done()
    old = change.section.get(("#", str(number)))
    if old is not None and _split(old.line)[1] != entry:
        return Refused("% Duplicate sequence number.\n")
    if not equal or entry.startswith("remark"):
        place_entry(editor, change.section, change.line.text)
    return Done()


def _equal(section: Section, number: int, entry: str) -> list[Key]:
    """Return the keys of the entries with this text, or with this number if there is no text."""
    if not entry:
        return [key] if section.get(key := ("#", str(number))) is not None else []
    if entry.startswith("remark"):
        return [key for key, line in section.items() if _split(line.line)[1] == entry]
    same = section.find(entry)
    return [same[0]] if same is not None else []


def prefix_list_name(text: str) -> str:
    """Return the name of an entry of a prefix list for `Section.find`, "" for another line."""
    match = _PREFIX_LIST.fullmatch(text)
    return f"{match[1]} {match[3]}" if match else ""


def prefix_list(editor: Lines, change: Change) -> Outcome | None:
    """Add or remove an entry of a prefix list, and give it a number."""
    match = _PREFIX_LIST.fullmatch(change.line.text)
    if match is None or change.line.partial:
        return None
    name, number, entry = match[1], int(match[2] or 0), match[3]
    name_of_entry = f"{name} {entry}"
    same = change.section.find(name_of_entry)
    if change.negated:
        if same is None or number not in (0, same[1].number):
            return Refused(f"% Can't find prefix-list {name.split()[-1]} entry\n")
        change.section.remove(same[0])
        return Done()
    if same is not None and number in (0, same[1].number):
        return Done()
    if number and change.section.get((*name.split(), "seq", str(number))) is not None:
        text = f"%Insertion failed - seq # exists with different policy: {name.split()[-1]} seq {number}\n"
        return Refused(text)
    number = number or _highest(change.section, name) // 5 * 5 + 5
    words = (*name.split(), "seq", str(number), entry)
    line = replace(change.line, words=words, pattern=replace(change.line.pattern, key=5, removes=3))
    editor.place(change.section, line, number=number, name=name_of_entry)
    return Done()


def _highest(section: Section, name: str) -> int:
    """Return the highest number in a prefix list."""
    lines = (section.get(key) for key in starting_with(section, name.split()))
    return max((line.number for line in lines if line), default=0)


def route_map(editor: Lines, change: Change) -> Outcome | None:
    """Open an entry of a route map; a new action replaces the one of the same number."""
    text = change.line.text
    if text.startswith("route-map ") and not change.negated and len(change.line.words) == 2:
        change = replace(change, line=replace(change.line, words=(*change.line.words, "permit", "10")))
        text = change.line.text
    match = _ROUTE_MAP.fullmatch(text)
    if match is None:
        return None
    other = "deny" if match[2] == "permit" else "permit"
    key = (*match[1].split(), other, match[3])
    old = change.section.get(key)
    if change.negated:
        keys = (key, change.line.words) if change.section.get(change.line.words) else (key,)
        for present in keys:
            if change.section.get(present):
                change.section.remove(present)
        return Done()
    line = replace(change.line, pattern=replace(change.line.pattern, key=None, removes=2))
    placed = editor.set(replace(change, line=line)).section
    if old is not None and placed is not None:
        change.section.remove(key)
        for child_key, child in old.items():
            placed.add(child_key, child)
    return Done(placed)


def _split(text: str) -> tuple[int, str]:
    """Return the number of an entry, 0 for none, and its text with single blanks."""
    match = _ENTRY.fullmatch(text)
    number, entry = (match[1], match[2]) if match else (None, text)
    return int(number or 0), " ".join(entry.split())


def _shows_numbers(editor: Lines) -> bool:
    if editor.platform.numbered is not None:
        return editor.platform.numbered
    line = editor.root.get(("version",))
    version = line.line if line is not None else "version 0"
    digits = re.match(r"\d+", version.split()[1])
    return digits is not None and int(digits[0]) >= 16
