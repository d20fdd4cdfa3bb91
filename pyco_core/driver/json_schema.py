# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of driver files, for editors, derived from the table of keys."""

from __future__ import annotations

from typing import Any

from .key import BOOLEAN, MAPPING, NUMBER, STRING, STRINGS, Key, Type
from .keys import children
from .schema import BOOLEANS

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# An editor reads `5` as a number and `yes` as a string or a boolean; the loader converts to the key's type.
_SCALAR = ["string", "number", "boolean"]
_TYPES: dict[Type, dict[str, Any]] = {
    STRING: {"type": [*_SCALAR, "null"]},
    STRINGS: {"type": [*_SCALAR, "array", "null"], "items": {"type": _SCALAR}},
    BOOLEAN: {
        "enum": [
            True,
            False,
            None,
            *(spelled(text) for text in BOOLEANS for spelled in (str.lower, str.title, str.upper)),
        ]
    },
    NUMBER: {"type": ["number", "null"], "exclusiveMinimum": 0},
}


def schema() -> dict[str, Any]:
    """Return the schema as data for json.dumps."""
    return {"$schema": DIALECT, "title": "A driver of pyco", **_mapping("")}


def _mapping(path: str) -> dict[str, Any]:
    properties = {name: _value(key) for name, key in children(path).items()}
    other = properties.pop("*", False)
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": other}


def _value(key: Key) -> dict[str, Any]:
    described: dict[str, Any] = {"description": key.meaning}
    if key.default is not None:
        described["default"] = key.default
    if key.type in _TYPES:
        return {**described, **_TYPES[key.type]}
    if key.type is MAPPING:
        return {**described, **_mapping(key.path)}
    return {**described, "type": ["array", "null"], "items": {**_mapping(key.path), "type": "object"}}
