# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The implementations of the Console protocol. mypy checks the annotations."""

from __future__ import annotations

import inspect

import pytest

from pyco_core.broker.client import RemoteDevice
from pyco_core.broker.messages import RemoteDriver
from pyco_core.device import Device, device
from pyco_core.driver.compiler import load
from pyco_core.models.console import Console, DriverFacts
from pyco_core.models.endpoint import parse_url
from pyco_core.models.settings import Settings

CONSOLES: list[Console] = [
    device("telnet://r1/cisco_ios"),
    RemoteDevice([parse_url("telnet://r1/cisco_ios")], Settings(), 60.0),
]
DRIVERS: list[DriverFacts] = [load("cisco_ios"), RemoteDriver("cisco_ios", modes=("user", "enable"))]


@pytest.mark.parametrize("console", CONSOLES, ids=lambda console: type(console).__name__)
def test_unconnected_console_has_no_state(console: Console) -> None:
    assert (console.mode, console.home, console.hostname) == ("", "", "")
    console.close()


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: type(driver).__name__)
def test_driver_facts_are_available(driver: DriverFacts) -> None:
    assert (driver.name, driver.network, "enable" in driver.modes) == ("cisco_ios", True, True)


@pytest.mark.parametrize("name", ["connect", "enter", "mask", "__call__", "close"])
def test_consoles_have_the_same_signatures(name: str) -> None:
    signatures = [inspect.signature(getattr(kind, name)) for kind in (Device, RemoteDevice, Console)]
    assert signatures[0] == signatures[1] == signatures[2]


def test_remote_device_masks_the_longest_secret_of_its_route() -> None:
    endpoint = parse_url("telnet://joe:abc@r1/cisco_ios")
    hop = parse_url("ssh://joe:abcdef@jump/linux")
    remote = RemoteDevice([hop, endpoint], Settings(), 60.0, fallbacks=[[endpoint]])
    assert remote.mask("x abcdef abc") == "x ******** ********"
