# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import pytest

from pyco_core.driver.actions import ACTIONS, parse_action
from pyco_core.errors import (
    HostKeyUnknown,
    LoginRefused,
    MissingParameter,
    ModeError,
    PasswordExpired,
    PermissionDenied,
    PycoError,
    UnknownAction,
)
from pyco_core.fsm.machine import Action


@dataclass
class Recorded:
    """A login that writes down what an action does."""

    user: str = "pyco"
    entering: str = "enable"
    host_key_checking: bool = True
    given: tuple[str, ...] = ("password", "become_password")
    done: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        self.done.append(f"write {text!r}")

    def write_line(self, text: str) -> None:
        self.done.append(f"line {text!r}")

    def write_password(self, which: str) -> bool:
        self.done.append(which)
        return which in self.given

    def erase(self) -> None:
        self.done.append("erase")

    def fail(self, error: type[PycoError], message: str, hint: str = "") -> NoReturn:
        raise error(message, hint=hint)


def perform(text: str, login: Recorded) -> list[str]:
    action = parse_action(text)
    ACTIONS[action.name](login, action.argument)
    return login.done


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("send: y", ["write 'y'"]),
        ("send:y", ["write 'y'"]),
        ("send: ", ["write ' '"]),
        ("send:  ", ["write ' '"]),
        ("send:   ", ["write '  '"]),
        ("send: \r", ["write '\\r'"]),
        ("send: a: b", ["write 'a: b'"]),
        ("send:", ["write ''"]),
        ("send", ["write ''"]),
        ("sendline: yes", ["line 'yes'"]),
        ("sendline", ["line ''"]),
        (" sendline : yes", ["line 'yes'"]),
        ("erase", ["erase"]),
        ("send_username", ["line 'pyco'"]),
        ("send_password", ["password"]),
        ("send_become_password", ["become_password"]),
    ],
)
def test_an_action_does_what_it_is_called(text: str, done: list[str]) -> None:
    assert perform(text, Recorded()) == done


@pytest.mark.parametrize(
    ("text", "login", "error", "message"),
    [
        ("send_username", Recorded(user=""), MissingParameter, "It asks for a user name and none is set."),
        ("send_password", Recorded(given=()), MissingParameter, "It asks for a password and none is set."),
        (
            "send_become_password",
            Recorded(given=("password",)),
            ModeError,
            "It asks for a password for the mode 'enable' and none is set.",
        ),
        ("deny", Recorded(), PermissionDenied, "Permission denied: the user or the password is wrong."),
        ("deny_become", Recorded(), ModeError, "The password for the mode 'enable' is wrong."),
        ("expire", Recorded(), PasswordExpired, "The password has expired and the host asks for a new one."),
        ("refuse", Recorded(), LoginRefused, "The host refuses the login."),
        ("ask_host_key", Recorded(), HostKeyUnknown, "The ssh host key is not known on the previous hop."),
    ],
)
def test_an_action_ends_a_login_that_cannot_go_on(
    text: str, login: Recorded, error: type[PycoError], message: str
) -> None:
    with pytest.raises(error) as caught:
        perform(text, login)
    assert type(caught.value) is error
    assert caught.value.message == message
    assert caught.value.hint
    assert not [done for done in login.done if done.startswith(("write", "line"))]


def test_an_unknown_host_key_is_accepted_only_where_nobody_checks() -> None:
    assert perform("ask_host_key", Recorded(host_key_checking=False)) == ["line 'yes'"]


def test_every_action_can_be_named() -> None:
    assert all(parse_action(name) == Action(name) for name in ACTIONS)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sendd", "unknown action 'sendd'. Similar: send."),
        ("send_user", "unknown action 'send_user'. Similar: send_username, send_password."),
        ("Send: x", "unknown action 'Send'. Similar: send."),
        ("", "unknown action ''. Available: ask_host_key, deny, "),
        (": x", "unknown action ''. Available: ask_host_key, deny, "),
        ("__class__", "unknown action '__class__'. Available: ask_host_key, "),
        ("deny: x", "the action 'deny' takes no argument."),
        ("send_username: pyco", "the action 'send_username' takes no argument."),
    ],
)
def test_what_is_no_action_is_named_with_the_nearest(text: str, shown: str) -> None:
    with pytest.raises(UnknownAction) as caught:
        parse_action(text)
    assert str(caught.value).startswith(shown)
