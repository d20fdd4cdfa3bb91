# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface of a Junos session, as its commands use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .candidate_device import CandidateDevice
from .dialogue import Dialogue
from .statements import Path_, Statements


class JunosSession(Protocol):
    """A session in the configuration mode. path: of its section."""

    device: CandidateDevice
    dialogue: Dialogue
    path: Path_

    @property
    def candidate(self) -> Statements:
        """Return the candidate."""

    @property
    def base(self) -> Statements:
        """Return the configuration that the candidate has started with."""

    @property
    def is_private(self) -> bool:
        """Return whether the session has a candidate of its own."""

    def change(self, line: str, act: Callable[[], None]) -> None:
        """Carry out a change of the candidate, if it is not locked."""

    def words(self, line: str, verb: str) -> Path_ | None:
        """Return the path of a typed statement; None for a wrong one, after its error."""

    def replace(self, statements: Statements) -> None:
        """Replace the candidate."""

    def refuse(self, line: str, column: int, message: str) -> None:
        """Print an error below a caret."""

    def start_again(self) -> None:
        """Begin a new private candidate."""

    def leave(self) -> None:
        """Leave the configuration mode."""
