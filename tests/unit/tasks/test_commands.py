# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.models.command import Command
from pyco_core.tasks.commands import is_read_only, parse_commands


def test_string_is_a_command_with_default_options() -> None:
    assert parse_commands(["show version"]) == (Command("show version"),)


def test_mapping_sets_every_option_of_a_command() -> None:
    entry = {
        "command": "reload",
        "prompt": "confirm",
        "answer": ["y"],
        "newline": "no",
        "sendonly": "yes",
        "check_all": True,
        "timeout": "2.5",
    }
    assert parse_commands([entry]) == (
        Command(
            "reload",
            prompt=("confirm",),
            answer=("y",),
            newline=False,
            sendonly=True,
            check_all=True,
            timeout=2.5,
        ),
    )


def test_option_without_a_value_keeps_its_default() -> None:
    assert parse_commands([{"command": "reload", "timeout": None}]) == (Command("reload"),)


def test_one_answer_is_enough_for_several_prompts() -> None:
    [command] = parse_commands([{"command": "copy", "prompt": ["a", "b"], "answer": ""}])
    assert (command.prompt, command.answer) == (("a", "b"), ("",))


def test_line_end_of_yaml_block_is_no_part_of_command() -> None:
    entries = ["show version\n", {"command": "show clock\r\n"}]
    assert parse_commands(entries) == (Command("show version"), Command("show clock"))


def test_number_is_a_command() -> None:
    assert parse_commands([5]) == (Command("5"),)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"prompt": "x"}, "the key 'command' is missing. Example: {command: reload,"),
        ("  ", "the command is empty."),
        (None, "expected a string or a mapping, got no value."),
        (True, "expected a string or a mapping, got a boolean. Quote a command such as 'yes'."),
        (["x"], "expected a string or a mapping, got a list."),
        (b"x", "expected a string or a mapping, got bytes."),
        ({"command": {"x": "y"}}, "expected a string, got a mapping."),
        ({"command": ""}, "the command is empty."),
        ({"command": "x", "timeout": "soon"}, "timeout: expected a number of seconds, got 'soon'."),
        ({"command": "x", "timeout": 0}, "timeout"),
        (
            {"command": "x", "newline": "perhaps"},
            "newline: expected a boolean, got 'perhaps'. Use yes or no.",
        ),
        ({"command": "x", "answer": "y"}, "number of answers: expected 0, got 1."),
        (
            {"command": "x", "prompt": ["a", "b", "c"], "answer": ["y", "n"]},
            "number of answers: expected 1 or 3",
        ),
        ({"command": "x", "prompt": "a"}, "number of answers: expected 1, got 0."),
    ],
)
def test_invalid_command_is_reported_with_its_position(entry: object, message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse_commands(["show version", entry])
    assert str(caught.value).startswith(f"Command 2: {message}")


def test_empty_list_of_commands_is_an_error() -> None:
    with pytest.raises(InvalidParameter, match="expected at least one command, got an empty list"):
        parse_commands([])


@pytest.mark.parametrize(
    ("entry", "has_example"),
    [
        ({"command": "x", "prompt": "a"}, False),
        ({"prompt": "a"}, True),
        ({"command": "x", "timeout": "soon"}, False),
        ({"command": "x", "timeout": -1}, False),
        ({"command": "x", "newline": "perhaps"}, False),
        ("", False),
    ],
)
def test_example_is_shown_only_for_missing_keys(entry: object, has_example: bool) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse_commands([entry])
    assert ("Example: " in str(caught.value)) is has_example


@pytest.mark.parametrize("key", ["promt", "zzz", "mode", "check", "text", 5])
def test_unknown_key_is_reported_with_valid_keys(key: object) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse_commands([{"command": "x", key: "y"}])
    assert str(caught.value).startswith(f"Command 1: unknown key {key!r}. ")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("show version", True),
        (" display clock", True),
        ("get system status", True),
        ("show", True),
        ("showing off", False),
        ("configure terminal", False),
        ("do show version", False),
    ],
)
def test_command_is_read_only_by_its_first_word(text: str, expected: bool) -> None:
    assert is_read_only(Command(text)) is expected
