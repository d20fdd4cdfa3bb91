# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A section of an indented configuration: its line, its mode, and the lines below it in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Key = tuple[str, ...]
Position = tuple[float, int, int]


@dataclass(slots=True)
class Section:
    """A line with the lines below it.

    line: as shown; a block of several lines such as a banner is one line with line ends. mode: the mode of
    the lines below, "" if there are none. position: place among the lines of its parent. number: its sequence
    number, 0 for none.
    is_present: whether the line is part of the configuration. name: for `find`, "" for none.
    """

    line: str
    mode: str = ""
    position: Position = (0.0, 0, 0)
    number: int = 0
    is_present: bool = True
    name: str = ""
    _lines: dict[Key, Section] = field(default_factory=dict)
    _anchors: dict[str, float] = field(default_factory=dict)
    _arrivals: int = 0
    _names: dict[str, Key] = field(default_factory=dict)
    _highest: int = 0
    _ranks: dict[str, int] = field(default_factory=dict)

    def get(self, key: Key) -> Section | None:
        """Return the line with this key."""
        return self._lines.get(key)

    def find(self, name: str) -> tuple[Key, Section] | None:
        """Return key and line with this name."""
        key = self._names.get(name)
        return None if key is None else (key, self._lines[key])

    @property
    def highest(self) -> int:
        """Return the highest sequence number that a line had."""
        return self._highest

    def items(self) -> list[tuple[Key, Section]]:
        """Return keys and lines, in no order."""
        return list(self._lines.items())

    def ordered(self) -> list[Section]:
        """Return the lines in the order in which the device shows them."""
        return sorted(self._lines.values(), key=lambda line: line.position)

    def remove(self, key: Key) -> None:
        """Remove the line with this key."""
        line = self._lines.pop(key)
        line.detach()
        self._names.pop(line.name, None)

    def clear(self) -> None:
        """Remove all lines."""
        for key in list(self._lines):
            self.remove(key)

    def detach(self) -> None:
        """Record that the line is no longer part of the configuration."""
        self.is_present = False

    def add(self, key: Key, line: Section) -> None:
        """Add a line at its own position, or replace the line with this key."""
        self._lines[key] = line

    def place(
        self,
        key: Key,
        text: str,
        mode: str = "",
        *,
        group: str = "",
        number: int = 0,
        name: str = "",
        order: Mapping[str, int] | None = None,
    ) -> Section:
        """Add a new line behind the lines of its group, or replace the line with this key at its place.

        group: beginning of the lines that are shown together. number: place in the group, 0 for the last
        one. order: order of the groups, for the first line of one. None adds each line at the end, as a file
        does.
        """
        old = self._lines.get(key)
        self._arrivals += 1
        if old is not None:
            position = old.position
        elif order is None and not (number and group in self._anchors):
            position = (float(self._arrivals), number, self._arrivals)
            self._anchors[group] = position[0]
        else:
            position = (self._anchor(group, order or {}), number or 2**31, self._arrivals)
        if old is not None:
            self.remove(key)
        line = self._lines[key] = Section(text, mode, position, number, name=name)
        self._highest = max(self._highest, number)
        if name:
            self._names[name] = key
        return line

    def _anchor(self, group: str, order: Mapping[str, int]) -> float:
        """Return the place of a group: its present one, or the one behind the nearest group before it."""
        if group not in self._anchors:
            self._anchors[group] = self._new_anchor(_rank(group, order), order)
        return self._anchors[group]

    def _new_anchor(self, rank: int, order: Mapping[str, int]) -> float:
        ranked = [
            (place, self._ranks.setdefault(group, _rank(group, order)))
            for group, place in self._anchors.items()
        ]
        before = [place for place, other in ranked if other <= rank]
        if not before:
            return min((place for place, _other in ranked), default=1.0) - 1.0
        last = max(before)
        following = min((place for place, _other in ranked if place > last), default=last + 2.0)
        return (last + following) / 2


def _rank(group: str, order: Mapping[str, int]) -> int:
    """Return the place of the longest known beginning of a group; an unknown one is in the middle."""
    parts = group.split()
    for end in range(len(parts), 0, -1):
        rank = order.get(" ".join(parts[:end]))
        if rank is not None:
            return rank
    return order.get("interface", 0)


def flatten(section: Section, prefix: str = "") -> Iterator[str]:
    """Yield each line with the lines above it, in order."""
    for line in section.ordered():
        text = f"{prefix} {line.line}".strip()
        yield text
        yield from flatten(line, text)


def starting_with(section: Section, beginning: Iterable[str]) -> list[Key]:
    """Return the keys of the lines that begin with this text."""
    text = " ".join(beginning)
    return [
        key
        for key, line in section.items()
        if (line.line == text or line.line.startswith((f"{text} ", f"{text}\n")))
    ]
