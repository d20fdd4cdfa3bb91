# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the dialogue of a session in memory."""

from __future__ import annotations

from dataclasses import dataclass

from ..models.observer import Observer


@dataclass(frozen=True, slots=True)
class Exchange:
    """A text that was typed, "" for the start of the session, and the bytes that the device sent after it."""

    sent: str
    received: bytes


class DialogueObserver(Observer):
    """Keeps each text typed into the target, secrets masked, and the bytes after it."""

    def __init__(self) -> None:
        self._hop = 0  # of the last login; at the end of the route that of the target
        self._dialogue: list[tuple[str, bytearray]] = []

    @property
    def dialogue(self) -> list[Exchange]:
        """Return the dialogue so far."""
        return [Exchange(text, bytes(data)) for text, data in self._dialogue]

    def connected(self, hop: int, endpoint: str) -> None:
        """Begin a dialogue, and drop that of the previous hop."""
        self._hop = hop
        self._dialogue = [("", bytearray())]

    def sent(self, hop: int, text: str) -> None:
        """Begin a new exchange."""
        if hop == self._hop:
            self._dialogue.append((text, bytearray()))

    def received(self, hop: int, data: bytes) -> None:
        """Add bytes to the last exchange."""
        if hop == self._hop:
            self._dialogue[-1][1].extend(data)
