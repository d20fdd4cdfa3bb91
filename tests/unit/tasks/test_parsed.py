# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.tasks.commands import parse_commands
from pyco_core.tasks.parsed import Request, parse_requests


def test_parser_of_task_is_that_of_commands_without_their_own() -> None:
    commands = [
        "a",
        {"command": "b", "parse": "ttp", "template": "x {{ y }}"},
        {"command": "c", "parse": ""},
        {"command": "d", "parse": None, "template": None},
        {"command": "e", "parse": "json"},
        {"command": "f", "template": "other"},
    ]
    assert parse_requests(commands, "textfsm", "Value") == (
        Request("textfsm", "Value"),
        Request("ttp", "x {{ y }}"),
        Request(),
        Request("textfsm", "Value"),
        Request("json"),
        Request("textfsm", "other"),
    )
    assert [command.text for command in parse_commands(commands)] == ["a", "b", "c", "d", "e", "f"]


@pytest.mark.parametrize(("parser", "template"), [(None, None), ("", "")])
def test_no_output_is_parsed_without_parser(parser: str | None, template: str | None) -> None:
    assert parse_requests(["a", {"command": "b"}, 5], parser, template) == ()


def test_template_is_read_by_function_of_caller() -> None:
    assert parse_requests(["a"], "ttp", "name", str.upper) == (Request("ttp", "NAME"),)


def test_template_without_parser_is_an_error() -> None:
    with pytest.raises(InvalidParameter, match=r"Command 2: a template needs `parse`\. Example: parse: ttp"):
        parse_requests(["a", {"command": "b", "template": "x"}], None, None)
