# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Full replacements, typed into simulated devices that hold their configuration and refuse wrong orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import pytest

from pyco_core.configure.plan import Plan, Request, make_plan
from pyco_core.configure.tree import Syntax, parse
from pyco_core.sim import SimulatedDevice, make_device, platform_tape

ENTER = {"ios": ("configure", "terminal"), "eos": ("configure",), "nxos": ("configure", "terminal")}
SYNTAX = Syntax()


@dataclass
class Paper:
    """A terminal that keeps what a device prints."""

    printed: list[str] = field(default_factory=list)
    user: str = "pyco"

    def write(self, text: str) -> None:
        self.printed.append(text)

    def page(self, text: str) -> None:
        raise AssertionError(text)

    def ask(self, prompt: str, *, hidden: bool = False) -> str:
        raise AssertionError(prompt)

    def key(self, prompt: str) -> str:
        return "\r"

    def execute(self, line: str, offset: int = 0) -> None:
        raise AssertionError(line)

    def refuse(self, line: str, kind: str, column: int = 0) -> None:
        raise AssertionError(f"{kind}: {line}")

    def hang_up(self, reason: str) -> NoReturn:
        raise AssertionError(reason)


def hold(kind: str, text: str) -> SimulatedDevice:
    return make_device(platform_tape(kind, text))


def plan(running: str, intended: str, own: tuple[str, ...] = ()) -> Plan:
    return make_plan(Request(intended, replace="full"), parse(running, SYNTAX), SYNTAX, own=own)


def lines_of(text: str) -> list[str]:
    return sorted(line for line in text.splitlines() if line.strip() != "!")


def replaced(kind: str, before: str, after: str, own: tuple[str, ...] = ()) -> list[str]:
    """Replace a configuration on a device, check the result, and return the typed lines."""
    device, paper = hold(kind, before), Paper()
    cli = device.open(paper)
    cli.run(ENTER[kind], {})
    change = plan(device.running, after, own)
    for step in change.steps:
        for line in (*step.parents, step.text):
            cli.obey(line)
        while cli.mode != "config":
            cli.obey("exit")
    assert "".join(text for text in paper.printed if text.strip()) == ""
    assert lines_of(device.running) == lines_of(hold(kind, after).running)
    assert plan(device.running, after).commands == []
    return change.commands


BGP = """\
router bgp 65000
 bgp log-neighbor-changes
 neighbor CORE peer-group
 neighbor CORE remote-as 65000
 neighbor EDGE peer-group
 neighbor EDGE remote-as 65001
 neighbor 192.0.2.1 peer-group CORE
 neighbor 192.0.2.1 update-source Loopback0
 neighbor 192.0.2.2 peer-group EDGE
 !
 address-family ipv4
  neighbor CORE send-community
  neighbor EDGE send-community
  neighbor 192.0.2.1 activate
  neighbor 192.0.2.2 activate
 exit-address-family
"""


def test_members_of_peer_group_go_before_the_group() -> None:
    lines = [line for line in BGP.splitlines() if "EDGE" not in line and "192.0.2.2" not in line]
    assert replaced("ios", BGP, "\n".join(lines)) == [
        "router bgp 65000",
        "no neighbor 192.0.2.2 peer-group EDGE",
        "no neighbor EDGE peer-group",
    ]
    assert replaced("ios", "\n".join(lines), BGP)


def test_neighbor_that_changes_its_group_gets_all_its_lines_again() -> None:
    after = BGP.replace("192.0.2.1 peer-group CORE", "192.0.2.1 peer-group EDGE")
    assert replaced("ios", BGP, after) == [
        "router bgp 65000",
        "no neighbor 192.0.2.1 peer-group CORE",
        "neighbor 192.0.2.1 peer-group EDGE",
        "neighbor 192.0.2.1 update-source Loopback0",
        "router bgp 65000",
        "address-family ipv4",
        "neighbor 192.0.2.1 activate",
    ]


SWAPPED = """\
interface GigabitEthernet0/0
 ip address {} 255.255.255.0
!
interface GigabitEthernet0/1
 ip address {} 255.255.255.0
 ip address 203.0.113.1 255.255.255.0 secondary
"""


def test_addresses_that_move_between_interfaces_are_freed_first() -> None:
    before, after = SWAPPED.format("192.0.2.1", "198.51.100.1"), SWAPPED.format("198.51.100.2", "192.0.2.2")
    assert replaced("ios", before, after) == [
        "interface GigabitEthernet0/1",
        "no ip address",
        "interface GigabitEthernet0/0",
        "no ip address",
        "ip address 198.51.100.2 255.255.255.0",
        "interface GigabitEthernet0/1",
        "ip address 192.0.2.2 255.255.255.0",
        "ip address 203.0.113.1 255.255.255.0 secondary",
    ]


def test_address_of_the_login_is_replaced_and_never_removed() -> None:
    before = SWAPPED.format("192.0.2.1", "198.51.100.1")
    after = SWAPPED.format("233.252.0.1", "192.0.2.2")
    assert replaced("ios", before, after, ("192.0.2.1",)) == [
        "interface GigabitEthernet0/0",
        "ip address 233.252.0.1 255.255.255.0",
        "interface GigabitEthernet0/1",
        "ip address 192.0.2.2 255.255.255.0",
    ]


@pytest.mark.parametrize(
    "after",
    [
        "vrf definition A\ninterface Loopback0\n ip address 192.0.2.1 255.255.255.0\n"
        "interface Loopback1\n vrf forwarding A\n ip address 192.0.2.2 255.255.255.0\n",
        "vrf definition A\ninterface Loopback0\n ip address 192.0.2.1 255.255.255.0\n"
        "interface Loopback1\n ip address 198.51.100.1 255.0.255.0\n",
    ],
    ids=["other VRF", "wrong mask"],
)
def test_address_without_a_clash_stays(after: str) -> None:
    running = (
        "vrf definition A\ninterface Loopback0\n ip address 192.0.2.9 255.255.255.0\ninterface Loopback1\n"
    )
    assert "no ip address" not in plan(running, after).commands


def test_new_physical_interface_is_switched_on() -> None:
    after = "interface GigabitEthernet0/7\n ip address 192.0.2.1 255.255.255.0\n"
    assert replaced("ios", "hostname r1\n", f"hostname r1\n{after}") == [
        "interface GigabitEthernet0/7",
        "ip address 192.0.2.1 255.255.255.0",
        "no shutdown",
    ]
    assert plan("", "interface GigabitEthernet0/7\n shutdown\n").commands[-1] == "shutdown"
    assert "no shutdown" not in plan("", "interface Loopback7\n mtu 1400\n").commands


def test_unused_physical_interface_keeps_its_defaults() -> None:
    running = "interface GigabitEthernet0/7\n description old\n duplex auto\n speed auto\n negotiation auto\n"
    intended = "hostname r1\n"
    assert plan(f"{intended}{running}", intended).commands == [
        "interface GigabitEthernet0/7",
        "no description",
    ]


def test_negation_of_a_default_is_typed() -> None:
    after = """\
router bgp 65000
   no bgp default ipv4-unicast
   neighbor EDGE peer group
   address-family evpn
      no neighbor EDGE activate
"""
    start = "router bgp 65000\n   neighbor EDGE peer group\n   address-family evpn\n"
    assert replaced("eos", start, f"no spanning-tree vlan-id 4094\n{after}") == [
        "no spanning-tree vlan-id 4094",
        "router bgp 65000",
        "no bgp default ipv4-unicast",
        "router bgp 65000",
        "address-family evpn",
        "no neighbor EDGE activate",
    ]


def test_vlans_are_removed_as_one_list() -> None:
    before = "vlan 10\n   name a\n!\nvlan 11\n!\nvlan 20\n!\nvlan 30\n"
    assert replaced("eos", before, "vlan 20\n") == ["no vlan 10-11,30"]
    assert replaced("eos", "vlan 20\n", "vlan 10\n!\nvlan 11\n!\nvlan 20\n") == ["vlan 10-11"]


def test_entries_of_prefix_list_are_changed_by_their_numbers() -> None:
    before = "ip prefix-list A\n   seq 10 permit 192.0.2.0/24\n   seq 20 permit 198.51.100.0/24\n"
    after = "ip prefix-list A\n   seq 20 permit 203.0.113.0/24\n"
    assert replaced("eos", before, after) == [
        "ip prefix-list A",
        "no seq 10",
        "no seq 20",
        "seq 20 permit 203.0.113.0/24",
    ]


def test_class_in_policy_of_a_zone_firewall_is_a_section() -> None:
    after = """\
policy-map type inspect P
 class type inspect C
  inspect
 class class-default
  drop log
"""
    commands = replaced("ios", "hostname r1\n", f"hostname r1\n{after}")
    assert commands[:3] == ["policy-map type inspect P", "class type inspect C", "inspect"]


def test_passive_interfaces_are_shown_against_their_default() -> None:
    start = "router ospf 1\n passive-interface Loopback0\n"
    assert replaced("ios", start, "router ospf 1\n") == ["router ospf 1", "no passive-interface Loopback0"]
    exception = "router ospf 1\n passive-interface default\n no passive-interface GigabitEthernet0/0\n"
    assert replaced("ios", "router ospf 1\n", exception)
    assert replaced("ios", exception, "router ospf 1\n passive-interface default\n") == [
        "router ospf 1",
        "passive-interface GigabitEthernet0/0",
    ]


def test_interface_with_two_networks_that_move_is_cleared_once() -> None:
    before = SWAPPED.format("233.252.0.1", "198.51.100.1")
    after = """\
interface GigabitEthernet0/0
 ip address 198.51.100.2 255.255.255.0
 ip address 203.0.113.2 255.255.255.0 secondary
!
interface GigabitEthernet0/1
 ip address 233.252.7.1 255.255.255.0
"""
    commands = replaced("ios", before, after)
    assert commands[:3] == ["interface GigabitEthernet0/1", "no ip address", "interface GigabitEthernet0/0"]


def test_lines_below_a_vlan_are_removed_if_the_vlan_has_no_others() -> None:
    assert replaced("eos", "vlan 10\n   name a\n", "vlan 10\n") == ["vlan 10", "no name a"]


def test_vrf_of_the_management_is_switched_on() -> None:
    before = "hostname a\ndaemon A\n   no shutdown\nno ip routing vrf M\n"
    api = "management api http-commands\n   no shutdown\n   !\n   vrf M\n      no shutdown\n"
    assert "vrf M" in replaced("eos", "hostname a\n", f"{before}{api}")


def test_list_of_vlans_is_one_line_for_each() -> None:
    before, after = ("vlan 1,10-12\nvlan 10\n  name A\n", "vlan 1,10,13\nvlan 10\n  name B\n")
    assert replaced("nxos", before, after) == ["vlan 13", "vlan 10", "no name A", "name B", "no vlan 11-12"]


def test_route_to_the_same_next_hop_replaces_the_old_one() -> None:
    route = "ip route 0.0.0.0 0.0.0.0 192.0.2.1"
    assert replaced("ios", f"{route} name a\n", f"{route} 200 name b\n") == [f"{route} 200 name b"]
    device = hold("ios", f"{route} name a\n")
    cli = device.open(Paper())
    cli.run(ENTER["ios"], {})
    cli.obey(f"{route} name a")
    assert device.running.count(route) == 1


def test_vlans_of_a_wrong_list_are_refused() -> None:
    device = hold("eos", "vlan 20\n")
    paper = Paper()
    cli = device.open(paper)
    cli.run(ENTER["eos"], {})
    cli.obey("vlan a,b")
    assert paper.printed == ["Command rejected: Bad VLAN list\n"]
    cli.obey("no vlan 20-21")
    assert device.running == ""
