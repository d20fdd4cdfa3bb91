# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.tape import (
    Command,
    Connect,
    Errors,
    Expected,
    Login,
    Mode,
    Question,
    Tape,
    dumps,
    load,
    loads,
)

TAPES = Path(__file__).parents[2] / "tapes"
SMALL = Tape(start="user", errors=Errors("no\n"), modes={"user": Mode("> ")})
WHOLE = Tape(
    description="a device",
    source="written by hand",
    start="user",
    abbreviate=True,
    expected=Expected("user", "r1", ("bogus",), "show log"),
    more="--More--",
    more_erased="\r        \r",
    more_end="(END)",
    variables={"hostname": "r1", "length": "24"},
    login=Login(banner="\nHello\n", users={"demo": "demo-login"}, ask=(Question("Key? ", keys="\r\n"),)),
    errors=Errors("unknown\n", "incomplete\n", "ambiguous\n", caret=True),
    connect=Connect(trying="Trying {host}\n"),
    modes={
        "user": Mode(
            "{hostname}> ",
            (
                Command(("show", "log"), "line 1\n  line 2\n", repeat=9),
                Command(("show", "this"), "this\n"),
                Command(("nothing",)),
                Command(("no", "page"), set={"length": "0"}),
                Command(("ssh", "{host}"), connect="ssh"),
                Command(
                    ("enable",), ask=(Question("Password: ", "demo-enable", hidden=True),), mode="enable"
                ),
                Command(("exit",), close=True),
            ),
        ),
        "enable": Mode("{hostname}# ", mode="admin", prompts=("r1# ", "r2# ")),
    },
)


@pytest.mark.parametrize("tape", [SMALL, WHOLE, replace(SMALL, login=Login())])
def test_written_tape_loads_as_equal_tape(tape: Tape) -> None:
    assert loads(dumps(tape)) == tape


def test_default_values_are_not_written() -> None:
    assert dumps(SMALL) == "start: user\nerrors:\n  unknown: \"no\\n\"\nmodes:\n  user:\n    prompt: '> '\n"


def test_output_of_several_lines_is_written_as_block() -> None:
    assert "output: |\n          line 1\n            line 2\n" in dumps(WHOLE)


def test_command_with_output_only_is_written_as_string() -> None:
    assert '      show this: "this\\n"\n      nothing: null\n' in dumps(WHOLE)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_equal_after_writing_and_loading(text: str) -> None:
    tape = replace(SMALL, description=text, errors=Errors(text), variables={"name": text})
    assert loads(dumps(tape)) == tape


@pytest.mark.parametrize(
    "path", sorted(TAPES.rglob("*.yml")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_tape_of_project_is_equal_after_writing_and_loading(path: Path) -> None:
    tape = load(path)
    assert loads(dumps(tape)) == tape
