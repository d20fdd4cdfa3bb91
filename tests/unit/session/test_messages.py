# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of a device around echo, prompt and login, which are notices and no output."""

from __future__ import annotations

import pytest

from pyco_core.errors import CommandError, SessionTimedOut
from pyco_core.fsm.log_lines import is_log
from pyco_core.models.command import Command
from pyco_core.models.settings import Settings
from pyco_core.session.expectation import SETTLE
from pyco_core.session.login import login
from pyco_core.session.notices import Notices
from pyco_core.session.send import send
from pyco_core.session.session import Session
from pyco_core.session.terminal import render, strip_escapes

from .dialogues import asked, ios
from .scripted import Pause, Say, Scripted, Step, Type, quick, session_on, soon

LOG = b"*Nov 27 10:00:00.123: %SYS-5-CONFIG_I: Configured from console by admin on vty0"
NOTICE = LOG.decode()
MESSAGE = b"The system restarts at noon"


def replies(session: Session, *commands: str) -> list[tuple[str, tuple[str, ...]]]:
    results = (send(session, Command(text), soon()) for text in commands)
    return [(str(reply).strip(), reply.notices) for reply in results]


def on_ios(*steps: Step) -> Session:
    session = session_on(Scripted(*ios(), *steps), quick("cisco_ios"))
    login(session, soon())
    return session


@pytest.mark.parametrize(
    ("name", "above", "prompt"),
    [
        ("juniper_junos", b"{primary:node0}\r\n", b"ops@fw> "),
        ("juniper_junos", b"\r\n{master}\r\n", b"ops@fw> "),
        ("nokia_srl", b"--{ running }--[  ]--\r\n", b"A:srl1# "),
        ("nokia_sros", b"[/]\r\n", b"A:admin@sr1# "),
        ("common", b"{primary:node0}[edit]\r\n", b"ops@fw# "),
    ],
)
@pytest.mark.parametrize("between", [LOG + b"\r\n", b"\r\n" + LOG + b"\r\n" + LOG + b" 2\r\n\r\n"])
def test_messages_inside_prompt_of_two_lines_are_notices(
    name: str, above: bytes, prompt: bytes, between: bytes
) -> None:
    learns: list[Step] = [Type(b"\n"), Say(b"\r\n" + above + prompt)] if name == "common" else []
    steps = [
        *[Say(above + prompt), Pause(), *learns, *asked(b"show a", b"1\r\n", above + prompt)],
        *[Type(b"show b\n"), Say(b"show b\r\n2\r\n" + above + between + prompt), Pause()],
        *asked(b"show c", b"3\r\n", above + prompt),
    ]
    session = session_on(Scripted(*steps), quick(name), settings=Settings(setup=False), authenticated=True)
    login(session, soon())
    first, second, third = replies(session, "show a", "show b", "show c")
    assert (first, third) == (("1", ()), ("3", ()))
    assert second[0] == "2"
    assert second[1][0] == NOTICE


def test_empty_lines_above_prompt_are_output_if_no_message_is_between() -> None:
    prompt = b"{master:0}\r\nops@fw> "
    steps = [Say(prompt), Type(b"show a\n"), Say(b"show a\r\n[edit interfaces]\r\n\r\n\r\nops@fw> ")]
    session = session_on(
        Scripted(*steps), quick("juniper_junos"), settings=Settings(setup=False), authenticated=True
    )
    login(session, soon())
    assert replies(session, "show a")[0][0] == "[edit interfaces]"


@pytest.mark.parametrize("behind", [LOG + b"\r\n", b"\r\n" + MESSAGE + b"\r\n"])
def test_message_behind_prompt_of_login_is_notice_of_first_command(behind: bytes) -> None:
    steps = [
        *[Say(b"Welcome\r\nr1>" + behind), Pause(), Type(b"\n"), Say(b"\r\nr1>")],
        *asked(b"terminal length 0", b"", b"r1>"),
        *asked(b"terminal width 511", b"", b"r1>"),
        *asked(b"show a", b"1\r\n", b"r1>"),
    ]
    session = session_on(Scripted(*steps), quick("cisco_ios"), authenticated=True)
    login(session, soon())
    assert replies(session, "show a") == [("1", (behind.decode().strip(),))]


def test_message_during_setup_is_notice_of_first_command() -> None:
    steps = [
        *[
            Say(b"r1>"),
            Type(b"terminal length 0\n"),
            Say(b"terminal length 0\r\nr1>" + LOG + b"\r\n"),
            Pause(),
        ],
        *asked(b"terminal width 511", b"", b"r1>"),
        *asked(b"show a", b"1\r\n", b"r1>"),
    ]
    session = session_on(Scripted(*steps), quick("cisco_ios"), authenticated=True)
    login(session, soon())
    assert replies(session, "show a") == [("1", (NOTICE,))]


@pytest.mark.parametrize("message", [LOG, MESSAGE])
def test_message_before_echo_is_notice(message: bytes) -> None:
    steps = [Type(b"show a\n"), Say(b"\r\n" + message + b"\r\nr1>\r\nr1>show a\r\n1\r\nr1>")]
    assert replies(on_ios(*steps), "show a") == [("1", (message.decode(),))]


def test_echo_in_pieces_is_no_notice() -> None:
    steps = [Type(b"show clock\n"), Say(b"show\r\n clock\r\n1\r\nr1>"), Pause()]
    assert replies(on_ios(*steps), "show clock") == [("1", ())]


@pytest.mark.parametrize("message", [LOG, MESSAGE])
@pytest.mark.parametrize("again", [b"ck", b"r1>show clock"])
def test_message_in_echo_is_removed(message: bytes, again: bytes) -> None:
    steps = [
        Type(b"show clock\n"),
        Say(b"show clo\r\n" + message + b"\r\n" + again + b"\r\n1\r\nr1>"),
        Pause(),
    ]
    [(text, notices)] = replies(on_ios(*steps), "show clock")
    assert text == "1"
    assert message == MESSAGE or notices == (NOTICE,)


def test_message_behind_part_of_echo_is_notice() -> None:
    steps = [Type(b"show clock\n"), Say(b"show clo" + LOG + b"\r\nck\r\n1\r\nr1>"), Pause()]
    assert replies(on_ios(*steps), "show clock") == [("1", (NOTICE,))]


def test_text_between_parts_of_echo_may_have_few_lines() -> None:
    lines = b"one\r\ntwo\r\nthree\r\nfour\r\n"
    steps = [Type(b"show clock\n"), Say(b"show clo\r\n" + lines + b"ck\r\n1\r\nr1>"), Pause()]
    [(text, _notices)] = replies(on_ios(*steps), "show clock")
    assert text.endswith("four\nck\n1")


@pytest.mark.parametrize(
    "line",
    [
        "2026 Nov 27 10:00:00 sw1 %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up",
        "%Nov 27 10:00:00:123 2026 HPE SHELL/5/SHELL_LOGIN: admin logged in",
        "11/27/2026 10:00:00.12 <Info:AAA.authPass> Login passed",
        "10:00:00 echo: system,info,account user admin logged in",
        "I 11/27/26 10:00:00 00076 ports: port 1 is now on-line",
        "<13> Nov 27 10:00:00 10.0.0.2-1 TRAPMGR[trapTask]: Link Up: 0/1",
        "RP/0/RSP0/CPU0:Nov 27 10:00:00.123 : config[65]: %MGBL-CONFIG-6-DB_COMMIT : committed",
        "INFO: Port 3 link up, 100Mbps FULL duplex",
    ],
)
def test_formats_of_log_messages_are_known(line: str) -> None:
    assert is_log(line)


REFUSAL = b"          ^\r\n% Invalid input detected at '^' marker.\r\n\r\n"


@pytest.mark.parametrize(
    ("before", "behind"), [(b"", b""), (LOG + b"\r\n", b""), (b"", LOG + b"\r\n"), (LOG + b"\r\n", LOG)]
)
def test_only_messages_around_refused_command_are_notices(before: bytes, behind: bytes) -> None:
    steps = [
        *([Say(before, unasked=True)] if before else []),
        *asked(b"show bogus", REFUSAL, b"r1>"),
        *([Say(behind, unasked=True)] if behind else []),
        *asked(b"show a", b"1\r\n", b"r1>"),
        *asked(b"show b", b"2\r\n", b"r1>"),
    ]
    session = on_ios(*steps)
    with pytest.raises(CommandError):
        send(session, Command("show bogus"), soon())
    count = bool(before) + bool(behind)
    assert replies(session, "show a", "show b") == [("1", (NOTICE,) * count), ("2", ())]


def test_refused_command_that_is_shown_again_is_no_notice() -> None:
    refused: list[Step] = [
        *[Type(b"show foo\n"), Say(b"show foo\r\nSyntax error: Illegal command line\r\n> "), Pause(0.1)],
        *[Say(b"show foo"), Type(b"\x15"), Type(b"\n"), Say(b"\r\n> ")],
    ]
    session = session_on(
        Scripted(Say(b"> "), *refused, *asked(b"show a", b"1\r\n", b"> ")),
        quick("cisco_ftd"),
        authenticated=True,
    )
    login(session, soon())
    with pytest.raises(CommandError):
        send(session, Command("show foo"), soon())
    assert replies(session, "show a") == [("1", ())]


def test_escape_that_is_not_complete_is_no_notice() -> None:
    notices = Notices()
    notices.add("\x1b[\n\x1b[0;\nr1#", "r1# ")
    assert notices.take() == ()


# Output that looks like the prompt, and questions.


@pytest.mark.parametrize(
    ("name", "prompt", "line"),
    [("extreme_exos", b"X440.1 # ", b"X440.1 > "), ("fortinet", b"FG100 # ", b"FG100 > ")],
)
def test_output_like_prompt_with_another_sign_is_whole_after_a_pause(
    name: str, prompt: bytes, line: bytes
) -> None:
    end = quick(name).newline.encode()
    steps = [
        *[Say(prompt), Type(b"show a" + end), Say(b"show a\r\n1\r\n" + line), Pause(0.66 * SETTLE)],
        Say(b"rest\r\n2\r\n" + prompt),
    ]
    session = session_on(Scripted(*steps), quick(name), settings=Settings(setup=False), authenticated=True)
    login(session, soon())
    assert replies(session, "show a")[0][0] == f"1\n{line.decode()}rest\n2"


@pytest.mark.parametrize(
    "question",
    [
        "Enter yes or no: ",
        "Type YES to confirm: ",
        "Press y to proceed, n to abort: ",
        "Enter new secret: ",
        "Destination filename [startup-config]? ",
        "Address or name of remote host []? ",
        "Please select a slot: ",
    ],
)
def test_demand_is_quoted_as_question(question: str) -> None:
    session = on_ios(Type(b"go\n"), Say(b"go\r\n" + question.encode()), Pause())
    with pytest.raises(SessionTimedOut) as caught:
        send(session, Command("go"), soon())
    assert repr(question.strip()) in caught.value.message
    assert "`prompt`" in caught.value.hint


@pytest.mark.parametrize("text", [b"-----", b"=====", b"4.30.1F"])
@pytest.mark.parametrize("name", ["juniper_junos", "paloalto_panos"])
def test_line_of_signs_before_prompt_is_output(name: str, text: bytes) -> None:
    prompt = b"admin@fw1> "
    steps = [Say(prompt), Type(b"show a\n"), Say(b"show a\r\n" + text + prompt), Pause()]
    session = session_on(Scripted(*steps), quick(name), settings=Settings(setup=False), authenticated=True)
    login(session, soon())
    assert replies(session, "show a")[0][0] == text.decode()


@pytest.mark.parametrize("banner", [b"motd:", b"-----", b"see www.lab.test/"])
def test_prompt_joined_to_banner_gets_a_line_end(banner: bytes) -> None:
    steps = [
        Say(banner + b"A:sr1# "),
        Pause(),
        Type(b"\n"),
        Say(b"\r\nA:sr1# "),
        *asked(b"a", b"1\r\n", b"A:sr1# "),
    ]
    session = session_on(
        Scripted(*steps), quick("nokia_sros"), settings=Settings(setup=False), authenticated=True
    )
    login(session, soon())
    assert replies(session, "a")[0][0] == "1"


# Erasures.


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"loading 100%\rdone\x1b[K\n", "done\n"),
        (b"abcdef\x1b[2K\rxy\n", "xy\n"),
        (b"abcdef\r\x1b[2Kxy\n", "xy\n"),
        (b"abc\x1b[2Kx\n", "   x\n"),
        (b"abc\x1d\r   \rdef\n", "abcdef\n"),
        (b"abc\x1d\b\b\bdef\n", "abcdef\n"),
        (b"abc\x1d\r\x1b[2Kabcdef\n", "abcdef\n"),
    ],
)
def test_erased_text_is_not_shown(data: bytes, text: str) -> None:
    assert render(strip_escapes(data).decode()) == text


def test_message_behind_prompt_whose_sign_could_begin_it_is_notice() -> None:
    message = b"Nov 27 10:00:00: %SYS-5-CONFIG_I: Configured from console"  # "#Nov 27" would be one, too
    steps: list[Step] = [
        Say(b"r1#"),
        *asked(b"show a", b"1\r\n", b"r1#"),
        *[Type(b"show b\n"), Say(b"show b\r\n2\r\nr1#" + message + b"\r\n"), Pause()],
        *asked(b"show c", b"3\r\n", b"r1#"),
    ]
    session = session_on(
        Scripted(*steps), quick("cisco_ios"), settings=Settings(setup=False), authenticated=True
    )
    login(session, soon())
    assert replies(session, "show a", "show b", "show c") == [
        ("1", ()),
        ("2", (message.decode(),)),
        ("3", ()),
    ]


def test_unfinished_text_of_login_with_sign_of_prompt_gets_nothing() -> None:
    steps: list[Step] = [Say(b"Loading 50% of the images"), Pause(), Say(b"\r\nr1>")]
    session = session_on(
        Scripted(*steps), quick("cisco_ios"), settings=Settings(setup=False), authenticated=True
    )
    login(session, soon())
    assert session.mode == "user"
