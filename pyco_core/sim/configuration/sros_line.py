# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A typed line of the MD-CLI: the statements that it sets, and the section that it leads to.

Source: 7750 SR MD-CLI User Guide, "Navigating in the MD-CLI", "Entering information on one line".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .sros_schema import ModelSchema
from .statements import Path_, Statements

_TOKEN = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|([{}\[\]])|([^\s{}\[\]\"]+)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark of a line, and its column."""

    word: str
    column: int
    is_mark: bool = False


@dataclass(frozen=True, slots=True)
class TypedLine:
    """The meaning of a line.

    paths: the statements that it sets. leads: whether it leads to another section. error: message, "" for a
    line that is accepted. column, width: of the wrong word; without a width the error has no mark.
    """

    paths: tuple[Path_, ...] = ()
    section: Path_ = ()
    leads: bool = False
    error: str = ""
    column: int = 0
    width: int = 0


def tokens_of(line: str) -> list[Token]:
    """Return the parts of a line, without quotes."""
    return [
        Token(match[1] if match[1] is not None else match[2] or match[3], match.start(), match[2] is not None)
        for match in _TOKEN.finditer(line)
    ]


def read_line(tokens: list[Token], section: Path_, schema: ModelSchema) -> TypedLine:
    """Return the meaning of a line of statements in a section."""
    paths: list[Path_] = []
    path, opened = section, [section]
    is_list = is_done = False  # a line with a value or a closing brace stays in its section
    for token in tokens:
        if token.is_mark:
            if token.word == "{":
                opened.append(path)
            elif token.word == "}":
                is_done = True
                del opened[max(1, len(opened) - 1) :]
                path = opened[-1]
            else:
                is_list = token.word == "["
                path = path if is_list else path[:-1]
            continue
        whole = (*path, token.word)
        found = schema.kind(whole)
        if not found:
            return _wrong(token, schema.kind(path))
        path = whole
        if found in ("value", "key"):
            paths.append(whole)
        if found == "value":
            is_done = True
            path = whole[:-1] if is_list else whole[:-2]
    if schema.kind(path) in ("single", "list", "keyed", "part"):
        return _missing(path)
    return TypedLine(tuple(paths), section if is_done else path, not is_done)


def read_text(text: str, statements: Statements, schema: ModelSchema) -> None:
    """Add the statements of a configuration in braces, or with whole paths; wrong ones are left out."""
    sections: list[Path_] = [()]
    for typed in text.splitlines():
        tokens = tokens_of(typed)
        if not tokens or tokens[0].word.startswith("#"):
            continue
        is_open = tokens[-1].is_mark and tokens[-1].word == "{"
        tokens = below_root(tokens[: len(tokens) - is_open], sections[-1])
        if [token.word for token in tokens] == ["}"]:
            sections.pop()
            continue
        line = read_line(tokens, sections[-1], schema)
        for path in line.paths:
            statements.set(path)
        if is_open:
            sections.append(line.section)


def below_root(tokens: list[Token], section: Path_) -> list[Token]:
    """Return the parts of a line without `configure` at its beginning."""
    is_root = bool(tokens) and tokens[0].word == "/configure"
    return tokens[1:] if is_root or not section and tokens[:1] and tokens[0].word == "configure" else tokens


def read_deletion(tokens: list[Token], section: Path_, schema: ModelSchema) -> TypedLine:
    """Return the path that a line deletes in a section, as its `section`."""
    path = section
    for token in tokens:
        kind = schema.kind(path)
        path = path if token.is_mark else (*path, token.word)
        if not schema.kind(path):
            return _wrong(token, kind)
    return _missing(path) if schema.kind(path) in ("keyed", "part") else TypedLine(section=path)


def _missing(path: Path_) -> TypedLine:
    return TypedLine(error=f"MINOR: CLI #2001: Missing element value - '{path[-1]}'")


def _wrong(token: Token, kind: str) -> TypedLine:
    is_value = kind in ("single", "list", "keyed")
    problem = "#2301: Invalid element value" if is_value else "#2201: Unknown element"
    error = f"MINOR: MGMT_CORE {problem} - '{token.word}'"
    return TypedLine(error=error, column=token.column, width=len(token.word))
