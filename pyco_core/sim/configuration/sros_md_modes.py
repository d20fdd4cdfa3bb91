# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration modes of the MD-CLI and their messages.

Source: 7750 SR MD-CLI User Guide, "Candidate configuration modes", "Exiting configuration mode".
"""

from __future__ import annotations

from dataclasses import dataclass

KEPT = "INFO: CLI #2057: Uncommitted changes are kept in the candidate configuration\n"


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode. mark: in its prompt. numbers: of its messages; without the last three nothing is discarded."""

    name: str
    mark: str
    numbers: tuple[int, ...]

    @property
    def discards(self) -> bool:
        """Return whether uncommitted changes end with the mode."""
        return len(self.numbers) > 2

    @property
    def entered(self) -> str:
        """Return the message at the beginning."""
        rest = "INFO: CLI #2061: Uncommitted changes are discarded on configuration mode exit\n"
        return f"INFO: CLI #{self.numbers[0]}: Entering {self._title}\n{rest * self.discards}"

    @property
    def left(self) -> str:
        """Return the message at the end."""
        return f"INFO: CLI #{self.numbers[1]}: Exiting {self._title}\n"

    @property
    def question(self) -> str:
        """Return the question at the end with uncommitted changes."""
        return (
            f"INFO: CLI #{self.numbers[2]}: Uncommitted changes are present in the candidate configuration. "
            f"Exiting {self._title} will discard those changes.\n\nDiscard uncommitted changes? [y,n] "
        )

    @property
    def stayed(self) -> str:
        """Return the message after no."""
        return f"INFO: CLI #{self.numbers[3]}: Exit {self._title} canceled\n"

    @property
    def discarded(self) -> str:
        """Return the message after yes."""
        return f"WARNING: CLI #{self.numbers[4]}: Exiting {self._title} - uncommitted changes are discarded\n"

    @property
    def _title(self) -> str:
        return f"{self.name} configuration mode"


MODES = {
    mode.name: mode
    for mode in (
        Mode("private", "pr", (2070, 2074, 2071, 2072, 2073)),
        Mode("exclusive", "ex", (2060, 2064, 2063, 2065, 2062)),
        Mode("global", "gl", (2054, 2056)),
        Mode("read-only", "ro", (2066, 2067)),
    )
}
