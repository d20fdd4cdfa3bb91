# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of driver files as a JSON Schema, for editors; made from what the loader itself goes by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .keys import MEANINGS
from .schema import FLAG, FLAGS, FORM, NUMBER, TEXT, TEXTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# An editor takes `5` for a number and `yes` for a text or a boolean; the loader takes what the key asks for.
_SCALAR = ["string", "number", "boolean"]
_KINDS: dict[str, dict[str, Any]] = {
    TEXT: {"type": [*_SCALAR, "null"]},
    TEXTS: {"type": [*_SCALAR, "array", "null"], "items": {"type": _SCALAR}},
    FLAG: {
        "enum": [
            True,
            False,
            None,
            *(form(word) for word in FLAGS for form in (str.lower, str.title, str.upper)),
        ]
    },
    NUMBER: {"type": ["number", "null"], "exclusiveMinimum": 0},
}


def schema() -> dict[str, Any]:
    """The schema, as data for json.dumps."""
    return {"$schema": DIALECT, "title": "A driver of pyco", **_of(FORM, "")}


def _of(form: Any, path: str) -> dict[str, Any]:
    said = {"description": MEANINGS[path]} if path in MEANINGS else {}
    if isinstance(form, list):
        return {**said, "type": ["array", "null"], "items": {**_of(form[0], path), "type": "object"}}
    if not isinstance(form, Mapping):
        return {**said, **_KINDS[form]}
    inner = {key: _of(kind, f"{path}.{key}" if path else key) for key, kind in form.items()}
    named = inner.pop("*", False)
    return {**said, "type": ["object", "null"], "properties": inner, "additionalProperties": named}
