# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
import sys

import pytest

from pyco_core.errors import InvalidParameter, OutOfStep
from pyco_core.models.command import Command
from pyco_core.session import regex_limit
from pyco_core.session.login import login
from pyco_core.session.regex_limit import check_search
from pyco_core.session.send import send

from .dialogues import ios
from .scripted import Say, Scripted, Type, quick, session_on, soon

LINE = b"Delete all files of the flash, and " + b"a" * 60 + b"!"


@pytest.mark.parametrize(
    "pattern",
    [
        rb"(a+)+$",
        rb"(?:a|a)*$",
        rb"(a*){3,}b",
        rb"(?:aa?){1,80}b$",
        rb"a?" * 30 + rb"a" * 60 + rb"b$",
        rb"(?:a|aa)" * 30 + rb"b$",
        rb"(\w+\s?)*\?",
        rb"(a)(?=(a+)+b)",
        rb"a+" * 8 + rb"b$",
        rb"([\w.-]+)*\[confirm\]",
        rb"(?x)(a+) +$",
        b"(?ix: (a+) # of the flash, and [\n+ ) b $ # ]",
        rb"(?#[)(a+)+$(?#])",
    ],
)
def test_regex_with_exponential_time_is_error_that_names_it(pattern: bytes) -> None:
    with pytest.raises(InvalidParameter) as caught:
        check_search(re.compile(pattern), LINE)
    assert repr(pattern.decode()) in caught.value.message
    assert caught.value.message.endswith("takes too long.")


def test_regex_with_cubic_time_is_error_on_long_line() -> None:
    pattern = re.compile(rb"a*a*b")
    check_search(pattern, b"a" * 100)
    with pytest.raises(InvalidParameter, match="takes too long"):
        check_search(pattern, b"a" * 2000)


@pytest.mark.parametrize(
    "pattern",
    [
        rb"\[confirm\]",
        rb"Password:",
        rb"(?i)are you sure\? ?\[y/n\]:?",
        rb"Destination filename \[.*\]\?",
        rb"^[\w()*+|{}?.-]+#",
        rb"\(yes/no\)\)+",
        rb"(?:yes|no|all)\?",
        rb"x{3}",
    ],
)
def test_ordinary_regex_needs_no_process(pattern: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    check_search(re.compile(pattern), LINE)


@pytest.mark.parametrize("pattern", [rb"(?:[Yy]es)+\?", rb"(['\"])\w+\1", rb"(?:\d+,)*\d+ files"])
def test_fast_regex_with_nested_quantifiers_is_accepted(pattern: bytes) -> None:
    check_search(re.compile(pattern), LINE)


def test_regex_is_error_if_its_trial_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regex_limit, "_WAIT", 0.001)
    with pytest.raises(InvalidParameter, match="takes too long"):
        check_search(re.compile(rb"(?:b+)+"), LINE)


def test_command_whose_prompt_takes_too_long_closes_session() -> None:
    steps = [*ios(), Type(b"delete *\n"), Say(b"delete *\r\n" + LINE)]
    session = session_on(Scripted(*steps), quick("cisco_ios"))
    login(session, soon())
    with pytest.raises(InvalidParameter, match=re.escape("'(a+)+$'")):
        send(session, Command("delete *", prompt=("(a+)+$",), answer=("y",)), soon())
    with pytest.raises(OutOfStep, match="takes too long"):
        send(session, Command("show clock"), soon())
