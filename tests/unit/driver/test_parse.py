# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key `parse` of a driver."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pyco_core.broker.codec import from_json, plain, read, to_json
from pyco_core.broker.messages import RemoteDriver
from pyco_core.driver.compiler import load
from pyco_core.errors import InvalidDriver
from pyco_core.parsing.model import Parsing
from pyco_core.parsing.parse import parse

OWN = """\
parent: cisco_ios
aliases: [acme_os]
parse:
  json: {'*': '{command} | as json', peek: 'peek -j {rest}'}
  regex:
    show version: ['^Version (?P<version>\\S+)', '^Serial (?P<serial>\\S+)']
"""


def write(folder: Path, text: str) -> tuple[str]:
    (folder / "acme.yml").write_text(text)
    return (str(folder),)


def test_driver_file_describes_parsers(tmp_path: Path) -> None:
    parsing = load("acme", write(tmp_path, OWN)).parse
    assert parsing.textfsm == ("acme", "acme_os", "cisco_ios")
    assert parsing.command("json", "show version") == "show version | as json"
    assert parsing.command("json", "peek all") == "peek -j all"
    text = "Serial X1\nVersion 1.2\n"
    assert parse(text, command="sh ver", parsing=parsing) == [{"version": "1.2", "serial": "X1"}]


def test_driver_keeps_its_templates_under_another_name(tmp_path: Path) -> None:
    write(tmp_path, yaml.safe_dump(load("arista_eos").export()))
    assert load("acme", (str(tmp_path),)).parse.textfsm[0] == "arista_eos"
    (tmp_path / "other.yml").write_text("parent: acme\n")
    assert load("other", (str(tmp_path),)).parse.textfsm == load("arista_eos").parse.textfsm
    (tmp_path / "own.yml").write_text("parent: cisco_ios\nparse: {textfsm: acme}\n")
    assert load("own", (str(tmp_path),)).parse.textfsm == ("acme",)
    assert "cisco_ios" not in load("dell_os10").parse.textfsm  # its parent is another platform


def test_facts_for_parsers_travel_from_broker(tmp_path: Path) -> None:
    parsing = load("acme", write(tmp_path, OWN)).parse
    driver = read(RemoteDriver, from_json(to_json(plain(RemoteDriver("acme", parse=parsing)))))
    assert driver.parse.command("json", "show x") == "show x | as json"
    assert driver.parse.patterns("show version") == parsing.patterns("show version")
    assert driver.parse.textfsm == parsing.textfsm
    assert RemoteDriver().parse == Parsing()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("parse: {json: {'*': 'as json'}}", r"acme\.yml:2: \*: the form has neither {command} nor {rest}\."),
        ("parse: {xml: {show: ''}}", r"neither {command} nor {rest}\."),
        ("parse: {regex: {show x: 'abc'}}", r"'abc' has no named groups\."),
        ("parse: {regex: {show x: '(?P<a>'}}", r"invalid regular expression"),
        ("parse: {textfsm: {a: b}}", r"expected a list of strings"),
        ("parse: {textfms: a}", r"unknown key\. Similar: textfsm\."),
    ],
)
def test_invalid_key_is_an_error_with_its_place(tmp_path: Path, keys: str, message: str) -> None:
    with pytest.raises(InvalidDriver, match=message):
        load("acme", write(tmp_path, f"parent: cisco_ios\n{keys}\n"))
