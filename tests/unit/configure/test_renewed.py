# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that remove lines and set them again behind the removal."""

from __future__ import annotations

import pytest

from pyco_core.configure.plan import Request, make_plan
from pyco_core.configure.tree import EDIT, EXEC, FLAT, SET, Syntax, parse
from pyco_core.errors import ConfigureError

IOS = Syntax()
JUNOS = Syntax(SET, "delete ")
SROS = Syntax(FLAT, "delete ")
ROUTEROS = Syntax(EXEC, "")
FORTIOS = Syntax(EDIT, "")

IOS_RUNNING = """\
interface GigabitEthernet0/1
 ip address 192.0.2.1 255.255.255.0
 no ip redirects
 switchport mode access
ip access-list extended A
 10 permit tcp any any eq 22
 20 deny ip any any
access-list 7 permit 10.0.0.1
access-list 7 permit 10.0.0.2
"""
NEW_LIST = "no ip access-list extended A\nip access-list extended A\n"
DEFAULTED = "default interface gi0/1\ninterface gi0/1\n"
JUNOS_RUNNING = """\
interfaces { ge-0/0/1 { mtu 9000; description old; } }
firewall { filter F { term a { then accept; } term b { then discard; } } }
"""
ROUTEROS_RUNNING = """\
/ip firewall filter
add action=accept chain=input in-interface=ether1
add action=drop chain=input
"""
FORTIOS_RUNNING = """\
config system interface
    edit "port1"
        set alias "x"
    next
end
config firewall address
    edit "a"
        set subnet 10.0.0.0 255.0.0.0
    next
    edit "b"
        set subnet 10.0.0.0 255.0.0.0
    next
end
"""


def commands(text: str, running: str, syntax: Syntax) -> list[str]:
    return make_plan(Request(text), parse(running, syntax), syntax).commands


def ios(text: str) -> list[str]:
    return commands(text, IOS_RUNNING, IOS)


def junos(text: str) -> list[str]:
    return commands(text, JUNOS_RUNNING, JUNOS)


def routeros(text: str) -> list[str]:
    return commands(text, ROUTEROS_RUNNING, ROUTEROS)


@pytest.mark.parametrize(
    "text",
    [
        f"{NEW_LIST} permit tcp any any eq 22\n deny ip any any\n",
        f"{NEW_LIST} 10 permit tcp any any eq 22\n 20 deny ip any any\n",
        "no access-list 7\naccess-list 7 permit 10.0.0.1\naccess-list 7 permit 10.0.0.2\n",
        "interface gi0/1\n no ip address\n ip address 192.0.2.1 255.255.255.0\n",
        f"{DEFAULTED} ip address 192.0.2.1 255.255.255.0\n switchport mode access\n",
    ],
)
def test_nothing_is_typed_if_the_device_has_exactly_the_lines(text: str) -> None:
    assert ios(text) == []


def test_all_lines_behind_a_removal_are_typed_if_one_differs() -> None:
    text = "no access-list 7\naccess-list 7 permit 10.0.0.1\naccess-list 7 permit 10.0.0.3\n"
    assert ios(text) == text.splitlines()
    assert ios("no access-list 7\naccess-list 7 permit 10.0.0.1\n") == [
        "no access-list 7",
        "access-list 7 permit 10.0.0.1",
    ]


def test_order_of_a_list_counts() -> None:
    text = f"{NEW_LIST} deny ip any any\n permit tcp any any eq 22\n"
    assert ios(text) == [line.strip() for line in text.splitlines()]


def test_section_is_typed_whole_behind_its_default() -> None:
    text = f"{DEFAULTED} ip address 192.0.2.1 255.255.255.0\n no ip redirects\n"
    assert ios(text) == [line.strip() for line in text.splitlines()]


def test_removal_that_may_have_more_effects_is_typed_with_the_lines_behind_it() -> None:
    lines = ["interface gi0/1", "no switchport", "switchport mode access"]
    assert ios("interface gi0/1\n no switchport\n switchport mode access\n") == lines
    assert ios("interface gi0/1\n default switchport\n switchport mode access\n")[1] == "default switchport"


def test_removal_of_an_absent_list_is_not_typed() -> None:
    text = "no ip access-list extended B\nip access-list extended B\n permit ip any any\n"
    assert ios(text) == ["ip access-list extended B", "permit ip any any"]


def test_paths_are_renewed() -> None:
    text = (
        "delete interfaces ge-0/0/1\nset interfaces ge-0/0/1 mtu 9000\nset interfaces ge-0/0/1 description "
    )
    assert junos(f"{text}old\n") == []
    assert junos(f"{text}new\n") == f"{text}new".splitlines()
    terms = "set firewall filter F term b then discard\nset firewall filter F term a then accept\n"
    assert junos(f"delete firewall filter F\n{terms}") == f"delete firewall filter F\n{terms}".splitlines()


def test_section_with_the_tag_replace_is_renewed() -> None:
    text = "interfaces { replace: ge-0/0/1 { mtu 9000; description old; } }\n"
    assert junos(text) == []
    assert junos(text.replace("description old; ", "")) == [
        "delete interfaces ge-0/0/1",
        "set interfaces ge-0/0/1 mtu 9000",
    ]
    assert junos("interfaces { ge-0/0/1 { delete: mtu; } delete: ge-0/0/2; }\n") == [
        "delete interfaces ge-0/0/1 mtu",
    ]


def test_section_with_the_tag_delete_is_not_set_instead() -> None:
    with pytest.raises(ConfigureError, match="delete: stands before the section 'interfaces ge-0/0/1'"):
        junos("interfaces { delete: ge-0/0/1 { mtu 9000; } }\n")


def test_path_that_the_text_removes_later_is_not_set() -> None:
    assert junos("set interfaces ge-0/0/1 disable\ndelete interfaces ge-0/0/1 disable\n") == []
    text = "set interfaces ge-0/0/1 mtu 1\ndelete interfaces ge-0/0/1 mtu\nset interfaces ge-0/0/1 mtu 2\n"
    assert junos(text) == text.splitlines()[1:]


def test_statements_of_sros_are_renewed() -> None:
    running = 'configure {\n system {\n  name "r1"\n }\n}\n'
    assert commands('delete system name\nsystem name "r1"\n', running, SROS) == []
    text = 'delete system name\nsystem name "r2"\n'
    assert commands(text, running, SROS) == text.splitlines()


def test_entries_of_routeros_are_renewed_in_their_order() -> None:
    lines = [
        "/ip firewall filter remove [find]",
        "/ip firewall filter add action=accept chain=input in-interface=ether1",
        "/ip firewall filter add action=drop chain=input",
    ]
    assert routeros("\n".join(lines)) == []
    assert routeros("\n".join(lines[:2])) == lines[:2]
    swapped = [lines[0], lines[2], lines[1]]
    assert routeros("\n".join(swapped)) == swapped


def test_removal_of_routeros_takes_the_entries_that_it_finds() -> None:
    removal = "/ip firewall filter remove [find in-interface=ether1]"
    same = "/ip firewall filter add action=accept chain=input in-interface=ether1"
    other = "/ip firewall filter add action=drop chain=input"
    assert routeros(f"{removal}\n{same}\n{other}\n") == []
    assert routeros(f"{removal}\n{other}\n") == [removal]
    new = same.replace("accept", "drop")
    assert routeros(f"{removal}\n{new}\n{other}\n") == [removal, new]


def test_blocks_are_renewed() -> None:
    entry = "edit a\nset subnet 10.0.0.0/8\nnext\nend\n"
    for removal in ("purge", "delete a"):
        text = f"config firewall address\n{removal}\n{entry}"
        assert commands(text, FORTIOS_RUNNING, FORTIOS) == text.splitlines()
    alias = "config system interface\nedit port1\nunset alias\nset alias x\nnext\nend\n"
    assert commands(alias, FORTIOS_RUNNING, FORTIOS) == []
    other = alias.replace("alias x", "alias y")
    assert commands(other, FORTIOS_RUNNING, FORTIOS) == other.splitlines()
