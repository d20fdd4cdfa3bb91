# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads, changes and prints an indented configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from .access_lists import is_access_list, place_entry, prefix_list_name
from .blocks import normal, whole_lines
from .grammar import Line, Wrong, grammar
from .platform import Change, Done, Outcome, Platform
from .section import Section, flatten, starting_with
from .values import numbers

ROOT = "config"
_WIDE_GROUPS = frozenset({"ip", "ipv6", "crypto", "aaa", "snmp-server"})
_NUMBERED = re.compile(r"(?:ip|ipv6) prefix-list \S+ seq (\d+) |route-map \S+ (?:permit|deny) (\d+)")


class Editor:
    """A configuration as a tree of sections. salts: numbers for the encryption of secrets, each used once."""

    def __init__(self, platform: Platform, text: str = "", salts: Iterator[int] | None = None) -> None:
        self.platform = platform
        self._negation = re.compile(rf"(\s*)({platform.negation}|default)\s+(?=\S)")
        self.grammar = grammar(platform.grammar)
        self.root = Section("", ROOT)
        self.salts = salts or count(1)
        self._load(text)

    def copy(self) -> Editor:
        """Return an independent configuration with the same lines."""
        return Editor(self.platform, self.text(), self.salts)

    def perform(self, mode: str, section: Section, typed: str) -> Outcome:
        """Carry out a typed line in a section of this mode."""
        match = self._negation.match(typed)
        text = " " * match.end() + typed[match.end() :] if match else typed
        line = self.grammar.find(mode, text, negated=match is not None)
        if isinstance(line, Wrong):
            return line
        change = Change(mode, section, line, match is not None)
        for rule in self.platform.rules:
            outcome = rule(self, change)
            if outcome is not None:
                return outcome
        return self.remove(change) if change.negated else self.set(change)

    def set(self, change: Change) -> Done:
        """Set a line, or open its section."""
        section, line = change.section, change.line
        no = self.platform.negation
        for key in ((no, *line.words), line.key):
            old = section.get(key)
            if old is not None and old.line.startswith(f"{no} "):
                section.remove(key)
        if line.pattern.shown == "off":
            return Done()
        old = section.get(line.key)
        if line.text in self.platform.unseen(section.mode):
            if old is not None:
                section.remove(line.key)
            return Done()
        if old is not None and line.pattern.mode and old.line == line.text:
            return Done(old)
        placed = self.place(section, line)
        return Done(placed if line.pattern.mode else None)

    def place(
        self, section: Section, line: Line, *, text: str = "", number: int = 0, name: str = ""
    ) -> Section:
        """Add a line to a section where the device shows it."""
        text = text or line.text
        self._replace_block(section, text)
        return section.place(
            line.key,
            text,
            line.pattern.mode,
            group=_group(line),
            number=number or _number(text),
            name=name,
            order=self.grammar.order["order" if section is self.root else "order-section"],
        )

    def _replace_block(self, section: Section, text: str) -> None:
        """Remove the policy or the set of IOS XR with the name of a new one."""
        first, _end, rest = text.partition("\n")
        if rest and self.platform.style == "iosxr":
            for key in starting_with(section, first.split()):
                section.remove(key)

    def remove(self, change: Change) -> Done:
        """Remove the line that a negated line names."""
        section, line = change.section, change.line
        opposite = self.platform.opposite(line.text) if line.pattern.shown else ""
        old = section.get(line.key)
        if old is not None and old.line == opposite:
            return Done()
        for key in self._named(section, line):
            section.remove(key)
        if opposite:
            self.place(section, line, text=opposite)
        return Done()

    def text(self, *, full: bool = False) -> str:
        """Return the configuration, each section after a `!`, without header and `end`.

        full: whether to add lines with their default value.
        """
        return "".join(self._print(self.root, 0, full))

    def lines(self) -> list[str]:
        """Return each line with the lines above it."""
        return list(flatten(self.root))

    def _named(self, section: Section, line: Line) -> list[tuple[str, ...]]:
        if line.partial:
            return starting_with(section, line.words)
        if line.pattern.removes is not None:
            return starting_with(section, line.words[: line.pattern.removes])
        if section.get(line.key) is not None:
            return [line.key]
        return starting_with(section, line.words)

    def _print(self, section: Section, depth: int, full: bool) -> Iterator[str]:
        indent = " " * (depth * self.platform.indent)
        after_section = False
        for line in section.ordered():
            body = list(self._print(line, depth + 1, full))
            is_section = bool(body or line.mode)
            if is_section or after_section:
                yield f"{indent}{self.platform.separator}\n"
            after_section = is_section
            yield f"{indent}{'' if is_section or depth else self.platform.lead}{line.line}\n"
            yield from body
            closing = self._closing(line.line)
            yield f"{indent}{closing}\n" if closing else ""
        if full:
            shown = {line.line.removeprefix("no ").split()[0] for line in section.ordered()}
            for default in self.platform.defaults.get(section.mode, ()):
                if default.removeprefix("no ").split()[0] not in shown:
                    yield f"{indent}{default}\n"

    def _closing(self, line: str) -> str:
        return next((end for start, end in self.platform.closing.items() if line.startswith(start)), "")

    def _load(self, text: str) -> None:
        """Add the lines of a text with its sections, in its order, without a check."""
        stack = [(-1, self.root)]
        for raw in whole_lines(text, self.platform.style):
            indent = len(raw) - len(raw.lstrip())
            line = raw.strip() if "\n" not in raw else normal(raw).lstrip()
            if line == self.platform.separator == raw:
                del stack[1:]
            if not line or line[0] in "!#" or line in ("end", "return", *self.platform.closing.values()):
                continue
            while stack[-1][0] >= indent:
                stack.pop()
            for each in _single_vlans(line):
                loaded = self._load_line(stack[-1][1], each)
            stack.append((indent, loaded))

    def _load_line(self, section: Section, text: str) -> Section:
        negated = text.startswith(f"{self.platform.negation} ")
        line = (
            self.grammar.find(
                section.mode, self.platform.opposite(text) if negated else text, negated=negated
            )
            if section.mode
            else Wrong("")
        )
        if isinstance(line, Wrong) or (negated and not line.pattern.shown and not line.partial):
            line = Line(tuple(text.split()) if "\n" not in text else (text,))
        if is_access_list(section.mode):
            return place_entry(self, section, text)
        return section.place(
            line.key,
            text,
            line.pattern.mode,
            group=_group(line),
            number=_number(text),
            name=prefix_list_name(text),
        )


def _single_vlans(line: str) -> list[str]:
    """Return the lines of the VLANs of a list such as `vlan 1,10-12`, of another line the line itself."""
    if not re.fullmatch(r"vlan \d[\d,-]*[,-][\d,-]*", line):
        return [line]
    return [f"vlan {number}" for number in sorted(numbers(line.split()[1]))]


def _group(line: Line) -> str:
    """Return the first words of the lines that are shown together with this one."""
    if line.pattern.removes and "route" not in line.words[:2]:
        return " ".join(line.words[: line.pattern.removes])
    return " ".join(line.words[: 2 if line.words[0] in _WIDE_GROUPS else 1])


def _number(text: str) -> int:
    match = _NUMBERED.match(text)
    return int(match[1] or match[2]) if match else 0
