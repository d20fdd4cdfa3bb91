# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of configurations, by the name in a tape."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...errors import InvalidParameter
from ...tape import Tape
from ..faults import Faults
from .device import SimulatedDevice
from .fortios_device import FortiosDevice
from .huawei_device import ComwareDevice, VrpDevice
from .ios_device import EosDevice, IosDevice, IosXrDevice, NxosDevice
from .junos_device import JunosDevice
from .routeros_device import RouterosDevice
from .sros_device import SrosMdDevice
from .vyos_device import VyosDevice

Maker = Callable[[Tape, Faults, Callable[[], float]], SimulatedDevice]
MAKERS: dict[str, Maker] = {
    "comware": ComwareDevice,
    "eos": EosDevice,
    "fortios": FortiosDevice,
    "ios": IosDevice,
    "iosxr": IosXrDevice,
    "junos": JunosDevice,
    "nxos": NxosDevice,
    "routeros": RouterosDevice,
    "sros_md": SrosMdDevice,
    "vrp8": VrpDevice,
    "vyos": VyosDevice,
}
_NO_FAULTS = Faults()


def make_device(
    tape: Tape, faults: Faults = _NO_FAULTS, clock: Callable[[], float] = time.monotonic
) -> SimulatedDevice:
    """Return a device with the configuration of a tape.

    clock: seconds for its timers. Raises InvalidParameter for a tape without a configuration.
    """
    if tape.configuration is None:
        raise InvalidParameter("The tape has no configuration.", hint="Add `configuration: KIND` to it.")
    return MAKERS[tape.configuration.kind](tape, faults, clock)
