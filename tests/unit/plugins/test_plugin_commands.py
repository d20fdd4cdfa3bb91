# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils._commands import one_line, parse
from ansible_collections.pyco.cli.plugins.plugin_utils._core import InvalidParameter


def test_a_text_is_a_command_without_details() -> None:
    [command] = parse(["show version"])
    assert (command.text, command.details) == ("show version", {})


def test_a_dictionary_gives_the_details_that_were_said() -> None:
    said = {
        "command": "reload",
        "prompt": "confirm",
        "answer": ["y"],
        "newline": "no",
        "sendonly": "yes",
        "check_all": False,
        "timeout": "2.5",
    }
    [command] = parse([said])
    assert command.text == "reload"
    assert command.details == {
        "prompt": ("confirm",),
        "answer": ("y",),
        "newline": False,
        "sendonly": True,
        "check_all": False,
        "timeout": 2.5,
    }


def test_one_answer_does_for_several_prompts() -> None:
    [command] = parse([{"command": "copy", "prompt": ["a", "b"], "answer": ""}])
    assert command.details == {"prompt": ("a", "b"), "answer": ("",)}


def test_a_number_is_a_command() -> None:
    assert parse([5])[0].text == "5"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"command": "x", "promt": "y"}, "there is no key 'promt'. Similar: prompt."),
        ({"command": "x", "zzz": 1}, "there is no key 'zzz'. Available: command, prompt, answer"),
        ({"prompt": "x"}, "there is no command in it."),
        ("  ", "there is no command in it."),
        (None, "there is no command in it."),
        (True, "there is no command in it."),
        (["x"], "there is no command in it."),
        ({"command": "x", "timeout": "soon"}, "could not convert string to float: 'soon'."),
        ({"command": "x", "timeout": 0}, "timeout is 0, and has to be more than 0 seconds."),
        ({"command": "x", "newline": "perhaps"}, "The value 'perhaps' is not a valid boolean"),
        ({"command": "x", "answer": "y"}, "0 prompts, but 1 answers."),
        ({"command": "x", "prompt": ["a", "b", "c"], "answer": ["y", "n"]}, "3 prompts, but 2 answers."),
        ({"command": "x", "prompt": "a"}, "1 prompts, but 0 answers."),
    ],
)
def test_a_bad_entry_is_named_by_its_place(said: object, why: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse(["show version", said])
    assert str(caught.value).startswith(f"Command 2: {why}")


@pytest.mark.parametrize(
    ("text", "reads"),
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
def test_what_only_reads_is_known_by_its_first_word(text: str, reads: bool) -> None:
    assert parse([text])[0].reads is reads


@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize(
    ("script", "status", "output"),
    [
        ("echo one\necho two\nexit 3\n", 3, "one\ntwo\n"),
        ("printf '%s\\n' 'a\tb' \"it's\"  # a comment", 0, "a\tb\nit's\n"),
        ("cat <<'END'\n\\$HOME !! %s %b \\n\nEND", 0, "\\$HOME !! %s %b \\n\n"),
        ("printf '\u20ac'", 0, "\u20ac"),
        ("cd /; pwd", 0, "/\n"),
    ],
)
def test_a_script_comes_through_one_line_unchanged(shell: str, script: str, status: int, output: str) -> None:
    line = one_line(script)
    assert not set("\n\t!") & set(line)
    done = subprocess.run([shell, "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (status, output)


def test_an_unfinished_script_is_an_error_of_the_shell_and_not_a_wait_for_more() -> None:
    line = one_line("echo 'half")
    done = subprocess.run(["sh", "-c", f"{line}; echo next"], capture_output=True, text=True, check=False)
    assert done.stdout == "next\n"
