# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shells that a command opens on a device, and that its driver does not describe."""

from __future__ import annotations

import pytest

from pyco_core.driver.model import Driver
from pyco_core.errors import ConnectTimedOut, SessionTimedOut
from pyco_core.models.command import Command
from pyco_core.session.login import login, logout
from pyco_core.session.modes import enter
from pyco_core.session.send import send
from pyco_core.session.session import Session
from pyco_core.session.shell_prompt import SLOW, opens_shell, seconds_of_silence

from .dialogues import ENABLE, IOS_LOGIN, asked, ios, ran, shell
from .scripted import QUIET, End, Pause, Say, Scripted, Step, Type, play, quick, session_on, soon

IOS = quick("cisco_ios")
BASH = b"[guestshell@guestshell ~]$ "
STAY = Pause((SLOW + 1) * QUIET)


def opened(command: bytes = b"guestshell", prompt: bytes = BASH) -> list[Step]:
    """Return the steps of a command that opens a shell with an unknown prompt."""
    return [Type(command + b"\n"), Say(command + b"\r\n" + prompt), STAY]


def on(driver: Driver, *steps: Step, login_steps: list[Step] | None = None) -> Session:
    session = session_on(Scripted(*(ios() if login_steps is None else login_steps), *steps), driver)
    login(session, soon())
    return session


def ask(session: Session, *commands: str) -> list[tuple[str, str]]:
    """Send commands, and return their outputs and modes."""
    replies = (send(session, Command(text), soon()) for text in commands)
    return [(str(reply), reply.mode) for reply in replies]


def test_prompt_of_opened_shell_ends_commands_and_exit_leaves_it() -> None:
    steps = [
        *opened(),
        *asked(b"uname", b"Linux\r\n# 1\r\n", BASH),
        *asked(b"exit", b"exit\r\n", b"r1>"),
        *asked(b"show clock", b"10:00\r\n", b"r1>"),
    ]

    def use(session: Session) -> list[tuple[str, str]]:
        return ask(session, "guestshell", "uname", "exit", "show clock")

    expected = [("", "unknown"), ("Linux\n# 1", "unknown"), ("exit", "user"), ("10:00", "user")]
    assert play([*ios(), *steps], IOS, use, late=False) == expected


def test_opened_shell_is_a_notice() -> None:
    session = on(IOS, *opened())
    reply = send(session, Command("guestshell"), soon())
    assert reply.notices == (
        "The prompt '[guestshell@guestshell ~]$' fits no mode of the driver. "
        "The mode is 'unknown'; 'exit' leaves it.",
    )


@pytest.mark.parametrize("prompt", [b"# ", b"$ ", b">>> ", b"-> ", b"/ # ", b"mysql> ", b"root@r1#"])
def test_small_prompt_of_opened_shell_ends_commands_after_silence(prompt: bytes) -> None:
    steps = [*opened(b"run bash", prompt), *asked(b"date", b"1\r\n", prompt), STAY]
    assert ask(on(IOS, *steps), "run bash", "date") == [("", "unknown"), ("1", "unknown")]


def test_entering_a_mode_leaves_all_opened_shells() -> None:
    inner = b"root@guest:/home# "
    steps = [
        *opened(),
        *opened(b"sudo su", inner),
        *asked(b"exit", b"exit\r\n", BASH),
        *asked(b"exit", b"exit\r\n", b"r1>"),
    ]
    session = on(IOS, *steps)
    assert ask(session, "guestshell", "sudo su") == [("", "unknown"), ("", "unknown")]
    enter(session, "user", soon())
    assert session.mode == "user"


def test_changed_prompt_of_opened_shell_is_learned() -> None:
    changed = b"[guestshell@guestshell tmp]$ "
    steps = [*opened(), *asked(b"cd /tmp", b"", changed), STAY, *asked(b"ls", b"a\r\n", changed)]
    replies = ask(on(IOS, *steps), "guestshell", "cd /tmp", "ls")
    assert replies == [("", "unknown"), ("", "unknown"), ("a", "unknown")]


def test_shell_is_opened_again_from_the_mode_behind_it() -> None:
    steps = [*opened(), *asked(b"exit", b"", b"r1>"), *opened()]
    replies = ask(on(IOS, *steps), "guestshell", "exit", "guestshell")
    assert [mode for _output, mode in replies] == ["unknown", "user", "unknown"]


def test_other_name_behind_an_opening_command_is_another_cli() -> None:
    steps = [
        *[Type(b"hw-module session 0/1\n"), Say(b"hw-module session 0/1\r\nSIP-1>"), STAY],
        *asked(b"show a", b"1\r\n", b"SIP-1>"),
        *asked(b"exit", b"", b"r1>"),
    ]
    session = on(IOS, *steps)
    assert ask(session, "hw-module session 0/1", "show a") == [("", "unknown"), ("1", "unknown")]
    enter(session, "user", soon())
    assert (session.mode, session.hostname) == ("user", "r1")


def test_own_command_of_a_mode_leads_to_it_with_any_name() -> None:
    ftd = quick("cisco_ftd", settle=0.0)
    steps = asked(b"system support diagnostic-cli", b"", b"fw> ")
    session = on(ftd, *steps, login_steps=[Say(b"Password: "), Type(b"S3cret-login\n"), Say(b"\r\n> ")])
    assert ask(session, "system support diagnostic-cli") == [("", "diagnostic")]


def test_new_name_of_the_device_is_no_other_cli() -> None:
    junos = quick("juniper_junos")
    begin: list[Step] = [Say(b"Password: "), Type(b"S3cret-login\n"), Say(b"\r\nu@r1> ")]
    for command in junos.setup:
        begin += asked(command.encode(), b"", b"u@r1> ")
    session = on(junos, *asked(b"set cli prompt r2> ", b"", b"r2> "), login_steps=begin)
    assert ask(session, "set cli prompt r2> ")[0][1] == "cli"


def test_logout_leaves_opened_shell_and_device() -> None:
    steps = [*opened(), *asked(b"exit", b"", b"r1>"), Type(b"exit\n"), End()]
    session = on(IOS, *steps)
    ask(session, "guestshell")
    assert logout(session) is False
    transport = session.channel.transport
    assert isinstance(transport, Scripted)
    transport.done()


def test_opened_shell_of_unknown_platform_is_learned() -> None:
    common = quick("common")
    begin: list[Step] = [Say(b"Password: "), Type(b"S3cret-login\n"), Say(b"\r\nbox# "), STAY]
    begin += [Type(b"\n"), Say(b"\r\nbox# ")]
    steps = [*opened(), *asked(b"date", b"1\r\n", BASH), *asked(b"exit", b"", b"box# ")]
    replies = ask(on(common, *steps, login_steps=begin), "guestshell", "date", "exit")
    assert replies == [("", "prompt"), ("1", "prompt"), ("", "prompt")]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (b"show file", b"[r1:/]$"),
        (b"guestshell", b"50%"),
        (b"guestshell", b"Enter password>"),
        (b"guestshell", b"Starting the shell ....#"),
        (b"exit", b"[r1:/]$"),
    ],
)
def test_text_that_is_no_prompt_ends_in_a_timeout(command: bytes, line: bytes) -> None:
    session = on(IOS, Type(command + b"\n"), Say(command + b"\r\n" + line), STAY)
    with pytest.raises(SessionTimedOut):
        send(session, Command(command.decode()), soon(3 * STAY.seconds))


def test_text_like_a_prompt_is_output_if_the_prompt_is_certain() -> None:
    def use(session: Session) -> list[tuple[str, str]]:
        return ask(session, "bash x")

    steps = [Type(b"bash x\n"), Say(b"box#"), STAY, Say(b"1\n"), *ran(b"", b"")[1:]]
    assert play([*shell(), *steps], quick("linux"), use, authenticated=True) == [("box#1", "shell")]


def test_no_prompt_is_unknown_after_the_end_of_a_nested_session() -> None:
    hop = session_on(Scripted(*ios(b"hop")), IOS)
    login(hop, soon())
    steps = [Say(b"\r\nPassword: "), Type(b"S3cret-login\n"), *ios()[4:]]
    closed = b"[Connection to r1 closed by foreign host]\r\n[hub:/]$"
    steps += [Type(b"guestshell\n"), Say(b"guestshell\r\n" + closed), STAY]
    transport = hop.channel.transport
    assert isinstance(transport, Scripted)
    transport.interrupt(*steps)
    session = session_on(hop, IOS, hop=2)
    login(session, soon())
    with pytest.raises(SessionTimedOut):
        send(session, Command("guestshell"), soon(3 * STAY.seconds))


OPENING: list[tuple[str, bool]] = [
    ("attach module 5", True),
    ("request platform software system shell", True),
    ("app-hosting connect appid a session", True),
    ("bash", True),
    ("sh", True),
    ("sh version", False),
    ("show session", False),
    ("run show version", False),
    ("configure terminal", False),
]


@pytest.mark.parametrize(("command", "opens"), OPENING)
def test_commands_that_open_a_shell_are_known(command: str, opens: bool) -> None:
    assert opens_shell(command) is opens


SECONDS: list[tuple[str, str, float]] = [
    ("adapter 1/1/1 #", "connect adapter 1/1/1", 1.0),
    ("adapter 1/1/1 #", "scope adapter", 3.0),
    ("#", "scope adapter", 0.0),
    ("r1#", "", 0.0),
    ("Really? [y/n]", "guestshell", 0.0),
    ("<reply>", "guestshell", 0.0),
    ("one two three#", "guestshell", 1.0),
    ("one two three#", "xrenv", 0.0),
    ("XR[ios:~]$", "xrenv", 3.0),
    ("one two three four#", "guestshell", 0.0),
    ("50 %", "guestshell", 0.0),
    ("Enter 'yes' or 'no' to confirm ->", "guestshell", 0.0),
]


@pytest.mark.parametrize(("line", "command", "seconds"), SECONDS)
def test_silence_before_an_unknown_prompt_depends_on_the_command(
    line: str, command: str, seconds: float
) -> None:
    assert seconds_of_silence(line, command, 1.0) == seconds


# Other prompts that drivers do not describe.


def test_marks_in_front_of_each_prompt_are_part_of_it() -> None:
    marked = b"########r1>"
    begin = [*IOS_LOGIN, Say(b"\r\n" + marked), Pause(), Type(b"\n"), Say(b"\r\n" + marked), Pause()]
    for command in IOS.setup:
        begin += asked(command.encode(), b"", marked)
    steps = [*asked(b"show a", b"1\r\n", marked), *ENABLE[:3], Say(b"\r\n########r1#")]
    session = on(IOS, *steps, *asked(b"show b", b"2\r\n", b"########r1#"), login_steps=begin)
    assert ask(session, "show a") == [("1", "user")]
    enter(session, "enable", soon())
    assert ask(session, "show b") == [("2", "enable")]
    assert session.hostname == "r1"


def test_text_in_front_of_each_prompt_is_no_mark_of_it() -> None:
    line = Say(b"\r\nThis is a greeting of more words than a prompt has r1>")
    begin: list[Step] = [*IOS_LOGIN, line, Pause(), Type(b"\n"), line, STAY]
    with pytest.raises(ConnectTimedOut):
        on(IOS, login_steps=begin)


def test_question_behind_marks_gets_no_second_line_end() -> None:
    begin: list[Step] = [*IOS_LOGIN, Say(b"\r\n## user>"), STAY]
    with pytest.raises(ConnectTimedOut):
        on(IOS, login_steps=begin)


def test_menu_of_a_wireless_controller_is_unknown_and_left() -> None:
    wlc, prompt = quick("cisco_wlc"), b"(Cisco Controller) >"
    begin: list[Step] = [Say(b"User: "), Type(b"pyco\n"), Say(b"pyco\r\nPassword:")]
    begin += [Type(b"S3cret-login\n"), Say(b"\r\n" + prompt)]
    begin += asked(b"config paging disable", b"", prompt)
    menu = b"(Cisco Controller) show>"
    steps = [*asked(b"show", b"", menu), STAY, *asked(b"exit", b"", prompt)]
    session = on(wlc, *steps, login_steps=begin)
    assert ask(session, "show") == [("", "unknown")]
    enter(session, "user", soon())
    assert session.mode == "user"


@pytest.mark.parametrize("end", [b"[cancel] ", b"[cancel]:"])
def test_uncommitted_changes_of_a_dual_stage_session_are_dropped(end: bytes) -> None:
    nxos = quick("cisco_nxos")
    begin: list[Step] = [Say(b"sw1 login: "), Type(b"pyco\n"), Say(b"pyco\r\nPassword: ")]
    begin += [Type(b"S3cret-login\n"), Say(b"\r\nsw1# ")]
    for command in nxos.setup:
        begin += asked(command.encode(), b"", b"sw1# ")
    question = b"Uncommitted changes found, commit them before exiting (yes/no/cancel)? " + end
    steps = [*asked(b"configure dual-stage", b"", b"sw1(config-dual-stage)# "), Type(b"end\n")]
    session = on(nxos, *steps, Say(b"end\r\n" + question), *asked(b"no", b"", b"sw1# "), login_steps=begin)
    assert ask(session, "configure dual-stage", "end")[1][1] == "enable"
