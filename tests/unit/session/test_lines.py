# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several lines of one request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pyco_core.errors import CommandError, InvalidParameter, ModeError, SessionClosed, SessionTimedOut
from pyco_core.models.command import Command
from pyco_core.models.lines import Lines, Typed, as_lines, bare_prompt
from pyco_core.session.lines import type_lines
from pyco_core.session.login import login
from pyco_core.session.modes import enter

from .dialogues import asked, ios
from .scripted import BYTES, WHOLE, End, Pause, Say, Scripted, Step, Type, quick, session_on, soon

IOS = quick("cisco_ios")
INVALID = b"          ^\r\n% Invalid input detected at '^' marker.\r\n\r\n"
CONFIG = b"Enter configuration commands, one per line.  End with CNTL/Z.\r\n"
GLOBAL, INTERFACE, ROUTER = b"r1(config)#", b"r1(config-if)#", b"r1(config-router)#"
ENABLE: list[Step] = [
    *ios(),
    Type(b"enable\n"),
    Say(b"enable\r\nPassword: "),
    Type(b"S3cret-enable\n"),
    Say(b"\r\nr1#"),
]


def config(*lines: tuple[bytes, bytes, bytes]) -> list[Step]:
    """Return a dialogue in the configuration mode: lines, their outputs and the prompts after them."""
    steps = [*ENABLE, *asked(b"configure terminal", CONFIG, GLOBAL)]
    return steps + [step for line in lines for step in asked(*line)]


def typed(steps: Sequence[Step], lines: Lines, mode: str = "config") -> Typed:
    """Return the answers to lines, with the bytes of the device one by one and as a whole."""
    for cut in (BYTES, WHOLE):
        transport = Scripted(*steps, cut=cut)
        session = session_on(transport, IOS)
        login(session, soon())
        enter(session, mode, soon())
        result = type_lines(session, lines, 30.0)
        transport.done()
    return result


def behind(line: bytes, rest: bytes) -> list[Step]:
    """Return the steps of a line whose echo is followed by this text before or after the next line."""
    return [Type(line + b"\n"), Say(line + b"\r\n"), *([Say(rest, unasked=True)] if rest else [])]


def lines(*texts: str | Command, depths: tuple[int, ...] = ()) -> Lines:
    return Lines(as_lines(texts).commands, depths)


def test_lines_have_an_answer_each() -> None:
    result = typed(
        config(
            (b"interface Gi0/1", b"", INTERFACE),
            (b"mtu 9000", b"done\r\n", INTERFACE),
            (b"exit", b"", GLOBAL),
        ),
        lines("interface Gi0/1", "mtu 9000", "exit", depths=(1, 1, 0)),
    )
    result.check()
    assert [str(answer.reply) for answer in result.answers] == ["", "done", ""]
    assert [answer.reply.command for answer in result.answers] == ["interface Gi0/1", "mtu 9000", "exit"]
    assert [answer.reply.prompt for answer in result.answers] == [
        "r1(config-if)#",
        "r1(config-if)#",
        "r1(config)#",
    ]
    assert [answer.bare for answer in result.answers] == ["(config-if)#", "(config-if)#", "(config)#"]
    assert result.refused == -1
    assert result.end is None


def test_refused_line_ends_typing_with_its_output_and_prompt() -> None:
    result = typed(
        config((b"interface Gi0/1", b"", INTERFACE), (b"mtu x", INVALID, INTERFACE)),
        lines("interface Gi0/1", "mtu x", "description never typed"),
    )
    assert result.refused == 1
    refused = result.answers[1]
    assert refused.error is not None
    assert refused.error.command == "mtu x"
    assert "Invalid input" in refused.reply
    assert (refused.reply.prompt, refused.reply.mode) == ("r1(config-if)#", "config")
    with pytest.raises(CommandError, match="refused 'mtu x'"):
        result.check()


@pytest.mark.parametrize(
    ("answered", "depths"),
    [
        pytest.param([(b"router bgp 2", b"Nothing happened.\r\n", GLOBAL)], (1, 1), id="not entered"),
        pytest.param([(b"router bgp 2", b"", ROUTER)], (0, 0), id="entered unexpectedly"),
        pytest.param(
            [(b"router bgp 2", b"", ROUTER), (b"x", b"", GLOBAL)], (1, 1, 1), id="left unexpectedly"
        ),
        pytest.param([(b"router bgp 2", b"", ROUTER), (b"x", b"", b"r1#")], (1, 0, 0), id="left the mode"),
        pytest.param(
            [(b"router bgp 2", b"", ROUTER), (b"x", b"", INTERFACE)], (1, 0, 0), id="left to another section"
        ),
    ],
)
def test_prompt_that_does_not_fit_ends_typing(
    answered: list[tuple[bytes, bytes, bytes]], depths: tuple[int, ...]
) -> None:
    texts = [line.decode() for line, _output, _prompt in answered]
    rest = ["never typed"] * (len(depths) - len(texts))
    result = typed(config(*answered), lines(*texts, *rest, depths=depths))
    assert [answer.error for answer in result.answers] == [None] * len(answered)
    assert result.end is None


def test_lines_continue_in_open_sections() -> None:
    steps = config(
        (b"interface Gi0/1", b"", INTERFACE), (b"exit", b"", GLOBAL), (b"hostname r2", b"", b"r2(config)#")
    )
    whole = Lines(as_lines(["interface Gi0/1", "exit", "hostname r2"]).commands, (-1, 0, 0), ("(config)#",))
    assert len(typed(steps, whole).answers) == 3


def test_lost_session_keeps_answers() -> None:
    steps = [*config((b"one", b"", GLOBAL)), Type(b"two\n"), Say(b"two\r\n"), End()]
    result = typed(steps, lines("one", "two", "three"))
    assert [answer.reply.command for answer in result.answers] == ["one"]
    assert isinstance(result.end, SessionClosed)
    assert result.end.command == "two"
    with pytest.raises(SessionClosed):
        result.check()


def test_mode_of_line_is_entered_or_ends_typing() -> None:
    steps = [*ENABLE, *asked(b"show clock", b"10:00\r\n", b"r1#")]
    commands = (Command("show clock", mode="enable"), Command("x", mode="nonsense"))
    result = typed(steps, Lines(commands), mode="enable")
    assert [str(answer.reply) for answer in result.answers] == ["10:00"]
    assert isinstance(result.end, ModeError)


def sendonly(*texts: str) -> tuple[Command, ...]:
    return tuple(Command(text, sendonly=True) for text in texts)


BANNER = (*sendonly("banner motd @", "first", "second"), Command("@"))


@pytest.mark.parametrize("echo", [b"", GLOBAL])
def test_sendonly_lines_are_typed_after_echo_of_line_before(echo: bytes) -> None:
    steps = [
        *config(),
        *behind(b"banner motd @", b"Enter TEXT message.  End with the character '@'.\r\n" + echo),
        *behind(b"first", echo),
        *behind(b"second", echo),
        *asked(b"@", b"", GLOBAL),
        *asked(b"end", b"", b"r1#"),
    ]
    result = typed(steps, Lines((*BANNER, Command("end"))))
    result.check()
    outputs = [str(answer.reply) for answer in result.answers]
    assert outputs == ["", "", "", "Enter TEXT message.  End with the character '@'.", ""]
    assert [answer.reply.prompt for answer in result.answers][-2:] == ["r1(config)#", "r1#"]


def test_sendonly_lines_lead_through_modes() -> None:
    steps = [
        *ENABLE,
        *behind(b"configure terminal", CONFIG + GLOBAL),
        *behind(b"hostname r2", b"r2(config)#"),
        *behind(b"end", b"r2#"),
        *asked(b"", b"", b"r2#"),
        *asked(b"show clock", b"10:00\r\n", b"r2#"),
    ]
    commands = (*sendonly("configure terminal", "hostname r2", "end"), Command(""), Command("show clock"))
    result = typed(steps, Lines(commands), mode="enable")
    result.check()
    assert "Enter configuration commands" in result.answers[3].reply
    assert [(one.reply.mode, str(one.reply)) for one in result.answers[4:]] == [("enable", "10:00")]


def test_sendonly_lines_of_driver_without_names_are_typed() -> None:
    transport = Scripted(*ENABLE, *behind(b"one", b""), *asked(b"two", b"done\r\n", b"r1#"))
    session = session_on(transport, replace(IOS, renames=None))
    login(session, soon())
    enter(session, "enable", soon())
    result = type_lines(session, Lines((*sendonly("one"), Command("two"))), 30.0)
    assert [str(answer.reply) for answer in result.answers] == ["", "done"]


def test_refused_sendonly_line_is_error_of_line_with_the_answer() -> None:
    steps = [*ENABLE, *behind(b"bad", INVALID + b"r1#"), *asked(b"good", b"", b"r1#")]
    result = typed(steps, Lines((*sendonly("bad"), Command("good"), Command("never typed"))), mode="enable")
    assert result.refused == 1
    assert "Invalid input" in result.answers[1].reply


def test_missing_echo_costs_a_pause() -> None:
    steps = [
        *ENABLE,
        *behind(b"secret mode", b"Enter a text: "),
        Type(b"hidden\n"),
        Pause(2.0),
        *asked(b"shown", b"", b"r1#"),
    ]
    result = typed(steps, Lines((*sendonly("secret mode", "hidden"), Command("shown"))), mode="enable")
    result.check()
    assert "Enter a text:" in result.answers[2].reply


@pytest.mark.parametrize("end", [[End()], [Pause(2.0), Type(b"@\n"), Pause(10_000.0)]])
def test_end_between_sendonly_lines_names_last_command(end: list[Step]) -> None:
    steps = [*ENABLE, *behind(b"banner motd @", b""), Type(b"first\n"), Say(b"fir"), *end]
    result = typed(steps, Lines((*sendonly("banner motd @", "first"), Command("@"))), mode="enable")
    assert result.answers == ()
    assert isinstance(result.end, (SessionClosed, SessionTimedOut))
    assert result.end.command == "@"


def test_last_sendonly_line_closes_session() -> None:
    steps = [*ENABLE, Type(b"reload\n")]
    result = typed(steps, Lines(sendonly("reload")), mode="enable")
    assert len(result.answers) == 1


def test_invalid_lines_are_refused_before_the_first() -> None:
    with pytest.raises(InvalidParameter, match="expected a list of commands"):
        as_lines("one line")
    with pytest.raises(InvalidParameter, match="several lines"):
        as_lines(["one", "two\nthree"])
    with pytest.raises(InvalidParameter, match="several lines"):
        Lines((Command("one"), Command("two\nthree")))
    with pytest.raises(InvalidParameter, match="depths: expected 1 numbers, got 2"):
        Lines((Command("one"),), (0, 0))
    assert as_lines(Lines(())) == Lines(())


def test_bare_prompt_has_no_name_and_no_mark() -> None:
    assert bare_prompt("r1(config-if)#", "r1") == "(config-if)#"
    assert bare_prompt("users: a, b\n*[ex:/]\nA:admin@r1#", "r1") == "[ex:/]\nA:admin@#"
    assert bare_prompt("*A:r1>config>router>if$ ", "r1") == "A:>config>router>if#"
    assert bare_prompt("[admin@a b] /ip address>", "a") == "[@] /ip address>"
    assert bare_prompt("[admin@c] <SAFE>", "a") == "[@] <SAFE>"
    assert bare_prompt("", "") == ""


def test_lines_of_nested_session_are_not_typed_into_the_hop() -> None:
    hop = quick("cisco_ios")
    steps = [*ENABLE, Type(b"telnet r2\n"), Say(b"telnet r2\r\nTrying ...\r\n"), *nested()]
    transport = Scripted(*steps)
    parent = session_on(transport, hop)
    login(parent, soon())
    enter(parent, "enable", soon())
    parent.start_client("telnet r2", soon())
    child = session_on(parent, quick("cisco_ios"), hop=2)
    login(child, soon())
    result = type_lines(child, Lines((*sendonly("one", "two"), Command("three"))), 30.0)
    assert isinstance(result.end, SessionClosed)
    transport.done()


def nested() -> list[Step]:
    return [
        *ios(b"r2"),
        Type(b"one\n"),
        Say(b"one\r\n[Connection to r2 closed by foreign host]\r\nr1#"),
    ]
