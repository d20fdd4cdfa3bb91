# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a command: defaults, normalization and the messages for wrong values."""

from __future__ import annotations

from typing import Any

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.models.command import Command, as_command
from pyco_core.models.secret import Secret

HIDDEN = "S3cret-word"


def test_string_becomes_command_with_default_options() -> None:
    assert as_command("show clock", {}) == Command("show clock")


def test_command_without_options_is_returned_unchanged() -> None:
    command = Command("show clock", mode="enable")
    assert as_command(command, {}) is command


def test_options_override_those_of_command() -> None:
    command = Command("show clock", mode="enable", timeout=5)
    assert as_command(command, {"timeout": 9, "check": False}) == Command(
        "show clock", mode="enable", timeout=9, check=False
    )


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("Sure?", ("Sure?",)),
        (["Sure?", "Really?"], ("Sure?", "Really?")),
        (("Sure?",), ("Sure?",)),
        ([], ()),
    ],
)
def test_prompt_is_stored_as_tuple(value: object, stored: tuple[str, ...]) -> None:
    assert as_command("reload", {"prompt": value}).prompt == stored


def test_answer_may_be_secret_or_list_with_secrets() -> None:
    assert as_command("su", {"answer": Secret("x")}).answer == (Secret("x"),)
    assert as_command("su", {"answer": ["y", Secret("x")]}).answer == ("y", Secret("x"))


def test_unknown_option_is_refused_with_list_of_options() -> None:
    with pytest.raises(InvalidParameter) as caught:
        as_command("reload", {"promt": "Sure?"})
    message = "A command has no option 'promt'. Its options are mode, timeout, prompt, "
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": None}, "The option 'mode' of a command: expected a string, got None."),
        (
            {"prompt": 5},
            "The option 'prompt' of a command: expected a string or a list of strings, got int.",
        ),
        (
            {"prompt": b"Sure?"},
            "The option 'prompt' of a command: expected a string or a list of strings, got bytes.",
        ),
        (
            {"prompt": ["Sure?", None]},
            "The option 'prompt' of a command: expected a string or a list of strings, got None.",
        ),
        (
            {"answer": {"y": "n"}},
            "The option 'answer' of a command: expected a string, a Secret or a list of them, got dict.",
        ),
        ({"check": "yes"}, "The option 'check' of a command: expected true or false, got str."),
        ({"newline": None}, "The option 'newline' of a command: expected true or false, got None."),
        ({"text": "x"}, "A command has no option 'text'."),
    ],
    ids=str,
)
def test_option_of_wrong_type_is_refused_with_expected_type(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        as_command("reload", options)
    assert caught.value.message == message


@pytest.mark.parametrize("text", [None, b"reload", 5])
def test_text_of_wrong_type_is_refused(text: Any) -> None:
    with pytest.raises(InvalidParameter, match="'text' of a command: expected a string, got"):
        as_command(text, {})


@pytest.mark.parametrize("timeout", [0, -1, True, float("nan"), float("inf"), "5", 1e30])
def test_invalid_timeout_is_refused_with_its_value(timeout: Any) -> None:
    with pytest.raises(InvalidParameter) as caught:
        as_command("reload", {"timeout": timeout})
    assert caught.value.message == f"timeout is {timeout!r}."


def test_answer_of_wrong_type_is_not_repeated_in_message() -> None:
    with pytest.raises(InvalidParameter) as caught:
        as_command("reload", {"answer": [HIDDEN.encode()]})
    assert HIDDEN not in f"{caught.value} {caught.value!r}"


def test_secret_answer_is_masked_in_repr() -> None:
    assert HIDDEN not in repr(Command("su", answer=(Secret(HIDDEN),)))
