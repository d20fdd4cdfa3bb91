# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sections in which the order of changes counts."""

from __future__ import annotations

from .typed import typed


def test_group_of_objects_does_not_become_empty() -> None:
    text = "object-group network G\n host 192.0.2.{}\n"
    assert typed(text.format(1), text.format(2)) == [
        "object-group network G / host 192.0.2.2",
        "object-group network G / no host 192.0.2.1",
    ]


def test_interface_is_switched_on_when_all_is_in_place() -> None:
    before = "interface Vlan1\n no ip address\n shutdown\n"
    after = "interface Vlan1\n ip address 192.0.2.1 255.255.255.0\n ip access-group A in\n"
    assert typed(before, after)[-1] == "interface Vlan1 / no shutdown"


def test_classes_of_a_policy_get_their_order() -> None:
    text = "policy-map P\n{} class class-default\n  fair-queue\n"
    a, b, c = (f" class {name}\n  set dscp {name}\n" for name in "ABC")
    before = text.format(a + b)
    assert typed(before, text.format(b + a)) == [
        "policy-map P / no class A",
        "policy-map P / class A / set dscp A",
    ]
    assert typed(before, text.format(a + c + b)) == [
        "policy-map P / no class B",
        "policy-map P / class C / set dscp C",
        "policy-map P / class B / set dscp B",
    ]
    assert typed(before, text.format(b)) == ["policy-map P / no class A"]
    assert typed(before, text.format(a + b + c)) == ["policy-map P / class C / set dscp C"]


def test_members_leave_a_bundle_before_it_goes() -> None:
    text = (
        "interface Port-channel{0}\n mtu 9000\ninterface GigabitEthernet0/1\n channel-group {0} mode active\n"
    )
    assert typed(text.format(1), text.format(2)) == [
        "interface Port-channel2 / mtu 9000",
        "interface GigabitEthernet0/1 / no channel-group",
        "interface GigabitEthernet0/1 / channel-group 2 mode active",
        "no interface Port-channel1",
    ]


def test_address_goes_before_an_interface_becomes_a_port_of_a_switch() -> None:
    before = "interface GigabitEthernet0/1\n no switchport\n ip address 192.0.2.1 255.255.255.0\n"
    after = "interface GigabitEthernet0/1\n switchport access vlan 10\n"
    assert [line.rpartition(" / ")[2] for line in typed(before, after)] == [
        "no ip address 192.0.2.1 255.255.255.0",
        "switchport",
        "switchport access vlan 10",
    ]


def test_removed_interface_is_not_entered_again_for_its_network() -> None:
    text = "interface GigabitEthernet0/0.{0}\n encapsulation dot1Q {0}\n ip address 192.0.2.1 255.255.255.0\n"
    assert typed(text.format(10), text.format(20)) == [
        "no interface GigabitEthernet0/0.10",
        "interface GigabitEthernet0/0.20 / encapsulation dot1Q 20",
        "interface GigabitEthernet0/0.20 / ip address 192.0.2.1 255.255.255.0",
    ]


def test_trunk_allows_all_vlans_again_by_the_keywords_alone() -> None:
    before = "interface GigabitEthernet0/1\n switchport trunk allowed vlan 10,20\n"
    assert typed(before, "interface GigabitEthernet0/1\n") == [
        "interface GigabitEthernet0/1 / no switchport trunk allowed vlan"
    ]


def test_key_of_a_peer_is_removed_before_the_new_one() -> None:
    text = "crypto isakmp key {} address 192.0.2.9\n"
    assert typed(text.format("a"), text.format("b")) == [
        "no crypto isakmp key a address 192.0.2.9",
        "crypto isakmp key b address 192.0.2.9",
    ]


def test_key_string_is_replaced() -> None:
    text = "key chain K\n key 1\n  key-string {}\n"
    assert typed(text.format("a"), text.format("b")) == ["key chain K / key 1 / key-string b"]
