# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.facts import convert, schema
from pyco_core.facts.subsets import parts


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1 week, 2 days, 3 hours, 4 minutes", 788_640),
        ("1 year, 1 day", 31_622_400),
        ("87 day(s), 7 hour(s), 21 minute(s), 4 second(s)", 7_543_264),
        ("1w5d7h21m", 1_063_260),
        ("12d 4h 7m 21.504s", 1_051_641),
        ("12 days, 7:21:05", 1_063_265),
        ("5w6d 03:02", 3_553_320),
        ("00:00:09", 9),
        ("90", 90),
        (90, 90),
        (["2 hours"], 7_200),
        ("3 mins", 180),
        ("unknown", None),
        ("", None),
        (None, None),
        ([], None),
        ("soon", None),
        ("9" * 5000 + " days", None),
        ("9" * 5000 + ":00", None),
        ("9" * 5000, None),
    ],
)
def test_duration_is_converted_to_seconds(text: Any, seconds: int | None) -> None:
    assert convert.seconds(text) == seconds


TYPES = ("GigabitEthernet", "Bundle-Ether", "TenGigE", "XGE=Ten-GigabitEthernet")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Gi0/1", "GigabitEthernet0/1"),
        ("Gig 0/1", "GigabitEthernet0/1"),
        ("GigabitEthernet0/1.100", "GigabitEthernet0/1.100"),
        ("BE10", "Bundle-Ether10"),
        ("te0/0/0/1:2", "TenGigE0/0/0/1:2"),
        ("Wlan1", "Wlan1"),
        ("XGE1/0/1", "Ten-GigabitEthernet1/0/1"),
        ("ether 2", "ether 2"),
        ("CPU", "CPU"),
        ("10/1", "10/1"),
        ("", None),
    ],
)
def test_name_of_interface_has_the_full_type(text: str, name: str | None) -> None:
    assert convert.interface(text, TYPES) == name


def test_port_of_a_neighbor_is_named_by_the_neighbor() -> None:
    facts: dict[str, Any] = {}
    fields = {"local_interface": "l", "port": "p"}
    schema.add(facts, "neighbors", [{"l": "Et1", "p": "Et49"}], fields, ("Ethernet",))
    assert facts == {"neighbors": [{"local_interface": "Ethernet1", "port": "Et49"}]}


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("0200.5e00.0001", "02:00:5e:00:00:01"),
        ("02-00-5E-00-00-01", "02:00:5e:00:00:01"),
        ("02005e-000001", "02:00:5e:00:00:01"),
        ("02:00:5e:00:00:01", "02:00:5e:00:00:01"),
        ("Incomplete", None),
        ("", None),
    ],
)
def test_mac_address_is_normalized(text: str, mac: str | None) -> None:
    assert convert.mac(text) == mac


@pytest.mark.parametrize(
    ("text", "megabits"),
    [
        ("1000000 Kbit", 1000),
        ("1000000 Kbit/sec", 1000),
        ("10Gb/s", 10_000),
        ("1000Mbps", 1000),
        ("100", 100),
        (10000, 10_000),
        ("2.5 Gbps", 2500),
        ("9" * 5000 + " Mbit", None),
        (-1, None),
        (0, None),
        (4294967295, None),
        ("auto", None),
        ("", None),
    ],
)
def test_speed_is_converted_to_megabits(text: Any, megabits: int | None) -> None:
    assert convert.megabits(text) == megabits


@pytest.mark.parametrize(
    ("state", "enabled", "not_shut", "up"),
    [
        ("up", True, True, True),
        ("down", False, True, False),
        ("administratively down", False, False, False),
        ("Enabled", True, True, False),
        ("disabled", False, False, False),
        ("connected", False, True, True),
        ("", None, None, None),
    ],
)
def test_state_of_link_is_converted(
    state: str, enabled: bool | None, not_shut: bool | None, up: bool | None
) -> None:
    assert (convert.enabled(state), convert.not_shut(state), convert.up(state)) == (enabled, not_shut, up)


@pytest.mark.parametrize(
    ("state", "up"),
    [
        ("True", True),
        ("5/5/3", True),
        ("Idle (Admin)", False),
        ("Established", True),
        ("Estab", True),
        ("12", True),
        ("0", True),
        ("Idle", False),
        ("", None),
    ],
)
def test_number_of_prefixes_is_an_established_session(state: str, up: bool | None) -> None:
    assert convert.established(state) is up


@pytest.mark.parametrize(
    ("value", "prefix", "addresses"),
    [
        ("192.0.2.1/24", None, [("ipv4", "192.0.2.1", 24)]),
        ("192.0.2.1", "24", [("ipv4", "192.0.2.1", 24)]),
        ("192.0.2.1", "255.255.255.128", [("ipv4", "192.0.2.1", 25)]),
        ("192.0.2.1", "", [("ipv4", "192.0.2.1", None)]),
        ("192.0.2.1", "no mask", []),
        ("FE80::1%eth0", None, [("ipv6", "fe80::1", None)]),
        (["2001:db8::1/64", "x"], None, [("ipv6", "2001:db8::1", 64)]),
        ([{"local": "192.0.2.1", "prefixlen": 24}], None, [("ipv4", "192.0.2.1", 24)]),
        ([{"address": "192.0.2.1/24"}], None, [("ipv4", "192.0.2.1", 24)]),
        ("unassigned", None, []),
        (None, None, []),
    ],
)
def test_addresses_are_found_with_their_prefixes(value: Any, prefix: Any, addresses: list[Any]) -> None:
    assert list(convert.addresses(value, prefix)) == addresses


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("MTU 1500", 1500), ("", None), ("-1", None), ("9" * 5000, None), (0, 0)]
)
def test_first_number_of_text_is_found(text: Any, number: int | None) -> None:
    assert convert.number(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("64500", 64500),
        ("1.10", 65546),
        ("0.1", 1),
        ("1.x", None),
        ("1.1.1", None),
        ("", None),
        (65000, 65000),
    ],
)
def test_number_of_autonomous_system_has_one_or_two_parts(text: Any, number: int | None) -> None:
    assert convert.asn(text) == number


def test_only_whole_number_is_a_vlan() -> None:
    assert [convert.whole(text) for text in ("10", 10, "users-10", "", "10/-")] == [10, 10, None, None, None]


def test_address_of_host_is_normalized_and_other_name_kept() -> None:
    texts = ("2001:DB8:0::1", "192.0.2.1", "eth0", "")
    assert [convert.host(text) for text in texts] == ["2001:db8::1", "192.0.2.1", "eth0", None]
    assert [convert.lower(text) for text in ("LLDP", "")] == ["lldp", None]


def test_peer_of_several_families_is_one_and_up_in_any() -> None:
    facts: dict[str, Any] = {}
    fields = {"address": "a", "vrf": "v", "up": "s"}
    rows = [
        {"a": "192.0.2.1", "s": "Idle"},
        {"a": "192.0.2.1", "s": "Estab"},
        {"a": "192.0.2.1", "s": "Idle"},
    ]
    schema.add(facts, "bgp_peers", [*rows, {"a": "192.0.2.1", "v": "red", "s": "Idle"}], fields)
    assert facts["bgp_peers"] == [
        {"address": "192.0.2.1", "up": True},
        {"address": "192.0.2.1", "vrf": "red", "up": False},
    ]


def test_model_ends_at_comma() -> None:
    assert convert.model("ASA5516, 8192 MB RAM") == "ASA5516"
    assert convert.model("") is None


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("", [{"a": {"x": {"n": 1}, "y": {"n": 2}}, "@key": "", "@key1": ""}]),
        ("a.*", [{"n": 1, "@key": "x", "@key1": "x"}, {"n": 2, "@key": "y", "@key1": "y"}]),
        ("*.*", [{"n": 1, "@key": "x", "@key1": "a"}, {"n": 2, "@key": "y", "@key1": "a"}]),
        ("b.*", []),
        ("a.x.n", []),
        ("a.x.n.*", []),
    ],
)
def test_rows_are_found_by_path(path: str, rows: list[Any]) -> None:
    assert list(schema.rows({"a": {"x": {"n": 1}, "y": {"n": 2}}}, path)) == rows


def test_rows_of_list_are_its_mappings() -> None:
    assert list(schema.rows([{"a": 1}, "text"], "")) == [{"a": 1}]


def test_value_is_first_one_that_is_not_empty() -> None:
    row = {"a": "", "b": {"c": 0}, "d": "text"}
    values = [
        schema.value(row, path) for path in ("a|b.c", "a|d", "a", "d.x", "=d", "?a|d", "?a", "!a", "!d")
    ]
    assert values == [0, "text", "", "", "d", "True", "False", "True", "False"]


def test_fact_of_earlier_command_is_kept_and_row_without_key_left_out() -> None:
    facts: dict[str, Any] = {}
    schema.add(facts, "system", [{"v": "1"}, {"v": "2"}], {"version": "v"})
    schema.add(facts, "system", [{"v": "3", "h": "r1"}], {"version": "v", "hostname": "h"})
    schema.add(facts, "system", [], {"version": "v"})
    schema.add(facts, "arp", [{"i": "192.0.2.1"}, {"i": ""}], {"ip": "i"})
    schema.add(facts, "interfaces", [{"n": ""}, {"n": "e1", "u": "up"}], {"name": "n", "link": "u"})
    assert facts == {
        "version": "1",
        "hostname": "r1",
        "arp": [{"ip": "192.0.2.1"}],
        "interfaces": {"e1": {"enabled": True, "up": True}},
    }


ALL = {"system", "interfaces", "neighbors", "arp", "mac_table", "bgp_peers", "config"}


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["min"], {"system"}),
        ([], {"system"}),
        (["all"], ALL),
        (["interfaces"], {"system", "interfaces"}),
        (["interfaces", "!min"], {"interfaces"}),
        (["!config"], ALL - {"config"}),
        (["all", "!config", "!arp"], ALL - {"config", "arp"}),
        (["!all"], {"system"}),
        (["!all", "bgp"], {"system", "bgp_peers"}),
        (["!all", "!min", "mac"], {"mac_table"}),
        (["hardware", "default"], {"system"}),
        (["network"], {"system", "interfaces", "neighbors"}),
        (["!hardware"], ALL),
    ],
)
def test_subsets_choose_parts_of_facts(names: list[str], chosen: set[str]) -> None:
    assert parts(names) == chosen


def test_unknown_subset_is_an_error() -> None:
    with pytest.raises(
        InvalidParameter, match=r"gather_subset: unknown subset 'interfases'\. Similar: inter"
    ):
        parts(["!interfases"])
