# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations of statements with whole paths and no verb, as in the MD-CLI of Nokia SR OS.

The device shows sections in braces. Here each statement is a line below `configure`:
`router "Base" interface "lab" port 1/1/1`. A section without statements ends in `{ }`, without which the
device would enter it, and each value of a list is a statement of its own: `import policy ["a"]`.

Source: MD-CLI User Guide, "Navigating", "Using info outputs in load files".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..errors import ConfigureError
from .paths import unquote

DELETE = "delete"
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|[{}\[\]]|[^\s{}\[\]\"]+")
_MARKS = frozenset("{}[]")
_ROOT = re.compile(r"/?configure")
_LEFT_OUT = re.compile(r"/?(?:persistent-indices|exit)")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it is typed. ends: see Node."""

    text: str
    ends: tuple[int, ...] = ()


def words_of(text: str) -> tuple[str, ...]:
    """Return the parts of a statement, those in quotes with them, without braces, brackets and a verb."""
    words = tuple(word for word in _TOKEN.findall(text) if word not in _MARKS)
    return words[1:] if words[:1] == (DELETE,) else words


def flat_key(text: str) -> str:
    """Return the form of a statement for comparing: its verb and its path without quotes."""
    verb = DELETE if text.startswith(f"{DELETE} ") else "set"
    return "\0".join((verb, *map(unquote, words_of(text))))


def is_setting(text: str) -> bool:
    """Return True for a statement that is no section and no value of a list: it has one value."""
    return not text.endswith(("}", "]"))


def statements(text: str, parents: Sequence[str] = ()) -> list[Statement]:
    """Return the statements of a text: in braces, with whole paths, or both.

    parents: sections that all of them belong to. Raises ConfigureError for a brace too many or too few.
    """
    reader = _Reader()
    for parent in parents:
        reader.open(_TOKEN.findall(parent))
    for line in text.split("\n"):
        if not line.lstrip().startswith("#"):
            reader.read(_TOKEN.findall(line))
    return reader.finish(len(parents))


@dataclass(slots=True)
class _Section:
    """An open section: its path, and the number of statements before it."""

    words: tuple[str, ...]
    before: int
    ends: tuple[int, ...] = ()


@dataclass(slots=True)
class _Reader:
    """The state of reading. sections: the open ones, the outermost first; None for one that is left out."""

    found: list[Statement] = field(default_factory=list)
    sections: list[_Section | None] = field(default_factory=lambda: [_Section((), 0)])

    def read(self, tokens: Sequence[str]) -> None:
        """Read a line."""
        words: list[str] = []
        values: list[str] | None = None
        is_deleted = tokens[:1] == [DELETE]
        for token in tokens[is_deleted:]:
            if token == "[":
                values = []
            elif token == "]":
                self._add(words, values or [], is_deleted)
                words, values = [], None
            elif values is not None:
                values.append(token)
            elif token == "{":
                self.open(words)
                words = []
            elif token == "}":
                self._add(words, None, is_deleted)
                words = []
                self._close(is_deleted)
            else:
                words.append(token)
        self._add(words, None, is_deleted)

    def open(self, words: Sequence[str]) -> None:
        """Open a section."""
        outer = self.sections[-1]
        if outer is None or _is_left_out(outer, words):
            self.sections.append(None)
            return
        path = (*outer.words, *_plain(outer, words))
        ends = (*outer.ends, len(path)) if path else ()
        self.sections.append(_Section(path, len(self.found), ends))

    def finish(self, parents: int) -> list[Statement]:
        if len(self.sections) > parents + 1:
            section = self.sections[-1]
            name = " ".join(section.words) if section else ""
            raise ConfigureError(f"The configuration lacks a closing brace of {name!r}.")
        return self.found

    def _close(self, is_deleted: bool) -> None:
        section = self.sections.pop()
        if not self.sections:
            raise ConfigureError("The configuration has a closing brace without an opening one.")
        if section is not None and len(self.found) == section.before and section.words:
            self._append(section.words, "" if is_deleted else " { }", section.ends, is_deleted)

    def _add(self, words: Sequence[str], values: Sequence[str] | None, is_deleted: bool) -> None:
        section = self.sections[-1]
        if section is None or not words or _is_left_out(section, words):
            return
        path = (*section.words, *_plain(section, words))
        if values is not None:
            for value in values:
                shown = value if is_deleted else f"[{value}]"
                self._append((*path, shown), "", section.ends, is_deleted)
        elif path:
            self._append(path, "", section.ends, is_deleted)

    def _append(self, path: Sequence[str], end: str, ends: tuple[int, ...], is_deleted: bool) -> None:
        verb = f"{DELETE} " if is_deleted else ""
        self.found.append(Statement(f"{verb}{' '.join(path)}{end}", ends))


def _plain(section: _Section, words: Sequence[str]) -> Iterator[str]:
    """Yield the parts of a path without `configure` at its beginning."""
    is_root = not section.words and bool(words) and _ROOT.fullmatch(words[0]) is not None
    yield from words[is_root:]


def _is_left_out(section: _Section, words: Sequence[str]) -> bool:
    """Return True for a line that only navigates, and for what the router keeps for itself."""
    return not section.words and bool(words) and _LEFT_OUT.fullmatch(words[0]) is not None
