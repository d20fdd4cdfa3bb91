# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text that is never shown."""

from __future__ import annotations

import re
from typing import NoReturn

MASK = "********"

# A URL, or `user:password@host`. Names of files rarely have a colon, and an `@` behind it more rarely.
_LOGIN = re.compile("://|:.*@", re.DOTALL)


def has_login(text: str) -> bool:
    """Return True if the text may be a URL or `user:password@host`."""
    return _LOGIN.search(text) is not None


def shown(value: object) -> str:
    """Return a value in quotes for a message; a description instead if it may hold a password."""
    if isinstance(value, (str, int, float, type(None))) and not has_login(str(value)):
        return repr(value)
    return "a URL" if isinstance(value, str) else f"a value of the type {type(value).__name__}"


class Secret:
    """A text that str(), repr() and format() show as `********`.

    Two secrets are equal if their texts are. A secret cannot be pickled.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text. Only the write to a device or to the broker may call this."""
        return self._text

    def __str__(self) -> str:
        return MASK

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled")
