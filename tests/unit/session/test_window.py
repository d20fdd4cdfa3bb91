# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that are typed before the answers to earlier ones have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pyco_core.driver.compiler import load
from pyco_core.errors import SessionClosed, SessionTimedOut
from pyco_core.models.command import Command
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.lines import Lines, Typed, as_lines
from pyco_core.session.lines import type_lines
from pyco_core.session.login import login
from pyco_core.session.modes import enter
from pyco_core.session.session import Session
from pyco_core.session.window import Window, window_size

from .dialogues import asked
from .scripted import (
    BYTES,
    QUIET,
    WHOLE,
    End,
    Pause,
    Say,
    Scripted,
    Step,
    Type,
    endpoint,
    quick,
    session_on,
    soon,
)

IOS, JUNOS = quick("cisco_ios"), quick("juniper_junos")
SSH = endpoint(protocol="ssh", port=22)
INVALID = b"          ^\r\n% Invalid input detected at '^' marker.\r\n\r\n"
GLOBAL, INTERFACE = b"r1(config)#", b"r1(config-if)#"
LOGIN: list[Step] = [
    Say(b"\r\nr1#"),
    *asked(b"terminal length 0", b"", b"r1#"),
    *asked(b"terminal width 511", b"", b"r1#"),
    *asked(b"configure terminal", b"", GLOBAL),
]


def logged_in(transport: Scripted, at: Endpoint = SSH) -> Session:
    session = session_on(transport, IOS, at, authenticated=True)
    login(session, soon())
    enter(session, "config", soon())
    return session


def typed(steps: Sequence[Step], *texts: str, depths: Sequence[int] = (), window: int = 1000) -> Typed:
    """Return the answers to lines, with the bytes of the device one by one and as a whole."""
    lines = Lines(as_lines(texts).commands, tuple(depths or [0] * len(texts)), (), window)
    for cut in (BYTES, WHOLE):
        transport = Scripted(*LOGIN, *steps, cut=cut)
        result = type_lines(logged_in(transport), lines, 4 * QUIET)
        transport.done()
    return result


def together(*lines: tuple[bytes, bytes, bytes]) -> list[Step]:
    """Return a dialogue of lines that are typed at once: each with its output and the prompt after it."""
    return [
        Type(b"".join(line + b"\n" for line, _output, _prompt in lines)),
        *(Say(line + b"\r\n" + output + prompt) for line, output, prompt in lines),
    ]


def outputs(result: Typed) -> list[str]:
    return [str(answer.reply) for answer in result.answers]


FIRST = asked(b"ip route 10.0.0.0", b"", GLOBAL)


def test_lines_of_a_known_kind_are_typed_at_once() -> None:
    steps = [
        *FIRST,
        *together(
            (b"ip route 10.0.1.0", b"", GLOBAL),
            (b"ip route 10.0.2.0", b"%Note\r\nmore\r\n", GLOBAL),
            (b"ip route 10.0.3.0", b"", GLOBAL),
            (b"snmp-server host 1", b"last\r\n", GLOBAL),
        ),
        *asked(b"logging host 1", b"", GLOBAL),
    ]
    texts = [f"ip route 10.0.{number}.0" for number in range(4)]
    result = typed(steps, *texts, "snmp-server host 1", "logging host 1")
    result.check()
    assert outputs(result) == ["", "", "%Note\nmore", "", "last", ""]
    assert {(answer.reply.prompt, answer.bare, answer.reply.mode) for answer in result.answers} == {
        ("r1(config)#", "(config)#", "config")
    }


def test_sections_are_left_and_entered_behind_their_lines() -> None:
    steps = [
        *asked(b"interface A1", b"", INTERFACE),
        *asked(b"mtu 1", b"", INTERFACE),
        *asked(b"exit", b"", GLOBAL),
        *asked(b"interface A2", b"", INTERFACE),
        *together((b"mtu 2", b"", INTERFACE), (b"exit", b"", GLOBAL), (b"interface A3", b"", INTERFACE)),
        *asked(b"mtu 3", b"", INTERFACE),
    ]
    texts = ("interface A1", "mtu 1", "exit", "interface A2", "mtu 2", "exit", "interface A3", "mtu 3")
    result = typed(steps, *texts, depths=(1, 1, 0, 1, 1, 0, 1, 1))
    result.check()
    assert [answer.bare for answer in result.answers][4:7] == ["(config-if)#", "(config)#", "(config-if)#"]


def test_refused_line_is_named_and_those_behind_it_have_answers() -> None:
    steps = [
        *FIRST,
        *together(
            (b"ip route 10.0.1.0", b"", GLOBAL),
            (b"ip route bad", INVALID, GLOBAL),
            (b"ip route 10.0.3.0", b"", GLOBAL),
        ),
    ]
    result = typed(steps, "ip route 10.0.0.0", "ip route 10.0.1.0", "ip route bad", "ip route 10.0.3.0")
    assert [answer.error is None for answer in result.answers] == [True, True, False, True]
    assert result.refused == 2
    assert "Invalid input" in result.answers[2].reply


def test_unexpected_prompt_ends_typing_behind_its_lines() -> None:
    steps = [
        *FIRST,
        *together((b"ip route 10.0.1.0", b"", INTERFACE), (b"ip route 10.0.2.0", b"", INTERFACE)),
    ]
    result = typed(steps, "ip route 10.0.0.0", "ip route 10.0.1.0", "ip route 10.0.2.0", "x" * 990)
    assert [answer.bare for answer in result.answers] == ["(config)#", "(config-if)#", "(config-if)#"]


def test_bytes_on_the_way_are_bounded() -> None:
    steps = [
        *FIRST,
        *together((b"ip route 10.0.1.0", b"", GLOBAL), (b"ip route 10.0.2.0", b"", GLOBAL)),
        *asked(b"ip route 10.0.3.0", b"", GLOBAL),
    ]
    texts = [f"ip route 10.0.{number}.0" for number in range(4)]
    typed(steps, *texts, window=40).check()


def test_missing_echo_ends_typing_at_once() -> None:
    steps = [
        *FIRST,
        Type(b"ip route 10.0.1.0\nip route 10.0.2.0\n"),
        Say(b"ip route 10.0.1.0\r\n\r\n*Mar 1 %LOG-5-X: one\r\nip route 10.0.2.0\r\nr1(config)#"),
        Pause(4.0),
        *asked(b"ip route 10.0.3.0", b"", GLOBAL),
        *asked(b"ip route 10.0.4.0", b"", GLOBAL),
    ]
    lines = [f"ip route 10.0.{number}.0" for number in range(5)]
    result = typed(steps, *lines, window=38)
    result.check()
    assert len(result.answers) == 5


@pytest.mark.parametrize(("end", "error"), [(End(), SessionClosed), (Pause(10_000.0), SessionTimedOut)])
def test_lost_session_keeps_complete_answers(end: Step, error: type[Exception]) -> None:
    lines = [b"ip route 10.0.%d.0" % number for number in range(1, 4)]
    steps = [
        *FIRST,
        Type(b"".join(line + b"\n" for line in lines)),
        Say(lines[0] + b"\r\n" + GLOBAL + lines[1] + b"\r\n" + GLOBAL[:4]),
        end,
    ]
    result = typed(steps, "ip route 10.0.0.0", *(line.decode() for line in lines))
    assert [answer.reply.command for answer in result.answers] == ["ip route 10.0.0.0", "ip route 10.0.1.0"]
    assert isinstance(result.end, error)
    assert result.end.command == "ip route 10.0.2.0"


def test_session_that_takes_no_lines_ends() -> None:
    steps = [*FIRST, End(while_writing=True)]
    result = typed(steps, "ip route 10.0.0.0", "ip route 10.0.1.0", "ip route 10.0.2.0")
    assert len(result.answers) == 1
    assert isinstance(result.end, SessionClosed)


@pytest.mark.parametrize("alone", ["hostname r2", "x" * 600])
def test_line_that_changes_the_name_or_is_long_is_typed_alone(alone: str) -> None:
    command = Command("ip route 1", prompt=("sure",), answer=("y",))
    lines = Lines((Command(alone), command, Command("ip route 2")), (0, 0, 0), (), 1000)
    session = logged_in(Scripted(*LOGIN))
    window = Window(session, lines, 1000)
    for place in range(3):
        window.learn(place)
    assert [window.end(place) for place in range(3)] == [1, 2, 3]


def test_lines_are_typed_one_by_one_on_a_console() -> None:
    telnet = endpoint(port=2001)
    assert window_size(logged_in(Scripted(*LOGIN)), 1000) == 1000
    assert window_size(session_on(Scripted(), IOS, telnet), 1000) == 0
    assert window_size(session_on(Scripted(), replace(IOS, settle=0.1), SSH), 1000) == 0
    server = session_on(Scripted(), load("console_server"))
    assert server.driver.connect.wake
    assert window_size(session_on(server, IOS, SSH, hop=2), 1000) == 0
    woken = session_on(Scripted(), IOS, SSH)
    woken.channel.ends.try_next()
    woken.channel.ends.finish()
    assert window_size(woken, 1000) == 0


def test_prompt_of_two_lines_is_no_output() -> None:
    edit = b"\r\n[edit]\r\nops@r1# "
    steps = [
        Say(b"\r\nops@r1> "),
        *(
            step
            for line in (b"complete-on-space off", b"screen-width 511", b"screen-length 0")
            for step in asked(b"set cli " + line, b"", b"\r\nops@r1> ")
        ),
        *asked(b"configure", b"Entering configuration mode\r\n", edit),
        *asked(b"set system a1", b"", edit),
        *together((b"set system a2", b"note\r\n", edit), (b"set system a3", b"", edit)),
    ]
    transport = Scripted(*steps)
    session = session_on(transport, JUNOS, SSH, authenticated=True)
    login(session, soon())
    enter(session, "config", soon())
    lines = as_lines([f"set system a{number}" for number in (1, 2, 3)]).commands
    result = type_lines(session, Lines(lines, (0, 0, 0), (), 1000), 30.0)
    assert outputs(result) == ["", "note\n", ""]
    assert {answer.bare for answer in result.answers} == {"[edit]\nops@#"}
    transport.done()
