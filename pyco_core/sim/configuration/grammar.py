# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration lines that a platform knows, as one tree of keywords for each mode.

A grammar file has a `[mode]` heading and one pattern in each line:

    interface INTERFACE -> config-if      opens a section with the mode config-if
    hostname =WORD                        one value: a line with the same text before `=` is replaced
    neighbor WORD !remote-as =NUMBER      `no` removes every line with the text before `!`
    +ip domain lookup                     on by default: only `no ip domain lookup` is shown
    *ip cef                               both `ip cef` and `no ip cef` are shown
    logging ...                           any text

Small letters are keywords, `(a|b)` is a choice and `[a]` is optional. WORD, NUMBER, IP, IP6, PREFIX, PREFIX6,
MASK and INTERFACE are values. `@base NAME` adds another file, `@include mode` the patterns of another
mode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path

from .interfaces import Interfaces
from .values import is_value

FOLDER = Path(__file__).parent / "grammars"
_TOKEN = re.compile(r"\S+")
_VALUES = frozenset({"WORD", "NUMBER", "IP", "IP6", "PREFIX", "PREFIX6", "MASK", "INTERFACE"})


@dataclass(frozen=True, slots=True)
class Pattern:
    """The meaning of a complete line.

    key: length of the beginning that identifies a line with one value, None if the whole line does. removes:
    length of the beginning whose lines `no` removes, None for this line only. shown: "on" or "off" for a
    switch that is shown only in this state, "both" for one that is always shown, "" for other lines. mode:
    mode of its section, "" for a line without one.
    """

    key: int | None = None
    removes: int | None = None
    shown: str = ""
    mode: str = ""


@dataclass(slots=True)
class Node:
    """The continuations of a line. removable: whether `no` accepts a line that ends here."""

    words: dict[str, Node] = field(default_factory=dict)
    values: dict[str, Node] = field(default_factory=dict)
    pattern: list[Pattern] = field(default_factory=list)
    rest: list[Pattern] = field(default_factory=list)
    removable: set[bool] = field(default_factory=set)

    def include(self, other: Node) -> None:
        """Add the continuations of another node; its own ones win."""
        for mine, theirs in ((self.words, other.words), (self.values, other.values)):
            for word, node in theirs.items():
                mine.setdefault(word, Node()).include(node)
        self.pattern[:0] = other.pattern
        self.rest[:0] = other.rest
        self.removable |= other.removable


@dataclass(frozen=True, slots=True)
class Line:
    """A line that the grammar accepts. `words`: without abbreviations, a free text as the last one."""

    words: tuple[str, ...]
    pattern: Pattern = Pattern()
    partial: bool = False

    @property
    def text(self) -> str:
        """Return the line as the device shows it."""
        return " ".join(self.words).replace(" \n", "\n")

    @property
    def key(self) -> tuple[str, ...]:
        """Return the part that identifies the line in its section."""
        return self.words[: self.pattern.key]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that the grammar refuses.

    kind: "unknown", "incomplete" or "ambiguous". column: of the first wrong character.
    """

    kind: str
    column: int = 0


class Grammar:
    """The modes of a platform.

    order: beginnings of lines, in the order in which the device shows them.
    """

    def __init__(self, name: str) -> None:
        self.modes: dict[str, Node] = {}
        self.order: dict[str, dict[str, int]] = {"order": {}, "order-section": {}}
        self.interfaces = Interfaces()
        self._read(name)

    def find(self, mode: str, text: str, *, negated: bool = False) -> Line | Wrong:
        """Return the line for a typed text.

        negated: whether the text follows `no`, which accepts a line without its value.
        """
        tokens = [(match.group(), match.start()) for match in _TOKEN.finditer(text)]
        return _Walk(self, text, tokens, negated).step(self.modes[mode], 0, ())

    def _read(self, name: str) -> None:
        mode = ""
        for raw in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
            line = raw.split("#")[0].strip()
            if line.startswith("["):
                mode = line[1:-1]
                if mode not in (*self.order, "interfaces"):
                    self.modes.setdefault(mode, Node())
            elif line.startswith("@base "):
                self._read(line.split()[1])
            elif line.startswith("@include "):
                self._include(mode, line.split()[1])
            elif mode in self.order:
                self.order[mode].setdefault(line, len(self.order[mode]))
            elif mode == "interfaces":
                self.interfaces.add(line)
            elif line:
                _add(self.modes[mode], line)

    def _include(self, mode: str, name: str) -> None:
        self.modes[mode].include(self.modes[name])


@cache
def grammar(name: str) -> Grammar:
    """Return the grammar of a platform."""
    return Grammar(name)


def _add(node: Node, line: str) -> None:
    body, _arrow, mode = line.partition(" -> ")
    shown = {"+": "off", "*": "both"}.get(body[0], "")
    for words in _expand(body.lstrip("+*")):
        _add_words(node, words, shown, mode.strip())


def _expand(body: str) -> Iterator[list[str]]:
    """Yield each variant of a pattern."""
    parts: list[list[list[str]]] = []
    for part in re.findall(r"[=!]*\([^)]*\)|\[[^\]]*\]|\S+", body):
        marks, choices = part[: len(part) - len(part.lstrip("=!"))], part.lstrip("=!")
        if choices[0] == "(":
            parts.append([(marks + choice).split() for choice in choices[1:-1].split("|")])
        elif part[0] == "[":
            parts.append([[], *(choice.split() for choice in part[1:-1].split("|"))])
        else:
            parts.append([[part]])
    for choice in product(*parts):
        yield [word for words in choice for word in words]


def _add_words(node: Node, words: list[str], shown: str, mode: str) -> None:
    key = removes = None
    for index, raw in enumerate(words):
        marks, word = raw[: len(raw) - len(raw.lstrip("=!"))], raw.lstrip("=!")
        if marks:
            node.removable.add(True)
        key = index if "=" in marks else key
        removes = index if "!" in marks else removes
        if word == "...":
            node.rest.append(Pattern(key, removes, shown, mode))
            return
        node = (node.values if word in _VALUES else node.words).setdefault(word, Node())
    node.pattern.append(Pattern(key, removes, shown, mode))


class _Walk:
    """The search for one typed line."""

    def __init__(self, grammar: Grammar, text: str, tokens: list[tuple[str, int]], negated: bool) -> None:
        self._grammar = grammar
        self._text = text
        self._tokens = tokens
        self._negated = negated

    def step(self, node: Node, index: int, words: tuple[str, ...]) -> Line | Wrong:
        """Return the line after a beginning that is already read."""
        if index == len(self._tokens):
            return self._end(node, words)
        word, column = self._tokens[index]
        matches = (
            [word]
            if word in node.words
            else [other for other in node.words if other.startswith(word.lower())]
        )
        if len(matches) == 1:
            return self.step(node.words[matches[0]], index + 1, (*words, matches[0]))
        for kind, following in node.values.items():
            if kind == "INTERFACE":
                name, used = self._grammar.interfaces.canonical(
                    [token for token, _place in self._tokens[index : index + 2]]
                )
                if name:
                    return self.step(following, index + used, (*words, name))
            elif is_value(kind, word):
                return self.step(following, index + 1, (*words, word))
        if node.rest:
            # The text of a block may begin on the line below.
            head = self._text[:column]
            start = head[head.index("\n") :] if "\n" in head else ""
            return Line((*words, start + self._text[column:].rstrip()), node.rest[-1])
        if matches:
            return Wrong("ambiguous")
        right = max((_common_length(other, word.lower()) for other in node.words), default=0)
        return Wrong("unknown", column + right)

    def _end(self, node: Node, words: tuple[str, ...]) -> Line | Wrong:
        if node.pattern:
            return Line(words, node.pattern[-1])
        if self._negated and node.removable:
            return Line(words, partial=True)
        return Wrong("incomplete")


def _common_length(expected: str, word: str) -> int:
    pairs = enumerate(zip(expected, word, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(expected), len(word)))
