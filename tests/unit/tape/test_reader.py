# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.errors import InvalidTape
from pyco_core.tape import load, loads

TAPES = Path(__file__).parents[2] / "tapes"
SMALL = """
start: user
errors: {unknown: 'no'}
modes:
  user:
    prompt: '> '
    commands:
      show version: a text
      show clock: {output: a time}
      exit: {close: true}
  more:
    prompt: '# '
    include: [user]
    commands:
      exit: {mode: user}
"""


def test_string_value_is_output_of_command() -> None:
    outputs = {" ".join(command.words): command.output for command in loads(SMALL).modes["user"].commands}
    assert outputs["show version"] == "a text"
    assert outputs["show clock"] == "a time"


def test_own_command_overrides_included_command() -> None:
    commands = {" ".join(command.words): command for command in loads(SMALL).modes["more"].commands}
    assert commands["exit"].mode == "user"
    assert commands["show version"].output == "a text"


def test_number_is_read_as_string() -> None:
    tape = loads(SMALL.replace("prompt: '# '", "prompt: 5\n    prompts: ['# ', 5]"))
    assert (tape.modes["more"].prompt, tape.modes["more"].prompts) == ("5", ("# ", "5"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("start: user", "start: usr", "unknown mode 'usr'."),
        ("start: user", "begin: user", "tape: unknown key 'begin'."),
        ("start: user", "", "tape: missing key 'start'."),
        ("{mode: user}", "{moed: user}", "modes.more.commands.exit: unknown key 'moed'."),
        (
            "{mode: user}",
            "{connect: rsh}",
            "modes.more.commands.exit.connect: expected telnet or ssh, got 'rsh'.",
        ),
        ("include: [user]", "include: [usr]", "modes.more.include: unknown mode 'usr'."),
        ("prompt: '# '", "", "modes.more: missing key 'prompt'."),
        ("prompt: '# '", "prompt: '# '\n    prompts: '#'", "modes.more.prompts: expected a list, got '#'."),
        ("errors: {unknown: 'no'}", "errors: 'no'", "errors: expected a mapping, got 'no'."),
        ("start: user", "start: [", "invalid YAML: "),
        ("start: user", "start: [user]", "tape.start: expected a string, got ['user']."),
        ("start: user", "start: user\nabbreviate: 1", "tape.abbreviate: expected a boolean, got 1."),
        ("include: [user]", "include: user", "modes.more.include: expected a list, got 'user'."),
    ],
)
def test_invalid_tape_error_names_file_and_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "tape.yml"
    path.write_text(SMALL.replace(old, new, 1), "utf-8")
    with pytest.raises(InvalidTape) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    ("old", "new", "similar"),
    [("start: user", "start: usr", "user"), ("{mode: user}", "{moed: user}", "mode")],
)
def test_invalid_tape_error_suggests_similar_name(old: str, new: str, similar: str) -> None:
    with pytest.raises(InvalidTape) as caught:
        loads(SMALL.replace(old, new, 1))
    assert similar in caught.value.hint


def test_missing_tape_error_names_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidTape, match=r"none\.yml: cannot read the tape: No such file or directory\."):
        load(tmp_path / "none.yml")


def test_tape_in_latin_1_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tape.yml"
    path.write_bytes(SMALL.replace("a text", "\xe9").encode("latin-1"))
    with pytest.raises(InvalidTape, match=r"tape\.yml: invalid UTF-8: "):
        load(path)


@pytest.mark.parametrize(
    "path", sorted(TAPES.rglob("*.yml")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_tape_of_project_loads(path: Path) -> None:
    assert load(path).description
