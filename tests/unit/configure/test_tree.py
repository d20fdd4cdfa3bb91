# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.configure.blocks import is_free_text
from pyco_core.configure.lines import canonical, members, number_list, numbers, without_sequence
from pyco_core.configure.tree import EXEC, SET, Node, Syntax, parse
from pyco_core.errors import ConfigureError

IOS = Syntax()
JUNOS = Syntax(SET, "delete ")
ROUTEROS = Syntax(EXEC, "")


def keys(text: str, syntax: Syntax = IOS) -> list[str]:
    return [" > ".join(node.key for node in (*path, node)) for path, node in parse(text, syntax).walk()]


def test_lines_are_nested_by_indentation_and_separators_are_left_out() -> None:
    text = "!\nrouter bgp 1\n neighbor a\n !\n address-family ipv4\n  b\n exit-address-family\n!\nend\n"
    assert keys(text) == [
        "router bgp 1",
        "router bgp 1 > neighbor a",
        "router bgp 1 > address-family ipv4",
        "router bgp 1 > address-family ipv4 > b",
    ]


def test_number_sign_at_start_of_line_ends_all_sections() -> None:
    assert keys("#\n version 5\n#\n sysname a\n#\ninterface X\n mtu 1\n") == [
        "version 5",
        "sysname a",
        "interface X",
        "interface X > mtu 1",
    ]


def test_repeated_sections_are_one_section() -> None:
    assert keys("interface a\n x\ninterface b\n y\ninterface a\n z\n x\n") == [
        "interface a",
        "interface a > x",
        "interface a > z",
        "interface b",
        "interface b > y",
    ]


def test_repeated_remarks_of_a_list_are_kept() -> None:
    node = parse("ip access-list extended A\n remark -\n permit x\n remark -\n", IOS)
    assert [child.text for child in node.children["ip access-list extended A"].children.values()] == [
        "remark -",
        "permit x",
        "remark -",
    ]


def test_parents_hold_the_lines_below_them() -> None:
    tree = parse("description a\n", IOS, ["router bgp 1", " address-family ipv4 "])
    assert tree.at(["router bgp 1", "address-family ipv4", "description a"]) is not None
    assert tree.at(["router bgp 2", "x"]) is None


def test_rendered_tree_reads_back_as_the_same_tree() -> None:
    text = "banner motd ^C\n a\n!\n^C\ninterface a\n b\n  c\n"
    assert parse(text, IOS).render() == text


@pytest.mark.parametrize(
    "text",
    [
        "banner motd ^C\nhello\n ! no comment\n^C\n",
        "banner motd \x03\nhello\n ! no comment\n\x03\n",
        "banner motd #hello\n ! no comment#\n",
        "banner motd\nhello\n ! no comment\nEOF\n",
    ],
)
def test_banner_is_one_token_whichever_delimiter_it_has(text: str) -> None:
    assert keys(f"{text}hostname a\n") == ["banner motd\nhello\n ! no comment", "hostname a"]


@pytest.mark.parametrize("text", ["banner motd ^C hi ^C", "banner motd \x03 hi \x03"])
def test_banner_on_one_line_is_equal_with_every_delimiter(text: str) -> None:
    assert keys(text) == ["banner motd\n hi"]


@pytest.mark.parametrize(
    "text", ["banner motd file /etc/motd", "banner motd *** a ***", "banner motd ^ open"]
)
def test_banner_without_delimited_text_is_a_plain_line(text: str) -> None:
    assert keys(f"{text}\nx") == [text, "x"]


@pytest.mark.parametrize(
    "text",
    [
        "crypto pki certificate chain A\n certificate ca 01\n  AABB\n  !x\n  quit\n",
        "aaa authentication banner ^C\n!x\n^C\n",
        "macro name m\n!x\n@\n",
        "route-policy p\n  if a then\n    !x\n  endif\nend-policy\n",
        "prefix-set p\n  !x\nend-set\n",
        "policy-global\n !x\nend-global\n",
        "rsa peer-public-key k\n public-key-code begin\n  !x\n public-key-code end\n",
        "a\n -----BEGIN CERTIFICATE-----\n!x\n-----END CERTIFICATE-----\n",
    ],
)
def test_text_of_several_lines_is_one_token(text: str) -> None:
    *_outer, block = parse(text, IOS).walk()
    assert "!x" in block[1].text
    assert block[1].text.count("\n") >= 2


@pytest.mark.parametrize(
    ("text", "is_free"),
    [
        ("banner motd #\nx\n#", True),
        ("banner motd\nx\nEOF", True),
        ("macro name m\nx\n@", True),
        ("aaa authentication banner ^C\nx\n^C", True),
        ("certificate ca 01\n AABB\n quit", False),
        ("route-policy p\n pass\nend-policy", False),
    ],
)
def test_free_text_is_read_without_a_prompt(text: str, is_free: bool) -> None:
    assert is_free_text(text) is is_free


def test_open_blocks_are_plain_lines_and_searched_once() -> None:
    assert keys("macro name m\nmacro name n\n route-policy x in\n") == [
        "macro name m",
        "macro name n",
        "macro name n > route-policy x in",
    ]


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("interface Eth100/1/31", "interface Ethernet100/1/31"),
        ("interface gi 0/1", "interface GigabitEthernet0/1"),
        ("no interface lo0", "no interface Loopback0"),
        ("passive-interface te1/1.20", "passive-interface TenGigabitEthernet1/1.20"),
        ("interface be10", "interface Bundle-Ether10"),
        ("ip  route 10.0.0.0 255.0.0.0  Gi0/1", "ip route 10.0.0.0 255.0.0.0 GigabitEthernet0/1"),
        ("switchport trunk allowed vlan 1,3,2,7", "switchport trunk allowed vlan 1-3,7"),
        ("description Gi0/1  to a", "description Gi0/1  to a"),
        ("route-map X5 permit 10", "route-map X5 permit 10"),
    ],
)
def test_line_has_a_canonical_form(short: str, full: str) -> None:
    assert canonical(short) == full


def test_blanks_of_texts_count_unless_device_shrinks_them() -> None:
    assert canonical(" description a  b") == "description a  b"
    assert canonical("description a  b", collapse=True) == "description a b"


def test_numbers_of_lists_are_read_and_written() -> None:
    assert numbers("1,10-12, 14") == {1, 10, 11, 12, 14}
    assert numbers("all") is None
    assert number_list({14, 10, 11, 12, 1}) == "1,10-12,14"


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (
            "interface range GigabitEthernet0/1 - 2,Gi0/5",
            ("GigabitEthernet0/1", "GigabitEthernet0/2", "GigabitEthernet0/5"),
        ),
        ("interface range Vlan10-Vlan11", ("Vlan10", "Vlan11")),
        ("interface range macro x", ()),
        ("interface Vlan1", ()),
    ],
)
def test_range_means_its_interfaces(key: str, names: tuple[str, ...]) -> None:
    assert members(key) == tuple(f"interface {name}" for name in names)


@pytest.mark.parametrize(
    ("entry", "rest"),
    [
        ("10 permit ip any any", "permit ip any any"),
        ("seq 5 permit a", "permit a"),
        ("ip prefix-list A seq 5 permit b", "ip prefix-list A permit b"),
        ("neighbor 10 permit", "neighbor 10 permit"),
    ],
)
def test_sequence_number_of_entry_is_removed(entry: str, rest: str) -> None:
    assert without_sequence(entry) == rest


def test_added_vlans_belong_to_the_list_before_them() -> None:
    text = "interface a\n switchport trunk allowed vlan 1,2\n switchport trunk allowed vlan add 3,10\n"
    assert keys(text)[1:] == ["interface a > switchport trunk allowed vlan 1-3,10"]
    assert keys("interface a\n mtu 9\n switchport trunk allowed vlan add 3\n")[2:] == [
        "interface a > switchport trunk allowed vlan add 3"
    ]


def test_set_commands_are_equal_with_and_without_quotes() -> None:
    running = parse('set system login message "a \\"b\\" c"\nset x \'y\'\n[edit]\n# c\n! d\n/* e */\n', JUNOS)
    assert list(running.children) == ['set\0system\0login\0message\0a "b" c', "set\0x\0y"]


def test_quoted_value_may_have_several_lines() -> None:
    assert [node.text for node in parse('set a "b\nc"\nset d\n', JUNOS).children.values()] == [
        'set a "b\nc"',
        "set d",
    ]
    assert [node.text for node in parse('set a "b\nset d', JUNOS).children.values()] == ['set a "b\nset d']


def test_braces_of_junos_become_set_commands() -> None:
    text = """
system {
host-name a; /* note { */
    inactive: services { ssh; }
    name-server [ 192.0.2.1
       192.0.2.2 ];
    ntp { }
    inactive: x y; ## SECRET-DATA
}
"""
    assert [node.text for node in parse(text, JUNOS).children.values()] == [
        "set system host-name a",
        "set system services ssh",
        "deactivate system services",
        "set system name-server 192.0.2.1",
        "set system name-server 192.0.2.2",
        "set system ntp",
        "set system x y",
        "deactivate system x y",
    ]


def test_braces_of_vyos_become_set_commands() -> None:
    text = 'interfaces {\n ethernet eth0 {\n  address 192.0.2.1/24\n  description "a b"\n }\n'
    text += " loopback lo {\n }\n}\n"
    assert [node.text for node in parse(text, JUNOS).children.values()] == [
        "set interfaces ethernet eth0 address 192.0.2.1/24",
        'set interfaces ethernet eth0 description "a b"',
        "set interfaces loopback lo",
    ]


@pytest.mark.parametrize(
    ("text", "message"), [("a { b;", "lacks a closing brace of 'a'"), ("a { b; } }", "without an opening")]
)
def test_unbalanced_braces_are_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigureError, match=message):
        parse(text, JUNOS)


def test_export_of_routeros_becomes_whole_commands() -> None:
    text = "# by RouterOS\n/ip address\nadd address=192.0.2.1/24 \\\n    interface=ether1\n"
    text += '/system identity set name="a b"\n'
    nodes = parse(text, ROUTEROS).children
    assert [node.text for node in nodes.values()] == [
        "/ip address add address=192.0.2.1/24 interface=ether1",
        '/system identity set name="a b"',
    ]
    assert next(iter(nodes)) == "/ip address\0add\0address=192.0.2.1/24\0interface=ether1"


def test_paths_of_routeros_are_equal_with_slashes_and_blanks() -> None:
    assert keys("/ip/address/add a=1 b=2", ROUTEROS) == keys("/ip address add b=2 a=1", ROUTEROS)
    assert keys("add a=1", ROUTEROS) == ["/\0add\0a=1"]


def test_copy_of_tree_is_independent() -> None:
    tree = parse("a\n b\n", IOS)
    tree.copy().children["a"].children.clear()
    assert tree.at(["a", "b"]) == Node("b", "b")
