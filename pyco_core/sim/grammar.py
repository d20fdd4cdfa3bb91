# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which command of a tape a typed line means, and where it goes wrong. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..tape import Command


@dataclass(frozen=True, slots=True)
class Found:
    """The command, and what the words in braces stand for."""

    command: Command
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class NotFound:
    """kind: "unknown", "incomplete" or "ambiguous". column: of the first wrong character in the line."""

    kind: str
    column: int = 0


def find(commands: Iterable[Command], line: str, *, abbreviate: bool) -> Found | NotFound:
    """Look a line up. abbreviate: a word may be shortened as long as it fits one word only."""
    typed = [(match.group(), match.start()) for match in re.finditer(r"\S+", line)]
    left = list(commands)
    for place, (word, start) in enumerate(typed):
        wanted = {c.words[place] for c in left if len(c.words) > place}
        fitting = _fitting(wanted, word, abbreviate)
        if not fitting:
            return NotFound("unknown", start + max((_alike(text, word) for text in wanted), default=0))
        if len(fitting) > 1:
            return NotFound("ambiguous")
        left = [c for c in left if len(c.words) > place and c.words[place] in fitting]
    whole = [c for c in left if len(c.words) == len(typed)]
    if not whole:
        return NotFound("incomplete")
    return Found(whole[0], _values(whole[0], [word for word, _start in typed]))


def _fitting(wanted: set[str], word: str, abbreviate: bool) -> set[str]:
    """The words of commands that a typed word can mean: itself, else what it begins, else a placeholder."""
    literal = {text for text in wanted if not text.startswith("{")}
    numeric = {text for text in wanted - literal if text.endswith(":number}")}
    if word in literal:
        return {word}
    begun = {text for text in literal if abbreviate and text.startswith(word)}
    return begun or (numeric if word.isdecimal() else set()) or wanted - literal - numeric


def _alike(wanted: str, word: str) -> int:
    """How many characters of a wrong word are still right."""
    pairs = enumerate(zip(wanted, word, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(wanted), len(word)))


def _values(command: Command, words: list[str]) -> dict[str, str]:
    pairs = zip(command.words, words, strict=True)
    return {wanted[1:-1].partition(":")[0]: word for wanted, word in pairs if wanted.startswith("{")}
