# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations of commands with a path and properties, as on RouterOS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .paths import split, unquote

SEARCH = frozenset({"", "find", "where"})
_EQUAL = re.compile(r"[\w.-]+=")
_VERBS = ("add", "set", "remove", "enable", "disable", "move", "unset")


def exec_lines(text: str, section: str = "") -> Iterator[str]:
    """Yield the lines of an export as whole commands: `/ip address` and `add ...` become one.

    section: the menu that the lines are in up to the first other one.
    """
    pending = ""
    for line in text.split("\n"):
        pending += line.strip()
        if pending.endswith("\\"):
            pending = pending[:-1]
            continue
        command, pending = pending, ""
        if not command or command[0] == "#":
            continue
        if command[0] != "/":
            yield f"{section} {command}".strip()
        elif _verb(_words(command)) is None:
            section = command
        else:
            yield command


def exec_key(line: str) -> str:
    """Return the form of a command in which the order of its properties does not count."""
    parts = _words(line)
    index = _verb(parts)
    path = parts[:index]
    rest = () if index is None else parts[index:]
    return "\0".join((f"/{' '.join(path)}", *rest[:1], *sorted(map(unquote, rest[1:]))))


class ExecIndex:
    """The commands of an export by path, verb and property. keys: of the commands, see `exec_key`."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._lines: dict[tuple[str, str, str], set[int]] = {}
        for number, key in enumerate(keys):
            path, verb, *properties = (*key.split("\0"), "")
            for one in properties:
                self._lines.setdefault((path, verb, one), set()).add(number)

    def has(self, key: str) -> bool:
        """Return True if a line of the export has all properties of the command.

        A removal is satisfied if no line has the properties that it searches.
        """
        path, verb, *properties = (*key.split("\0"), "")
        searched = [part for part in (one.strip("[] ") for one in properties) if part not in SEARCH]
        if verb == "remove" and searched and all(map(_EQUAL.match, searched)):
            return not self._has_all(path, "add", searched)
        return self._has_all(path, verb, properties)

    def _has_all(self, path: str, verb: str, properties: Iterable[str]) -> bool:
        lines = sorted((self._lines.get((path, verb, one), set()) for one in properties), key=len)
        return bool(lines) and bool(set.intersection(*lines))


def _words(line: str) -> tuple[str, ...]:
    """Return the parts of a command; its path may be joined by slashes or blanks."""
    first, *rest = split(line)
    return (*filter(None, first.split("/")), *rest)


def _verb(parts: tuple[str, ...]) -> int | None:
    """Return the index of the verb of a command, None for a section."""
    return next((index for index, part in enumerate(parts) if part in _VERBS), None)
