# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading, changing and printing indented configurations, without a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.sim import make_device, platform_tape
from pyco_core.sim.configuration.blocks import block_of, normal
from pyco_core.sim.configuration.editor import ROOT, Editor
from pyco_core.sim.configuration.output_filter import filtered, split_filters
from pyco_core.sim.configuration.platform import Done, Refused
from pyco_core.sim.configuration.platforms import PLATFORMS
from pyco_core.sim.configuration.values import is_value, numbers, ranges


def change(editor: Editor, *lines: str) -> None:
    """Carry out lines; an indented one is below the one before it."""
    section = editor.root
    for line in lines:
        if not line.startswith(" "):
            section = editor.root
        outcome = editor.perform(section.mode or ROOT, section, line.strip())
        assert isinstance(outcome, Done), (line, outcome)
        section = outcome.section or section


@pytest.mark.parametrize("kind", ["eos", "ios", "iosxr"])
def test_example_of_platform_is_printed_as_read(kind: str) -> None:
    tape = platform_tape(kind)
    assert tape.configuration is not None
    text = make_device(tape).running
    expected = [line for line in tape.configuration.running.splitlines() if line.strip() != "!"]
    assert [line for line in text.splitlines() if line.strip() != "!"] == expected


def test_unknown_sections_are_kept_as_read() -> None:
    text = "!\nfoo bar\n !\n baz one\n  deeper\n !\n baz two\n!\nno foo\n"
    assert Editor(PLATFORMS["ios"], text).text() == text


def test_block_is_read_as_one_line() -> None:
    text = "banner motd @\nhostname x\n@\nhostname y\nbanner exec ^Cshort^C\n"
    editor = Editor(PLATFORMS["ios"], text)
    assert editor.lines() == ["banner motd ^C\nhostname x\n^C", "hostname y", "banner exec ^Cshort^C"]
    unfinished = Editor(PLATFORMS["ios"], "banner motd @\nhostname x\n")
    assert [line.split()[0] for line in unfinished.lines()] == ["banner"]


def test_new_lines_are_placed_in_order_of_device() -> None:
    editor = Editor(PLATFORMS["ios"], "hostname r1\ninterface Vlan1\nline vty 0 4\n")
    change(
        editor,
        "ntp server 192.0.2.1",
        "router ospf 1",
        "vlan 7",
        "version 17.1",
        "interface Vlan2",
        "banner motd ^Cx^C",
    )
    assert [line.line for line in editor.root.ordered()] == [
        "version 17.1",
        "hostname r1",
        "vlan 7",
        "interface Vlan1",
        "interface Vlan2",
        "router ospf 1",
        "banner motd ^Cx^C",
        "line vty 0 4",
        "ntp server 192.0.2.1",
    ]


def test_entries_show_numbers_from_version_16_on() -> None:
    for version, shown in (
        ("15.7", " permit ip any any"),
        ("16.9", " 10 permit ip any any"),
        ("", " permit ip any any"),
    ):
        editor = Editor(PLATFORMS["ios"], f"version {version}\n" if version else "")
        change(editor, "ip access-list extended A", " permit ip any any")
        assert shown in editor.text().splitlines()
    assert Editor(
        replace(PLATFORMS["ios"], numbered=True), "ip access-list extended A\n permit ip any any\n"
    ).text() == ("!\nip access-list extended A\n 10 permit ip any any\n")


def test_unknown_vrf_of_old_style_is_refused() -> None:
    editor = Editor(PLATFORMS["ios"], "ip vrf A\ninterface Vlan1\n")
    change(editor, "interface Vlan1", " ip vrf forwarding A")
    vlan = editor.root.get(("interface", "Vlan1"))
    assert vlan is not None
    assert editor.perform("config-if", vlan, "ip vrf forwarding B") == Refused("% VRF B not configured\n")
    change(editor, "interface Vlan1", " no ip vrf forwarding")
    assert "forwarding" not in editor.text()


def test_lists_of_numbers_are_read_and_written() -> None:
    assert numbers("1,10-12") == {1, 10, 11, 12}
    assert ranges({1, 2, 5, 7, 8, 9}) == "1,2,5,7-9"
    assert ranges([]) == ""


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("IP", "192.0.2.1", "192.0.2"),
        ("IP6", "2001:db8::1", "192.0.2.1"),
        ("PREFIX", "192.0.2.0/24", "192.0.2.0"),
        ("PREFIX6", "2001:db8::/32", "2001:db8::"),
        ("MASK", "255.255.255.0", "0.255.255.255"),
        ("NUMBER", "7", "x"),
    ],
)
def test_values_are_checked(kind: str, right: str, wrong: str) -> None:
    assert is_value(kind, right)
    assert not is_value(kind, wrong)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("gi0/1", "GigabitEthernet0/1"),
        ("GIGABITETHERNET 0/1", "GigabitEthernet0/1"),
        ("e1/1.5", "Ethernet1/1.5"),
        ("nothing0", ""),
        ("gi", ""),
        ("gi x", ""),
        ("0/1", ""),
    ],
)
def test_names_of_interfaces_are_canonical(typed: str, name: str) -> None:
    interfaces = Editor(PLATFORMS["ios"]).grammar.interfaces
    assert interfaces.canonical(typed.split())[0] == name


@pytest.mark.parametrize("typed", ["MgmtEth0/RP0/CPU0/0", "mgmteth 0/rp0/cpu0/0", "mg0/RSP1/CPU0/1", "mg0/x"])
def test_node_is_a_part_of_the_number_of_an_interface(typed: str) -> None:
    number = "" if typed == "mg0/x" else typed.upper().removeprefix("MGMTETH").removeprefix("MG").strip()
    interfaces = Editor(PLATFORMS["iosxr"]).grammar.interfaces
    assert interfaces.canonical(typed.split())[0] == (f"MgmtEth{number}" if number else "")


def test_blocks_of_other_platforms_have_their_ends() -> None:
    eos = block_of("banner motd", style="eos")
    assert eos is not None
    assert eos.is_end("EOF")
    policy = block_of("route-policy A", style="iosxr")
    community = block_of("community-set A", style="iosxr")
    assert policy is not None
    assert community is not None
    assert [policy.is_end("end-policy"), community.is_end("end-policy")] == [True, False]
    assert block_of("route-policy A") is None
    assert normal("banner motd ^Cx\x03") == "banner motd ^Cx^C"


def test_bar_in_expression_belongs_to_it() -> None:
    assert split_filters("show run | include a | b | exclude c") == (
        "show run",
        [("include", "a|b"), ("exclude", "c")],
    )
    assert split_filters("echo a | x") == ("echo a | x", [])
    assert filtered("a\nb\n", [("no-more", "")]) == "a\nb\n"


def test_device_needs_configuration_in_tape() -> None:
    with pytest.raises(InvalidParameter, match="The tape has no configuration"):
        make_device(replace(platform_tape("ios"), configuration=None))


def test_host_name_has_default() -> None:
    device = make_device(platform_tape("ios", "version 15.7\n"))
    assert device.hostname == "Router"
    assert device.startup == "version 15.7\n"


def test_address_without_mask_overlaps_with_none() -> None:
    editor = Editor(PLATFORMS["ios"], "interface Vlan1\n ip address dhcp\ninterface Vlan2\n")
    change(editor, "interface Vlan2", " ip address 192.0.2.1 255.255.255.0")
    assert " ip address 192.0.2.1 255.255.255.0" in editor.text()
