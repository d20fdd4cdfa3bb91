# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of an entry in the table of driver keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Type(Enum):
    """The types of values, by their names in messages and documentation."""

    STRING = "a string"
    STRINGS = "a list of strings"
    BOOLEAN = "true or false"
    NUMBER = "a number above 0"
    MAPPING = "a mapping"
    MAPPINGS = "a list of mappings"


STRING, STRINGS, BOOLEAN, NUMBER, MAPPING, MAPPINGS = Type
_EMPTY: dict[Type, Any] = {STRING: "", STRINGS: (), BOOLEAN: False, NUMBER: 0.0}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a driver file.

    path: the keys that lead to it, joined by dots; `*` is any name. default: the value if the file has none;
    None is the empty value of the type: "", an empty list, false, 0.
    """

    path: str
    type: Type
    meaning: str
    default: Any = None

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def value(self) -> Any:
        """Return the value if the file has none; for a mapping None."""
        return _EMPTY.get(self.type) if self.default is None else self.default
