# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of values from callers, so that a wrong one ends in one sentence.

A message names the type of a value and not the value, which may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any

from ..errors import InvalidParameter, suggestion
from .secret import Secret, has_login, shown

ESCAPE = "Write a backslash before each of ( [ * + ? that stands for itself."
LONGEST = 7 * 86400.0  # seconds; poll() and select() do not accept a timeout of any length
BROKEN = (re.error, ValueError, OverflowError, RecursionError)  # all errors that re.compile raises

_NONE = type(None)
# The types of a field and their name in messages, by its annotation.
_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "str": ((str,), "a string"),
    "bool": ((bool,), "true or false"),
    "int": ((int,), "a whole number"),
    "Secret | None": ((Secret, _NONE), "a Secret or None"),
}
_ITEMS: dict[str, tuple[tuple[type, ...], str]] = {
    "tuple[str, ...]": ((str,), "a string or a list of strings"),
    "tuple[str | Secret, ...]": ((str, Secret), "a string, a Secret or a list of them"),
}
# No file name and no name on a device has a NUL, or half of a surrogate pair. Python reads bytes that are not
# UTF-8 as U+DC80 to U+DCFF.
_NOT_A_NAME = re.compile("[\0\ud800-\udc7f\udd00-\udfff]")

_Check = Callable[[str, str, Any], None]
_BY_CLASS: dict[type[Any], tuple[tuple[str, _Check], ...]] = {}


def check_fields(data: object, label: str) -> None:
    """Check each field of a dataclass against its annotation.

    label: the start of a message, with `{}` for the name of the field. Raises InvalidParameter.
    """
    for name, check in _checks(type(data)):
        check(label, name, getattr(data, name))


def check_seconds(name: str, value: float) -> None:
    """Raise InvalidParameter if the value is not a valid timeout: above 0, at most LONGEST seconds."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= LONGEST:
        raise InvalidParameter(
            f"{name}: expected a number of seconds above 0, at most {LONGEST:.0f}, got {shown(value)}."
        )


def check_name(name: str, valid: Iterable[str], owner: str, kind: str) -> None:
    """Raise InvalidParameter with similar names if the name of a parameter is not valid.

    owner, kind: nouns for the message: `{owner} has no {kind} 'x'`.
    """
    valid = tuple(valid)
    if name not in valid:
        similar = suggestion(name, valid)
        if not similar.startswith("Similar"):
            similar = f"Valid: {', '.join(valid)}."
        raise InvalidParameter(f"{owner} has no {kind} {shown(name)}.", hint=similar)


def check_choice(name: str, value: str, choices: Iterable[str]) -> None:
    """Raise InvalidParameter if the value is none of the choices."""
    if value not in choices:
        raise InvalidParameter(f"{name}: expected {', '.join(choices)}, got {shown(value)}.")


def check_type(name: str, value: object, kinds: tuple[type, ...], expected: str, hint: str = "") -> None:
    """Raise InvalidParameter if the value is of none of these types. expected: their name in the message."""
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise wrong(name, expected, value, hint)


def check_no_login(name: str, text: str, expected: str) -> None:
    """Raise InvalidParameter if the text may be a URL, which may hold a password. expected: its kind."""
    if has_login(text):
        raise InvalidParameter(f"{name}: expected {expected}, got a URL.")


def check_pattern(name: str, regex: str) -> None:
    """Raise InvalidParameter for an invalid regular expression. name: start of the message."""
    _compile(name, regex, regex.encode)


def check_text_pattern(name: str, regex: str) -> None:
    """Raise InvalidParameter for an invalid regular expression for text, not for the bytes of a device."""
    _compile(name, regex, lambda: regex)


def _compile(name: str, regex: str, pattern: Callable[[], str | bytes]) -> None:
    try:
        re.compile(pattern())
    except BROKEN as exc:
        raise InvalidParameter(
            f"{name}: invalid regular expression {shown(regex)}: {exc}.", hint=ESCAPE
        ) from exc


def check_text(name: str, text: str) -> None:
    """Raise InvalidParameter if the text has a NUL or half of a surrogate pair."""
    if _NOT_A_NAME.search(text):
        raise InvalidParameter(
            f"{name}: the text has a NUL or is not valid Unicode.", hint="Check its encoding."
        )


def as_tuple(value: object) -> object:
    """Return a list as a tuple and a single text as a tuple of one; any other value unchanged."""
    if isinstance(value, (str, Secret)):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def wrong(name: str, expected: str, value: object, hint: str = "") -> InvalidParameter:
    """Return the error for a value of the wrong type."""
    kind = "None" if value is None else type(value).__name__
    return InvalidParameter(f"{name}: expected {expected}, got {kind}.", hint=hint)


def _checks(kind: type[Any]) -> tuple[tuple[str, _Check], ...]:
    """Return the name of each field of a dataclass and its check, built once for each class."""
    checks = _BY_CLASS.get(kind)
    if checks is None:
        checks = tuple((field.name, _check_of(str(field.type))) for field in fields(kind))
        _BY_CLASS[kind] = checks
    return checks


def _check_of(annotation: str) -> _Check:
    if annotation in _ITEMS:
        return _are(*_ITEMS[annotation])
    if annotation in _KINDS:
        return _is_a(*_KINDS[annotation])
    return _is_seconds if annotation == "float" else _is_timeout


def _is_a(kinds: tuple[type, ...], expected: str) -> _Check:
    hint = "Wrap the text: Secret('...')." if Secret in kinds else ""

    def check(label: str, name: str, value: object) -> None:
        check_type(label.format(name), value, kinds, expected, hint)
        if isinstance(value, str):
            check_text(label.format(name), value)

    return check


def _are(kinds: tuple[type, ...], expected: str) -> _Check:
    def check(label: str, name: str, value: object) -> None:
        if not isinstance(value, tuple):
            raise wrong(label.format(name), expected, value)
        for item in value:
            check_type(label.format(name), item, kinds, expected)
            if isinstance(item, str):
                check_text(label.format(name), item)

    return check


def _is_seconds(_label: str, name: str, value: float) -> None:
    check_seconds(name, value)


def _is_timeout(_label: str, name: str, value: float | None) -> None:
    if value is not None:
        check_seconds(name, value)
