# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.driver.model import Driver
from pyco_core.errors import CommandError, InvalidParameter
from pyco_core.models.console import Console
from pyco_core.tasks.facts import Facts
from tests.unit.facts.outputs import IOS
from tests.unit.facts.test_platforms import Device


def task(device: Device, *subset: str) -> Facts:
    def enter(mode: str) -> Console:
        assert mode == ""
        return device

    def driver(console: Console) -> Driver:
        assert console is device
        return device.driver

    return Facts(enter, driver, subset)


def test_facts_have_names_of_vendors_modules() -> None:
    work = task(Device("cisco_ios", IOS, hostname="r1"), "all", "!arp")
    work.run()
    result = work.result()
    facts = result["ansible_facts"]
    assert result["changed"] is False
    assert "warnings" not in result
    assert facts["ansible_pyco"]["interfaces"]["Loopback0"]["up"] is True
    assert facts["ansible_net_hostname"] == "r1"
    assert facts["ansible_net_system"] == "cisco_ios"
    assert facts["ansible_net_gather_subset"] == ["all", "!arp"]
    assert facts["ansible_net_config"] == "hostname r1\nend"
    assert facts["ansible_net_all_ipv4_addresses"] == ["192.0.2.1", "198.51.100.1"]
    assert facts["ansible_net_all_ipv6_addresses"] == [
        "fe80::200:5eff:fe00:1",
        "2001:db8::1",
        "fe80::200:5eff:fe00:1",  # of another interface
    ]
    assert facts["ansible_net_neighbors"] == {
        "GigabitEthernet0/0": [{"host": "core1.example.net", "port": "Gi1/0/7"}],
        "GigabitEthernet0/1": [{"host": "access7", "port": "GigabitEthernet1/0/48"}],
    }
    assert facts["ansible_net_interfaces"]["GigabitEthernet0/0"] == {
        "description": "to core, port 7",
        "macaddress": "02:00:5e:00:00:01",
        "mtu": 1500,
        "bandwidth": 1_000_000,
        "lineprotocol": "up",
        "operstatus": "up",
        "ipv4": [{"address": "192.0.2.1", "subnet": "25"}],
        "ipv6": [{"address": "2001:db8::1", "subnet": "64"}],
    }
    down = facts["ansible_net_interfaces"]
    assert down["GigabitEthernet0/1"]["operstatus"] == "administratively down"
    assert down["GigabitEthernet0/2"]["operstatus"] == "down"
    assert "ansible_net_version" not in facts


def test_interface_without_values_has_no_states() -> None:
    device = Device("linux", {"ip -j address": '[{"ifname": "x"}]'})
    work = task(device, "interfaces", "!min")
    work.run()
    assert work.result()["ansible_facts"]["ansible_net_interfaces"] == {"x": {"ipv4": [], "ipv6": []}}


def test_warning_names_driver_without_facts() -> None:
    work = task(Device("avocent_acs", {}, hostname="acs"), "min")
    work.run()
    result = work.result()
    assert result["ansible_facts"]["ansible_pyco"] == {"hostname": "acs"}
    assert result["warnings"] == ["The driver avocent_acs has no commands that give facts (`facts`)."]


def test_result_is_empty_after_error_of_login() -> None:
    def enter(_mode: str) -> Console:
        raise CommandError("refused")

    work = Facts(enter, lambda _console: Device("linux", {}).driver)
    with pytest.raises(CommandError):
        work.run()
    assert work.result() == {"changed": False, "ansible_facts": {}}


def test_unknown_subset_is_reported_before_login() -> None:
    with pytest.raises(InvalidParameter, match="unknown subset"):
        task(Device("linux", {}), "everything")
