# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device with Junos."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...tape import Tape
from ..faults import Faults
from .candidate_device import CandidateDevice
from .dialogue import CommandLine, Dialogue
from .junos_cli import JunosCli
from .statement_text import JUNOS
from .statements import schema


class JunosDevice(CandidateDevice):
    """A device with Junos; its commits are saved at once."""

    def __init__(self, tape: Tape, faults: Faults, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(
            tape, faults, clock, schema=schema("junos"), style=JUNOS, host_name=("system", "host-name")
        )

    def open(self, dialogue: Dialogue) -> CommandLine:
        """Return the command line of a new session."""
        return JunosCli(self, dialogue)

    def _startup(self) -> str:
        return self._running()

    def _restart(self) -> None:
        self.own(None)
        self.discard()
