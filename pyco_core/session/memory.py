# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts that one login keeps for the next one to the same place."""

from __future__ import annotations

from ..cache import Cache
from ..transport.base import Note
from .masker import Masker


class Memory:
    """The cache as one login sees it.

    place: the name of the login in the cache, with its route. A text with a secret in it is not kept.
    """

    __slots__ = ("_cache", "_masker", "_place")

    def __init__(self, cache: Cache, place: str, masker: Masker) -> None:
        self._cache = cache
        self._place = place
        self._masker = masker

    def recall(self, name: str) -> str:
        """Return the text that an earlier login kept, or ""."""
        return self._cache.get(self._place, name)

    def remember(self, name: str, text: str) -> None:
        """Keep a text for the next login; "" deletes it."""
        if not self._masker.finds(text):
            self._cache.put(self._place, name, text)

    def recall_shared(self, name: str) -> str:
        """Return the text that is kept for the logins to all places, or ""."""
        return self._cache.get("", name)

    def remember_shared(self, name: str, text: str) -> None:
        """Keep a text for the logins to all places. It must not describe a device."""
        self._cache.put("", name, text)


class KeptNote(Note):
    """A note in the cache. name: of the fact. It is kept in this process if there is no cache."""

    def __init__(self, memory: Memory, name: str) -> None:
        super().__init__(memory.recall(name))
        self._memory = memory
        self._name = name

    def remember(self, text: str) -> None:
        """Replace the fact here and in the cache."""
        if text != self.recall():
            super().remember(text)
            self._memory.remember(self._name, text)
