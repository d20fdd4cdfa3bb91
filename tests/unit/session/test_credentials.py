# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of a shell that resemble the questions of a login: nothing is typed into them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.device import Device
from pyco_core.errors import (
    LoginRefused,
    MissingParameter,
    PasswordExpired,
    PermissionDenied,
    PromptNotFound,
    PycoError,
)
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.session.login import login
from pyco_core.session.modes import enter
from tests.unit.sshd import Sshd, servers

from .dialogues import IOS_LOGIN, LINUX_LOGIN, asked, ios, ran, sent, shell
from .scripted import (
    SECRET,
    End,
    Failure,
    Pause,
    Say,
    Scripted,
    Step,
    Type,
    play,
    quick,
    session_on,
    soon,
)

IOS, LINUX, COMMON, ASA = quick("cisco_ios"), quick("linux"), quick("common"), quick("cisco_asa")
TEXTS = [
    b"Checking the age of your password: ",
    b"login: ",
    b"Password: ",
    b"r1 login: ",
    b"Enter your token: ",
]
BANNERS = [
    b"You must change your password every 90 days.",
    b"This system is going down for maintenance on Sunday 22:00 UTC.",
    b"All lines are busy on Mondays.",
    b"Permission denied to all who are not staff.",
    b"Your password has expired if it is older than a year.",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("pause", [[], [Pause()]], ids=["at once", "with a pause"])
def test_shell_on_ssh_gets_no_credential(text: bytes, pause: list[Step]) -> None:
    steps = [
        Say(text, unasked=True),
        *pause,
        Say(b"ok\r\n$ ", unasked=True),
        *shell()[1:],
        *ran(b"id", b"1\r\n"),
    ]
    assert play(steps, LINUX, lambda on: sent(on, "id"), late=False, authenticated=True) == ("1", "shell", 0)


@pytest.mark.parametrize("text", [text for text in TEXTS if b"Password" not in text and b"token" not in text])
def test_shell_behind_telnet_login_gets_no_credential(text: bytes) -> None:
    late = [Say(b"\r\n" + text, unasked=True), Pause(), Say(b"ok\r\n$ ", unasked=True)]
    steps = [*LINUX_LOGIN, *late, *shell()[1:], *ran(b"id", b"1\r\n")]
    assert play(steps, LINUX, lambda on: sent(on, "id"), late=False) == ("1", "shell", 0)


@pytest.mark.parametrize("banner", BANNERS)
def test_banner_behind_password_ends_no_login(banner: bytes) -> None:
    steps = [*IOS_LOGIN, Say(b"\r\n" + banner + b"\r\n\r\nr1>"), *ios()[5:]]
    assert play(steps, IOS, lambda on: on.mode) == "user"


@pytest.mark.parametrize("banner", BANNERS)
def test_banner_before_user_ends_no_login(banner: bytes) -> None:
    steps = [Say(banner + b"\r\nUsername: "), *IOS_LOGIN[1:], Say(b"\r\nr1>"), *ios()[5:]]
    assert play(steps, IOS, lambda on: on.mode) == "user"


@pytest.mark.parametrize(
    "question",
    [b"Enter old password: ", b"(current) UNIX password: ", b"Do you want to change the password (yes/no):"],
)
@pytest.mark.parametrize("is_ssh", [True, False])
def test_question_for_new_password_is_quoted_and_gets_nothing(question: bytes, is_ssh: bool) -> None:
    start = [] if is_ssh else IOS_LOGIN
    result = play([*start, Say(b"\r\n" + question)], IOS, lambda on: on.mode, authenticated=is_ssh)
    assert isinstance(result, Failure)
    assert result.error is PasswordExpired
    assert repr(question.decode().strip()) in result.message


def test_mode_without_password_on_device_gets_none() -> None:
    unset = b"enable\r\nThe enable password is not set.  Please change it now.\r\nEnter  Password: "
    session = session_on(
        Scripted(Say(b"r1> "), *_setup(), Type(b"enable\n"), Say(unset)), ASA, authenticated=True
    )
    login(session, soon())
    with pytest.raises(PasswordExpired, match="is not set, and the device asks for a new one"):
        enter(session, "enable", soon())


def _setup() -> list[Step]:
    return [step for command in ASA.setup for step in asked(command.encode(), b"", b"r1> ")]


def test_second_secret_is_a_question_and_no_refusal() -> None:
    result = play([*IOS_LOGIN, Say(b"\r\nEnter your token: ")], IOS, lambda on: on.mode)
    assert isinstance(result, Failure)
    assert (result.error, result.message) == (
        MissingParameter,
        "It asks for a second secret after the password: 'Enter your token:'.",
    )


def test_token_instead_of_password_is_answered_once() -> None:
    question = Say(b"Username: "), Type(b"pyco\n"), Say(b"pyco\r\nEnter your token: ")
    result = play(
        [*question, Type(SECRET.encode() + b"\n"), Say(b"\r\nEnter your token: ")], IOS, lambda on: on.mode
    )
    assert isinstance(result, Failure)
    assert result.error is PermissionDenied


@pytest.mark.parametrize(
    ("start", "authenticated", "error"), [([], True, LoginRefused), (IOS_LOGIN, False, PermissionDenied)]
)
def test_further_question_without_end_is_named(
    start: list[Step], authenticated: bool, error: type[PycoError]
) -> None:
    steps = [*start, Say(b"\r\nLogin Name: ")]
    result = play(steps, IOS, lambda on: on.mode, authenticated=authenticated)
    assert isinstance(result, Failure)
    assert (result.error, "'Login Name:'" in result.message) == (error, True)


@pytest.mark.parametrize("name", ["auto", "common"])
@pytest.mark.parametrize(
    "text", [b"login: ", b"r1 login: ", b"Username: ", b"Your last login: ", b"Your password: "]
)
def test_unknown_platform_gets_nothing_at_question_after_ssh(name: str, text: bytes) -> None:
    result = play([Say(b"\r\n" + text)], quick(name), lambda on: on.mode, authenticated=True)
    assert isinstance(result, Failure)
    assert (result.error, repr(text.decode().strip()) in result.message) == (LoginRefused, True)


@pytest.mark.parametrize("text", [b"Enter your one-time code from the app: ", b"OTP code 1 of 2: ", b"PIN: "])
def test_unknown_platform_types_no_empty_line_as_second_secret(text: bytes) -> None:
    result = play([*LINUX_LOGIN, Say(b"\r\n" + text), Pause()], COMMON, lambda on: on.mode, late=False)
    assert isinstance(result, Failure)
    assert (result.error, repr(text.decode().strip()) in result.message) == (PromptNotFound, True)


def test_second_login_of_driver_is_answered() -> None:
    driver = replace(quick("cisco_wlc"), setup=())
    steps: list[Step] = [
        Say(b"(Cisco Controller)\r\nUser: "),
        Type(b"pyco\n"),
        Say(b"pyco\r\nPassword: "),
        Type(SECRET.encode() + b"\n"),
        Say(b"\r\n(wlc) >"),
    ]
    assert play(steps, driver, lambda on: on.mode, authenticated=True) == "user"


@pytest.mark.parametrize("text", [b"Last login: ", b"User Name:", b"Age of your Password: "])
def test_second_login_answers_no_question_in_the_middle_of_a_text(text: bytes) -> None:
    steps: list[Step] = [Say(text), Say(b" on Monday\r\n(wlc) >")]
    driver = replace(quick("cisco_wlc"), setup=())
    assert play(steps, driver, lambda on: on.mode, authenticated=True) == "user"


def test_refusal_before_end_of_stream_is_named() -> None:
    result = play([Say(b"All lines are busy\r\n"), End()], IOS, lambda on: on.mode)
    assert isinstance(result, Failure)
    assert result.error is LoginRefused


# A real shell.


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Sshd]]:
    with servers(tmp_path) as start:
        yield start


@pytest.mark.parametrize("driver", ["linux", "common"])
def test_bash_behind_sshd_gets_no_credential(
    start: Callable[[str], Sshd], tmp_path: Path, driver: str
) -> None:
    texts = [text.decode() for text in TEXTS]
    pauses = "".join(f"printf %s {shlex.quote(text)}; sleep 1.2; echo ok\n" for text in texts)
    (tmp_path / "rc").write_text(f"PS1='box$ '\n{pauses}")
    sshd = start(f"ForceCommand /bin/bash --rcfile {tmp_path}/rc -i\n")
    settings = Settings(connect_timeout=60, command_timeout=30, host_key_checking=False)
    target = replace(sshd.endpoint, password=Secret("zebra42crossing"), driver=driver)
    with Device(target, settings=settings) as box:
        history = box("history")
    assert "zebra42crossing" not in history
    assert "root: command not found" not in history
