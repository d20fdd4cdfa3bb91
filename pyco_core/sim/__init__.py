# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated hosts on real sockets: telnet and ssh servers that play a tape, and ssh bastions.

    with Sim() as sim:
        router = sim.telnet("tests/tapes/cisco_ios/c2900_demo.yml")
        bastion = sim.ssh(users={"pyco": "secret"}, forward=True)
        ...                                  # connect to 127.0.0.1, router.port
    assert router.commands == ["show version", "exit"]

tests/tapes/README.md documents tapes, faults and the command line.
"""

from __future__ import annotations

from ..errors import InvalidTape
from ..tape import Tape, load, platform_tape
from .configuration import SimulatedDevice, make_device
from .faults import Faults
from .host import Host, SshHost
from .session import Session, Typed
from .sim import Sim

__all__ = [
    "Faults",
    "Host",
    "InvalidTape",
    "Session",
    "Sim",
    "SimulatedDevice",
    "SshHost",
    "Tape",
    "Typed",
    "load",
    "make_device",
    "platform_tape",
]
