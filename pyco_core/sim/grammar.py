# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the command of a tape for a typed line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..tape import Command


@dataclass(frozen=True, slots=True)
class Found:
    """A command and the typed values of its placeholders."""

    command: Command
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class NotFound:
    """The error for a line: "unknown", "incomplete" or "ambiguous", and the column of an unknown command."""

    kind: str
    column: int = 0


def find(commands: Iterable[Command], line: str, *, abbreviate: bool) -> Found | NotFound:
    """Return the command for a typed line.

    abbreviate: whether a word may be shortened to a prefix that is unique.
    """
    typed = [(match.group(), match.start()) for match in re.finditer(r"\S+", line)]
    candidates = list(commands)
    for index, (word, start) in enumerate(typed):
        expected = {command.words[index] for command in candidates if len(command.words) > index}
        matches = _matches(expected, word, abbreviate)
        if not matches:
            right = max((_common_length(other, word) for other in expected), default=0)
            return NotFound("unknown", start + right)
        if len(matches) > 1:
            return NotFound("ambiguous")
        candidates = [
            command
            for command in candidates
            if len(command.words) > index and command.words[index] in matches
        ]
    complete = [command for command in candidates if len(command.words) == len(typed)]
    if not complete:
        return NotFound("incomplete")
    return Found(complete[0], _values(complete[0], [word for word, _start in typed]))


def _matches(expected: set[str], word: str, abbreviate: bool) -> set[str]:
    """Return the matches of a typed word: itself, else each one with this prefix, else placeholders."""
    literal = {other for other in expected if not other.startswith("{")}
    numeric = {other for other in expected - literal if other.endswith(":number}")}
    if word in literal:
        return {word}
    by_prefix = {other for other in literal if abbreviate and other.startswith(word)}
    return by_prefix or (numeric if word.isdecimal() else set()) or expected - literal - numeric


def _common_length(expected: str, word: str) -> int:
    """Return the length of the common prefix."""
    pairs = enumerate(zip(expected, word, strict=False))
    end = min(len(expected), len(word))
    return next((index for index, (one, other) in pairs if one != other), end)


def _values(command: Command, typed: list[str]) -> dict[str, str]:
    pairs = zip(command.words, typed, strict=True)
    return {name[1:-1].partition(":")[0]: word for name, word in pairs if name.startswith("{")}
