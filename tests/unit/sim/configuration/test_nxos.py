# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated device with NX-OS, over telnet."""

from __future__ import annotations

import pytest

from pyco_core.sim import Faults

from .router import Router, Setting

START = "hostname r1\nfeature bgp\n!\ninterface Ethernet1/1\n  description uplink\n"


@pytest.fixture
def router(setting: Setting) -> Router:
    return Router(setting, "nxos", START, enter="configure terminal")


def test_lines_act_at_once_and_are_saved(router: Router) -> None:
    terminal = router.configure()
    assert terminal.text == "r1(config)# "
    terminal.run("interface eth 1/1", "no switchport", "ip address 192.0.2.1/24", "vrf context A")
    assert terminal.text == "r1(config-vrf)# "
    terminal("end")
    shown = terminal("show running-config")
    assert "!Command: show running-config\n" in shown
    assert (
        "interface Ethernet1/1\n  description uplink\n  no switchport\n  ip address 192.0.2.1/24\n" in shown
    )
    assert terminal("show startup-config").endswith(START.partition("!")[2] + "\n")
    assert terminal("copy running-config startup-config").endswith("Copy complete.\n")
    assert router.device.startup == router.device.running
    assert "mtu 1500" in terminal("show running-config all")


def test_lines_need_their_feature(router: Router) -> None:
    terminal = router.configure("configure")
    assert "% Invalid command at '^' marker." in terminal("router ospf 1")
    assert "% Invalid command at '^' marker." in terminal("interface Vlan10")
    assert terminal.run("feature interface-vlan", "interface Vlan10", "router bgp 65000") == ""
    assert terminal("neighbor 192.0.2.2") + terminal("remote-as 65001") == ""
    assert terminal.text == "r1(config-router-neighbor)# "
    assert "neighbor 192.0.2.2\n    remote-as 65001" in router.device.running
    assert terminal("no feature bgp") == ""
    assert "bgp" not in router.device.running


@pytest.mark.parametrize("faults", [Faults(refuse=("^no description new",))], indirect=True)
def test_checkpoint_restores_the_configuration(router: Router) -> None:
    terminal = router.open()
    before = router.device.running
    assert terminal("checkpoint a") == "..Done\n"
    assert "already exists" in terminal("checkpoint a")
    terminal.run("configure terminal", "vlan 1,10-12", "end")
    assert "-vlan 11" in terminal("show diff rollback-patch checkpoint a running-config")
    assert "Rollback completed successfully." in terminal("rollback running-config checkpoint a atomic")
    assert router.device.running == before
    terminal.run("configure terminal", "interface Ethernet1/2", "description new", "end")
    changed = router.device.running
    assert "ERROR: Rollback failed" in terminal("rollback running-config checkpoint a atomic")
    assert router.device.running == changed
    assert terminal("no checkpoint a") == ""
    for line in ("no checkpoint a", "rollback running-config checkpoint a"):
        assert terminal(line) == "ERROR: Checkpoint a does not exist\n"
    assert "does not exist" in terminal("show diff rollback-patch checkpoint a running-config")
