# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device whose statements are changed in a candidate and act at a commit."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

from ...tape import Tape
from ..faults import Faults
from .device import SimulatedDevice
from .dialogue import Dialogue
from .statement_text import Style, braces, read, set_lines
from .statements import Path_, Schema, Statements

CONFIRM = "commit confirmed"


class CandidateDevice(SimulatedDevice):
    """A device with a candidate of statements.

    style: of its texts. host_name: path of the statement with the host name. current: the running
    configuration. shared: the candidate of all sessions without one of their own. history: earlier
    configurations, the last one first. editors: sessions in the configuration mode. owner: the session that
    has locked the candidate, None for none.
    """

    def __init__(
        self,
        tape: Tape,
        faults: Faults,
        clock: Callable[[], float] = time.monotonic,
        *,
        schema: Schema,
        style: Style,
        host_name: Path_,
    ) -> None:
        super().__init__(tape, faults, clock)
        assert tape.configuration is not None
        self.style = style
        self.current = Statements(schema)
        self._read(tape.configuration.running, self.current)
        self.shared = self.current.copy()
        start = Statements(schema)
        self._read(tape.configuration.startup or "", start)
        self.saved = start if tape.configuration.startup is not None else self.current.copy()
        self.history: list[Statements] = []
        self.editors: list[Dialogue] = []
        self.owner: Dialogue | None = None
        self._host_name = host_name

    @property
    def hostname(self) -> str:
        """Return the host name of the running configuration."""
        node = self.current.root.at(self._host_name)
        return next(iter(node.children), "") if node is not None else ""

    @property
    def is_changed(self) -> bool:
        """Return whether the shared candidate differs from the running configuration."""
        return self.shared.root != self.current.root

    def text_of(self, statements: Statements) -> str:
        """Return statements as text with braces."""
        return "".join(f"{line}\n" for line in braces(statements.root, statements.schema, self.style))

    def set_lines(self, statements: Statements) -> list[str]:
        """Return statements as `set` commands."""
        return set_lines(statements.root, self.style, statements.schema)

    def problems(self, statements: Statements) -> Iterator[Path_]:
        """Yield the statements that a commit refuses, see `Faults.uncommittable`."""
        for path in statements.root.paths():
            if any(re.search(pattern, " ".join(path)) for pattern in self._faults.uncommittable):
                yield path

    def install(self, statements: Statements) -> None:
        """Make a configuration the running one, and the shared candidate equal to it."""
        self.history.insert(0, self.current)
        self.current = statements.arranged(self.current)
        self.shared = self.current.copy()

    def commit(self, statements: Statements, *, revert_after: float = 0.0) -> None:
        """Commit a configuration.

        revert_after: seconds until it is undone without a confirmation, 0 to keep it.
        """
        before = self.current
        self.stop_timer(CONFIRM)
        self.install(statements)
        if revert_after:
            self.start_timer(CONFIRM, revert_after, lambda: self.install(before))

    def discard(self) -> None:
        """Drop the changes of the shared candidate."""
        self.shared = self.current.copy()

    def replace_shared(self, statements: Statements) -> None:
        """Replace the shared candidate."""
        self.shared = statements

    def save(self) -> None:
        """Save the running configuration."""
        self.saved = self.current.copy()

    def own(self, session: Dialogue | None) -> None:
        """Lock the candidate for a session, None to unlock it."""
        self.owner = session

    def _read(self, text: str, statements: Statements) -> None:
        """Add the statements of a text."""
        read(text, statements)

    def _running(self) -> str:
        return self.text_of(self.current)

    def _startup(self) -> str:
        return self.text_of(self.saved)

    def _candidate(self) -> str | None:
        return self.text_of(self.shared)

    def _restart(self) -> None:
        self.install(self.saved)

    def _paths(self) -> list[str]:
        return [" ".join(path) for path in self.current.root.paths()]
