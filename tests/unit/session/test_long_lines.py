# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines longer than any terminal around prompts and messages: they are output, and cost no time."""

from __future__ import annotations

import re

import pytest

from pyco_core.errors import OutputTooLarge
from pyco_core.fsm.lines_above import start_above
from pyco_core.fsm.matcher import TAIL
from pyco_core.models.command import Command
from pyco_core.models.settings import Settings
from pyco_core.session.login import login
from pyco_core.session.reader import MAX_LINES
from pyco_core.session.send import send
from pyco_core.session.terminal import last_line

from .scripted import Pause, Say, Scripted, Type, quick, session_on, soon

LONG = b"x" * (TAIL + 1)


def test_long_line_before_silence_is_output() -> None:
    steps = [
        *[Say(b"r1#"), Type(b"show a\n"), Say(b"show a\r\n" + LONG + b"\r\n"), Pause()],
        *[Say(b"two\r\nr1#"), Pause()],
    ]
    session = session_on(
        Scripted(*steps), quick("cisco_ios"), settings=Settings(setup=False), authenticated=True
    )
    login(session, soon())

    assert send(session, Command("show a"), soon()) == f"{LONG.decode()}\ntwo"


def test_long_line_above_prompt_of_two_lines_is_output() -> None:
    prompt = b"[/]\r\nA:admin@sr1# "
    steps = [
        *[Say(prompt), Pause(), Type(b"show a\n")],
        *[Say(b"show a\r\n" + LONG + b"\r\nA:admin@sr1# "), Pause(), Say(b"\r\n" + prompt), Pause()],
    ]
    session = session_on(
        Scripted(*steps), quick("nokia_sros"), settings=Settings(setup=False), authenticated=True
    )
    login(session, soon())

    assert send(session, Command("show a"), soon()).startswith(LONG.decode())


def test_line_longer_than_any_prompt_is_not_part_of_prompt() -> None:
    regex = re.compile(rb"\[x*\]")
    short, long = b"[xx]\r\n", b"[" + LONG + b"]\r\n"

    assert start_above(bytearray(short + b"r1#"), 0, len(short), regex, last_line) == 0
    assert start_above(bytearray(long + b"r1#"), 0, len(long), regex, last_line) == len(long)


def test_login_with_too_many_lines_ends_with_named_error() -> None:
    flood = b"x\r\n" * (MAX_LINES + 1)
    session = session_on(Scripted(Say(flood), Say(flood), Pause()), quick("cisco_ios"))

    with pytest.raises(OutputTooLarge, match="16384 lines"):
        login(session, soon())
