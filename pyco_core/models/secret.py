# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text that is never shown."""

from __future__ import annotations

from typing import NoReturn

MASK = "********"


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
