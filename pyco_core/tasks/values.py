# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversion of task arguments, which may be strings from templates and command lines."""

from __future__ import annotations

from ..errors import InvalidParameter
from ..models.secret import shown

_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "y", "t", "1", "1.0"), True),
    **dict.fromkeys(("false", "no", "off", "n", "f", "0", "0.0"), False),
}


def to_bool(name: str, value: object) -> bool:
    """Return a boolean from one of the spellings that Ansible accepts; upper and lower case are the same.

    name: name of the argument, for the message. Raises InvalidParameter.
    """
    try:
        return _BOOLEANS[str(value).strip().lower()]
    except KeyError:  # not chained: it repeats the value
        raise InvalidParameter(
            f"{name}: expected a boolean, got {shown(value)}.", hint="Use yes or no."
        ) from None


def to_seconds(name: str, value: object) -> float:
    """Return a number of seconds, which may be out of range.

    name: name of the argument, for the message. Raises InvalidParameter.
    """
    try:
        return float(str(value))
    except ValueError:  # not chained: it repeats the value
        raise InvalidParameter(f"{name}: expected a number of seconds, got {shown(value)}.") from None


def to_strings(value: object) -> tuple[str, ...]:
    """Return the elements of a list as strings; any other value is a list of one."""
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else (str(value),)
