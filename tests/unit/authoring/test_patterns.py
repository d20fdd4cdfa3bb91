# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.authoring.patterns import error_pattern, escape, prompt_pattern, quote


@pytest.mark.parametrize(
    ("output", "regex"),
    [
        ("   ^\n% Invalid input detected at '^' marker.", "% Invalid input detected at"),
        ("bogus: command not found", "command not found"),
        ("Unknown command: bogus", "Unknown command"),
        ("Error 17 in line 3", "Error"),
        ("\n\n", ""),
    ],
)
def test_error_pattern_ends_before_variable_part(output: str, regex: str) -> None:
    assert error_pattern(output, "bogus") == regex


@pytest.mark.parametrize(
    ("text", "quoted"), [("show run", "show run"), ("it's", "'it''s'"), ("a: b", "'a: b'")]
)
def test_text_is_quoted_if_yaml_needs_it(text: str, quoted: str) -> None:
    assert quote(text) == quoted


def test_escape_keeps_blank_hash_and_dash() -> None:
    assert escape("sw-1 (x)#") == r"sw-1 \(x\)#"


@pytest.mark.parametrize(
    ("prompt", "hostname", "regex"),
    [
        ("sw-1>", "sw-1", "{hostname}>"),
        ("demo@7C1A90-b> ", "7C1A90-b", r"[\w.-]+@{hostname}>"),
        ("7 *sw1(config-if)#", "sw1", r"\d+ \*{hostname}\(config[^()]*\)#"),
        ("  1) Ping host\n  2) Shell\n\nEnter an option: ", "Enter", "{hostname} an option:"),
        ("7> ", "", r"\d+>"),
    ],
)
def test_prompt_pattern_accepts_any_hostname_user_and_number(prompt: str, hostname: str, regex: str) -> None:
    assert prompt_pattern(prompt, hostname, "demo") == regex
