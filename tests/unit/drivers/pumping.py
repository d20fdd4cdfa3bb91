# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts at which a regular expression takes as long as it can, derived from its own parse tree.

The body of each repetition is repeated behind a text that leads to it, and a character follows at which the
match fails. A backtracking search then tries every way to divide the text among the repetitions.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, product
from time import thread_time
from types import FrameType
from typing import Any

from pyco_core.parsing.limit import cpu_timer

_PARSER: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
_COMMON = "a0 -.\t\n\r_,@é"  # tried in each set of characters, with the literals of the expression
_FEW = 4  # a repetition with fewer rounds is no reason for a long search
_RARE = "\x01"  # in hardly any expression
_STOPPED = 0.25  # seconds, after which a search is interrupted
_TRIES = 4  # the shortest time counts: the machine has other work too
_SLOWEST = 3
SHORT = 0.003  # seconds of CPU time that any search may take
SHARE, GROWTH = 8, 20  # a text 8 times as long may take 20 times as long: 8 if linear, 64 if quadratic
_CATEGORIES: dict[str, Callable[[str], bool]] = {
    "DIGIT": str.isdigit,
    "SPACE": str.isspace,
    "WORD": lambda char: char.isalnum() or char == "_",
}
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")

Search = Callable[[str], object]
Pump = tuple[str, str]  # a text that leads to a repetition, and a text that its body matches


@dataclass(frozen=True)
class Slow:
    """A search that takes too long: CPU time in seconds, and the text."""

    seconds: float
    pump: Pump
    size: int


class _Interrupted(Exception):
    pass


def pumps(pattern: str, flags: int) -> set[Pump]:
    """Return the texts that may keep a search for this expression busy."""
    tree = _PARSER.parse(pattern, flags)
    chars = "".join(dict.fromkeys(_COMMON + "".join(_literals(tree))))
    return {(start, text) for start, body in _repetitions(tree, "") for text in _texts(body, chars) if text}


def _repetitions(items: Iterable[Any], start: str) -> Iterator[tuple[str, Any]]:
    """Yield the body of each repetition in a sequence, and a text that leads to it. start: of the text."""
    for item in items:
        name, value = str(item[0]), item[1]
        if name in _REPEATS and value[1] >= _FEW:
            yield start, value[2]
        for inner in _inner(name, value):
            yield from _repetitions(inner, start)
        start += _Writer(_COMMON[0], 0, 0).text((item,))


def _texts(body: Any, chars: str) -> Iterator[str]:
    """Yield texts that a body matches."""
    for char, choice, least in product(chars, range(_width(body)), (0, 1)):
        yield _Writer(char, choice, least).text(body)


def slow_search(search: Search, texts: Iterable[Pump], size: int) -> Slow | None:
    """Return a search whose time grows faster than its text, None if there is none.

    size: of the longest text, in characters. Only the slowest searches of that size are measured again.
    """
    measured = []
    for pump in sorted(texts):
        for length in (24, size):
            seconds = _seconds(search, pump, length)
            if seconds >= _STOPPED:
                return Slow(seconds, pump, length)
        measured.append((seconds, pump))
    for seconds, pump in sorted(measured, reverse=True)[:_SLOWEST]:
        if seconds > SHORT:
            short, long = (
                min(_seconds(search, pump, length) for _again in range(tries))
                for length, tries in ((size // SHARE, SHARE * _TRIES), (size, _TRIES))
            )
            if long > SHORT and long > GROWTH * short:
                return Slow(long, pump, size)
    return None


def _seconds(search: Search, pump: Pump, size: int) -> float:
    """Return the CPU time of a search."""
    start, body = pump
    text = start + body * (size // len(body) + 1) + _RARE
    started = thread_time()
    try:
        with _interrupted_after(_STOPPED):
            search(text)
    except _Interrupted:
        return _STOPPED
    return thread_time() - started


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[None]:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise _Interrupted

    with cpu_timer(seconds, interrupt):
        yield


@dataclass
class _Writer:
    """A writer of short texts that an expression matches.

    char: preferred in sets. choice: number of the alternative. least: rounds of a repetition that may be
    left out. groups: the text of each group.
    """

    char: str
    choice: int
    least: int
    groups: dict[int, str] = field(default_factory=dict)

    def text(self, items: Any) -> str:
        """Return a text that a sequence matches."""
        return "".join([self._text(str(name), value) for name, value in items])

    def _text(self, name: str, value: Any) -> str:
        if name == "LITERAL":
            return chr(value)
        if name in ("NOT_LITERAL", "ANY", "IN"):
            chars = chain(self.char, _COMMON, map(chr, range(sys.maxunicode)))
            return next(char for char in chars if _has(name, value, char))
        if name in _REPEATS:
            least: int = value[0]
            return self.text(value[2]) * max(least, self.least)
        if name == "BRANCH":
            return self.text(value[1][self.choice % len(value[1])])
        if name == "SUBPATTERN":
            text = self.groups[value[0]] = self.text(value[3])
            return text
        if name == "ATOMIC_GROUP":
            return self.text(value)
        return self.groups.get(value, "") if name == "GROUPREF" else ""


def _inner(name: str, value: Any) -> list[Any]:
    """Return the sequences inside an item."""
    if name in _REPEATS:
        return [value[2]]
    if name == "BRANCH":
        return list(value[1])
    if name == "SUBPATTERN":
        return [value[3]]
    if name in ("ASSERT", "ASSERT_NOT"):
        return [value[1]]
    return [value] if name == "ATOMIC_GROUP" else []


def _literals(items: Iterable[Any]) -> Iterator[str]:
    for name, value in items:
        if str(name) == "LITERAL" and not chr(value).isalpha():
            yield chr(value)
        if str(name) == "IN":
            yield from _literals(value)
        for inner in _inner(str(name), value):
            yield from _literals(inner)


def _width(items: Iterable[Any]) -> int:
    """Return the largest number of alternatives, 1 if there are none."""
    widths = [1]
    for name, value in items:
        widths += [len(value[1])] if str(name) == "BRANCH" else []
        widths += map(_width, _inner(str(name), value))
    return max(widths)


def _has(name: str, value: Any, char: str) -> bool:
    """Return True if a set of characters has this one."""
    if name == "ANY":
        return char != "\n"
    if name == "NOT_LITERAL":
        return char != chr(value)
    is_negated = str(value[0][0]) == "NEGATE"
    return any(_is_in(str(kind), content, char) for kind, content in value) != is_negated


def _is_in(kind: str, content: Any, char: str) -> bool:
    if kind == "LITERAL":
        return char == chr(content)
    if kind == "RANGE":
        return bool(content[0] <= ord(char) <= content[1])
    if kind == "CATEGORY":
        _category, *words = str(content).split("_")
        return _CATEGORIES[words[-1]](char) != ("NOT" in words)
    return False
