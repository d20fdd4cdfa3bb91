# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device with Nokia SR OS."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...tape import Tape
from ..faults import Faults
from .candidate_device import CONFIRM, CandidateDevice
from .dialogue import CommandLine, Dialogue
from .sros_line import read_text
from .sros_md_cli import SrosMdCli
from .sros_schema import ModelSchema, model_schema
from .sros_text import hierarchy
from .statement_text import VYOS
from .statements import Statements


class SrosMdDevice(CandidateDevice):
    """A device in the model-driven mode. confirming: the session of an unconfirmed commit, None for none."""

    def __init__(self, tape: Tape, faults: Faults, clock: Callable[[], float] = time.monotonic) -> None:
        self.model: ModelSchema = model_schema()
        self.confirming: Dialogue | None = None
        super().__init__(tape, faults, clock, schema=self.model, style=VYOS, host_name=("system", "name"))

    def open(self, dialogue: Dialogue) -> CommandLine:
        """Return the command line of a new session."""
        return SrosMdCli(self, dialogue)

    def text_of(self, statements: Statements) -> str:
        """Return statements in braces, with the section around them."""
        lines = hierarchy(statements.root, self.model, (), 1)
        return "".join(f"{line}\n" for line in ("configure {", *lines, "}"))

    def commit_for(self, session: Dialogue, target: Statements, seconds: float) -> None:
        """Commit a configuration until the session confirms it; else its changes are a candidate again."""
        before = self.current
        self.commit(target)
        self.confirming = session
        self.start_timer(CONFIRM, seconds, lambda: self._undo(before, target))

    def end_confirmation(self, *, keep: bool) -> None:
        """Keep an unconfirmed commit, or undo it."""
        if keep:
            self.stop_timer(CONFIRM)
            self.confirming = None
        else:
            self.run_timer(CONFIRM)

    def _read(self, text: str, statements: Statements) -> None:
        read_text(text, statements, self.model)

    def _undo(self, before: Statements, changed: Statements) -> None:
        self.confirming = None
        self.install(before)
        self.shared = changed.copy()

    def _restart(self) -> None:
        self.confirming = None
        self.own(None)
        super()._restart()
