# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The events that the broker sends before an answer, see Observer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Connected:
    """A login was opened."""

    hop: int
    endpoint: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Text was typed."""

    BODY: ClassVar[tuple[str, ...]] = ("text",)

    hop: int
    text: str


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes arrived, secrets masked."""

    BODY: ClassVar[tuple[str, ...]] = ("data",)

    hop: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Transition:
    """The state machine took a step."""

    hop: int
    event: str
    before: str
    after: str
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """A session ended."""

    hop: int
    reason: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A program has printed something. is_error: on stderr."""

    BODY: ClassVar[tuple[str, ...]] = ("data",)

    data: bytes
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class FileWanted:
    """The broker waits for the descriptor of a local file."""


Event = Printed | FileWanted | Connected | Sent | Received | Transition | Closed
EVENTS: dict[str, type[Any]] = {
    "printed": Printed,
    "file_wanted": FileWanted,
    "connected": Connected,
    "sent": Sent,
    "received": Received,
    "transition": Transition,
    "closed": Closed,
}
