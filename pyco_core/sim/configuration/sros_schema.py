# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The elements of the MD-CLI of Nokia SR OS, from a file in `grammars/`, which explains its form."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from functools import cache

from .statements import FOLDER, Path_, Schema
from .values import is_value

TEXT = "TEXT"
Natural = tuple[tuple[int, int, str], ...]
_LINE = re.compile(r"(?P<name>[\w-]+)(?P<form>!|\[\]|)(?:=(?P<keys>\S+))?(?: (?P<kind>\S+))?")
_PORT = re.compile(r"\d+/\d+(?:/c?\d+)*|lag-\S+")


@dataclass(slots=True)
class Element:
    """An element. form: of its line in the file. kind: of its value. keys: name and kind of each key."""

    form: str = ""
    kind: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    children: dict[str, Element] = field(default_factory=dict)


class ModelSchema(Schema):
    """The kinds of elements by their path.

    Beside those of `Schema`: "part" for a key behind which another one follows, and "key" also for a section
    that exists without statements.
    """

    def kind(self, path: Path_) -> str:
        """Return the kind of the last element of a path."""
        return self._find(path)[0]

    def element(self, path: Path_) -> Element:
        """Return the element of a known path, without its keys and its value."""
        return self._find(path)[1]

    def value_kind(self, path: Path_) -> str:
        """Return the kind of a value or key at the end of a path, "" for another element."""
        return self._find(path)[2]

    def place(self, path: Path_) -> int:
        """Return the place of an element among those of its section."""
        return list(self.element(path[:-1]).children).index(path[-1])

    def _find(self, path: Path_) -> tuple[str, Element, str]:
        element, kind = _root(), "plain"
        keys: list[tuple[str, str]] = []
        expected = ""
        for word in path:
            expected = ""
            if kind in ("single", "list"):
                expected = element.kind
                kind = "value" if _fits(expected, word) else ""
            elif kind == "keyed":
                expected = keys.pop(0)[1]
                kind = ("part" if keys else "key") if _fits(expected, word) else ""
            elif kind == "part":
                kind = "keyed" if word == keys[0][0] else ""
            elif kind in ("plain", "key") and word in element.children:
                element = element.children[word]
                keys = list(element.keys)
                kind = _kind(element)
            else:
                kind = ""
            if not kind:
                return "", element, ""
        return kind, element, expected


def _kind(element: Element) -> str:
    if element.keys:
        return "keyed"
    if element.kind:
        return "list" if element.form else "single"
    return "key" if element.form else "plain"


def _fits(kind: str, word: str) -> bool:
    """Return whether a word is a value of this kind."""
    if kind == TEXT:
        return bool(word)
    if kind == "PORT":
        return _PORT.fullmatch(word) is not None
    if kind == "PREFIXES":
        return is_value("PREFIX", word) or is_value("PREFIX6", word)
    if kind.isupper():
        return is_value(kind, word)
    return word in kind.split("|")


@cache
def _root() -> Element:
    """Return the section `configure`."""
    root = Element()
    sections = [(-1, root)]
    for line in (FOLDER / "sros_md.txt").read_text("utf-8").splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is None:
            continue
        depth = len(line) - len(line.lstrip())
        while sections[-1][0] >= depth:
            sections.pop()
        names = f"{match['name']}={match['keys']}".split(",") if match["keys"] else []
        keys = [(name.partition("=")[0], name.partition("=")[2]) for name in names]
        element = Element(match["form"], match["kind"] or "", tuple(keys))
        sections[-1][1].children.setdefault(match["name"], element)
        sections.append((depth, element))
    return root


def natural(word: str) -> Natural:
    """Return a key for sorting names: numbers in them by their value, addresses by theirs."""
    try:
        address = ipaddress.ip_interface(word)
    except ValueError:
        parts = re.findall(r"\d+|\D+", word)
        return tuple((1, int(part), "") if part.isdecimal() else (2, 0, part) for part in parts)
    return ((0, address.version, ""), (0, int(address), ""))


@cache
def model_schema() -> ModelSchema:
    """Return the elements of the MD-CLI."""
    none: frozenset[str] = frozenset()
    return ModelSchema(none, none, none, none, none, none)
