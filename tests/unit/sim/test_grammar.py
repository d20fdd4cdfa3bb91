# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.sim.grammar import Found, NotFound, find
from pyco_core.tape import Command

COMMANDS = [
    Command(("show", "version")),
    Command(("show", "clock")),
    Command(("set", "{name}")),
    Command(("set", "{number:number}", "{name}")),
    Command(("exit",)),
]


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("show version", "show version"),
        ("sh  ver ", "show version"),
        ("e", "exit"),
        ("set anything", "set {name}"),
        ("set 5 five", "set {number:number} {name}"),
    ],
)
def test_typed_line_matches_one_command(line: str, command: str) -> None:
    match = find(COMMANDS, line, abbreviate=True)
    assert isinstance(match, Found)
    assert " ".join(match.command.words) == command


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("show", NotFound("incomplete")),
        ("set", NotFound("incomplete")),
        ("s", NotFound("ambiguous")),
        ("show vlan", NotFound("unknown", 6)),
        ("shw version", NotFound("unknown", 2)),
        ("show version all", NotFound("unknown", 13)),
        ("  nothing", NotFound("unknown", 2)),
    ],
)
def test_wrong_line_is_reported_with_kind_and_column(line: str, error: NotFound) -> None:
    assert find(COMMANDS, line, abbreviate=True) == error


def test_placeholders_take_typed_values() -> None:
    match = find(COMMANDS, "set 5 five", abbreviate=False)
    assert isinstance(match, Found)
    assert match.values == {"number": "5", "name": "five"}


def test_abbreviation_is_refused_unless_tape_allows_it() -> None:
    assert find(COMMANDS, "sh ver", abbreviate=False) == NotFound("unknown", 2)
