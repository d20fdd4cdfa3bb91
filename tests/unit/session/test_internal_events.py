# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events that no text shows, given to a driver's machine: time-out, end, a state entered, a command sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pyco_core.driver.actions import Login
from pyco_core.driver.edit import extended
from pyco_core.driver.model import Driver
from pyco_core.errors import (
    ConnectionClosed,
    ConnectTimedOut,
    InvalidDriver,
    LoginRefused,
    PermissionDenied,
    SessionClosed,
)

from .dialogues import IOS_LOGIN, asked, ios, sent
from .scripted import SECRET, End, Failure, Pause, Say, Type, play, quick

IOS = quick("cisco_ios")


def knowing(**words: Any) -> Driver:
    """Return the driver cisco_ios with one more transition."""
    return extended(IOS, {"quiet": IOS.quiet, "transitions": [words]})


def test_eof_event_of_driver_decides_error() -> None:
    driver = knowing(event="eof", state="PASSWORD_SENT", action="deny")
    denied = play([*IOS_LOGIN, End()], driver, lambda on: on.mode)
    assert isinstance(denied, Failure)
    assert (denied.error, denied.state) == (PermissionDenied, "PASSWORD_SENT")
    closed = play([*IOS_LOGIN[:2], End()], driver, lambda on: on.mode)
    assert isinstance(closed, Failure)
    assert closed.error is ConnectionClosed


def test_timeout_event_of_driver_decides_error() -> None:
    steps = [*IOS_LOGIN, Pause(10_000)]
    refused = play(
        steps, knowing(event="timeout", state="PASSWORD_SENT", action="refuse"), lambda on: on.mode
    )
    assert isinstance(refused, Failure)
    assert refused.error is LoginRefused
    timed_out = play(steps, IOS, lambda on: on.mode)
    assert isinstance(timed_out, Failure)
    assert timed_out.error is ConnectTimedOut


def test_eof_action_that_cannot_type_keeps_error() -> None:
    driver = knowing(event="eof", state="*", action="send: q")
    over = play([*ios(), Type(b"show clock\n"), End()], driver, lambda on: sent(on, "show clock"))
    assert isinstance(over, Failure)
    assert over.error is SessionClosed


def test_entered_event_can_lead_to_next_state() -> None:
    driver = extended(
        IOS,
        {
            "modes": {"menu": {"prompt": r"Choice: "}},
            "transitions": [
                {"event": "entered", "state": "menu", "action": "sendline: 2", "next": "MODE_SENT"}
            ],
        },
    )
    steps = [*IOS_LOGIN, Say(b"\r\n1 Menu\r\n2 Shell\r\nChoice: "), Type(b"2\n"), *ios()[len(IOS_LOGIN) :]]
    assert play(steps, driver, lambda on: on.mode) == "user"


def test_sent_event_types_before_each_command() -> None:
    driver = knowing(event="sent", state="user", action="send: \x15")
    steps = [
        *IOS_LOGIN,
        Say(b"\r\nr1>"),
        *(step for line in IOS.setup for step in (Type(b"\x15"), *asked(line.encode(), b"", b"r1>"))),
        Type(b"\x15"),
        *asked(b"show clock", b"10:00\r\n", b"r1>"),
    ]
    assert play(steps, driver, lambda on: sent(on, "show clock")) == ("10:00", "user", None)


# Code of a driver that goes wrong


def slip(login: Login, _rest: str | None) -> None:
    raise KeyError(f"no {login.user} {SECRET}")


def test_exception_in_action_raises_invalid_driver_with_line() -> None:
    driver = extended(
        replace(IOS, actions={**IOS.actions, "slip": slip}), {"events": {"username": {"action": "slip"}}}
    )
    wrong = play([Say(b"Username: ")], driver, lambda on: on.mode)
    assert isinstance(wrong, Failure)
    assert wrong.error is InvalidDriver
    line = slip.__code__.co_firstlineno + 1
    assert wrong.message == (
        f"{__file__}:{line}: KeyError: 'no pyco ********'. It was raised by the action 'slip'."
    )
