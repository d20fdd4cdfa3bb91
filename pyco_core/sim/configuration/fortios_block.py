# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocks of a FortiOS configuration: reading, showing, and the references between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from .fortios_schema import NUMBERED, OBJECT, Schema, Setting, Values, schemas

_WORD = re.compile(r"(?:\\.|\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s\"'\\])+", re.DOTALL)
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|\\(.)", re.DOTALL)
_QUOTES = re.compile(r"\\.|[\"']", re.DOTALL)


@dataclass(slots=True)
class Block:
    """An object, an entry or a table. settings: set values. entries: of a table. inner: blocks in it."""

    settings: dict[str, Values] = field(default_factory=dict)
    entries: dict[str, Block] = field(default_factory=dict)
    inner: dict[str, Block] = field(default_factory=dict)

    def copy(self) -> Block:
        """Return a copy of the whole block."""
        return Block(
            dict(self.settings),
            {name: entry.copy() for name, entry in self.entries.items()},
            {path: block.copy() for path, block in self.inner.items()},
        )

    def replace(self, other: Block) -> None:
        """Take all that is in another block."""
        self.settings, self.entries, self.inner = other.settings, other.entries, other.inner

    def set(self, name: str, values: Values) -> None:
        """Set the values of a setting."""
        self.settings[name] = values

    def add(self, name: str, entry: Block) -> None:
        """Add an entry to a table."""
        self.entries[name] = entry

    def block(self, path: str) -> Block:
        """Return the block at a path, new if there is none."""
        return self.inner.setdefault(path, Block())


def words_of(line: str) -> list[str]:
    """Return the words of a line without their quotes."""

    def bare(match: re.Match[str]) -> str:
        if match[3] is not None:
            return match[3]
        return re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL) if match[2] is None else match[2]

    return [_QUOTED.sub(bare, word) for word in _WORD.findall(line)]


def is_open(text: str) -> bool:
    """Return whether a quote of a text has no end."""
    quote = ""
    for mark in _QUOTES.findall(text):
        quote = "" if mark == quote else quote or (mark if len(mark) == 1 else "")
    return bool(quote)


def read(text: str) -> Block:
    """Return the configuration of a text as `show` prints it."""
    root = Block()
    stack: list[Block] = [root]
    pending = ""
    for line in text.splitlines():
        pending = f"{pending}\n{line}" if pending else line
        if is_open(pending):
            continue
        words, pending = words_of(pending), ""
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "config":
            stack.append(stack[-1].block(" ".join(words[1:])))
        elif words[0] == "edit":
            stack.append(stack[-1].entries.setdefault(words[1], Block()))
        elif words[0] in ("next", "end"):
            stack.pop()
        else:
            stack[-1].set(words[1], tuple(words[2:]))
    return root


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints blocks. encrypt: returns another text for a secret each time. is_full: with defaults."""

    encrypt: Callable[[], str]
    is_full: bool = False

    def all(self, root: Block) -> Iterator[str]:
        """Yield the lines of a whole configuration."""
        for path, schema in schemas().items():
            block = root.inner.get(path, Block())
            yield from self.config(path, schema, block, "", is_shown=self.is_full)

    def config(
        self, path: str, schema: Schema, block: Block, indent: str, *, is_shown: bool = True, entry: str = ""
    ) -> Iterator[str]:
        """Yield the lines of a table or object. is_shown: also if it has none. entry: only this one."""
        lines = list(self.body(schema, block, f"{indent}    ", entry))
        if lines or is_shown:
            yield from (f"{indent}config {path}", *lines, f"{indent}end")

    def body(self, schema: Schema, block: Block, indent: str, entry: str = "") -> Iterator[str]:
        """Yield the lines in a table or object."""
        if schema.kind == OBJECT:
            yield from self.entry(schema, block, indent)
            return
        for name, each in block.entries.items():
            if entry in ("", name):
                shown = name if schema.kind == NUMBERED else f'"{name}"'
                yield from (
                    f"{indent}edit {shown}",
                    *self.entry(schema, each, f"{indent}    "),
                    f"{indent}next",
                )

    def entry(self, schema: Schema, block: Block, indent: str) -> Iterator[str]:
        """Yield the lines in an entry or object."""
        for name, setting in schema.settings.items():
            values = block.settings.get(name, setting.default)
            if self.is_full or values != setting.default:
                yield f"{indent}{self._statement(setting, values)}"
        for path, inner in schema.inner.items():
            below = block.inner.get(path, Block())
            yield from self.config(path, inner, below, indent, is_shown=self.is_full)

    def _statement(self, setting: Setting, values: Values) -> str:
        if setting.kind == "SECRET" and values:
            return f"set {setting.name} ENC {self.encrypt()}"
        if not values:
            return f"set {setting.name} ''" if setting.kind == "TEXT" else f"unset {setting.name}"
        return f"set {setting.name} {setting.show(values)}"


def references(root: Block, table: str, name: str) -> int:
    """Return the number of settings that name an entry of a table."""
    return sum(
        name in values and table in schema.settings[key].tables
        for schema, block in _objects(schemas(), root.inner)
        for key, values in block.settings.items()
    )


def _objects(known: Mapping[str, Schema], blocks: Mapping[str, Block]) -> Iterator[tuple[Schema, Block]]:
    """Yield all objects and entries with their schemas."""
    for path, block in blocks.items():
        for each in (block, *block.entries.values()):
            yield known[path], each
            yield from _objects(known[path].inner, each.inner)
