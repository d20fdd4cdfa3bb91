# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single lines of a configuration: a form for comparing, negation, lists of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# Interface types by their full names. A shorter form is the beginning of one.
_TYPES = (
    *("Ethernet", "FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "TwentyFiveGigE"),
    *("TwoGigabitEthernet", "FiveGigabitEthernet", "FortyGigabitEthernet", "HundredGigE", "Loopback"),
    *("Port-channel", "Vlan", "Tunnel", "Serial", "Bundle-Ether", "Management", "BDI", "BVI", "Vxlan"),
    *("Dialer", "Multilink", "Virtual-Template", "Cellular", "Null"),
)
_SHORT = {"be": "Bundle-Ether", "e": "Ethernet"}
_NAME = re.compile(r"(?<![\w/.:-])([A-Za-z][A-Za-z-]*)(?<!-)(\d+(?:[/.:]\d+)*)(?![\w-])")
_SHORT_VERB = re.compile(r"^((?:no |undo |default )?)int(?:e(?:r(?:f(?:ac?)?)?)?)?(?= )")
_SPACED = re.compile(r"^((?:no |undo |default )?interface(?: range)?) ([A-Za-z-]+) (?=\d)")
# Lines that end in a text of the user: each blank counts, and a text is no name of an interface.
_FREE = re.compile(
    r"(?:\d+ )?(?:no |undo )?(?:\S+ ){0,3}?"
    r"(?:description|remark|name|alias|hostname|sysname|banner|username|password|secret|contact|location|community)\b"
)
_RANGE = re.compile(r"interface (range )?(.+)")
_SEVERAL = re.compile(r"\d ?[-,] ?\w")
_LONGEST, _MOST = 100, 5000  # characters of a part of a range, interfaces in it
_BLANK = re.compile(r"(?<=[A-Za-z]) (?=\d)")
_DASH = re.compile(r" ?- ?| to ")
_MEMBERS = re.compile(r"([A-Za-z-]+?)((?:\d+[/.:])*)(\d+)(?:-(?:[A-Za-z-]*(?:\d+[/.:])*)(\d+))?")
TRUNK = re.compile(r"(switchport trunk allowed vlan|port trunk permit vlan) (?:(add|remove) )?([\d,-]+)")
_LIST = re.compile(r"(?<= )\d+(?:-\d+)?(?:,\d+(?:-\d+)?)+$")
_SEQUENCE = re.compile(
    r"^\d+ (?=(?:permit|deny|remark|evaluate|dynamic|rule)\b)|(?<= )seq \d+ (?=permit|deny|remark)"
    r"|^seq(?:uence)? \d+ "
)


@lru_cache(maxsize=65536)
def canonical(text: str, collapse: bool = False) -> str:
    """Return the form of a line in which two lines are equal if the device takes them for the same.

    collapse: True if the device shows several blanks as one, also in texts of the user.
    """
    words = " ".join(text.split()) if collapse or '"' not in text else _outside_quotes(text)
    if _FREE.match(words):
        return words if collapse else text.strip()
    words = _LIST.sub(_normal_list, words) if "," in words else words
    words = _SHORT_VERB.sub(r"\1interface", words)
    return _NAME.sub(_full_name, _SPACED.sub(r"\1 \2", words))


def _outside_quotes(text: str) -> str:
    """Return a text with single blanks but for those in quotes, each of which counts."""
    parts = text.strip().split('"')
    return '"'.join(part if number % 2 else re.sub(r"\s+", " ", part) for number, part in enumerate(parts))


def _normal_list(match: re.Match[str]) -> str:
    return number_list(numbers(match[0]) or ())


def _full_name(match: re.Match[str]) -> str:
    short = match[1].lower()
    name = _SHORT.get(short)
    if name is None and len(short) > 1:
        name = next((full for full in _TYPES if full.lower().startswith(short)), None)
    return f"{name or match[1]}{match[2]}"


def without_sequence(key: str) -> str:
    """Return the entry of a list without its sequence number, other lines unchanged."""
    return _SEQUENCE.sub("", key, count=1)


def is_negated(text: str, negate: str) -> bool:
    """Return True if a line begins with the prefix that removes another one."""
    return bool(negate) and text.startswith(negate)


def opposite(text: str, negate: str) -> str:
    """Return the line that removes this one: with the prefix, or without it if it has one."""
    return text[len(negate) :] if is_negated(text, negate) else f"{negate}{text}"


def numbers(text: str) -> set[int] | None:
    """Return the numbers of a list such as `1,10-12`; None if the text is no such list."""
    if not re.fullmatch(r"\d+(?:-\d+)?(?:, ?\d+(?:-\d+)?)*", text):
        return None
    result: set[int] = set()
    for part in text.split(","):
        first, _dash, last = part.strip().partition("-")
        result.update(range(int(first), int(last or first) + 1))
    return result


def number_list(values: Iterable[int]) -> str:
    """Return the shortest list for these numbers: `1,10-12`."""
    parts: list[list[int]] = []
    for value in sorted(values):
        if parts and value == parts[-1][1] + 1:
            parts[-1][1] = value
        else:
            parts.append([value, value])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


@lru_cache(maxsize=4096)
def members(key: str) -> tuple[str, ...]:
    """Return the sections of a range of interfaces, in canonical form; () for other lines.

    A range is `interface range ...`, on NX-OS and EOS also `interface Ethernet1/1-4,Ethernet1/9`.
    """
    match = _RANGE.match(key)
    if match is None or not match[1] and not _is_range(match[2]):
        return ()
    parts = _DASH.sub("-", _BLANK.sub("", match[2])).split(",")
    result: list[str] = []
    name = ""
    for part in parts:
        text = part.strip()
        found = _MEMBERS.fullmatch(text if text[:1].isalpha() else name + text)
        if found is None or len(text) > _LONGEST:
            return ()
        name, first, last = found[1], int(found[3]), int(found[4] or found[3])
        if last - first > _MOST:
            return ()
        result += (f"interface {canonical(f'{name}{found[2]}{number}')}" for number in range(first, last + 1))
    return tuple(result)


def _is_range(names: str) -> bool:
    """Return True for numbers of interfaces, False for the name of one."""
    kind = re.sub("[^A-Za-z-].*", "", names).lower()
    is_known = kind in _SHORT or len(kind) > 1 and any(each.lower().startswith(kind) for each in _TYPES)
    return is_known and _SEVERAL.search(names) is not None
