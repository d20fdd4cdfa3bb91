# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
import subprocess
import sys

import pytest

from pyco_core.driver.patterns import (
    LIKELY_PROMPT,
    compile_event,
    compile_line,
    compile_output,
    compile_prompt,
)
from pyco_core.errors import InvalidDriver

COMPILERS = [
    lambda text: compile_prompt("e", text),
    lambda text: compile_event("e", text),
    lambda text: compile_line("e", text),
    compile_output,
]


def test_a_prompt_covers_a_line_and_blanks_behind_it() -> None:
    pattern = compile_prompt("user", "r1>")
    assert (pattern.event, pattern.whole, pattern.breaks) == ("user", True, 0)
    assert pattern.regex.fullmatch(b"r1> \t")
    assert not pattern.regex.fullmatch(b"r1>x")


def test_either_side_of_a_choice_is_a_whole_prompt() -> None:
    regex = compile_prompt("user", "a>|b>").regex
    assert regex.fullmatch(b"a> ")
    assert regex.fullmatch(b"b> ")


@pytest.mark.parametrize("text", [r"\[{hostname}\]\n\$", "\\[{hostname}\\]\n\\$"])
def test_a_prompt_has_as_many_breaks_as_it_says(text: str) -> None:
    pattern = compile_prompt("user", text)
    assert pattern.breaks == 1
    assert pattern.regex.fullmatch(b"[r1]\n$ ")


def test_placeholders_stand_for_what_is_learnt() -> None:
    match = compile_prompt("shell", r"{hostname} \[{token}\] ").regex.fullmatch(b"r1 [0123abcd] ")
    assert match
    assert match.groupdict() == {"hostname": b"r1", "token": b"0123abcd"}
    assert not compile_prompt("shell", r"\[{token}\]").regex.fullmatch(b"[$token]")


def test_a_placeholder_that_is_said_twice_stands_for_the_same() -> None:
    regex = compile_prompt("user", r"\[{hostname}\] {hostname}>").regex
    assert regex.fullmatch(b"[r1] r1>")
    assert not regex.fullmatch(b"[r1] r2>")


@pytest.mark.parametrize(
    "name",
    ["R1", "r1.lab.example.net", "sw-1_a", "RP/0/RSP0/CPU0:r1", "sw1:2", "core+1", "10.0.0.1", "café", "7"],
)
def test_a_hostname_is_anything_that_devices_show(name: str) -> None:
    match = compile_prompt("enable", "{hostname}#").regex.fullmatch(name.encode() + b"#")
    assert match
    assert match["hostname"].decode() == name


@pytest.mark.parametrize(
    "name", ["", "two words", "r1#", "r1>", "(r1)", "[r1]", "r1$", "<r1", "%r1", "r1\x1b"]
)
def test_what_is_no_hostname(name: str) -> None:
    assert not compile_prompt("enable", "{hostname}#").regex.fullmatch(name.encode() + b"#")


def test_an_event_reaches_to_the_end_and_begins_anywhere() -> None:
    regex = compile_event("more", "--More--|Press any key").regex
    assert regex.search(b"text --More-- ")
    assert regex.search(b"Press any key")
    assert not regex.search(b"--More-- text")
    assert not regex.search(b"--More--\n")


def test_a_line_is_searched_as_it_is() -> None:
    regex = compile_line("denied", "^Login incorrect$").regex
    assert regex.search(b"Login incorrect")
    assert not regex.search(b"Login incorrect!")


def test_words_are_searched_in_every_line_of_an_output() -> None:
    assert compile_output("^% Invalid").search("one\n% Invalid input")
    assert not compile_output("^% Invalid").search("one % Invalid input")


def test_flags_stay_in_front() -> None:
    assert compile_event("more", "(?i)--more--").regex.search(b"--MORE-- ")
    assert compile_prompt("user", "(?i)(?s)a.b").regex.fullmatch(b"A\nB")
    assert compile_line("denied", "(?x) a  b").regex.search(b"ab")


def test_a_regex_is_for_bytes() -> None:
    assert compile_event("e", r"caf\xe9#").regex.search(b"caf\xe9#")
    assert compile_event("e", "café#").regex.search("café#".encode())


@pytest.mark.parametrize("compiled", COMPILERS)
@pytest.mark.parametrize(
    "text", ["(", "a)(b", "*", "[", "(?P<a>x)(?P<a>y)", "a{99999999999999999999}", "(?z)a"]
)
def test_what_is_no_regular_expression_is_named(compiled: object, text: str) -> None:
    assert callable(compiled)
    with pytest.raises(InvalidDriver) as caught:
        compiled(text)
    assert caught.value.message.startswith(f"invalid regular expression {text!r}: ")
    assert isinstance(caught.value.__cause__, (re.error, OverflowError))


@pytest.mark.parametrize("compiled", COMPILERS[:3])
@pytest.mark.parametrize("text", [r"\u2026", r"\N{DASH}", "(?u)a", "\ud800"])
def test_what_is_a_regular_expression_for_text_only_is_named(compiled: object, text: str) -> None:
    assert callable(compiled)
    with pytest.raises(InvalidDriver) as caught:
        compiled(text)
    assert caught.value.message.startswith(f"invalid regular expression {text!r}: ")


def test_a_regular_expression_that_is_nested_too_deep_is_named() -> None:
    # In a process of its own: what measures coverage does not survive a recursion that goes too deep.
    words = "from pyco_core.driver.patterns import compile_output; compile_output('(' * 9999 + ')' * 9999)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)
    last_line = done.stderr.splitlines()[-1]
    assert last_line.startswith("pyco_core.errors.InvalidDriver: invalid regular expression '((((")


@pytest.mark.parametrize("text", ["", "x*", "(?:a|)", r"\s*", ".*", "(?i)"])
def test_a_pattern_that_fits_an_empty_line_would_always_be_seen(text: str) -> None:
    for compiled in (compile_prompt, compile_event):
        with pytest.raises(InvalidDriver) as caught:
            compiled("e", text)
        assert caught.value.message == f"the pattern {text!r} matches an empty line."


@pytest.mark.parametrize(
    "line",
    [
        "Main menu: ",
        "[r1] ",
        "r1 (config)",
        "{r1}",
        "r1 %",
        "r1 ~ ",
        "C:\\>",
        "user@host:~$ ",
        "# ",
        "r1?",
        "\u279c  ~ ",
        "\u276f ",
        "\xbb ",
    ],
)
def test_a_likely_prompt_ends_like_one(line: str) -> None:
    assert compile_prompt("prompt", LIKELY_PROMPT).regex.fullmatch(line.encode())


@pytest.mark.parametrize("line", ["", "Linux r1 6.1", "Last login:", "last failed login: ", "100% done"])
def test_what_is_no_likely_prompt(line: str) -> None:
    assert not compile_prompt("prompt", LIKELY_PROMPT).regex.fullmatch(line.encode())


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        (r"a\nb", 1),
        ("a\nb", 1),
        (r"[^\]\r\n]+#", 0),
        (r"[]\n]#", 0),
        (r"\[x\n]#", 1),
        (r"[\]\n](?:a\n)?#", 1),
    ],
)
def test_a_line_end_in_a_set_of_characters_breaks_no_line(text: str, breaks: int) -> None:
    assert compile_prompt("x", text).breaks == breaks
