# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interfaces of an MD-CLI session and its device, as its commands use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from .dialogue import Dialogue
from .sros_schema import ModelSchema
from .statements import Path_, Statements


class SrosMdHost(Protocol):
    """A device, see CandidateDevice.

    model: the elements. confirming: the session of an unconfirmed commit.
    """

    model: ModelSchema
    current: Statements
    shared: Statements
    saved: Statements
    history: list[Statements]
    editors: list[Dialogue]
    owner: Dialogue | None
    confirming: Dialogue | None

    @property
    def hostname(self) -> str:
        """Return the name in the prompt."""

    @property
    def is_changed(self) -> bool:
        """Return whether the global candidate has uncommitted changes."""

    def problems(self, statements: Statements) -> Iterator[Path_]:
        """Yield the statements that a commit refuses."""

    def refuses(self, line: str) -> bool:
        """Return whether a fault refuses the line."""

    def receive(self, line: str) -> bool:
        """Record a line; return whether the connection is cut after it."""

    def text_of(self, statements: Statements) -> str:
        """Return statements in braces."""

    def commit(self, statements: Statements) -> None:
        """Commit a configuration."""

    def commit_for(self, session: Dialogue, target: Statements, seconds: float) -> None:
        """Commit a configuration until the session confirms it."""

    def end_confirmation(self, *, keep: bool) -> None:
        """Keep an unconfirmed commit, or undo it."""

    def remaining(self, name: str) -> float | None:
        """Return the seconds until a timer ends."""

    def discard(self) -> None:
        """Drop the changes of the global candidate."""

    def replace_shared(self, statements: Statements) -> None:
        """Replace the global candidate."""

    def own(self, session: Dialogue | None) -> None:
        """Lock the global candidate for a session."""

    def save(self) -> None:
        """Save the running configuration."""
