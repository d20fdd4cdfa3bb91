# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of a driver's definition against the table of keys, and the merge with its parent's."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import InvalidDriver, suggestion
from .key import BOOLEAN, MAPPING, MAPPINGS, NUMBER, STRING, STRINGS, Key, Type
from .keys import children

BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_SURROGATE = re.compile("[\ud800-\udfff]")


class Section(dict[str, Any]):
    """A mapping of a driver's definition that keeps the location of each key, `FILE:LINE`."""

    def __init__(self) -> None:
        super().__init__()
        self.locations: dict[str, str] = {}

    def place(self, key: str, file: str) -> str:
        """Return `FILE:LINE: key`; for a missing key the line of the first key, or else the file."""
        location = self.locations.get(key) or next(iter(self.locations.values()), file)
        return f"{location}: {key}"

    def put(self, key: str, value: Any, location: str) -> None:
        """Set a key and its location."""
        self[key] = value
        self.locations[key] = location


def from_code(keys: Mapping[str, Any], label: str) -> Section:
    """Return keys given in code in the form in which a file is read; label: the location of all of them.

    Raises InvalidDriver.
    """
    section = Section()
    for key, value in keys.items():
        if not isinstance(key, str):
            raise InvalidDriver(f"{label}: {reprlib.repr(key)}: keys must be strings.")
        section.put(key, _as_read(value, f"{label}: {key}"), label)
    return section


def _as_read(value: Any, label: str) -> Any:
    """Return a value as the YAML loader does: booleans and numbers are strings until their type is known."""
    if isinstance(value, Mapping):
        return from_code(value, label)
    if isinstance(value, (list, tuple)):
        return [_as_read(entry, label) for entry in value]
    if isinstance(value, (bool, int, float)):
        return str(value)
    return value


def plain(value: Any) -> Any:
    """Return checked data as the types of YAML, without locations; `from_code` accepts it."""
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def merge(parent: Section, child: Section) -> Section:
    """Return the parent's keys overridden by the child's; null deletes a key."""
    merged = Section()
    for key, value in child.items():
        if isinstance(value, Section):
            old = parent.get(key)
            value = merge(old if isinstance(old, Section) else Section(), value)
        if value is not None:
            merged.put(key, value, child.locations[key])
    for key, value in parent.items():
        if key not in child:
            merged.put(key, value, parent.locations[key])
    return merged


def inherit(parent: Section, child: Section) -> Section:
    """Return a driver's definition merged with its parent's.

    Transitions are appended to the parent's; the parent's transitions of an event that the child removes go.
    """
    merged = merge(parent, child)
    removed = parent.get("events", {}).keys() - merged.get("events", {}).keys()
    if "transitions" in merged:
        inherited = [entry for entry in parent.get("transitions", []) if entry.get("event") not in removed]
        merged["transitions"] = [*inherited, *(child.get("transitions") or [])]
    return merged


def checked(data: Section, file: str, path: str = "") -> Section:
    """Return the data with each value converted to the type of its key; null stays.

    file: named in messages about a section without a location. path: the mapping in the table of keys.
    Raises InvalidDriver.
    """
    keys = children(path)
    section = Section()
    for name, value in data.items():
        key = keys.get(name, keys.get("*"))
        if key is None:
            raise InvalidDriver(f"{data.place(name, file)}: unknown key.", hint=suggestion(name, keys))
        converted = None if value is None else _converted(value, key, data.place(name, file), file)
        section.put(name, converted, data.locations[name])
    return section


def _converted(value: object, key: Key, place: str, file: str) -> Any:
    if key.type is MAPPING and isinstance(value, Section):
        return checked(value, file, key.path)
    if key.type is MAPPINGS and isinstance(value, list) and all(isinstance(one, Section) for one in value):
        return [merge(Section(), checked(entry, file, key.path)) for entry in value]
    converted = _CONVERTERS[key.type](value) if key.type in _CONVERTERS else None
    if converted is None:
        message = f"{place}: expected {key.type.value}, got {reprlib.repr(value)}."
        raise InvalidDriver(message, hint=_valid_keys(key.path))
    return converted


def _valid_keys(path: str) -> str:
    keys = children(path)
    return f"Its keys are {', '.join(keys)}." if keys and "*" not in keys else ""


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and not _SURROGATE.search(value) else None


def _strings(value: object) -> tuple[str, ...] | None:
    values = value if isinstance(value, list) else [value]
    strings = tuple(text for text in map(_string, values) if text is not None)
    return strings if len(strings) == len(values) else None


def _boolean(value: object) -> bool | None:
    return BOOLEANS.get(value.lower()) if isinstance(value, str) else None


def _number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, str) else 0.0
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None


_CONVERTERS: dict[Type, Callable[[object], Any]] = {
    STRING: _string,
    STRINGS: _strings,
    BOOLEAN: _boolean,
    NUMBER: _number,
}
