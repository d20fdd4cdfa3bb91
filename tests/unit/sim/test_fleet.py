# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.sim import Faults, Sim, SimulatedDevice, Tape, fleet, make_device, platform_tape
from pyco_core.sim.fleet import Fleet, start


def test_each_port_gets_number_of_hosts(sim: Sim, tape: Tape) -> None:
    addresses = start(sim, Fleet(tape, telnet=(0, 0), ssh=(0,), count=2))
    assert [address.protocol for address in addresses] == ["telnet", "telnet", "ssh"] * 2
    assert len({address.port for address in addresses}) == 6
    assert {address.user for address in addresses} == {""}


def test_ssh_host_without_tape_has_random_password(sim: Sim) -> None:
    addresses = start(sim, Fleet(ssh=(0, 0), forward=True))
    assert [address.user for address in addresses] == ["pyco", "pyco"]
    assert len({address.password for address in addresses}) == 2


def test_tape_without_hostname_is_played_by_several_hosts(sim: Sim, tape: Tape) -> None:
    assert len(start(sim, Fleet(replace(tape, variables={}), telnet=(0,), count=2))) == 2


@pytest.mark.parametrize("port", [-1, 65536])
def test_invalid_port_is_refused(sim: Sim, tape: Tape, port: int) -> None:
    with pytest.raises(InvalidParameter, match=f"There is no port {port}: ports are 0 to 65535"):
        start(sim, Fleet(tape, telnet=(port,)))


def test_telnet_host_without_tape_is_refused(sim: Sim) -> None:
    with pytest.raises(InvalidParameter, match="A telnet host needs a tape"):
        start(sim, Fleet(telnet=(0,)))


def test_port_in_use_is_refused(sim: Sim, tape: Tape) -> None:
    port = sim.telnet(tape).port
    with pytest.raises(InvalidParameter, match=r"cannot listen on 127\.0\.0\.1: Address already in use"):
        start(sim, Fleet(tape, telnet=(port,)))


def test_ports_of_device_share_its_configuration(sim: Sim) -> None:
    addresses = start(sim, Fleet(platform_tape("ios"), telnet=(0,), ssh=(0,), count=2))
    assert [address.protocol for address in addresses] == ["telnet", "ssh"] * 2


def test_host_names_of_devices_differ(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    devices: list[SimulatedDevice] = []

    def make(tape: Tape, faults: Faults) -> SimulatedDevice:
        devices.append(make_device(tape, faults))
        return devices[-1]

    monkeypatch.setattr(fleet, "make_device", make)
    start(sim, Fleet(platform_tape("ios"), telnet=(0,), count=2))
    assert [device.hostname for device in devices] == ["r1", "r1-2"]
