# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from typing import Any

import pytest

from pyco_core.configure.plan import Plan, Request, make_plan
from pyco_core.configure.tree import EXEC, SET, Syntax, parse
from pyco_core.errors import ConfigureError, InvalidParameter

IOS = Syntax()
VRP = Syntax(negate="undo ")
JUNOS = Syntax(SET, "delete ")
ROUTEROS = Syntax(EXEC, "")

RUNNING = """\
hostname r1
interface GigabitEthernet0/1
 description old
 ip address 192.0.2.1 255.255.255.0
 no ip redirects
router bgp 65000
 neighbor 192.0.2.2 remote-as 65001
 address-family ipv4
  neighbor 192.0.2.2 activate
ip access-list extended A
 permit tcp any any eq 22
 deny ip any any
"""


def plan(text: str, running: str = RUNNING, syntax: Syntax = IOS, **options: Any) -> Plan:
    complete = options.pop("complete", None)
    own = options.pop("own", ())
    tree = parse(complete, syntax) if complete is not None else None
    return make_plan(Request(text, **options), parse(running, syntax), syntax, complete=tree, own=own)


def commands(text: str, running: str = RUNNING, **options: Any) -> list[str]:
    return plan(text, running, **options).commands


# Lines.


def test_line_that_is_there_is_not_typed() -> None:
    empty = plan("interface gi0/1\n description old\n")
    assert not empty
    assert empty.commands == []
    assert str(empty) == ""


def test_missing_line_is_typed_in_its_sections() -> None:
    change = plan(
        "interface Gi0/1\n description new\nrouter bgp 65000\n address-family ipv4\n  network 10.0.0.0\n"
    )
    assert change.commands == [
        "interface Gi0/1",
        "description new",
        "router bgp 65000",
        "address-family ipv4",
        "network 10.0.0.0",
    ]
    assert str(change) == (
        "--- running\n+++ intended\n interface GigabitEthernet0/1\n- description old\n+ description new\n"
        " router bgp 65000\n  address-family ipv4\n+  network 10.0.0.0\n"
    )


def test_section_is_entered_once_for_lines_that_follow_each_other() -> None:
    assert commands("mtu 9000\nspeed 100\n", parents=("interface Gi0/1",)) == [
        "interface Gi0/1",
        "mtu 9000",
        "speed 100",
    ]


def test_before_and_after_are_typed_only_with_a_change() -> None:
    assert commands("hostname r1\n", before=("x",), after=("y",)) == []
    assert commands("hostname r2\n", before=("x",), after=("y",)) == ["x", "hostname r2", "y"]


def test_negated_line_is_typed_while_its_line_is_set() -> None:
    assert commands("interface Gi0/1\n no description\n") == ["interface Gi0/1", "no description"]
    assert commands("no interface Gi0/1\n") == ["no interface Gi0/1"]
    assert commands("interface Gi0/1\n no description\n no ip address\n")[1:] == [
        "no description",
        "no ip address",
    ]


@pytest.mark.parametrize(
    "line", ["no shutdown", "no ip redirects", "no ip address 198.51.100.1 255.255.255.0", "no mtu 9000"]
)
def test_negated_line_is_not_typed_if_its_line_is_not_set(line: str) -> None:
    assert commands(f"interface Gi0/1\n {line}\n") == []


def test_negated_line_in_missing_section_is_not_typed() -> None:
    assert commands("interface Gi0/9\n no shutdown\n") == []
    assert commands("interface range Eth1-2\n no shutdown\n") == []
    assert commands("interface Vlan9\n mtu 9\n no shutdown\n") == ["interface Vlan9", "mtu 9", "no shutdown"]


def test_negation_of_unknown_default_is_typed_and_found_among_the_defaults() -> None:
    line = "interface Gi0/1\n no ip proxy-arp\n"
    assert commands(line) == ["interface Gi0/1", "no ip proxy-arp"]
    shown = RUNNING.replace(" no ip redirects\n", " no ip redirects\n no ip proxy-arp\n")
    assert commands(line, complete=shown) == []
    assert commands(line, complete=shown.replace("no ip proxy-arp", "ip proxy-arp")) == [
        "interface Gi0/1",
        "no ip proxy-arp",
    ]
    assert commands("interface Gi0/1\n no cdp enable\n", complete=RUNNING) == []


def test_default_is_found_among_the_defaults() -> None:
    line = "interface Gi0/1\n negotiation auto\n"
    assert commands(line) != []
    assert commands(line, complete=RUNNING.replace(" description", " negotiation auto\n description")) == []


def test_entry_without_sequence_number_is_found_with_one() -> None:
    running = "ip prefix-list P seq 5 permit 10.0.0.0/8\nip access-list extended A\n 10 permit ip any any\n"
    assert (
        commands(
            "ip prefix-list P permit 10.0.0.0/8\nip access-list extended A\n permit ip any any\n", running
        )
        == []
    )
    assert commands("ip prefix-list P seq 10 permit 10.0.0.0/8\n", running) == [
        "ip prefix-list P seq 10 permit 10.0.0.0/8"
    ]


def test_range_is_typed_as_written_if_one_interface_lacks_a_line() -> None:
    running = "interface Ethernet1\n mtu 9000\ninterface Ethernet2\n mtu 9000\n shutdown\n"
    assert commands("interface range Eth1-2\n mtu 9000\n", running) == []
    change = plan("interface range Eth1-2\n shutdown\n", running)
    assert change.commands == ["interface range Eth1-2", "shutdown"]
    assert "\n interface Ethernet1\n+ shutdown\n" in change.diff
    assert commands("interface range Eth1-2\n", running) == []
    assert commands("interface range Eth1-3\n", running) == ["interface range Eth1-3"]


@pytest.mark.parametrize(
    ("line", "is_typed"),
    [("add 3", False), ("add 9", True), ("remove 9", False), ("remove 3", True), ("1-3", False), ("2", True)],
)
def test_list_of_vlans_is_compared_by_its_numbers(line: str, is_typed: bool) -> None:
    running = "interface a\n switchport trunk allowed vlan 1,2,3\n"
    text = f"interface a\n switchport trunk allowed vlan {line}\n"
    assert bool(commands(text, running)) is is_typed


def test_vlan_is_not_added_to_a_trunk_that_allows_all() -> None:
    assert commands("interface a\n switchport trunk allowed vlan add 3\n", "interface a\n mtu 9\n") == []
    assert commands("interface a\n switchport trunk allowed vlan remove 3\n", "interface a\n mtu 9\n") != []


def test_diff_shows_the_list_of_vlans_after_the_change() -> None:
    running = "interface a\n switchport trunk allowed vlan 1-3\n mtu 9\n"
    assert (
        "- switchport trunk allowed vlan 1-3\n"
        in plan("interface a\n switchport trunk allowed vlan add 9\n", running).diff
    )
    change = plan("interface a\n switchport trunk allowed vlan remove 2\n", running)
    assert "+ switchport trunk allowed vlan 1,3\n" in change.diff
    assert plan("interface b\n switchport trunk allowed vlan remove 2\n", running).diff == (
        "--- running\n+++ intended\n+interface b\n"
    )


# Match and replace, as ios_config has them.

SECTION = "interface a\n x\n y\n z\n"


@pytest.mark.parametrize(
    ("match", "lines", "typed"),
    [
        ("line", ["z", "y", "x"], []),
        ("strict", ["x", "y"], []),
        ("strict", ["x", "z", "y"], ["z", "y"]),
        ("exact", ["x", "y", "z"], []),
        ("exact", ["x", "y"], ["x", "y"]),
        ("none", ["x"], ["x"]),
    ],
)
def test_match_decides_which_lines_are_typed(match: str, lines: list[str], typed: list[str]) -> None:
    given = commands("\n".join(lines), SECTION, parents=("interface a",), match=match)
    assert given == (["interface a", *typed] if typed else [])


@pytest.mark.parametrize("match", ["strict", "exact"])
def test_numbers_of_the_device_do_not_matter_to_a_list_without(match: str) -> None:
    running = "ip access-list extended A\n 10 permit ip any any\n 20 deny ip any any log\n"
    plain = ["permit ip any any", "deny ip any any log"]
    options: dict[str, Any] = {"running": running, "parents": ("ip access-list extended A",), "match": match}
    assert commands("\n".join(plain), **options) == []
    assert commands("\n".join(reversed(plain)), **options)[1:] == plain[::-1]
    assert commands("10 permit ip any any\n20 deny ip any any log", **options) == []
    assert commands("20 permit ip any any\n30 deny ip any any log", **options)


def test_match_exact_types_a_missing_section() -> None:
    assert commands("x\n", "", parents=("interface a",), match="exact") == ["interface a", "x"]
    assert commands("x\n", "", parents=("interface a",), match="strict") == ["interface a", "x"]


def test_replace_block_types_the_whole_section_of_a_difference() -> None:
    text = "hostname a\nmtu 1\ninterface a\n x\n w\ninterface b\n v\n"
    assert commands(text, f"hostname a\n{SECTION}interface b\n v\n", replace="block") == [
        "mtu 1",
        "interface a",
        "x",
        "w",
    ]


@pytest.mark.parametrize("option", ["match", "replace"])
def test_unknown_choice_is_refused(option: str) -> None:
    with pytest.raises(InvalidParameter, match=f"{option}: expected line, .*, got 'x'"):
        commands("", **{option: "x"})


def test_full_replacement_takes_no_parents() -> None:
    with pytest.raises(InvalidParameter, match="takes a whole configuration"):
        Request("", replace="full", parents=("interface a",))


# Full replacement.


def full(running: str, intended: str, **options: Any) -> list[str]:
    """Return the commands, after a check that they lead to the intended configuration and back."""
    syntax = options.pop("syntax", IOS)
    change = plan(intended, running, syntax, replace="full", **options)
    again = plan(running, intended, syntax, replace="full", **options)
    assert (not change) == (not again)
    return change.commands


def test_replacement_with_itself_is_empty() -> None:
    assert full(RUNNING, RUNNING) == []


def test_single_setting_is_replaced_and_not_removed_first() -> None:
    text = "hostname {0}\nenable secret 5 {0}\nusername u secret 5 {0}\n"
    text += "interface Gi0/1\n ip address {1} 255.0.0.0\n"
    assert full(text.format("a", "10.0.0.1"), text.format("b", "10.0.0.2")) == [
        "interface Gi0/1",
        "ip address 10.0.0.2 255.0.0.0",
        "hostname b",
        "enable secret 5 b",
        "username u secret 5 b",
    ]


def test_user_is_removed_after_all_else_and_by_name() -> None:
    assert full(
        "username a secret 5 x\nusername b secret 5 x\n", "username c secret 5 x\nusername b secret 5 x\n"
    ) == [
        "username c secret 5 x",
        "no username a",
    ]


def test_user_is_kept_if_only_one_of_its_lines_is_removed() -> None:
    running = "username a secret 5 x\nusername a nopassword\n"
    assert plan("username a secret 5 x\n", running, replace="full").commands == []
    assert full("username a secret 5 x\nusername a role r\n", "username a secret 5 x\n") == [
        "no username a role r"
    ]


def test_new_line_replaces_all_old_lines_of_its_setting() -> None:
    running = "username a secret 5 x\nusername a nopassword\n"
    assert plan("username a secret 5 z\n", running).diff == (
        "--- running\n+++ intended\n-username a secret 5 x\n-username a nopassword\n+username a secret 5 z\n"
    )


def test_default_route_is_removed_after_the_new_one() -> None:
    assert full("ip route 0.0.0.0 0.0.0.0 192.0.2.1\n", "ip route 0.0.0.0 0.0.0.0 192.0.2.9\n") == [
        "ip route 0.0.0.0 0.0.0.0 192.0.2.9",
        "no ip route 0.0.0.0 0.0.0.0 192.0.2.1",
    ]


def test_secondary_addresses_are_removed_before_the_primary_one() -> None:
    running = "interface Gi0/1\n ip address 10.0.0.1 255.0.0.0\n ip address 11.0.0.1 255.0.0.0 secondary\n"
    assert full(running, "interface Gi0/1\n mtu 9\n") == [
        "interface Gi0/1",
        "no ip address 11.0.0.1 255.0.0.0 secondary",
        "no ip address 10.0.0.1 255.0.0.0",
        "mtu 9",
    ]


def test_new_vrf_comes_before_the_addresses_which_it_clears() -> None:
    address = " ip address 10.0.0.1 255.0.0.0\n ipv6 address 2001:db8::1/64\n"
    running = f"vrf definition R\ninterface Gi0/1\n description a\n vrf forwarding R\n{address}"
    assert full(
        running, f"vrf definition S\ninterface Gi0/1\n description a\n{address} vrf forwarding S\n"
    ) == [
        "vrf definition S",
        "interface Gi0/1",
        "vrf forwarding S",
        "ip address 10.0.0.1 255.0.0.0",
        "ipv6 address 2001:db8::1/64",
        "no vrf definition R",
    ]


def test_removed_vrf_clears_the_addresses_too() -> None:
    running = "interface Gi0/1\n vrf forwarding R\n ip address 10.0.0.1 255.0.0.0\n"
    assert full(running, "interface Gi0/1\n ip address 10.0.0.1 255.0.0.0\n") == [
        "interface Gi0/1",
        "no vrf forwarding R",
        "ip address 10.0.0.1 255.0.0.0",
    ]


def test_vlans_of_a_trunk_are_never_emptied() -> None:
    running = "interface Gi0/1\n switchport trunk allowed vlan 1,2\n mtu 9\n"
    assert full(running, "interface Gi0/1\n switchport trunk allowed vlan 2-4\n mtu 9\n") == [
        "interface Gi0/1",
        "switchport trunk allowed vlan add 3-4",
        "switchport trunk allowed vlan remove 1",
    ]
    assert full(running, "interface Gi0/1\n switchport trunk allowed vlan none\n mtu 9\n") == [
        "interface Gi0/1",
        "switchport trunk allowed vlan none",
    ]
    assert full(
        "interface X1\n port trunk permit vlan 1,2\n",
        "interface X1\n port trunk permit vlan 2,3\n",
        syntax=VRP,
    ) == [
        "interface X1",
        "port trunk permit vlan 3",
        "undo port trunk permit vlan 1",
    ]
    assert full(
        "interface X1\n port trunk permit vlan 1,2\n", "interface X1\n port trunk permit vlan 1\n", syntax=VRP
    ) == [
        "interface X1",
        "undo port trunk permit vlan 2",
    ]
    assert full(
        "interface X1\n port trunk permit vlan 1\n", "interface X1\n port trunk permit vlan 1,2\n", syntax=VRP
    ) == [
        "interface X1",
        "port trunk permit vlan 2",
    ]


def test_only_the_difference_of_vlan_lists_is_typed() -> None:
    assert full("vlan 1,10-12\n", "vlan 1,10-13\n") == ["vlan 13"]
    assert full("vlan 1,10-13\n", "vlan 1,10-11\nvlan 12\n name x\n") == ["vlan 12", "name x", "no vlan 13"]
    assert (
        plan("vlan 1,10-11\n", "vlan 1,10-13\n", replace="full").diff
        == "--- running\n+++ intended\n-vlan 1,10-13\n+vlan 1,10-11\n"
    )
    assert plan("mtu 1\n", "mtu 1\nvlan 10\n", replace="full").diff == "--- running\n+++ intended\n-vlan 10\n"


def test_entries_with_sequence_numbers_are_changed_one_by_one() -> None:
    running = "ip access-list A\n 10 permit ip any any\n 20 deny ip any any\n"
    assert full(running, "ip access-list A\n 10 permit tcp any any\n 20 deny ip any any\n") == [
        "ip access-list A",
        "no 10",
        "10 permit tcp any any",
    ]
    assert full("ip prefix-list P\n seq 10 permit a\n", "ip prefix-list P\n seq 10 permit b\n") == [
        "ip prefix-list P",
        "no seq 10",
        "seq 10 permit b",
    ]
    assert full(
        "acl 3000\n rule 5 permit ip\n rule 7 deny ip\n", "acl 3000\n rule 5 permit ip\n", syntax=VRP
    ) == ["acl 3000", "undo rule 7"]


def test_entry_in_the_middle_needs_the_whole_list() -> None:
    running = "ip access-list extended A\n permit a\n deny b\n"
    assert full(running, "ip access-list extended A\n permit c\n permit a\n deny b\n") == [
        "no ip access-list extended A",
        "ip access-list extended A",
        "permit c",
        "permit a",
        "deny b",
    ]
    assert full(running, "ip access-list extended A\n deny b\n permit c\n") == [
        "ip access-list extended A",
        "no permit a",
        "permit c",
    ]


def test_numbered_list_is_typed_anew_unless_lines_are_appended() -> None:
    running = "access-list 10 permit a\naccess-list 10 deny any\n"
    assert full(running, f"{running}access-list 10 permit c\n") == ["access-list 10 permit c"]
    assert full(running, "access-list 10 permit b\naccess-list 10 deny any\n") == [
        "no access-list 10",
        "access-list 10 permit b",
        "access-list 10 deny any",
    ]
    assert full(f"hostname a\n{running}", "hostname a\n") == ["no access-list 10"]


def test_changed_prefix_list_entry_is_removed_directly_before_the_new_one() -> None:
    assert full("ip prefix-list P seq 5 permit a\nmtu 1\n", "ip prefix-list P seq 5 permit b\nmtu 2\n") == [
        "no ip prefix-list P seq 5 permit a",
        "ip prefix-list P seq 5 permit b",
        "mtu 2",
    ]


def test_entry_without_sequence_number_keeps_that_of_the_device() -> None:
    running = "ip prefix-list P seq 5 permit a\naccess-list L seq 5 permit b\n"
    running += "ip access-list A\n 10 permit c\n 20 deny d\n"
    intended = (
        "ip prefix-list P permit a\naccess-list L seq 5 permit x\nip access-list A\n permit c\n deny d\n"
    )
    assert plan(intended, running, replace="full").commands == [
        "no access-list L seq 5 permit b",
        "access-list L seq 5 permit x",
    ]


def test_hostname_that_is_shown_twice_is_not_removed() -> None:
    assert plan("hostname a\n", "hostname a\nhostname b\n", replace="full").commands == []


def test_section_in_place_of_another_is_removed_directly_before_it() -> None:
    running = "route-map M permit 10\n set a\nrouter bgp 1\n x\nclass-map match-any C\n y\n"
    assert full(running, "route-map M deny 10\nrouter bgp 2\n x\nclass-map match-all C\n y\n") == [
        "no class-map match-any C",
        "no route-map M permit 10",
        "route-map M deny 10",
        "class-map match-all C",
        "y",
        "no router bgp 1",
        "router bgp 2",
        "x",
    ]


def test_objects_come_before_and_go_after_the_lines_that_use_them() -> None:
    running = "class-map C\n a\npolicy-map P\n class C\ninterface Gi0/1\n service-policy P\n"
    intended = "interface Gi0/1\n service-policy Q\npolicy-map Q\n class D\nclass-map D\n a\n"
    assert full(running, intended) == [
        "class-map D",
        "a",
        "policy-map Q",
        "class D",
        "interface Gi0/1",
        "no service-policy P",
        "service-policy Q",
        "no policy-map P",
        "no class-map C",
    ]


def test_neighbor_that_goes_is_removed_once() -> None:
    running = RUNNING.replace(" address-family", " neighbor 192.0.2.2 description x\n address-family")
    intended = re.sub(r" +neighbor .*\n", "", running)
    change = plan(intended, running, replace="full")
    assert change.commands == ["router bgp 65000", "no neighbor 192.0.2.2 remote-as 65001"]
    assert "-  neighbor 192.0.2.2 activate" in change.diff


def test_neighbor_that_stays_is_not_removed() -> None:
    assert full(RUNNING, RUNNING.replace("remote-as 65001", "remote-as 65002")) == [
        "router bgp 65000",
        "neighbor 192.0.2.2 remote-as 65002",
    ]


def test_physical_interface_is_emptied_and_not_removed() -> None:
    running = "interface GigabitEthernet0/2\n description a\n no ip address\n shutdown\n"
    running += "interface Loopback0\n mtu 9\n"
    assert full(running, "mtu 1\n") == [
        "no interface Loopback0",
        "interface GigabitEthernet0/2",
        "no description",
        "no shutdown",
        "mtu 1",
    ]


def test_sections_that_always_exist_are_emptied() -> None:
    assert full("line vty 0 4\n login local\nline vty 5 15\n login\n", "mtu 1\n") == [
        "mtu 1",
        "no line vty 5 15",
        "line vty 0 4",
        "no login local",
    ]


def test_kept_section_inside_a_section_is_emptied() -> None:
    assert full("a\n control-plane\n  x\n", "a\n b\n") == ["a", "control-plane", "no x", "a", "b"]


def test_banner_is_replaced_whole_and_removed_without_its_text() -> None:
    running = "banner motd ^C\nold\n^C\nmtu 1\n"
    assert full(running, "banner motd #\nold\n#\nmtu 1\n") == []
    assert full(running, "banner motd #\nnew\n#\nmtu 1\n") == ["banner motd #\nnew\n#"]
    assert full(running, "mtu 1\n") == ["no banner motd"]
    assert (
        plan("mtu 1\n", running, replace="full").diff
        == "--- running\n+++ intended\n-banner motd ^C\n-old\n-^C\n"
    )


def test_headers_of_the_output_are_no_configuration() -> None:
    running = "Building configuration...\n\nCurrent configuration : 97 bytes\nversion 15.2\nmtu 1\n"
    assert full(running, "version 12\nmtu 1\n") == []


def test_toggle_is_typed_once() -> None:
    assert full("ip http server\n", "no ip http server\n") == ["no ip http server"]
    assert full("no ip http server\n", "ip http server\n") == ["ip http server"]
    assert full("no ip http server\nmtu 1\n", "mtu 1\n") == ["ip http server"]
    assert full("mtu 1\n", "no ip http server\nip http server\nmtu 1\n") == ["ip http server"]


def test_needless_negation_is_not_typed() -> None:
    running = "interface Loopback0\n mtu 9\n"
    assert plan(f"{running} no shutdown\n no ip address\n", running, replace="full").commands == []


def test_empty_sections_are_created_and_removed() -> None:
    assert full("interface Loopback0\n", "interface Loopback1\n") == [
        "no interface Loopback0",
        "interface Loopback1",
    ]
    assert plan("interface Vlan1\n no shutdown\n", "", replace="full").commands == [
        "interface Vlan1",
        "no shutdown",
    ]


def test_interfaces_of_a_range_are_compared_one_by_one() -> None:
    assert full("interface Ethernet1\n mtu 9\n", "interface range Ethernet1-2\n mtu 9\n shutdown\n") == [
        "interface Ethernet1",
        "shutdown",
        "interface Ethernet2",
        "mtu 9",
        "shutdown",
    ]


def test_interface_of_the_login_is_changed_last() -> None:
    running = "interface Gi0/1\n ip address 192.0.2.1 255.0.0.0\ninterface Gi0/2\n mtu 9\n"
    intended = (
        "interface Gi0/1\n ip address 192.0.2.1 255.0.0.0\n mtu 8\ninterface Gi0/2\n mtu 8\nhostname a\n"
    )
    assert full(running, intended, own=["192.0.2.1"]) == [
        "interface Gi0/2",
        "mtu 8",
        "hostname a",
        "interface Gi0/1",
        "mtu 8",
    ]
    gone = "interface Loopback5\n ip address 192.0.2.1/24\nmtu 1\n"
    assert full(gone, "mtu 2\n", own=["192.0.2.1"]) == ["mtu 2", "no interface Loopback5"]


def test_loss_of_the_address_of_the_login_is_a_warning() -> None:
    change = plan("interface Gi0/1\n no ip address\n", own=["192.0.2.1", "198.51.100.1"])
    assert change.warnings == ("The change removes the address 192.0.2.1, which this login uses.",)
    assert plan("hostname x\n", own=["192.0.2.1"]).warnings == ()


def test_addresses_of_which_a_platform_has_several_are_removed() -> None:
    syntax = Syntax(several=(re.compile("ip address "),))
    assert full(
        "interface eth0\n ip address 10.0.0.1/8\n", "interface eth0\n ip address 10.0.0.2/8\n", syntax=syntax
    ) == [
        "interface eth0",
        "no ip address 10.0.0.1/8",
        "ip address 10.0.0.2/8",
    ]
    running = "interface eth0\n ip address 10.0.0.1/8\n ip address 10.0.0.2/8\n"
    assert plan("interface eth0\n no ip address 10.0.0.1/8\n", running, syntax).diff == (
        "--- running\n+++ intended\n interface eth0\n- ip address 10.0.0.1/8\n"
    )


@pytest.mark.parametrize(
    ("peer", "removal"),
    [("192.0.2.2", ""), ("2001:db8::2", ""), ("GROUP", " as-number")],
)
def test_undo_prefix_removes_a_peer_by_its_address(peer: str, removal: str) -> None:
    before = f"bgp 65000\n router-id 192.0.2.9\n peer {peer} as-number 65001\n"
    after = "bgp 65000\n router-id 192.0.2.9\n"
    assert full(before, after, syntax=VRP) == ["bgp 65000", f"undo peer {peer}{removal}"]


def test_undo_prefix_names_only_the_setting() -> None:
    assert full(
        "sysname a\ninterface X1\n description b c\n mtu 9\n", "interface X1\n mtu 9\n", syntax=VRP
    ) == [
        "interface X1",
        "undo description",
        "undo sysname",
    ]


# `set` commands.


def test_set_command_that_is_there_is_not_typed() -> None:
    running = 'set system host-name a\nset interfaces lo0 description "x"\ndeactivate interfaces lo0\n'
    text = "set system host-name a\nset interfaces lo0 description x\nset system\n"
    text += "deactivate interfaces lo0\ndelete vlans\n"
    assert plan(text, running, JUNOS).commands == []
    assert plan("activate interfaces lo0\n", running, JUNOS).commands == ["activate interfaces lo0"]
    assert plan("rename a to b\n", running, JUNOS).commands == ["rename a to b"]


def test_deleted_path_is_typed_while_something_is_set_below_it() -> None:
    running = "set interfaces lo0 unit 0 family inet\nset interfaces lo1 disable\n"
    change = plan("delete interfaces lo0\nset system host-name b\n", running, JUNOS)
    assert change.commands == ["delete interfaces lo0", "set system host-name b"]
    assert change.diff == (
        "--- running\n+++ intended\n-set interfaces lo0 unit 0 family inet\n+set system host-name b\n"
    )


def test_activated_path_is_shown_in_the_diff() -> None:
    running = "set a b\ndeactivate a b\n"
    assert plan("activate a\n", running, JUNOS).diff == "--- running\n+++ intended\n-deactivate a b\n"


def test_full_replacement_deletes_the_shortest_path_that_is_not_needed() -> None:
    running = "set interfaces ge-0/0/1 unit 0 family inet\nset interfaces ge-0/0/1 mtu 9\n"
    running += "set interfaces lo0 mtu 9\n"
    assert full(running, "set interfaces lo0 mtu 9\n", syntax=JUNOS) == ["delete interfaces ge-0/0/1"]


def test_replaced_value_is_deleted_without_its_value() -> None:
    assert full('set system host-name "a"\n', "set system host-name b\n", syntax=JUNOS) == [
        "delete system host-name",
        "set system host-name b",
    ]


def test_value_of_a_list_is_deleted_by_its_value() -> None:
    assert full("set a b 1\nset a b 2\n", "set a b 2\nset a b 3\n", syntax=JUNOS) == [
        "delete a b 1",
        "set a b 3",
    ]


def test_inactive_section_is_activated() -> None:
    assert full("set a b\ndeactivate a\n", "set a b\n", syntax=JUNOS) == ["activate a"]


def test_terms_are_moved_into_the_intended_order() -> None:
    running = (
        "set firewall filter F term a then accept\nset firewall filter F term b then reject\nset x term\n"
    )
    assert full(running, f"set firewall filter F term c then accept\n{running}", syntax=JUNOS) == [
        "set firewall filter F term c then accept",
        "insert firewall filter F term c before term a",
    ]
    other = "set firewall filter F term b then reject\nset firewall filter F term a then accept\nset x term\n"
    assert full(running, other, syntax=JUNOS) == ["insert firewall filter F term b before term a"]
    last = f"{running}set firewall filter F term c then accept\n"
    moved = "".join(
        f"set firewall filter F term {one}\n" for one in ("a then accept", "c then accept", "b then reject")
    )
    assert full(last, f"{moved}set x term\n", syntax=JUNOS) == [
        "insert firewall filter F term c after term a"
    ]


# Commands with properties.

EXPORT = "/ip address\nadd address=192.0.2.1/24 interface=ether1 comment=x\n/system identity\nset name=a\n"


def test_command_is_not_typed_if_the_export_has_its_properties() -> None:
    text = "/ip address add interface=ether1 address=192.0.2.1/24\n/system identity set name=a\n"
    assert plan(text, EXPORT, ROUTEROS).commands == []
    change = plan(
        "/system identity set name=b\n/ip address add address=192.0.2.2/24 interface=ether1\n",
        EXPORT,
        ROUTEROS,
    )
    assert change.commands == [
        "/system identity set name=b",
        "/ip address add address=192.0.2.2/24 interface=ether1",
    ]
    assert "+/system identity set name=b\n" in change.diff


def test_full_replacement_of_commands_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="not possible on this platform"):
        plan("", EXPORT, ROUTEROS, replace="full")


def test_list_in_brackets_is_a_command_for_each_value() -> None:
    running = "set protocols bgp group g import A\nset protocols bgp group g import B\n"
    assert commands("set protocols bgp group g import [ A B ]\n", running, syntax=JUNOS) == []
    assert commands("set protocols bgp group g import [ B C ]\n", running, syntax=JUNOS) == [
        "set protocols bgp group g import C"
    ]
    assert commands("delete protocols bgp group g import [ A B ]\n", running, syntax=JUNOS) == [
        "delete protocols bgp group g import A",
        "delete protocols bgp group g import B",
    ]
    assert full("set a [ 1 2 ]\n", "set a [ 3 ]\n", syntax=JUNOS) == [
        "delete a 1",
        "delete a 2",
        "set a 3",
    ]


def test_order_of_policies_rules_and_values_is_restored() -> None:
    for section, names in (
        ("security policies from-zone a to-zone b", ("policy p1", "policy p2")),
        ("security nat source rule-set s", ("rule r1", "rule r2")),
    ):
        lines = [f"set {section} {name} then permit\n" for name in names]
        assert full("".join(lines), "".join(lines[::-1]), syntax=JUNOS) == [
            f"insert {section} {names[1]} before {names[0]}"
        ]
    for section in ("protocols bgp group g import", "groups g apply-groups", "system authentication-order"):
        lines = [f"set {section} {name}\n" for name in "ABC"]
        assert full("".join(lines), "".join((*lines[1:], lines[0])), syntax=JUNOS) == [
            f"insert {section} B before A",
            f"insert {section} C after B",
        ]
    pairs = [f"set security policies from-zone {zone} to-zone b policy p then permit\n" for zone in "xy"]
    assert full("".join(pairs), "".join(pairs[::-1]), syntax=JUNOS) == []
    assert commands("set\nset a\n", "set\nset a\n", replace="full", syntax=JUNOS) == []


def test_brace_in_a_value_is_no_section() -> None:
    text = '# saved\nset system login message "a { b"\n'
    assert list(parse(text, JUNOS).children) == ["set\0system\0login\0message\0a { b"]
    assert list(parse('set a "{"\nset b\n', JUNOS).children) == ["set\0a\0{", "set\0b"]


def test_blanks_in_quotes_count() -> None:
    text = 'event manager applet A\n action 1.0 syslog msg "{}"\n'
    assert full(text.format("a  b"), text.format("a b")) != []
    assert full('x  "a  b"  c\n', 'x "a  b" c\n') == []
    frr = Syntax(collapse=True)
    assert full('x "a  b"\n', 'x "a b"\n', syntax=frr) == []


# Words and lists in other forms.


def test_abbreviated_negation_is_typed_while_the_line_is_there() -> None:
    running = "interface Ethernet1/2\n shutdown\n"
    for name in ("interface Ethernet1/2", "int eth1/2"):
        text = f"{name}\n no shut\n"
        assert commands(text, running, complete=running) == [name, "no shut"]
        complete = "interface Ethernet1/2\n no shutdown\n"
        assert commands(text, "interface Ethernet1/2\n", complete=complete) == []


def test_negation_in_an_abbreviated_section_is_typed() -> None:
    text = "route bgp 65000\n no neighbor 192.0.2.2 remote-as 65001\n"
    assert commands(text) == [line.strip() for line in text.splitlines()]
    inner = "router bgp 65000\n addr ipv4\n  no neighbor 192.0.2.2 activate\n"
    assert commands(inner) == [line.strip() for line in inner.splitlines()]


def test_list_of_vlans_is_there_if_each_of_them_is() -> None:
    running = "vlan 1,10-12\nvlan 10\n name TEN\nvlan 20\n"
    assert commands("vlan 10-12,20\nvlan 10\n name TEN\n", running) == []
    assert commands("vlan 10-13\n", running) == ["vlan 10-13"]


# Parents and quotes.


@pytest.mark.parametrize("parents", ["interface gi0/1", ["interface gi0/1"], ("interface gi0/1",)])
def test_parents_may_be_one_line(parents: object) -> None:
    assert commands("description new", parents=parents) == ["interface gi0/1", "description new"]


@pytest.mark.parametrize("parents", [5, [5], {"a": "b"}])
def test_parents_are_lines(parents: object) -> None:
    with pytest.raises(InvalidParameter, match="parents: expected a line or a list of lines"):
        plan("x", parents=parents)


@pytest.mark.parametrize("parents", ["interfaces ge-0/0/1", ["edit interfaces", "ge-0/0/1"]])
def test_lines_with_paths_are_below_their_parents(parents: object) -> None:
    running = "interfaces { ge-0/0/1 { mtu 9000; } }"
    line = "set interfaces ge-0/0/1 description x"
    for text in ("set mtu 9000\nset description x", "mtu 9000; description x; filter { }"):
        expected = [line, "set interfaces ge-0/0/1 filter"][: 1 + ("{" in text)]
        assert commands(text, running, syntax=JUNOS, parents=parents) == expected
    assert commands("delete mtu", running, syntax=JUNOS, parents=parents) == [
        "delete interfaces ge-0/0/1 mtu"
    ]


def test_entries_are_in_the_menu_of_their_parents() -> None:
    running = "/ip address\nadd address=192.0.2.1/24 interface=ether1\n"
    for parents in ("/ip address", ["/ip", "address"]):
        text = "add address=192.0.2.1/24 interface=ether1\nadd address=198.51.100.1/24 interface=ether2\n"
        wanted = ["/ip address add address=198.51.100.1/24 interface=ether2"]
        assert commands(text, running, syntax=ROUTEROS, parents=parents) == wanted


def test_levels_are_resolved_to_whole_paths() -> None:
    text = """\
edit interfaces ge-0/0/1
set mtu 9000
edit unit 0
set description x
exit
run show version
top set system host-name r2
set system domain-name a
top edit system
delete services
top
set snmp location x
exit
exit
"""
    assert commands(text, "system { services { ssh; } }", syntax=JUNOS) == [
        "set interfaces ge-0/0/1 mtu 9000",
        "set interfaces ge-0/0/1 unit 0 description x",
        "run show version",
        "set system host-name r2",
        "set system domain-name a",
        "delete system services",
        "set snmp location x",
    ]


def test_level_that_only_the_device_knows_is_an_error() -> None:
    with pytest.raises(ConfigureError, match="'up' has no meaning"):
        plan("up\n", "", JUNOS)


@pytest.mark.parametrize("syntax", [JUNOS, ROUTEROS])
def test_quote_without_an_end_is_an_error(syntax: Syntax) -> None:
    with pytest.raises(InvalidParameter, match="The line 'set system' has a quote without an end"):
        plan('set system message "a b\n', "", syntax)
    assert plan('set system message "a \\\\"\n', "", syntax)


def test_end_of_a_line_in_quotes_is_equal_in_both_forms() -> None:
    assert commands('set system message "a\nb"\n', 'system { message "a\\nb"; }', syntax=JUNOS) == []


# Ranges of interfaces.

ETHERNETS = """\
interface Ethernet1/1
 shutdown
interface Ethernet1/2
 description a
interface Ethernet1/5
 description a
"""


@pytest.mark.parametrize(
    "name",
    ["interface Ethernet1/2-2,Ethernet1/5", "interface eth1/2, eth1/5", "interface range eth1/2 , eth1/5"],
)
def test_range_is_compared_with_its_interfaces(name: str) -> None:
    assert commands(f"{name}\n description a\n", ETHERNETS) == []
    assert commands(f"{name}\n description b\n", ETHERNETS) == [name, "description b"]


def test_negation_in_a_range_is_typed_if_one_interface_has_the_line() -> None:
    text = "interface Ethernet1/1-2\n no shutdown\n"
    assert commands(text, ETHERNETS, complete=ETHERNETS) == ["interface Ethernet1/1-2", "no shutdown"]
    assert str(plan(text, ETHERNETS)) == "--- running\n+++ intended\n interface Ethernet1/1\n- shutdown\n"
    for unknown in ("macro PORTS", "Ethernet1/1-99999", "Ethernet1/1-x"):
        text = f"interface range {unknown}\n no shutdown\n"
        assert commands(text, ETHERNETS, complete=ETHERNETS) == [f"interface range {unknown}", "no shutdown"]


@pytest.mark.parametrize("name", ["veth0-1", "Bundle-Ether1", "br-lan0-x", "eth0-1"])
def test_name_of_one_interface_is_no_range(name: str) -> None:
    running = f"interface {name}\n description a\n"
    assert commands(running, running) == []
    assert commands(f"interface {name}\n description b\n", running) == [f"interface {name}", "description b"]
