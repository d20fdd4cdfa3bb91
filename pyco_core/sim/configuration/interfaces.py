# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Canonical names of interfaces: `gi0/1` and `gigabitethernet 0/1` are GigabitEthernet0/1."""

from __future__ import annotations

import re

# The node of a management port is a part of its number: 0/RP0/CPU0/0.
_NUMBER = re.compile(r"\d(?:[\d.:]|/(?:RS?P\d+/CPU\d)?)*", re.IGNORECASE)
_NAME = re.compile(rf"([A-Za-z][A-Za-z-]*)({_NUMBER.pattern})?", re.IGNORECASE)


class Interfaces:
    """The types of interfaces of a platform.

    Those that `add` marks with `+` are created and removed by commands.
    """

    def __init__(self) -> None:
        self._types: dict[str, str] = {}
        self._virtual: set[str] = set()

    def add(self, name: str) -> None:
        """Add a type; one that a platform has changed keeps its spelling."""
        plain = name.lstrip("+")
        known = self._types.setdefault(plain.lower(), plain)
        if name.startswith("+"):
            self._virtual.add(known)

    def canonical(self, words: list[str]) -> tuple[str, int]:
        """Return the canonical name at the start of a line and the number of its parts.

        ("", 0) for another text.
        """
        match = _NAME.fullmatch(words[0])
        if match is None:
            return "", 0
        kind = self._type(match[1].lower())
        if not kind:
            return "", 0
        if match[2]:
            return kind + match[2].upper(), 1
        if len(words) > 1 and _NUMBER.fullmatch(words[1]):
            return kind + words[1].upper(), 2
        return "", 0

    def is_virtual(self, name: str) -> bool:
        """Return whether `no interface` removes the interface: a logical one, or a subinterface."""
        match = _NAME.match(name)
        return "." in name or (match is not None and match[1] in self._virtual)

    def _type(self, word: str) -> str:
        if word in self._types:
            return self._types[word]
        # The first type with this prefix: "e" is Ethernet, "t" is Tunnel before TwentyFiveGigE.
        return next((kind for prefix, kind in self._types.items() if prefix.startswith(word)), "")
