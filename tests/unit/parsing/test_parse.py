# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The choice of the parser, and parsers that need no library."""

from __future__ import annotations

import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pyco_core.driver.compiler import load
from pyco_core.errors import InvalidParameter, MissingLibrary, ParseError
from pyco_core.models.reply import Reply
from pyco_core.parsing import limit
from pyco_core.parsing.model import PARSERS, Parsing
from pyco_core.parsing.parse import check, parse

ARP = """\
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  192.0.2.1               -   0200.0000.0001  ARPA   GigabitEthernet0/0
Internet  192.0.2.77             12   0200.0000.00aa  ARPA   GigabitEthernet0/0
"""
ROWS = [
    {
        "protocol": "Internet",
        "ip_address": "192.0.2.1",
        "age": "-",
        "mac_address": "0200.0000.0001",
        "type": "ARPA",
        "interface": "GigabitEthernet0/0",
    },
    {
        "protocol": "Internet",
        "ip_address": "192.0.2.77",
        "age": "12",
        "mac_address": "0200.0000.00aa",
        "type": "ARPA",
        "interface": "GigabitEthernet0/0",
    },
]
TTP_ROWS = [
    {
        "protocol": "Internet",
        "ip": "192.0.2.1",
        "age": -1,
        "mac": "02:00:00:00:00:01",
        "type": "ARPA",
        "interface": "GigabitEthernet0/0",
    },
    {
        "protocol": "Internet",
        "ip": "192.0.2.77",
        "age": 12,
        "mac": "02:00:00:00:00:aa",
        "type": "ARPA",
        "interface": "GigabitEthernet0/0",
    },
]
LIBRARIES = ("textfsm", "textfsm.clitable", "ntc_templates", "ttp", "ttp_templates")
IOS = load("cisco_ios").parse


@pytest.fixture
def without_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LIBRARIES:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize("command", ["show ip arp", "sh ip arp", "sho ip arp", "  show  ip arp "])
def test_template_of_ntc_is_chosen_by_driver_and_abbreviated_command(command: str) -> None:
    assert parse(ARP, "textfsm", command=command, parsing=IOS) == ROWS


def test_template_of_ttp_is_chosen_by_driver_and_command() -> None:
    assert parse(ARP, "ttp", command="show ip arp", parsing=IOS) == TTP_ROWS


def test_reply_is_parsed_by_its_command_and_driver() -> None:
    reply = Reply(ARP, command="show ip arp", parsing=IOS)
    assert reply.parse() == reply.parse("textfsm") == ROWS
    assert reply.parse("regex", template=r"^Internet +(?P<ip>\S+)") == [
        {"ip": "192.0.2.1"},
        {"ip": "192.0.2.77"},
    ]


@pytest.mark.parametrize(
    ("text", "command", "data"),
    [
        ('{"a": 1}', "show ip arp", {"a": 1}),
        ('\n["a"]\n', "show ip arp", ["a"]),
        ("<a><b>1</b></a>", "show ip arp", {"a": {"b": "1"}}),
        (ARP, "show ip arp", ROWS),
        ("rows: 2\n", "show rows", [{"rows": "2"}]),
        ("% LLDP is not enabled", "show lldp neighbors", None),
        ("", "show unknown", None),
        ("[edit]\nx", "show unknown", None),
        ("<not a document", "show unknown", None),
    ],
)
def test_auto_takes_first_parser_that_fits(text: str, command: str, data: Any) -> None:
    parsing = Parsing(textfsm=("cisco_ios",), regex={"show rows": ["rows: (?P<rows>.*)"]})
    assert parse(text, command=command, parsing=parsing) == data


def test_auto_prefers_regular_expressions_of_driver_to_libraries() -> None:
    parsing = Parsing(textfsm=("cisco_ios",), regex={"show ip arp": [r"^Internet +(?P<ip>\S+)"]})
    assert parse(ARP, command="show ip arp", parsing=parsing) == [{"ip": "192.0.2.1"}, {"ip": "192.0.2.77"}]


def test_auto_uses_ttp_templates_if_ntc_templates_has_none() -> None:
    text = "interface Loopback0\n description test\n ip address 192.0.2.9 255.255.255.255\n!\n"
    [data] = parse(text, command="show running-config | section interface", parsing=IOS)
    assert "192.0.2.9" in str(data)


@pytest.mark.usefixtures("without_libraries")
def test_auto_returns_none_if_libraries_are_missing() -> None:
    assert parse(ARP, command="show ip arp", parsing=IOS) is None


@pytest.mark.usefixtures("without_libraries")
@pytest.mark.parametrize(
    ("parser", "template", "package", "install"),
    [
        ("textfsm", "", "textfsm", "ntc-templates textfsm"),
        ("textfsm", "Value X (.)\n\nStart\n", "textfsm", "ntc-templates textfsm"),
        ("ttp", "", "ttp", "ttp"),
        ("ttp", "a {{ b }}", "ttp", "ttp"),
    ],
)
def test_missing_library_is_named_with_command_that_installs_it(
    parser: str, template: str, package: str, install: str
) -> None:
    with pytest.raises(MissingLibrary) as error:
        parse(ARP, parser, command="show ip arp", parsing=IOS, template=template)
    assert str(error.value) == (
        f"The Python package {package}, which the parser {parser} needs, is missing on the control node. "
        f"Install it with: {sys.executable} -m pip install {install}"
    )
    assert error.value.reached


@pytest.mark.parametrize(("package", "parser"), [("ntc_templates", "textfsm"), ("ttp_templates", "ttp")])
def test_missing_package_of_templates_is_named(
    monkeypatch: pytest.MonkeyPatch, package: str, parser: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        MissingLibrary, match=f"The Python package {package}, which the parser {parser} needs"
    ):
        parse(ARP, parser, command="show ip arp", parsing=IOS)


@pytest.mark.parametrize(
    ("parser", "template", "message"),
    [
        ("textfs", "", r"unknown parser 'textfs'\. Similar: textfsm\."),
        ("json", "x", r"The parser json has no template\. Parsers with one: textfsm, ttp, regex\."),
        ("auto", "x", r"The parser auto has no template\."),
        ("regex", "(?P<a>", r"invalid regular expression '\(\?P<a>': .* Name the groups: "),
        ("regex", "(?P<a>x{99999999999})", r"invalid .*: the repetition number is too large"),
        ("regex", "abc", r"the regular expression 'abc' has no named groups\."),
    ],
)
def test_invalid_parser_or_template_is_reported(parser: str, template: str, message: str) -> None:
    with pytest.raises(InvalidParameter, match=message):
        parse(ARP, parser, template=template)
    with pytest.raises(InvalidParameter, match=message):
        check(parser, template)


@pytest.mark.parametrize("parser", PARSERS)
def test_valid_parser_and_template_are_accepted(parser: str) -> None:
    check(parser)
    templates = {"textfsm": "Value X (.)\n\nStart\n  ^${X}\n", "ttp": "{{ x }}", "regex": "(?P<x>.)"}
    check(parser, templates.get(parser, ""))


@pytest.mark.parametrize(
    ("parser", "message"),
    [
        ("textfsm", "ntc-templates has no templates for this driver. Use the parser auto, "),
        ("ttp", "ttp-templates has no template for 'show x' on this driver. Use the parser auto, "),
        (
            "regex",
            "The driver has no regular expressions for 'show x' (`parse.regex`). Use the parser auto, ",
        ),
        ("json", "it is no JSON document. The driver has no form of a command for it (`parse.json`): "),
        (
            "xml",
            "no element found: line 1, column 0. The driver has no form of a command for it (`parse.xml`)",
        ),
    ],
)
def test_parser_by_name_without_template_is_an_error(parser: str, message: str) -> None:
    with pytest.raises(ParseError) as error:
        parse("text", parser, command="show x")
    assert message in str(error.value)
    assert error.value.reached
    assert error.value.command == "show x"


def test_error_for_output_without_document_names_device_if_driver_has_a_form() -> None:
    with pytest.raises(ParseError, match=r"The device may not have this format for the command\."):
        parse("text", "json", parsing=load("arista_eos").parse)


def test_long_reason_of_mismatch_is_shortened() -> None:
    with pytest.raises(ParseError) as error:
        parse("x", "regex", template=f"(?P<a>{'b' * 300})")
    assert str(error.value).endswith("bbb...")
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    ("driver", "parser", "command", "form"),
    [
        ("cisco_nxos", "json", "show version", "show version | json"),
        ("cisco_nxos", "json", "show version |json", "show version |json"),
        ("cisco_nxos", "xml", "show version", "show version | xml"),
        ("cisco_nxos", "textfsm", "show version", "show version"),
        ("arista_eos", "json", "show version", "show version | json"),
        ("juniper_junos", "json", "show version", "show version | display json"),
        ("juniper_junos", "xml", "show version", "show version | display xml"),
        ("frr", "json", "show bgp summary", "show bgp summary json"),
        ("frr", "json", "show bgp summary json", "show bgp summary json"),
        ("cumulus_vtysh", "json", "show bgp summary", "show bgp summary json"),
        ("linux", "json", "ip address show", "ip -j address show"),
        ("linux", "json", "ip -j address show", "ip -j address show"),
        ("linux", "json", "lsblk", "lsblk -J"),
        ("linux", "json", "cat data.json", "cat data.json"),
        ("cisco_ios", "json", "show version", "show version"),
        ("cisco_aci", "json", "show version", "show version"),
        ("freebsd", "json", "ip address", "ip address"),
        ("cisco_viptela", "xml", "show version", "show version | display xml"),
    ],
)
def test_command_is_sent_in_form_for_format(driver: str, parser: str, command: str, form: str) -> None:
    assert load(driver).parse.command(parser, command) == form


def test_parsers_are_those_of_the_documentation() -> None:
    assert PARSERS == ("auto", "textfsm", "ttp", "json", "xml", "regex")


def test_heading_above_a_row_is_a_value_of_it() -> None:
    text = "\na 0\nVRF red\na 1\nb 2\nVRF blue (up) a 3\n"
    pattern = r"\b(?P<name>[ab]) (?P<number>\d)"
    parsing = Parsing(regex={"show x": [pattern, r"^VRF (?P<above_vrf>\w+)", r"\((?P<above_state>up)\)"]})
    assert parse(text, "regex", command="show x", parsing=parsing) == [
        {"name": "a", "number": "0", "vrf": "", "state": ""},
        {"name": "a", "number": "1", "vrf": "red", "state": ""},
        {"name": "b", "number": "2", "vrf": "red", "state": ""},
        {"name": "a", "number": "3", "vrf": "blue", "state": "up"},
    ]


SLOW = r"^(?P<word>(?:a+)+)$(?!\Z)"


def test_parser_that_does_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "LIMIT", 0.05)
    for parser, template in (("regex", SLOW), ("textfsm", "Value WORD (\\S+)\n\nStart\n  ^(a+)+$$(?!\\Z)\n")):
        with pytest.raises(
            ParseError, match=rf"The parser {parser} takes longer than 0.05 seconds for the output\."
        ):
            parse("a" * 64, parser, template=template)
    assert parse("a" * 64, command="show x", parsing=Parsing(regex={"show x": [SLOW]})) is None
    assert signal.getsignal(signal.SIGVTALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_parser_in_other_thread_has_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "LIMIT", 1e-6)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(parse, ARP, "textfsm", command="show ip arp", parsing=IOS).result() == ROWS
