# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values in configuration lines: addresses, numbers, sets of VLANs."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable

_MASKS = {str(ipaddress.ip_network(f"0.0.0.0/{length}").netmask) for length in range(33)}


def is_value(kind: str, word: str) -> bool:
    """Return whether a word is a value of this kind, see the grammar."""
    return _KINDS[kind](word)


def _is_ip(word: str) -> bool:
    return _accepts(ipaddress.IPv4Address, word)


def _is_prefix(word: str) -> bool:
    return "/" in word and _accepts(ipaddress.IPv4Interface, word)


def _is_ip6(word: str) -> bool:
    return _accepts(ipaddress.IPv6Address, word)


def _is_prefix6(word: str) -> bool:
    return "/" in word and _accepts(ipaddress.IPv6Interface, word)


def _accepts(make: Callable[[str], object], word: str) -> bool:
    try:
        make(word)
    except ValueError:
        return False
    return True


def _is_mask(word: str) -> bool:
    return word in _MASKS


def _is_word(word: str) -> bool:
    return bool(word)


_KINDS: dict[str, Callable[[str], bool]] = {
    "WORD": _is_word,
    "NUMBER": str.isdecimal,
    "IP": _is_ip,
    "IP6": _is_ip6,
    "MASK": _is_mask,
    "PREFIX": _is_prefix,
    "PREFIX6": _is_prefix6,
}


def numbers(text: str) -> set[int]:
    """Return the members of a list such as `1,10-12`. Raises ValueError for another text."""
    members: set[int] = set()
    for part in text.split(","):
        first, _dash, last = part.partition("-")
        members.update(range(int(first), int(last or first) + 1))
    return members


def ranges(members: Iterable[int], *, pairs: bool = False) -> str:
    """Return numbers as a list such as `1,10-12`. pairs: whether two numbers are a range."""
    spans: list[list[int]] = []
    for number in sorted(members):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    parts = []
    for first, last in spans:
        joint = "-" if pairs or last > first + 1 else ","
        parts.append(f"{first}{joint}{last}" if last > first else str(first))
    return ",".join(parts)
