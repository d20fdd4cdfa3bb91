# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device with VyOS."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...tape import Tape
from ..faults import Faults
from .candidate_device import CandidateDevice
from .dialogue import CommandLine, Dialogue
from .statement_text import VYOS
from .statements import schema
from .vyos_cli import VyosCli


class VyosDevice(CandidateDevice):
    """A device with VyOS."""

    def __init__(self, tape: Tape, faults: Faults, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(
            tape, faults, clock, schema=schema("vyos"), style=VYOS, host_name=("system", "host-name")
        )

    @property
    def hostname(self) -> str:
        """Return the host name; without a line for it "vyos" (vyos-1x, src/conf_mode/host_name.py)."""
        return super().hostname or "vyos"

    def open(self, dialogue: Dialogue) -> CommandLine:
        """Return the command line of a new session."""
        return VyosCli(self, dialogue)

    def _candidate(self) -> str | None:
        """Return None: each session has a candidate of its own."""
        return None
