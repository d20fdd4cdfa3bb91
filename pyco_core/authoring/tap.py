# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the dialogue of a session in memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exchange:
    """A text that was typed, "" for the start of the session, and the bytes that the device sent after it."""

    sent: str
    received: bytes


class Tap:
    """Keeps each typed text, secrets masked, and the bytes that follow it."""

    def __init__(self) -> None:
        self._dialogue: list[tuple[str, bytearray]] = [("", bytearray())]

    @property
    def dialogue(self) -> list[Exchange]:
        """Return the dialogue so far."""
        return [Exchange(text, bytes(data)) for text, data in self._dialogue]

    def sent(self, text: str) -> None:
        """Begin a new exchange."""
        self._dialogue.append((text, bytearray()))

    def saw(self, data: bytes) -> None:
        """Add bytes to the last exchange."""
        self._dialogue[-1][1].extend(data)

    def close(self) -> None:
        """Do nothing: the dialogue stays in memory."""
