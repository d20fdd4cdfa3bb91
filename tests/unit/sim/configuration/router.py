# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated device with its host and terminals."""

from __future__ import annotations

from dataclasses import dataclass

from pyco_core.sim import Faults, Host, Sim, SimulatedDevice, make_device, platform_tape

from .terminals import Clock, Open, Terminal


@dataclass(frozen=True)
class Setting:
    """The surroundings of a device: see the fixtures of the same names."""

    sim: Sim
    connect: Open
    clock: Clock
    faults: Faults


class Router:
    """A device of one kind that is reached over telnet.

    start: its configuration. first: the command that turns the pager off. enter: the one that begins to
    configure.
    """

    def __init__(
        self,
        setting: Setting,
        kind: str,
        start: str,
        first: str = "terminal length 0",
        enter: str = "configure",
    ) -> None:
        device = make_device(platform_tape(kind, start), setting.faults, setting.clock)
        self.device: SimulatedDevice = device
        self.host: Host = setting.sim.telnet(device)
        self._connect = setting.connect
        self._first, self._enter = first, enter

    def connect(self) -> Terminal:
        return self._connect(self.host.port)

    def open(self) -> Terminal:
        terminal = self.connect().log_in()
        terminal(self._first)
        return terminal

    def configure(self, how: str = "") -> Terminal:
        terminal = self.open()
        terminal(how or self._enter)
        return terminal
