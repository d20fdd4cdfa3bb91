# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an export of RouterOS, and finds the entries that a command names."""

from __future__ import annotations

import re
from typing import Protocol

from .routeros_menus import Entry, Menu, menus, value_of, words_of


class Entries(Protocol):
    """The entries of a device by menu; `RouterosDevice` implements it."""

    entries: dict[str, list[Entry]]


def read(device: Entries, text: str) -> None:
    """Add the entries of an export, in which `[ find default-name=X ]` and names make fixed entries."""
    path = ""
    for line in re.sub(r"\\\r?\n\s*", "", text).splitlines():
        words = [word.text for word in words_of(line)]
        if line.startswith("/"):
            path = line.strip()
        elif words and not line.startswith("#"):
            entry = _entry(words[1:])
            if menus()[path].kind == "=":
                device.entries[path][0].update(entry)
            else:
                device.entries[path].append(entry)


def found(menu: Menu, entries: list[Entry], place: str) -> list[Entry] | None:
    """Return the entries for `[ find a=b ]`, a number or a name; None if there is no such item."""
    if place.startswith("["):
        wanted = _entry(place.strip("[] ").split()[1:])
        return [entry for entry in entries if all(entry.get(key) == value for key, value in wanted.items())]
    if place.isdecimal():
        return entries[int(place) : int(place) + 1] or None
    return [entry for entry in entries if entry.get("name") == value_of(place)] or None


def _entry(words: list[str]) -> Entry:
    entry: Entry = {}
    for word in words:
        if word.startswith("["):
            entry.update(_entry(word.strip("[] ").split()[1:]))
            continue
        name, equals, value = word.partition("=")
        if equals:
            entry[name] = value_of(value)
        elif name != "where":
            entry["name"] = name
    if "default-name" in entry:
        entry.setdefault("name", entry["default-name"])
    return entry
