# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The menus of RouterOS with their properties, and the parts of a typed command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .values import is_value

FOLDER = Path(__file__).parent / "grammars"
_WORD = re.compile(r'\[[^\]]*\]|(?:"(?:[^"\\]|\\.)*"|[^\s"\[])+')
_BARE = re.compile(r"[\w./:,@+*-]+")
_DEFAULTS = {"disabled": "no", "log": "no", "vlan-filtering": "no"}

Entry = dict[str, str]


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu.

    kind: `+` has entries that are added and removed, `*` fixed ones, `=` is one set of properties.
    properties: kinds of values by name, "" for any text.
    """

    path: str
    kind: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Word:
    """A part of a typed line. column: counts from 1."""

    text: str
    column: int


@cache
def menus() -> Mapping[str, Menu]:
    """Return the menus by their paths, in the order of an export."""
    result = {}
    for line in (FOLDER / "routeros.txt").read_text("utf-8").splitlines():
        match = re.fullmatch(r"(/[^+*=#]+) ([+*=]) (.*)", line)
        if match:
            properties = (word.partition(":") for word in match[3].split())
            result[match[1]] = Menu(match[1], match[2], {name: kind for name, _colon, kind in properties})
    return result


def words_of(line: str) -> list[Word]:
    """Return the parts of a line; a text in quotes and a search in brackets are one."""
    return [Word(match[0], match.start() + 1) for match in _WORD.finditer(line)]


def value_of(text: str) -> str:
    """Return a typed value without its quotes."""
    if text[:1] == '"' and text[-1:] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def shown(properties: Mapping[str, str]) -> str:
    """Return properties as an export shows them: by name, without those that have their default."""
    pairs = [(name, value) for name, value in sorted(properties.items()) if _DEFAULTS.get(name) != value]
    return " ".join(f"{name}={_quoted(value)}" for name, value in pairs)


def is_valid(kind: str, value: str) -> bool:
    """Return whether a property may have this value."""
    if kind == "BOOL":
        return value in ("yes", "no")
    return kind in ("", "INTERFACE") or is_value(kind, value)


def _quoted(value: str) -> str:
    if _BARE.fullmatch(value):
        return value
    return '"' + re.sub(r'(["\\$])', r"\\\1", value) + '"'
