# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a command: defaults, normalization and the messages for wrong values."""

from __future__ import annotations

from typing import Any

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.models.command import Command, as_command
from pyco_core.models.lines import Lines
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
    ],
)
def test_prompt_is_stored_as_tuple(value: object, stored: tuple[str, ...]) -> None:
    assert as_command("reload", {"prompt": value, "answer": "y"}).prompt == stored


def test_answer_may_be_secret_or_list_with_secrets() -> None:
    assert as_command("su", {"prompt": "a", "answer": Secret("x")}).answer == (Secret("x"),)
    two = {"prompt": ["a", "b"], "answer": ["y", Secret("x")]}
    assert as_command("su", two).answer == ("y", Secret("x"))


def test_unknown_option_is_refused_with_similar_options() -> None:
    with pytest.raises(InvalidParameter) as caught:
        as_command("reload", {"promt": "Sure?"})
    assert str(caught.value).startswith("A command has no option 'promt'. Similar: prompt")


def test_option_without_similar_name_is_refused_with_list_of_options() -> None:
    with pytest.raises(InvalidParameter) as caught:
        as_command("reload", {"zzz": 1})
    message = "A command has no option 'zzz'. Valid: mode, timeout, prompt, answer, newline,"
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prompt": "a"}, "number of answers: expected 1, got 0."),
        ({"answer": "y"}, "number of answers: expected 0, got 1."),
        ({"prompt": "a", "answer": ["1", "2"]}, "number of answers: expected 1, got 2."),
        ({"prompt": ["a", "b", "c"], "answer": ["1", "2"]}, "number of answers: expected 1 or 3, got 2."),
        ({"prompt": "\udcff", "answer": "y"}, "The option 'prompt' of a command: invalid regular expression"),
        ({"prompt": "(", "answer": "y"}, "The option 'prompt' of a command: invalid regular expression '(':"),
        (
            {"prompt": "a{99999999999}", "answer": "y"},
            "The option 'prompt' of a command: invalid regular expression 'a{99999999999}':",
        ),
        (
            {"prompt": "\ud800", "answer": "y"},
            "The option 'prompt' of a command: the text has a NUL or is not valid Unicode.",
        ),
        ({"prompt": "a", "answer": "\udcff"}, "The answer is not valid Unicode."),
        ({"prompt": "a", "answer": Secret(f"{HIDDEN}\udcff")}, "The answer is not valid Unicode."),
    ],
    ids=str,
)
def test_invalid_questions_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        as_command("reload", options)
    assert caught.value.message.startswith(message)
    assert HIDDEN not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize("text", ["one\ntwo", "one\rtwo", "one\n", "\r"])
def test_command_with_several_lines_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter, match=r"The command has several lines\."):
        as_command(text, {})


@pytest.mark.parametrize("text", ["show\0", "\x03", "show\x1b[A", "show\x7f", "\x0b"])
def test_command_with_control_character_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter, match="The command contains the control character '"):
        as_command(text, {})


def test_command_may_contain_tab_and_unicode() -> None:
    assert as_command("show\tinterfaces \u00a0\u2028é", {}).text == "show\tinterfaces \u00a0\u2028é"


def test_command_with_surrogate_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidParameter) as caught:
        as_command(f"{HIDDEN} \udcff", {})
    assert caught.value.message == "The command is not valid Unicode."
    assert HIDDEN not in str(caught.value)
    assert caught.value.__suppress_context__, "the cause would repeat a possible secret"


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
    assert (
        caught.value.message
        == f"timeout: expected a number of seconds above 0, at most 604800, got {timeout!r}."
    )


def test_answer_of_wrong_type_is_not_repeated_in_message() -> None:
    with pytest.raises(InvalidParameter) as caught:
        as_command("reload", {"answer": [HIDDEN.encode()]})
    assert HIDDEN not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize("answer", [HIDDEN, Secret(HIDDEN)])
def test_answer_is_not_in_repr(answer: str | Secret) -> None:
    command = Command("su", prompt=("Password:",), answer=(answer,))
    assert HIDDEN not in repr(command) + repr(Lines((command,)))
    assert "'su'" in repr(command)
