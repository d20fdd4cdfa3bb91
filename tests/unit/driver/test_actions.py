# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Built-in actions."""

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
class Recorder:
    """A login that records the calls of an action."""

    user: str = "pyco"
    entering: str = "enable"
    host_key_checking: bool = True
    secrets: tuple[str, ...] = ("password", "become_password")
    calls: list[str] = field(default_factory=list)
    question: str = "Password:"
    unread: str = ""
    repeated: bool = False

    def write_user(self) -> None:
        self.calls.append("user")

    def is_repeated(self) -> bool:
        return self.repeated

    def conclude(self) -> None:
        self.calls.append("conclude")

    def write(self, text: str) -> None:
        self.calls.append(f"write {text!r}")

    def write_line(self, text: str) -> None:
        self.calls.append(f"line {text!r}")

    def write_password(self, which: str) -> bool:
        self.calls.append(which)
        return which in self.secrets

    def erase(self) -> None:
        self.calls.append("erase")

    def fail(self, error: type[PycoError], message: str, hint: str = "", *, setting: str = "") -> NoReturn:
        raise error(message, hint=hint, setting=setting)


def perform(text: str, login: Recorder) -> list[str]:
    """Perform an action and return its calls."""
    action = parse_action(text)
    ACTIONS[action.name](login, action.argument)
    return login.calls


@pytest.mark.parametrize(
    ("text", "calls"),
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
        ("send_username", ["user"]),
        ("send_password", ["password"]),
        ("send_become_password", ["become_password"]),
        ("deny_repeated", ["conclude"]),
    ],
)
def test_action_types_text_or_erases_line(text: str, calls: list[str]) -> None:
    assert perform(text, Recorder()) == calls


@pytest.mark.parametrize(
    ("text", "login", "error", "message"),
    [
        (
            "send_username",
            Recorder(user=""),
            MissingParameter,
            "The host asks for a user name, and none is set.",
        ),
        (
            "send_password",
            Recorder(secrets=()),
            MissingParameter,
            "The host asks for a password, and none is set.",
        ),
        (
            "send_become_password",
            Recorder(secrets=("password",)),
            ModeError,
            "The device asks for the password of the mode 'enable', and none is set.",
        ),
        ("deny", Recorder(), PermissionDenied, "Permission denied: the user or the password is wrong."),
        (
            "deny_repeated",
            Recorder(repeated=True),
            PermissionDenied,
            "Permission denied: the user or the password is wrong.",
        ),
        (
            "ask_secret",
            Recorder(repeated=True),
            PermissionDenied,
            "Permission denied: the user or the password is wrong.",
        ),
        (
            "ask_secret",
            Recorder(question="Enter token:"),
            MissingParameter,
            "It asks for a second secret after the password: 'Enter token:'.",
        ),
        (
            "send_become_password",
            Recorder(unread="The enable password is not set.  Please change it now.\nEnter  Password:"),
            PasswordExpired,
            "The password for the mode 'enable' is not set, and the device asks for a new one: 'Password:'.",
        ),
        ("deny_become", Recorder(), ModeError, "The password for the mode 'enable' is wrong."),
        (
            "expire",
            Recorder(),
            PasswordExpired,
            "The password has expired and the host asks for a new one: 'Password:'.",
        ),
        ("refuse", Recorder(), LoginRefused, "The host refuses the login."),
        (
            "ask_host_key",
            Recorder(),
            HostKeyUnknown,
            "The ssh host key is not known on the previous hop.",
        ),
    ],
)
def test_action_raises_its_error(text: str, login: Recorder, error: type[PycoError], message: str) -> None:
    with pytest.raises(error) as caught:
        perform(text, login)
    assert type(caught.value) is error
    assert caught.value.message == message
    assert caught.value.hint
    assert not [call for call in login.calls if call.startswith(("write", "line"))]


def test_unknown_host_key_is_accepted_without_host_key_checking() -> None:
    assert perform("ask_host_key", Recorder(host_key_checking=False)) == ["line 'yes'"]


def test_every_action_is_parsed_by_name() -> None:
    assert all(parse_action(name) == Action(name) for name in ACTIONS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sendd", "unknown action 'sendd'. Similar: send."),
        ("send_user", "unknown action 'send_user'. Similar: send_username, send_password."),
        ("Send: x", "unknown action 'Send'. Similar: send."),
        ("", "unknown action ''. Available: ask_host_key, ask_secret, deny, "),
        (": x", "unknown action ''. Available: ask_host_key, ask_secret, deny, "),
        ("__class__", "unknown action '__class__'. Available: ask_host_key, "),
        ("deny: x", "the action 'deny' takes no argument."),
        ("send_username: pyco", "the action 'send_username' takes no argument."),
    ],
)
def test_unknown_action_raises_error_with_similar_actions(text: str, message: str) -> None:
    with pytest.raises(UnknownAction) as caught:
        parse_action(text)
    assert str(caught.value).startswith(message)
