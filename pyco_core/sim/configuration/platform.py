# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The differences between platforms with an indented configuration, as data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .grammar import Grammar, Line, Wrong
from .section import Section


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that the device refuses for its meaning. text: the message, with its line end."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """A line that the device has carried out.

    section: the opened section, None for a plain line. text: the printed text.
    """

    section: Section | None = None
    text: str = ""


Outcome = Done | Refused | Wrong


@dataclass(frozen=True, slots=True)
class Change:
    """A line to carry out.

    mode: the mode in which the grammar accepted it. negated: whether it follows `no` or `default`.
    """

    mode: str
    section: Section
    line: Line
    negated: bool


class Lines(Protocol):
    """A configuration, as the rules for special lines use it; `Editor` implements it."""

    @property
    def platform(self) -> Platform:
        """Return the platform."""

    @property
    def grammar(self) -> Grammar:
        """Return the grammar of the platform."""

    @property
    def root(self) -> Section:
        """Return the section of the lines without indentation."""

    @property
    def salts(self) -> Iterator[int]:
        """Return numbers for the encryption of secrets."""

    def set(self, change: Change) -> Done:
        """Set a line, or open its section."""

    def place(
        self, section: Section, line: Line, *, text: str = "", number: int = 0, name: str = ""
    ) -> Section:
        """Add a line to a section at the place at which the device shows it."""


# Carries out a line in a special way and returns the outcome, None if the line is not special.
Rule = Callable[[Lines, Change], Outcome | None]


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform.

    style: style of blocks, see `block_of`. indent: blanks before the lines of a section. closing: lines that
    end a section, by the beginning of its line. numbered: whether entries of access lists are shown with
    their numbers, None: from version 16 on. rules: lines with a special meaning, in order.  hidden:
    encryption of typed secrets, see `secrets.py`. defaults: lines by mode that only `show running-config all`
    shows. hostname: without a line for it. climbs: whether a line that a mode refuses is tried in each mode
    above it, not only in the first one. asks: whether `no username` asks for a confirmation. negation: word
    before a line that is removed. separator: line between sections. lead: blanks before the lines that belong
    to no section. views: prompt of a mode, in which `{0[1]}` is the second word of its section.
    """

    grammar: str
    style: str = "ios"
    indent: int = 1
    closing: Mapping[str, str] = field(default_factory=dict)
    numbered: bool | None = None
    rules: tuple[Rule, ...] = ()
    hidden: str = "5"
    defaults: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hostname: str = "Router"
    climbs: bool = False
    asks: bool = True
    negation: str = "no"
    separator: str = "!"
    lead: str = ""
    views: Mapping[str, str] = field(default_factory=dict)

    def opposite(self, text: str) -> str:
        """Return the line that removes this one, and the other way round."""
        start = f"{self.negation} "
        return text.removeprefix(start) if text.startswith(start) else f"{start}{text}"

    def unseen(self, mode: str) -> Collection[str]:
        """Return the lines of a mode that a device does not show after they were typed: its defaults.

        A bandwidth is shown, because its default is that of the kind of interface.
        """
        lines = self.defaults.get(mode, ())
        return {line for line in lines if not line.startswith(("no ", "bandwidth "))}
