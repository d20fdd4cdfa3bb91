# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular expressions of driver files."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest

from pyco_core.driver.patterns import (
    LIKELY_PROMPT,
    compile_event,
    compile_line,
    compile_output,
    compile_prompt,
    find_errors,
)
from pyco_core.errors import InvalidDriver

COMPILERS: list[Callable[[str], object]] = [
    partial(compile_prompt, "e"),
    partial(compile_event, "e"),
    partial(compile_line, "e"),
    compile_output,
]


def test_prompt_matches_whole_line_with_trailing_blanks() -> None:
    pattern = compile_prompt("user", "r1>")
    assert (pattern.event, pattern.whole, pattern.breaks) == ("user", True, 0)
    assert pattern.regex.fullmatch(b"r1> \t")
    assert not pattern.regex.fullmatch(b"r1>x")


def test_each_alternative_of_a_prompt_matches_whole_line() -> None:
    regex = compile_prompt("user", "a>|b>").regex
    assert regex.fullmatch(b"a> ")
    assert regex.fullmatch(b"b> ")


@pytest.mark.parametrize("text", [r"\[{hostname}\]\n\$", "\\[{hostname}\\]\n\\$"])
def test_prompt_counts_its_line_breaks(text: str) -> None:
    pattern = compile_prompt("user", text)
    assert pattern.breaks == 1
    assert pattern.regex.fullmatch(b"[r1]\n$ ")


def test_placeholders_of_prompt_are_named_groups() -> None:
    match = compile_prompt("shell", r"{hostname} \[{token}\] ").regex.fullmatch(b"r1 [0123abcd] ")
    assert match
    assert match.groupdict() == {"hostname": b"r1", "token": b"0123abcd"}
    assert not compile_prompt("shell", r"\[{token}\]").regex.fullmatch(b"[$token]")


def test_unknown_placeholder_of_prompt_is_refused() -> None:
    with pytest.raises(InvalidDriver) as caught:
        compile_prompt("user", "{hostnam}>")
    assert str(caught.value) == "unknown placeholder {hostnam} in '{hostnam}>'. Similar: hostname."


@pytest.mark.parametrize("text", [r"\{abc}>", "[{abc}]>", "a{2}>", "a{,3}b>"])
def test_braces_that_are_no_placeholder_are_accepted(text: str) -> None:
    assert compile_prompt("user", text)


def test_repeated_placeholder_matches_same_text() -> None:
    regex = compile_prompt("user", r"\[{hostname}\] {hostname}>").regex
    assert regex.fullmatch(b"[r1] r1>")
    assert not regex.fullmatch(b"[r1] r2>")


@pytest.mark.parametrize(
    "name",
    ["R1", "r1.lab.example.net", "sw-1_a", "RP/0/RSP0/CPU0:r1", "sw1:2", "core+1", "10.0.0.1", "café", "7"],
)
def test_hostname_matches_names_of_devices(name: str) -> None:
    match = compile_prompt("enable", "{hostname}#").regex.fullmatch(name.encode() + b"#")
    assert match
    assert match["hostname"].decode() == name


@pytest.mark.parametrize(
    "name", ["", "two words", "r1#", "r1>", "(r1)", "[r1]", "r1$", "<r1", "%r1", "r1\x1b"]
)
def test_hostname_does_not_match_other_text(name: str) -> None:
    assert not compile_prompt("enable", "{hostname}#").regex.fullmatch(name.encode() + b"#")


def test_event_matches_at_end_of_text() -> None:
    regex = compile_event("more", "--More--|Press any key").regex
    assert regex.search(b"text --More-- ")
    assert regex.search(b"Press any key")
    assert not regex.search(b"--More-- text")
    assert not regex.search(b"--More--\n")


def test_line_pattern_is_searched_in_line() -> None:
    regex = compile_line("denied", "^Login incorrect$").regex
    assert regex.search(b"Login incorrect")
    assert not regex.search(b"Login incorrect!")


def test_output_pattern_matches_at_each_line() -> None:
    assert compile_output("^% Invalid").search("one\n% Invalid input")
    assert not compile_output("^% Invalid").search("one % Invalid input")


def test_inline_flags_apply_to_whole_pattern() -> None:
    assert compile_event("more", "(?i)--more--").regex.search(b"--MORE-- ")
    assert compile_prompt("user", "(?i)(?s)a.b").regex.fullmatch(b"A\nB")
    assert compile_line("denied", "(?x) a  b").regex.search(b"ab")


def test_pattern_matches_bytes() -> None:
    assert compile_event("e", r"caf\xe9#").regex.search(b"caf\xe9#")
    assert compile_event("e", "café#").regex.search("café#".encode())


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize(
    "text", ["(", "a)(b", "*", "[", "(?P<a>x)(?P<a>y)", "a{99999999999999999999}", "(?z)a"]
)
def test_invalid_regular_expression_raises_error(compiler: Callable[[str], object], text: str) -> None:
    with pytest.raises(InvalidDriver) as caught:
        compiler(text)
    assert caught.value.message.startswith(f"invalid regular expression {text!r}: ")
    assert isinstance(caught.value.__cause__, (re.error, OverflowError))


@pytest.mark.parametrize("compiler", COMPILERS[:3])
@pytest.mark.parametrize("text", [r"\u2026", r"\N{DASH}", "(?u)a", "\ud800"])
def test_regular_expression_for_str_only_raises_error(compiler: Callable[[str], object], text: str) -> None:
    with pytest.raises(InvalidDriver) as caught:
        compiler(text)
    assert caught.value.message.startswith(f"invalid regular expression {text!r}: ")


def test_deeply_nested_regular_expression_raises_error() -> None:
    # In its own process: the measurement of coverage does not survive such a deep recursion.
    code = "from pyco_core.driver.patterns import compile_output; compile_output('(' * 9999 + ')' * 9999)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    last_line = done.stderr.splitlines()[-1]
    assert last_line.startswith("pyco_core.errors.InvalidDriver: invalid regular expression '((((")


@pytest.mark.parametrize("text", ["", "x*", "(?:a|)", r"\s*", ".*", "(?i)"])
def test_pattern_that_matches_empty_line_raises_error(text: str) -> None:
    for compiler in (compile_prompt, compile_event):
        with pytest.raises(InvalidDriver) as caught:
            compiler("e", text)
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
def test_likely_prompt_matches_usual_prompts(line: str) -> None:
    assert compile_prompt("prompt", LIKELY_PROMPT).regex.fullmatch(line.encode())


@pytest.mark.parametrize("line", ["", "Linux r1 6.1", "Last login:", "last failed login: ", "100% done"])
def test_likely_prompt_does_not_match_other_lines(line: str) -> None:
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
def test_line_end_in_character_set_is_no_line_break(text: str, breaks: int) -> None:
    assert compile_prompt("x", text).breaks == breaks


@pytest.mark.parametrize(
    "line",
    [
        " Error: 0",
        "Error : 12 packets",
        "  Failure: 1,024",
        "Errors............. 0",
        "Errors: 0, Drops: 3",
        "Error rate: 0.00%",
        "error=0",
        "Error   0",
        "% Errors: none",
        "Error: 3 \r",
    ],
)
def test_counter_is_no_error(line: str) -> None:
    pattern = compile_output(r"(?i)^ *(?:% )?(?:error|failure)")
    assert not list(find_errors(pattern, f"Input: 3 packets\n{line}\nOutput: 4\n{line}"))


@pytest.mark.parametrize(
    "line",
    [
        "Error: Unrecognized command found at '^' position.",
        "Error: 192.0.2.1 is not a valid mask",
        "Error: 3 sessions are open",
        "ERROR",
        "error 7",
        "Error:",
    ],
)
def test_error_message_is_found_behind_counter(line: str) -> None:
    pattern = compile_output(r"(?i)^ *error")
    assert [match.start() for match in find_errors(pattern, f"Error: 0\n{line}")] == [9]
