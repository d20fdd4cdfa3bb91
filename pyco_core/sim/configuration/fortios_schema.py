# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables and objects of FortiOS with their settings, and the values that a setting takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path

from .values import is_value

FOLDER = Path(__file__).parent / "grammars"
OBJECT, NUMBERED = "=", "#"
_SETTING = re.compile(r"([\w-]+):([^=! ]+)(!?)(?:=(\S+))?")
_TABLES = re.compile(r"REFS?\((.*)\)")
_KINDS = ("TEXT", "NUMBER", "IP", "IPMASK", "PREFIX6", "SECRET", "WORD")
Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its kind or options, its default, and the tables that its values name."""

    name: str
    kind: str
    default: Values
    is_required: bool

    @property
    def tables(self) -> Sequence[str]:
        """Return the tables with the entries that the values name, () for other values."""
        match = _TABLES.fullmatch(self.kind)
        return match[1].split(",") if match else ()

    @property
    def options(self) -> Sequence[str]:
        """Return the words that the setting takes, () for other values."""
        return () if self.kind in _KINDS or self.tables else self.kind.lstrip("*").split("|")

    def read(self, words: Sequence[str]) -> Values | str:
        """Return the typed values, or the wrong one; "" if one is missing."""
        if self.kind == "SECRET" and len(words) == 2 and words[0] == "ENC":
            return tuple(words)
        if self.kind == "IPMASK":
            return _address_and_mask(words)
        is_list = self.kind.startswith(("*", "REFS"))
        if not words or len(words) > 1 and not is_list:
            return words[1] if words else ""
        wrong = next((word for word in words if not self._takes(word)), None)
        if wrong is not None:
            return wrong
        return tuple(each for each in self.options if each in words) if self.options else tuple(words)

    def show(self, values: Values) -> str:
        """Return values as the device shows them."""
        if self.kind == "TEXT" or self.tables:
            return " ".join('"' + re.sub(r'(["\\])', r"\\\1", value) + '"' for value in values)
        return " ".join(values)

    def _takes(self, word: str) -> bool:
        if self.options:
            return word in self.options
        return self.kind not in ("NUMBER", "IP", "PREFIX6") or is_value(self.kind, word)


@dataclass(frozen=True, slots=True)
class Schema:
    """A table or an object. kind: see the grammar. inner: the blocks in it or in its entries."""

    path: str
    kind: str
    settings: Mapping[str, Setting]
    inner: dict[str, Schema] = field(default_factory=dict)


@cache
def schemas() -> Mapping[str, Schema]:
    """Return the tables and objects by path, in the order of `show`."""
    found: dict[str, Schema] = {}
    for line in (FOLDER / "fortios.txt").read_text("utf-8").splitlines():
        match = re.fullmatch(r"([a-z][^=+#]*) ([=+#]) (.*)", line)
        if match:
            settings = {setting.name: setting for setting in _settings(match[3])}
            outer, _slash, inner = match[1].partition("/")
            target = found[outer].inner if inner else found
            target[inner or outer] = Schema(inner or outer, match[2], settings)
    return found


def _settings(text: str) -> Iterator[Setting]:
    for name, kind, required, default in _SETTING.findall(text):
        words = tuple(default.split(",")) if default else ()
        yield Setting(name, kind, words, bool(required))


def _address_and_mask(words: Sequence[str]) -> Values | str:
    if len(words) == 1 and is_value("PREFIX", words[0]):
        address, _slash, length = words[0].partition("/")
        return (address, str(IPv4Network(f"0.0.0.0/{length}").netmask))
    if len(words) < 2:
        return words[0] if words else ""
    kinds = ("IP", "MASK")
    wrong = [word for word, kind in zip(words, kinds, strict=False) if not is_value(kind, word)]
    return (*wrong, *words[2:])[0] if wrong or len(words) > 2 else tuple(words)
