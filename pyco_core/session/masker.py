# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The masking of secrets in errors, transcripts and recordings."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..models.secret import MASK


class Masker:
    """The secrets of a connection, and their replacement by `********`.

    All sessions and observers of a connection share one. It grows when further secrets are typed.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._regex: re.Pattern[str] | None = None
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Mask these secrets from now on. An empty one is ignored."""
        new = set(filter(None, secrets)) - self._secrets
        if new:
            self._secrets |= new
            # The longest first, because one secret may contain another.
            longest_first = sorted(self._secrets, key=len, reverse=True)
            self._regex = re.compile("|".join(map(re.escape, longest_first)))

    def mask(self, text: str) -> str:
        """Return the text with `********` in place of each secret."""
        return self._regex.sub(MASK, text) if self._regex else text

    def finds(self, text: str) -> bool:
        """Return True if the text contains a secret."""
        return bool(self._regex and self._regex.search(text))


def mask(text: str, secrets: Iterable[str]) -> str:
    """Return the text with `********` in place of each of the secrets."""
    return Masker(secrets).mask(text)
