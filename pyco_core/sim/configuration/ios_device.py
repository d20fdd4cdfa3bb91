# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices of the IOS family, with their command lines."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...tape import Tape
from ..faults import Faults
from .dialogue import CommandLine, Dialogue
from .eos_cli import EosCli
from .eos_state import EosState
from .ios_cli import IosCli
from .iosxr_cli import IosXrCli
from .iosxr_state import IosXrState
from .line_device import LineDevice
from .nxos_cli import NxosCli
from .platforms import PLATFORMS


class IosDevice(LineDevice):
    """A device with Cisco IOS."""

    def __init__(self, tape: Tape, faults: Faults, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(tape, faults, clock, platform=PLATFORMS["ios"])

    def open(self, dialogue: Dialogue) -> CommandLine:
        """Return the command line of a new session."""
        return IosCli(self, dialogue)


class EosDevice(EosState):
    """A device with Arista EOS."""

    def open(self, dialogue: Dialogue) -> CommandLine:
        """Return the command line of a new session."""
        return EosCli(self, dialogue)


class IosXrDevice(IosXrState):
    """A device with Cisco IOS XR."""

    def open(self, dialogue: Dialogue) -> CommandLine:
        """Return the command line of a new session."""
        return IosXrCli(self, dialogue)


class NxosDevice(LineDevice):
    """A device with Cisco NX-OS."""

    def __init__(self, tape: Tape, faults: Faults, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(tape, faults, clock, platform=PLATFORMS["nxos"])

    def open(self, dialogue: Dialogue) -> CommandLine:
        """Return the command line of a new session."""
        return NxosCli(self, dialogue)
