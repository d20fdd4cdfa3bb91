# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter `parse`, and the option `parse` of pyco_command on simulated devices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.pyco.cli.plugins.filter.parse import EXAMPLES, parse

from pyco_core.sim import Sim

TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"
# Values of the tape, read by hand.
VERSION = {
    "version": "15.7(3)M8",
    "hostname": "r1",
    "uptime": "12 weeks, 4 days, 7 hours, 21 minutes",
    "serial": ["SIM00000001"],
    "hardware": ["CISCO2911/K9"],
    "config_register": "0x2102",
}
INTERFACES = [
    ("GigabitEthernet0/0", "up", "up"),
    ("GigabitEthernet0/1", "up", "up"),
    ("GigabitEthernet0/2", "administratively down", "down"),
    ("Loopback0", "up", "up"),
]
ARP = """\
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  192.0.2.77             12   0200.0000.00aa  ARPA   GigabitEthernet0/0
"""


@pytest.fixture
def router(sim: Sim, connect: Callable[..., Any]) -> Any:
    url = f"telnet://demo:demo-login@127.0.0.1:{sim.telnet(TAPE).port}/cisco_ios"
    return connect(inventory_hostname="r1", ansible_pyco_url=url)


def test_outputs_of_device_are_parsed_by_ntc_templates(
    router: Any, run: Callable[..., dict[str, Any]]
) -> None:
    result = run(router, {"commands": ["show version", "sh ip int brief"], "parse": "textfsm"})
    [[version], interfaces] = result["parsed"]
    assert {name: version[name] for name in VERSION} == VERSION
    assert [(row["interface"], row["status"], row["proto"]) for row in interfaces] == INTERFACES
    assert result["stdout"][0].startswith("Cisco IOS Software")


def test_template_of_task_is_read_from_file(
    router: Any, run: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    file = tmp_path / "version.ttp"
    file.write_text("Processor board ID {{ serial }}\n")
    entry = {"command": "show version", "parse": "ttp", "template": str(file)}
    assert run(router, {"commands": [entry]})["parsed"] == [[{"serial": "SIM00000001"}]]


def test_missing_file_of_template_is_named(router: Any, run: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(AnsibleError, match=r"template: Could not find or access 'none\.ttp'"):
        run(router, {"commands": ["show version"], "parse": "ttp", "template": "none.ttp"})


def test_template_that_is_no_text_is_reported(
    router: Any, run: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(AnsibleError, match="template: 'utf-8' codec"):
        run(router, {"commands": ["show version"], "parse": "ttp", "template": str(tmp_path / "binary")})


def test_output_that_does_not_match_fails_task(router: Any, run: Callable[..., dict[str, Any]]) -> None:
    result = run(router, {"commands": ["show version"], "parse": "json"})
    assert result["failed"]
    assert result["pyco"]["error"] == "ParseError"
    assert ": The output of 'show version' does not match the parser json: " in result["msg"]
    assert result["stdout"][0].startswith("Cisco IOS Software")


def test_result_without_parser_has_no_parsed(router: Any, run: Callable[..., dict[str, Any]]) -> None:
    assert "parsed" not in run(router, {"commands": ["show version"]})


@pytest.mark.usefixtures("broker")
def test_outputs_of_broker_are_parsed(
    sim: Sim, connect: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    url = f"telnet://demo:demo-login@127.0.0.1:{sim.telnet(TAPE).port}/cisco_ios"
    connection = connect(inventory_hostname="r1", ansible_pyco_url=url, ansible_pyco_persist=30)
    [[version]] = run(connection, {"commands": "show version", "parse": "auto"})["parsed"]
    assert version["version"] == "15.7(3)M8"


@pytest.mark.parametrize("driver", ["cisco_ios", "cisco.ios.ios", "ios"])
def test_filter_takes_driver_or_network_os(driver: str) -> None:
    [row] = parse(ARP, "textfsm", command="show ip arp", driver=driver)
    assert (row["ip_address"], row["mac_address"]) == ("192.0.2.77", "0200.0000.00aa")


def test_filter_without_arguments_parses_json() -> None:
    assert parse('{"a": [1]}') == {"a": [1]}
    assert parse("text") is None


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (["x"], {}, r"pyco\.cli\.parse: expected an output, got list\."),
        ("x", {"parser": "yaml"}, r"pyco\.cli\.parse: unknown parser 'yaml'\."),
        ("x", {"parser": "json"}, r"pyco\.cli\.parse: The output does not match the parser json"),
        (
            "x",
            {"driver": "cisco_oss"},
            r"pyco\.cli\.parse: no driver is for the platform 'cisco_oss'\. Similar",
        ),
    ],
)
def test_filter_reports_error_in_one_sentence(text: object, options: dict[str, str], message: str) -> None:
    with pytest.raises(AnsibleError, match=message):
        parse(text, **options)


def test_data_of_filter_is_no_template() -> None:
    data = parse('{"a": "{{ 7 * 6 }}"}')
    assert Templar(loader=DataLoader()).template(data["a"]) == "{{ 7 * 6 }}"


def test_filter_is_found_by_its_name() -> None:
    from ansible.plugins.loader import filter_loader

    assert filter_loader.get("pyco.cli.parse").j2_function('{"a": 1}') == {"a": 1}


def test_examples_of_filter_use_its_options() -> None:
    assert len(yaml.safe_load(EXAMPLES)) == 2
