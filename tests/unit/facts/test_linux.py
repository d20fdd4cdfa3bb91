# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of this host, compared with other sources."""

from __future__ import annotations

import os
import platform
import secrets
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyco_core.device import Device, device
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim

SYSFS = Path("/sys/class/net")
UP = 1  # IFF_UP of netdevice(7)


@pytest.fixture
def host() -> Iterator[Device]:
    password = secrets.token_urlsafe(12)
    with Sim() as sim:
        port = sim.ssh(users={"pyco": password}, shell="/bin/sh").port
        settings = Settings(known_hosts=sim.known_hosts)
        with device(f"ssh://pyco:{password}@127.0.0.1:{port}/linux", settings=settings) as host:
            yield host


def test_system_of_host_is_that_of_python(host: Device) -> None:
    before = float(Path("/proc/uptime").read_text().split()[0])
    facts = host.facts()
    after = float(Path("/proc/uptime").read_text().split()[0])
    release = platform.freedesktop_os_release()
    assert facts["hostname"] == os.uname().nodename
    assert (facts["vendor"], facts["version"]) == (release["NAME"], release["PRETTY_NAME"])
    assert int(before) <= facts["uptime"] <= int(after)


@pytest.mark.skipif(shutil.which("ip") is None, reason="iproute2 is not installed")
def test_interfaces_of_host_are_those_of_kernel(host: Device) -> None:
    interfaces = host.facts("interfaces", "!min")["interfaces"]
    assert set(interfaces) == {name for _index, name in socket.if_nameindex()}
    for name, entry in interfaces.items():
        assert entry["mtu"] == int((SYSFS / name / "mtu").read_text())
        assert entry["enabled"] is bool(int((SYSFS / name / "flags").read_text(), 16) & UP)
    assert interfaces["lo"]["ipv4"]["127.0.0.1"] == {"prefix_length": 8}
