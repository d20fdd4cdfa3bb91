# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of each platform, from outputs of invented devices and from the tapes of the drivers.

Durations, by hand: 12 weeks, 4 days, 7 hours, 21 minutes are 7,629,660 s; 41 days, 3:02 are 3,553,320 s.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from pyco_core.driver.compiler import load
from pyco_core.driver.model import Getter
from pyco_core.driver.outputs import FACTS
from pyco_core.errors import CommandError
from pyco_core.facts import schema
from pyco_core.facts.gather import gather
from pyco_core.models.command import Command
from pyco_core.models.lines import Lines, Typed
from pyco_core.models.reply import Reply
from pyco_core.parsing import limit
from tests.unit.facts.outputs import DEVICES
from tests.unit.typed_lines import type_lines

IOS_ARP = "Protocol  Address          Age (min)  Hardware Addr   Type   Interface"
# Platforms whose outputs and facts are in files.
FILES = {file.stem: file for file in (Path(__file__).parent / "devices").glob("*.yml")}
TAPES = Path(__file__).resolve().parents[2] / "tapes"
# Facts in the tapes, which were written from the same formats.
TAPE_FACTS: Mapping[str, Mapping[str, Any]] = {
    "cisco_ios/c2900_demo": {
        "vendor": "Cisco",
        "hostname": "name1",
        "version": "15.7(3)M8",
        "model": "CISCO2911/K9",
        "serial": "SIM00000001",
        "uptime": 7_629_660,
    },
    "cisco_nxos/n9k_demo": {
        "vendor": "Cisco",
        "hostname": "name1",
        "version": "9.3(8)",
        "model": "C93180YC-EX",
        "serial": "SIM00000002",
        "uptime": 7_543_264,
    },
    "cisco_xr/ncs_demo": {"vendor": "Cisco", "version": "7.3.2", "model": "NCS-5500", "uptime": 7_629_660},
    "cisco_asa/asa5516_demo": {
        "vendor": "Cisco",
        "hostname": "fw1",
        "version": "9.14(2)15",
        "model": "ASA5516",
        "serial": "SIM00000003",
        "uptime": 7_542_000,
    },
    "arista_eos/leaf": {
        "vendor": "Arista",
        "version": "4.31.2F",
        "model": "DCS-7050SX3-48YC8-F",
        "serial": "SIM00000002",
        "uptime": 3_201_240,
    },
    "juniper_junos/srx": {
        "vendor": "Juniper",
        "hostname": "name1",
        "version": "21.4R3-S5.4",
        "model": "srx345",
    },
    "hp_comware/s5130": {
        "vendor": "HPE",
        "version": "7.1.070, Release 3507P02",
        "model": "5130-24G-4SFP+ EI Switch",
        "uptime": 3_553_320,
    },
    "huawei_vrp/s5720": {
        "vendor": "Huawei",
        "version": "S5720 V200R019C10SPC500",
        "model": "S5720-28X-SI-AC Routing Switch",
        "uptime": 3_553_320,
    },
    "huawei_vrpv8/ce": {
        "vendor": "Huawei",
        "version": "CE6857EI V200R019C10SPC800",
        "model": "CE6857-48S6CQ-EI",
        "uptime": 3_553_320,
    },
    "fortinet/fgt501e_cluster": {
        "vendor": "Fortinet",
        "hostname": "name1",
        "version": "7.4.8",
        "model": "FortiGate-501E",
        "serial": "FG5H1E0000000000",
    },
    "paloalto_panos/pa3220": {
        "vendor": "Palo Alto Networks",
        "hostname": "name1",
        "version": "10.2.9",
        "model": "PA-3220",
        "serial": "000000000001",
        "uptime": 1_063_265,
    },
    "ruckus_fastiron/icx7150": {
        "vendor": "Ruckus",
        "version": "08.0.95T211",
        "model": "Stackable ICX7150-48-POE",
        "serial": "FEK3222N0AB",
        "uptime": 1_048_325,
    },
    "extreme_exos/x460g2_stack": {
        "vendor": "Extreme",
        "hostname": "name1",
        "version": "22.7.1.2",
        "serial": "1629N-40001",
        "model": "X460G2-24t-10G4 (Stack)",
    },
    "mikrotik_routeros/chr": {
        "vendor": "MikroTik",
        "hostname": "name1",
        "version": "7.10.1",
        "model": "CHR",
        "uptime": 1_063_260,
    },
    "nokia_sros/sr7": {"vendor": "Nokia", "version": "22.10.R3", "model": "7750 SR"},
    "nokia_srl/leaf": {
        "vendor": "Nokia",
        "hostname": "leaf1",
        "version": "24.3.2",
        "model": "7220 IXR-D3L",
    },
    "dell_os10/s5248": {
        "vendor": "Dell",
        "version": "10.5.5.2",
        "model": "S5248F-ON",
        "uptime": 3_553_331,
    },
    "dell_os9/s4048": {
        "vendor": "Dell",
        "version": "9.14(2.14)",
        "model": "S4048-ON",
        "uptime": 3_553_320,
    },
    "checkpoint_gaia/r8120": {"vendor": "Check Point", "version": "R81.20"},
    "vyos/r1": {"vendor": "VyOS", "version": "1.4.0"},
    "frr/zebra_vty": {"vendor": "FRRouting", "hostname": "edge", "version": "8.4.4"},
    "bird/birdc": {"vendor": "BIRD", "hostname": "route-server", "version": "2.0.12"},
    "mellanox_mlnxos/sn2700": {
        "vendor": "NVIDIA",
        "version": "3.10.4006",
        "model": "x86onie",
        "serial": "MT0000X00000",
        "uptime": 1_051_641,
    },
}


class Device:
    """A console of this driver that has these outputs by command."""

    mode = home = "enable"
    route = ("ssh://r1:22",)
    prompt_line = "r1#"

    def __init__(self, name: str, outputs: Mapping[str, str], hostname: str = "") -> None:
        self.driver = load(name)
        self.outputs = outputs
        self.hostname = hostname
        self.log: list[str] = []

    def mask(self, text: str) -> str:
        return text

    def connect(self) -> None:
        pass

    def reset(self) -> bool:
        return True

    def twin(self) -> Device:
        return self

    def enter(self, mode: str) -> None:
        pass

    def type_lines(self, lines: Sequence[str | Command] | Lines) -> Typed:
        return type_lines(self, lines)

    def close(self) -> None:
        pass

    def __call__(self, command: str | Command, **options: Any) -> Reply:
        text = str(command)
        self.log.append(text)
        if text not in self.outputs:
            raise CommandError(f"refused: {text}", reached=True)
        return Reply(self.outputs[text].rstrip("\n"), command=text, parsing=self.driver.parse)


def facts_of(device: Device, *subset: str) -> dict[str, Any]:
    facts = gather(device, device.driver, subset)
    facts.pop("unavailable", None)
    return facts


def outputs_of(node: Any) -> dict[str, str]:
    """Return the texts in a tape by their keys."""
    outputs: dict[str, str] = {}
    if isinstance(node, dict):
        for key, item in node.items():
            if isinstance(item, str):
                outputs.setdefault(str(key), item.replace("{hostname}", "name1"))
            outputs = {**outputs_of(item), **outputs}
    elif isinstance(node, list):
        for item in node:
            outputs = {**outputs_of(item), **outputs}
    return outputs


@pytest.mark.parametrize("tape", TAPE_FACTS)
def test_facts_of_tape_are_those_in_its_outputs(tape: str) -> None:
    outputs = outputs_of(yaml.safe_load((TAPES / f"{tape}.yml").read_text("utf-8")))
    assert facts_of(Device(tape.partition("/")[0], outputs), "min") == TAPE_FACTS[tape]


@pytest.mark.parametrize("name", DEVICES)
def test_facts_of_platform_are_those_in_its_outputs(name: str) -> None:
    outputs, facts = DEVICES[name]
    assert facts_of(Device(name, outputs), "all") == facts


@pytest.mark.parametrize("name", sorted(FILES))
def test_facts_in_file_of_platform_are_those_in_its_outputs(name: str) -> None:
    device = yaml.safe_load(FILES[name].read_text("utf-8"))
    console = Device(name, device["outputs"])
    facts = gather(console, console.driver, ["all"])
    refused = facts.pop("unavailable", {})
    assert facts == device["facts"]
    assert not set(refused) & set(device["outputs"])  # each output was parsed
    assert set(device["outputs"]) <= set(console.log)


def test_at_least_twenty_platforms_have_tested_facts() -> None:
    assert len(set(FILES) | set(DEVICES)) >= 20


def test_names_in_driver_files_are_those_of_schema() -> None:
    assert set(FACTS) == {"system", "interfaces", *schema.LISTS}
    assert set(FACTS["system"]) == set(schema.SYSTEM)
    assert set(FACTS["interfaces"]) == {*schema.INTERFACE, "name", "link", "address", "prefix"}
    for part, entries in schema.LISTS.items():
        assert set(FACTS[part]) == set(entries)


def test_each_command_is_sent_once() -> None:
    device = Device("cisco_ios", DEVICES["cisco_ios"][0])
    gather(device, device.driver, ["all"])
    assert len(device.log) == len(set(device.log))


def test_reason_is_returned_for_command_without_facts() -> None:
    device = Device("cisco_ios", {"show interfaces": "nonsense"}, hostname="r7")
    assert gather(device, device.driver, ["interfaces"]) == {
        "hostname": "r7",
        "unavailable": {
            "show version": "refused: show version",
            "show interfaces": "no parser for the output of 'show interfaces' is installed, or none matches.",
            "show ipv6 interface": "refused: show ipv6 interface",
            "show ipv6 interface brief": "refused: show ipv6 interface brief",
        },
    }
    device = Device("cisco_ios", {})
    assert "show running-config" in gather(device, device.driver, ["config", "!min"])["unavailable"]


@pytest.mark.parametrize(
    ("output", "arp"),
    [
        ("Address           Age(min)   Hardware Addr      Interface\n", []),
        ("\n", []),
        ("192.0.2.2 17 02:00:5e:00:09:01 port1", [{"ip": "192.0.2.2", "mac": "02:00:5e:00:09:01"}]),
        ("a text of another command", None),
        ("\x00\x1b[31m192.0.2.2\x1b[0m" + "x " * 9_000, None),
    ],
)
def test_table_without_rows_is_empty_and_unknown_output_is_no_table(output: str, arp: Any) -> None:
    device = Device("fortinet", {"get system arp": output})
    facts = gather(device, device.driver, ["arp", "!min"])
    for entry in facts.get("arp", ()):
        entry.pop("interface"), entry.pop("age")
    assert facts.get("arp") == arp
    assert ("get system arp" in facts.get("unavailable", {})) is (arp is None)


@pytest.mark.parametrize("name", ["fortinet", "cisco_ios"])
def test_table_of_ten_thousand_lines_is_read_in_time(name: str) -> None:
    commands = {"fortinet": "get system arp", "cisco_ios": "show ip arp"}
    row = {
        "fortinet": "{} 17 02:00:5e:00:09:01 port1",
        "cisco_ios": "Internet {} 17 0200.5e00.0901 ARPA Gi0/1",
    }
    addresses = [f"192.0.{number // 250}.{number % 250}" for number in range(10_000)]
    header = "Address Age(min) Hardware Addr Interface" if name == "fortinet" else IOS_ARP
    device = Device(name, {commands[name]: "\n".join([header, *map(row[name].format, addresses)])})
    begin = time.process_time()
    facts = gather(device, device.driver, ["arp", "!min"])
    assert time.process_time() - begin < 10
    assert [entry["ip"] for entry in facts["arp"]] == addresses


def test_output_for_which_expression_never_ends_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "LIMIT", 0.05)
    device = Device("cisco_ios", {"show x": "a" * 64})
    getter = Getter("arp", "show x", "regex", "", {"ip": "ip"}, (r"^(?P<ip>(?:a+)+)$(?!\Z)",))
    facts = gather(device, replace(device.driver, facts=(getter,)), ["arp", "!min"])
    assert facts == {
        "unavailable": {
            "show x": "The parser regex takes longer than 0.05 seconds for the output of 'show x'."
        }
    }


def test_driver_without_facts_gives_name_in_prompt() -> None:
    device = Device("avocent_acs", {}, hostname="acs")
    assert gather(device, device.driver, ["all", "!config"]) == {"hostname": "acs"}


def test_output_of_one_command_serves_several_parts() -> None:
    device = Device("cisco_ios", {"show x": '{"name": "n", "peers": {"192.0.2.1": {"as": 1}}}'})
    driver = replace(
        device.driver,
        facts=(
            Getter("system", "show x", "json", "", {"hostname": "name"}),
            Getter("bgp_peers", "show x", "json", "peers.*", {"address": "@key", "remote_as": "as"}),
        ),
    )
    facts = gather(device, driver, ["bgp"])
    assert facts == {"hostname": "n", "bgp_peers": [{"address": "192.0.2.1", "remote_as": 1}]}
    assert device.log == ["show x"]
