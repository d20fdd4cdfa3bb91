# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices with views: Huawei VRP 8, and Comware, which is of the same descent."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...tape import Tape
from ..faults import Faults
from .comware_cli import ComwareCli
from .dialogue import CommandLine, Dialogue
from .line_device import LineDevice
from .platforms import PLATFORMS
from .vrp_cli import VrpCli
from .vrp_state import VrpState


class VrpDevice(VrpState):
    """A device with Huawei VRP 8."""

    def open(self, dialogue: Dialogue) -> CommandLine:
        """Return the command line of a new session."""
        return VrpCli(self, dialogue)


class ComwareDevice(LineDevice):
    """A device with Comware 7."""

    def __init__(self, tape: Tape, faults: Faults, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(tape, faults, clock, platform=PLATFORMS["comware"])

    def open(self, dialogue: Dialogue) -> CommandLine:
        """Return the command line of a new session."""
        return ComwareCli(self, dialogue)
