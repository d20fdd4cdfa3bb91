# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A refused line that the device shows again behind its next prompt, with a pause between them."""

from __future__ import annotations

import pytest

from pyco_core.errors import CommandError
from pyco_core.models.command import Command
from pyco_core.session.expectation import SETTLE
from pyco_core.session.login import login
from pyco_core.session.send import send
from pyco_core.session.session import Session

from .dialogues import asked
from .scripted import End, Pause, Say, Scripted, Step, Type, quick, session_on, soon

FTD = quick("cisco_ftd")
REFUSED: list[Step] = [
    Type(b"show foo\n"),
    Say(b"show foo\r\nSyntax error: Illegal command line\r\n> "),
]
LEFT: list[Step] = [Say(b"show foo"), Type(b"\x15"), Type(b"\n"), Say(b"\r\n> ")]


def on_ftd(*steps: Step) -> Session:
    session = session_on(Scripted(Say(b"> "), *steps), FTD, authenticated=True)
    login(session, soon())
    return session


@pytest.mark.parametrize("pause", [0.0, 0.2, 0.5])
def test_refused_line_behind_next_prompt_is_deleted_after_a_pause(pause: float) -> None:
    between = [Pause(pause)] if pause else []
    session = on_ftd(*REFUSED, *between, *LEFT, *asked(b"show version", b"7.4\r\n", b"> "))
    with pytest.raises(CommandError, match="Illegal command line"):
        send(session, Command("show foo"), soon())
    assert send(session, Command("show version"), soon()) == "7.4"


def test_refused_line_of_unchecked_command_is_deleted() -> None:
    session = on_ftd(*REFUSED, Pause(0.2), *LEFT, *asked(b"show version", b"7.4\r\n", b"> "))
    reply = send(session, Command("show foo", check=False), soon())
    assert reply == "Syntax error: Illegal command line"
    assert send(session, Command("show version"), soon()) == "7.4"


def test_session_that_ends_after_refused_command_is_not_used_again() -> None:
    session = on_ftd(*REFUSED, Pause(0.2), End())
    with pytest.raises(CommandError):
        send(session, Command("show foo"), soon())
    assert session.closed_reason


def test_refused_command_ends_at_once_on_device_that_does_not_redraw() -> None:
    session = session_on(
        Scripted(Say(b"r1>"), *asked(b"show foo", b"% Invalid input\r\n", b"r1>"), Pause(SETTLE / 2), End()),
        quick("cisco_ios", setup=()),
        authenticated=True,
    )
    login(session, soon())
    with pytest.raises(CommandError):
        send(session, Command("show foo"), soon())
    assert not session.closed_reason
