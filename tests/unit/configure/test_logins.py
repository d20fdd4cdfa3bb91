# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Full replacements that change what a login needs: no step locks it out."""

from __future__ import annotations

import pytest

from .typed import typed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "username admin password 5 $5$a role network-admin\n",
            "username admin password 5 $5$b role network-admin\n",
        ),
        (
            "username admin privilege 15 role network-admin secret sha512 $6$a\n",
            "username admin privilege 15 role network-admin secret sha512 $6$b\n",
        ),
        ("aaa authentication login default group T local\n", "aaa authentication login default local\n"),
        ("aaa authorization commands 15 default group T\n", "aaa authorization commands 15 default none\n"),
        ("ip ssh time-out 60\n", "ip ssh time-out 30\n"),
        ("tacacs-server key a\n", "tacacs-server key b\n"),
        (
            "crypto ipsec security-association lifetime seconds 60\n",
            "crypto ipsec security-association lifetime seconds 90\n",
        ),
        ("route-policy A\n  pass\nend-policy", "route-policy A\n  drop\nend-policy"),
        ("ip route 0.0.0.0 0.0.0.0 192.0.2.1\n", "ip route 0.0.0.0 0.0.0.0 192.0.2.1 200\n"),
        ("ip route 0.0.0.0 0.0.0.0 192.0.2.1 name a\n", "ip route 0.0.0.0 0.0.0.0 192.0.2.1 name b\n"),
        ("ipv6 route ::/0 2001:db8::1 200\n", "ipv6 route ::/0 2001:db8::1\n"),
    ],
)
def test_line_that_replaces_another_is_typed_alone(before: str, after: str) -> None:
    """The negation of the old line would remove the new one: a device reads only its first words."""
    assert typed(before, after) == [after.removesuffix("\n")]
    assert typed(after, before) == [before.removesuffix("\n")]


def test_key_and_role_of_a_user_are_lines_of_their_own() -> None:
    running = "username a secret 5 x\nusername a ssh-key ssh-rsa AAAA\nusername a role vdc-admin\n"
    assert typed(running, "username a secret 5 y\n") == [
        "username a secret 5 y",
        "no username a role vdc-admin",
        "no username a ssh-key ssh-rsa AAAA",
    ]


def test_servers_are_removed_after_the_methods_that_use_them() -> None:
    running = """\
aaa group server tacacs+ T
 server name a
tacacs server a
 address ipv4 192.0.2.1
aaa authentication login default group T local
"""
    after = (
        running.replace("T\n", "U\n")
        .replace("name a", "name b")
        .replace("server a", "server b")
        .replace(" T ", " U ")
    )
    assert typed(running, after) == [
        "tacacs server b / address ipv4 192.0.2.1",
        "aaa group server tacacs+ U / server name b",
        "aaa authentication login default group U local",
        "no aaa group server tacacs+ T",
        "no tacacs server a",
    ]


@pytest.mark.parametrize("off", ["", "no aaa new-model\n"])
def test_aaa_is_off_before_lines_that_need_no_aaa(off: str) -> None:
    running = "aaa new-model\naaa authentication login default local\nline vty 0 4\n transport input ssh\n"
    assert typed(running, f"{off}line vty 0 4\n login local\n transport input ssh\n") == [
        "no aaa authentication login default local",
        "no aaa new-model",
        "line vty 0 4 / login local",
    ]


def test_aaa_is_not_switched_on_by_a_text_without_it() -> None:
    """IOS shows `no aaa new-model`, and EOS `no aaa root`: their defaults."""
    assert typed("no aaa new-model\nno aaa root\nhostname r1\n", "hostname r1\n") == []


def test_password_of_a_line_goes_after_the_new_way_to_log_in() -> None:
    running, after = "line vty 0 4\n password 7 06\n login\n", "line vty 0 4\n login local\n"
    assert typed(running, after) == ["line vty 0 4 / login local", "line vty 0 4 / no password 7 06"]
    assert typed(after, running) == ["line vty 0 4 / password 7 06", "line vty 0 4 / login"]


def test_new_route_comes_before_the_old_one_goes() -> None:
    assert typed("ip route 10.0.0.0 255.0.0.0 192.0.2.1\n", "ip route 10.0.0.0 255.0.0.0 192.0.2.9\n") == [
        "ip route 10.0.0.0 255.0.0.0 192.0.2.9",
        "no ip route 10.0.0.0 255.0.0.0 192.0.2.1",
    ]
    assert typed(
        "route outside 0.0.0.0 0.0.0.0 192.0.2.1 1\n", "route outside 0.0.0.0 0.0.0.0 192.0.2.9 1\n"
    ) == [
        "route outside 0.0.0.0 0.0.0.0 192.0.2.9 1",
        "no route outside 0.0.0.0 0.0.0.0 192.0.2.1 1",
    ]


def test_route_that_stayed_beside_its_replacement_is_removed() -> None:
    """IOS replaces it, FRRouting keeps both if their distances differ."""
    route = "ip route 0.0.0.0 0.0.0.0 192.0.2.1"
    assert typed(f"{route} 5\n{route} 9\n", f"{route} 9\n") == [f"no {route} 5"]
    assert typed(f"{route}\n{route} 9\n", f"{route} 9\n") == []
    users = "username a privilege 15\nusername a secret 5 x\n"
    assert typed(users, "username a secret 5 x\n") == []


def test_route_over_a_removed_interface_goes_before_it() -> None:
    running = "interface Tunnel1\n mtu 1400\nip route 10.0.0.0 255.0.0.0 Tunnel1\n"
    assert typed(running, "hostname r1\n") == [
        "no ip route 10.0.0.0 255.0.0.0 Tunnel1",
        "no interface Tunnel1",
        "hostname r1",
    ]


def test_vrf_is_removed_after_its_routes() -> None:
    running = "vrf definition A\nip route vrf A 0.0.0.0 0.0.0.0 192.0.2.1\n"
    assert typed(running, "hostname r1\n") == [
        "hostname r1",
        "no ip route vrf A 0.0.0.0 0.0.0.0 192.0.2.1",
        "no vrf definition A",
    ]


OWN = """\
interface GigabitEthernet0/0
 ip address 192.0.2.1 255.255.255.0
 ip access-group X in
interface GigabitEthernet0/1
 ip access-group X in
ip access-list extended X
{}
"""


def test_list_of_the_login_is_off_while_its_entries_are_exchanged() -> None:
    before = OWN.format(" 10 permit tcp any any\n 20 deny ip any any")
    after = OWN.format(" 10 deny udp any any\n 20 permit tcp any any\n 30 deny ip any any")
    interface = "interface GigabitEthernet0/0"
    commands = typed(before, after, ("192.0.2.1",))
    assert commands[0] == f"{interface} / no ip access-group X in"
    assert commands[-1] == f"{interface} / ip access-group X in"
    assert len([line for line in commands if "access-group" in line]) == 2
    assert not [line for line in typed(before, after) if "access-group" in line]
    gone = after.replace(" ip access-group X in\n", "", 1)
    assert [line for line in typed(before, gone, ("192.0.2.1",)) if "access-group" in line] == [
        f"{interface} / no ip access-group X in",
        f"{interface} / no ip access-group X in",
    ]
    fewer = OWN.format(" 10 permit tcp any any")
    assert typed(before, fewer, ("192.0.2.1",)) == ["ip access-list extended X / no 20"]


def test_new_ipv6_address_comes_before_the_old_one_goes() -> None:
    text = "interface GigabitEthernet0/0\n ipv6 address {}\n"
    section = "interface GigabitEthernet0/0"
    assert typed(text.format("2001:db8::1/64"), text.format("2001:db8::2/64")) == [
        f"{section} / ipv6 address 2001:db8::2/64",
        f"{section} / no ipv6 address 2001:db8::1/64",
    ]
    assert typed(text.format("2001:db8::1/64"), text.format("2001:db8::1/126")) == [
        f"{section} / no ipv6 address 2001:db8::1/64",
        f"{section} / ipv6 address 2001:db8::1/126",
    ]
