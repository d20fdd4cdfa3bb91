# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Consoles: silent until a line end is typed, or left by somebody in the middle of something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.model import Driver
from pyco_core.errors import ConnectionClosed, ConnectTimedOut, ModeError, PermissionDenied
from pyco_core.models.endpoint import Endpoint
from pyco_core.session.session import Session

from .dialogues import LINUX_LOGIN, WAKES, asked, ran, sent, shell
from .scripted import (
    QUIET,
    SECRET,
    End,
    Failure,
    Pause,
    Say,
    Step,
    Type,
    endpoint,
    everywhere,
    play,
    quick,
)
from .test_login import behind

IOS = replace(quick("cisco_ios"), setup=())
COMMON = quick("common")
CONSOLE = endpoint(port=2003)
DRIVERS = sorted(path.stem for path in Path("drivers").glob("*.yml"))
USER = b"pyco"
LF, CR, CRLF = b"\n", b"\r", b"\r\n"


def wakes(*ends: bytes) -> list[Step]:
    return [Type(end) for end in ends]


def logged_in(end: bytes, question: bytes = b"\r\nUsername: ") -> list[Step]:
    """Return a login with user and password whose lines end in this line end, and a command."""
    return [
        Say(question),
        Type(USER + end),
        Say(USER + b"\r\nPassword: "),
        Type(SECRET.encode() + end),
        Say(b"\r\nr1>"),
        *clock(end),
    ]


def clock(end: bytes, prompt: bytes = b"r1>") -> list[Step]:
    return [Type(b"show clock" + end), Say(b"show clock\r\n10:00\r\n" + prompt)]


def time_of(session: Session) -> str:
    return sent(session, "show clock")[0]


def played(steps: Sequence[Step], driver: Driver = IOS, at: Endpoint = CONSOLE) -> str | Failure:
    return play(steps, driver, time_of, at=at, late=False)


def error_of(steps: Sequence[Step], driver: Driver = IOS, at: Endpoint = CONSOLE) -> Failure:
    result = played(steps, driver, at)
    assert isinstance(result, Failure)
    return result


# Silence.


@pytest.mark.parametrize("driver", DRIVERS)
def test_silent_console_gets_all_line_ends_with_every_driver(driver: str) -> None:
    usual = load(driver).newline.encode()
    others = [end for end in (CR, CRLF, LF) if end != usual]
    result = error_of(wakes(usual, *others, usual), quick(driver))
    assert (result.error, result.message.partition(" within")[0]) == (
        ConnectTimedOut,
        "The host is connected but sent nothing",
    )


@pytest.mark.parametrize("ends", [(LF,), (LF, CR), (LF, CR, CRLF), (LF, CR, CRLF, LF)])
@pytest.mark.parametrize("driver", [IOS, quick("common")], ids=lambda one: one.name)
def test_line_end_that_woke_console_is_typed_from_then_on(ends: tuple[bytes, ...], driver: Driver) -> None:
    steps = [*wakes(*ends), *logged_in(ends[-1])]
    if driver.learns_prompt:
        steps[-2:-2] = [Type(ends[-1]), Say(b"\r\nr1>")]
    assert played(steps, driver) == "10:00"


@pytest.mark.parametrize("end", [CR, CRLF])
@pytest.mark.parametrize("driver", ["cisco_ios", "common", "linux"])
def test_question_that_takes_another_line_end_gets_it(end: bytes, driver: str) -> None:
    steps = [Say(b"\r\nUsername: "), Type(USER + LF), Say(USER), *wakes(*(CR, CRLF)[: 1 + (end == CRLF)])]
    steps += [Say(b"\r\nPassword: "), Type(SECRET.encode() + end), Say(b"\r\n% Login invalid\r\n"), End()]
    assert error_of(steps, quick(driver)).error is PermissionDenied


@pytest.mark.parametrize("end", [CR, CRLF])
def test_command_of_setup_that_takes_another_line_end_gets_it(end: bytes) -> None:
    driver = replace(IOS, setup=("terminal length 0",))
    steps = [Say(b"r1>"), Type(b"terminal length 0\n"), Say(b"terminal length 0")]
    steps += [*wakes(*(CR, CRLF)[: 1 + (end == CRLF)]), Say(b"\r\nr1>"), *clock(end)]
    assert played(steps, driver) == "10:00"


def test_user_name_without_line_end_is_no_prompt() -> None:
    result = error_of([Say(b"\r\nUsername: "), Type(USER + LF), Say(USER), *wakes(CR, CRLF, LF)])
    assert (result.error, result.state) == (ConnectTimedOut, "USERNAME_SENT")


def test_line_end_of_driver_is_typed_first() -> None:
    driver = replace(quick("edgecore"), setup=())
    assert played([*wakes(CR, CRLF), *logged_in(CRLF)], driver) == "10:00"


def test_line_end_that_woke_console_stays_after_platform_is_recognized() -> None:
    driver = replace(quick("auto"), newline="\n")
    steps = [
        *wakes(LF, CR),
        Say(b"\r\nr1>"),
        Type(CR),
        Say(b"\r\nr1>"),
        Type(b"show version\r"),
        Say(b"show version\r\nCisco IOS Software, 15.2\r\nr1>"),
        Type(b"terminal length 0\r"),
        Say(b"terminal length 0\r\nr1>"),
        Type(b"terminal width 511\r"),
        Say(b"terminal width 511\r\nr1>"),
        *clock(CR),
    ]
    assert played(steps, driver) == "10:00"


def test_banner_without_question_is_no_answer_to_wait_for() -> None:
    banner = Say(b"Port 3 of the console server\r\n")
    assert played([banner, *wakes(LF, CR), *logged_in(CR)]) == "10:00"


def test_console_that_wants_two_line_ends_is_woken() -> None:
    assert played([Type(LF), Say(b"\r\n"), Type(CR), *logged_in(CR)]) == "10:00"


def test_log_message_of_console_does_not_end_waking() -> None:
    log = Say(b"\r\n%LINK-3-UPDOWN: Interface Ethernet0, changed state to up\r\n")
    assert played([Type(LF), log, Type(CR), *logged_in(CR)]) == "10:00"


def test_console_that_asks_for_return_after_waking_gets_it() -> None:
    press = Say(b"\r\nr1 con0 is now available\r\n\r\nPress RETURN to get started.\r\n\r\n")
    assert played([*wakes(LF, CR), press, Type(CR), *logged_in(CR)]) == "10:00"


def test_console_with_open_session_is_used() -> None:
    driver = replace(IOS, setup=("terminal length 0",))
    steps = [Type(LF), Say(b"\r\nr1#"), *asked(b"terminal length 0", b"", b"r1#"), *clock(LF, b"r1#")]
    assert play(steps, driver, lambda on: (on.mode, time_of(on)), at=CONSOLE) == ("enable", "10:00")


def test_slow_device_that_read_all_line_ends_keeps_line_end_of_driver() -> None:
    question = b"\r\nUsername: \r\nUsername: \r\nUsername: "
    assert played([*wakes(LF, CR, CRLF), *logged_in(LF, question)]) == "10:00"


@pytest.mark.parametrize("prompt", [b"# ", b"r1>", b">>> "])
def test_slow_shell_that_read_all_line_ends_keeps_line_end_of_driver(prompt: bytes) -> None:
    echo = b"\r\n" * 4  # by the terminal, before the shell has started
    steps = [*wakes(LF, CR, CRLF), Say(echo), *shell(prompt * 5), *ran(b"echo ready", b"ready\r\n")]
    assert play(steps, quick("linux"), lambda on: sent(on, "echo ready")[0], at=CONSOLE) == "ready"


def test_prompt_of_equal_signs_is_one_answer() -> None:
    steps = [*wakes(LF, CR), Say(b"\r\n>>"), Type(CR), Say(b"\r\n>>"), *clock(CR, b">>")]
    assert played(steps, COMMON) == "10:00"


def test_device_that_greets_after_all_line_ends_keeps_line_end_of_driver() -> None:
    assert played([*WAKES, Pause(5 * QUIET), *logged_in(LF)]) == "10:00"


def test_device_that_closes_when_woken_is_reported() -> None:
    result = error_of([Type(LF), Say(b"\r\nPort 3 is disabled\r\n"), End()])
    assert (result.error, result.state) == (ConnectionClosed, "GROUND")
    assert error_of([Type(LF), End()]).error is ConnectionClosed


def test_device_on_usual_port_has_more_time_to_greet() -> None:
    assert played([Pause(2 * QUIET), *logged_in(LF)], at=endpoint()) == "10:00"
    assert played([Pause(2 * QUIET), Type(LF), *logged_in(LF)], at=CONSOLE) == "10:00"


def test_device_on_usual_port_gets_two_line_ends_at_most() -> None:
    steps = [*wakes(LF, CR), Pause(8 * QUIET), Say(b"\r\nPassword: "), Type(SECRET.encode() + LF)]
    assert played([*steps, Say(b"\r\nr1>"), *clock(LF)], at=endpoint()) == "10:00"


def test_user_name_that_slow_device_read_as_empty_is_typed_when_it_asks_again() -> None:
    # The line end is read as the answer to the question for the user, which comes later.
    late = [Type(LF), Say(b"\r\nUsername: \r\nPassword: "), Type(SECRET.encode() + LF)]
    refused = Say(b"\r\n% Login invalid\r\n\r\nUsername: ")
    assert played([*late, *logged_in(LF, refused.data)]) == "10:00"


def test_wrong_password_is_typed_once_for_the_user() -> None:
    late = [Type(LF), Say(b"\r\nUsername: \r\nPassword: "), Type(SECRET.encode() + LF)]
    refused = Say(b"\r\n% Login invalid\r\n\r\nUsername: ")
    result = error_of([*late, *logged_in(LF, refused.data)[:4], refused])
    assert result.error is PermissionDenied


def test_user_question_without_waking_is_no_second_login() -> None:
    steps = [Say(b"\r\nPassword: "), Type(SECRET.encode() + LF)]
    assert error_of([*steps, Say(b"\r\n% Login invalid\r\n\r\nUsername: ")]).error is PermissionDenied


# Nothing is typed.


def test_device_is_not_woken_if_driver_forbids_it() -> None:
    assert error_of([], replace(IOS, wake=False)).error is ConnectTimedOut


@pytest.mark.parametrize(
    "text", [b"Enter the word of the day: ", b"Trying 192.0.2.2...\r\n", b"\r\nPlease choose"]
)
def test_text_without_answer_is_not_answered_by_line_end(text: bytes) -> None:
    assert error_of([Say(text)]).error is ConnectTimedOut


def test_question_after_accepted_login_is_not_answered_by_line_end() -> None:
    result = play([Say(b"\r\nPassword: ")], IOS, time_of, authenticated=True)
    assert isinstance(result, Failure)


def test_silence_after_password_gets_no_line_end() -> None:
    steps = [*LINUX_LOGIN, Say(b"\r\n"), Pause(5 * QUIET), Say(b"r1>"), *clock(LF)]
    assert played(steps) == "10:00"


def test_ssh_client_of_hop_gets_no_line_end() -> None:
    at = replace(CONSOLE, protocol="ssh")
    setup = [step for text in load("cisco_ios").setup for step in asked(text.encode(), b"", b"r1>")]
    hop = [*shell(), Type(b"ssh r2\n"), Pause(5 * QUIET), Say(b"r1>"), *setup, *clock(LF)]
    assert everywhere(hop, lambda on: time_of(behind("cisco_ios", b"ssh r2", on, at=at)[0])) == "10:00"


# Left by somebody.


ERASED = b"\b \b" * 6


@pytest.mark.parametrize(
    ("driver", "prompt"),
    [
        ("cisco_ios", b"r1>"),
        ("juniper_junos", b"admin@r1> "),
        ("huawei_vrp", b"<r1>"),
        ("common", b"r1>"),
        ("common", b"[admin@r1 ~]$ "),
    ],
)
def test_line_that_was_left_is_deleted(driver: str, prompt: bytes) -> None:
    steps = [Say(b"\r\n" + prompt + b"sh ver"), Type(b"\x15"), Say(ERASED)]
    if driver == "common":
        steps += [Type(LF), Say(b"\r\n" + prompt)]
    assert played([*steps, *clock(LF, prompt)], replace(quick(driver), setup=())) == "10:00"


def test_line_that_was_left_is_deleted_by_second_key() -> None:
    steps = [Say(b"\r\nr1>sh ver"), *wakes(b"\x15", b"\x03"), Say(b"^C\r\nr1>"), *clock(LF)]
    assert played(steps) == "10:00"


def test_line_that_cannot_be_deleted_is_named() -> None:
    result = error_of([Say(b"\r\nr1>sh ver"), *wakes(b"\x15", b"\x03")])
    assert (result.error, result.message) == (
        ConnectTimedOut,
        "The line 'r1>sh ver' was left on the console, and neither Ctrl-U nor Ctrl-C deleted it.",
    )


def test_pager_that_was_left_is_left() -> None:
    pager = Say(b"\r\nVersion 15.2\r\n --More-- ")
    assert played([Type(LF), pager, Type(b"q"), Say(b"\r\x1b[Kr1>"), *clock(LF)]) == "10:00"


def test_pager_that_ignores_q_gets_blank() -> None:
    steps = [Say(b"Version 15.2\r\n --More-- "), *wakes(b"q", b" "), Say(b"\r\x1b[Kmore\r\nr1>"), *clock(LF)]
    assert played(steps) == "10:00"


def test_q_behind_prompt_is_deleted() -> None:
    steps = [Say(b" --More-- "), Type(b"q"), Say(b"\r\x1b[Kr1>q"), Type(b"\x15"), Say(b"\b \b"), *clock(LF)]
    assert played(steps) == "10:00"


def test_pager_that_cannot_be_left_is_named() -> None:
    result = error_of([Say(b"Version 15.2\r\n --More-- "), *wakes(b"q", b" "), *WAKES])
    assert result.message == "A pager was left on the console, and no key left it."


@pytest.mark.parametrize("driver", [name for name in DRIVERS if "more" in load(name).definition["events"]])
def test_pager_in_login_is_left_with_every_driver(driver: str) -> None:
    assert ("more", "GROUND") in load(driver).table


@pytest.mark.parametrize("prompt", [b"r1(config)#", b"r1(config-if)#"])
def test_configuration_mode_that_was_left_is_left(prompt: bytes) -> None:
    steps = [Type(LF), Say(b"\r\n" + prompt), *asked(b"end", b"", b"r1#"), *clock(LF, b"r1#")]
    at = replace(CONSOLE, become_password=None)
    assert play(steps, IOS, lambda on: (time_of(on), on.home), at=at) == ("10:00", "enable")


def test_changes_of_another_user_are_neither_committed_nor_dropped() -> None:
    question = b"Uncommitted changes found, commit them before exiting(yes/no/cancel)? [cancel]: "
    steps = [Type(LF), Say(b"\r\nRP/0/0/CPU0:r1(config)#"), Type(b"end\n"), Say(b"end\r\n" + question)]
    result = error_of(steps, replace(quick("cisco_xr"), setup=()))
    assert result.error is ModeError
    assert result.message.startswith(
        "The console was left in the configuration mode with changes: 'Uncommitted"
    )
