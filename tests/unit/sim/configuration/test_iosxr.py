# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated device with Cisco IOS XR, over telnet. The texts are those of Cisco's command references."""

from __future__ import annotations

import pytest

from pyco_core.sim import Faults

from .router import Router, Setting
from .terminals import Clock

START = """\
hostname r1
!
interface GigabitEthernet0/0/0/0
 ipv4 address 192.0.2.1 255.255.255.0
!
router bgp 65000
 !
 neighbor 192.0.2.2
  remote-as 65001
"""


@pytest.fixture
def router(setting: Setting) -> Router:
    return Router(setting, "iosxr", START)


def test_unknown_keyword_after_ipv4_is_refused(router: Router) -> None:
    terminal = router.configure()
    assert "Invalid input detected" in terminal("ipv4 prefx-list x")
    terminal("interface gi0/0/0/0")
    assert "Invalid input detected" in terminal("ipv4 adress 192.0.2.9 255.255.255.0")
    terminal.run("ipv4 mask-reply", "ipv4 unreachables disable", "root", "router static")
    terminal.run("address-family ipv4 unicast", "203.0.113.0/24 null0")
    assert "Invalid input detected" in terminal("203.0.113.0 null0")
    terminal("commit")
    assert " ipv4 mask-reply\n ipv4 unreachables disable\n" in router.device.running
    assert "  203.0.113.0/24 null0\n" in router.device.running


def test_lines_act_at_commit(router: Router) -> None:
    terminal = router.configure()
    assert terminal.text == "RP/0/RP0/CPU0:r1(config)#"
    terminal.run("hostname r2", "interface gi0/0/0/0", "description x", "no ipv4 address")
    assert router.device.running == START
    assert terminal("show configuration").splitlines()[2:-2] == [
        "hostname r2",
        "interface GigabitEthernet0/0/0/0",
        " description x",
        " no ipv4 address 192.0.2.1 255.255.255.0",
        "no hostname r1",
    ]
    assert "+  hostname r2\n" in terminal("show commit changes diff")
    assert "-   ipv4 address" in terminal("show commit changes diff")
    assert terminal("commit show-error") == ""
    assert terminal.text == "RP/0/RP0/CPU0:r2(config-if)#"
    assert "description x" in router.device.running
    assert router.device.startup == router.device.running
    assert terminal("commit") == "% No configuration changes to commit.\n"
    assert terminal("show configuration failed") == ""
    assert "!! IOS XR Configuration 7.3.2\n!\nhostname r2\n" in terminal("show running-config")
    terminal.run("root", "end")
    assert terminal.text == "RP/0/RP0/CPU0:r2#"
    assert "Configuration successfully rolled back 1 commits." in terminal("rollback configuration last 1")
    assert router.device.running == START
    assert terminal("rollback configuration last 9") == "% The rollback point does not exist\n"
    assert "hostname r1" in terminal("show running-config")


def test_uncommitted_changes_are_asked_about(router: Router) -> None:
    terminal = router.configure()
    terminal("hostname r2")
    terminal("end", until=r"\[cancel\]:$")
    terminal("")
    assert terminal.text == "RP/0/RP0/CPU0:r1(config)#"
    terminal("exit", until=r"before exiting\(yes/no/cancel\)\? \[cancel\]:$")
    terminal("no")
    assert terminal.text == "RP/0/RP0/CPU0:r1#"
    terminal.run("configure", "hostname r2", "clear", "abort")
    assert router.device.running == START
    terminal.run("configure", "hostname r3")
    terminal("end", until=r"\[cancel\]:$")
    terminal("yes")
    assert terminal.text == "RP/0/RP0/CPU0:r3#"


@pytest.mark.parametrize("faults", [Faults(uncommittable=("mtu 7",))], indirect=True)
def test_failed_commit_names_its_lines(router: Router) -> None:
    terminal = router.configure()
    terminal.run("hostname r2", "interface gi0/0/0/0", "mtu 7")
    failed = terminal("commit")
    assert failed.startswith(
        "\n% Failed to commit one or more configuration items during a pseudo-atomic operation."
    )
    assert router.device.running == START
    shown = terminal("show configuration failed")
    assert "!! SEMANTIC ERRORS: This configuration was rejected by" in shown
    assert "\ninterface GigabitEthernet0/0/0/0\n mtu 7\n!!% Invalid argument: " in shown
    assert shown.endswith("\n!\nend\n\n")
    terminal("root")
    terminal("end", until=r"\[cancel\]:$")
    assert "% Failed to commit" in terminal("yes")
    assert terminal.text == "RP/0/RP0/CPU0:r1(config)#"


def test_unconfirmed_commit_is_undone(router: Router, clock: Clock) -> None:
    terminal = router.configure()
    terminal.run("hostname r2", "commit confirmed 60")
    clock.move(60)
    assert router.device.running == START
    terminal.run("hostname r3")
    terminal("commit confirmed minutes 5", until=r"\[no\]: $")
    terminal("yes")
    assert terminal("commit") == ""
    clock.move(600)
    assert "hostname r3" in router.device.running


def test_section_that_another_commit_has_removed_is_made_again(router: Router) -> None:
    first, second = router.configure(), router.configure()
    second.run("router bgp 65000", "neighbor 192.0.2.2", "description x")
    first.run("no router bgp 65000", "commit")
    assert "router bgp" not in router.device.running
    second("commit", until="commit anyway\\? \\[no\\]: $")
    second("yes")
    assert "router bgp 65000\n" in router.device.running
    assert "  description x\n" in router.device.running


def test_commits_of_others_are_asked_about_and_merged(router: Router) -> None:
    first, second = router.configure(), router.configure()
    first.run("hostname r2", "interface gi0/0/0/0", "no ipv4 address", "mtu 1400", "interface lo1", "commit")
    second.run(
        "interface gi0/0/0/0",
        "description x",
        "interface lo2",
        "mtu 1300",
        "no router bgp 65000",
        "no domain x",
    )
    second("commit", until="commit anyway\\? \\[no\\]: $")
    second("")
    assert "description x" not in router.device.running
    second("commit", until="commit anyway\\? \\[no\\]: $")
    second("yes")
    assert router.device.running == (
        "hostname r2\n!\ninterface GigabitEthernet0/0/0/0\n description x\n mtu 1400\n"
        "!\ninterface Loopback1\n!\ninterface Loopback2\n mtu 1300\n"
    )


def test_commit_replace_keeps_only_typed_lines(router: Router) -> None:
    terminal = router.configure()
    terminal.run("router static", "address-family ipv4 unicast", "0.0.0.0/0 192.0.2.9", "root", "hostname r2")
    terminal.run("interface gi0/0/0/0", "description x")
    terminal("commit replace", until=r"Do you wish to proceed\? \[no\]: $")
    terminal("")
    assert router.device.running == START
    terminal("commit replace", until=r"Do you wish to proceed\? \[no\]: $")
    terminal("yes")
    assert router.device.running == (
        "hostname r2\n!\ninterface GigabitEthernet0/0/0/0\n description x\n"
        "!\nrouter static\n !\n address-family ipv4 unicast\n  0.0.0.0/0 192.0.2.9\n"
    )


def test_exclusive_lock_refuses_other_sessions(router: Router) -> None:
    first, second = router.open(), router.open()
    first("configure exclusive")
    assert second("configure exclusive") == (
        "Cannot enter exclusive mode. The Configuration Namespace is locked by another agent.\n"
    )
    second.run("configure", "hostname r2")
    assert "locked by another session" in second("commit")
    first("exit")
    second("commit")
    assert "hostname r2" in router.device.running


def test_policies_are_blocks_with_prompt(router: Router) -> None:
    terminal = router.configure()
    terminal("route-policy P")
    assert terminal.text == "RP/0/RP0/CPU0:r1(config-rpl)#"
    terminal("  pass")
    terminal("end-policy")
    assert terminal.text == "RP/0/RP0/CPU0:r1(config)#"
    terminal.run("prefix-set S", "  192.0.2.0/24", "end-set", "commit")
    assert "route-policy P\n  pass\nend-policy\n" in router.device.running
    assert "prefix-set S\n  192.0.2.0/24\nend-set\n" in router.device.running
    terminal.run("no route-policy P", "commit")
    assert "route-policy" not in router.device.running
