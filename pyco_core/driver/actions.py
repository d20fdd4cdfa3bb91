# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions of transitions: functions that a driver file names.

An action receives the login and the argument from the file. It may write to the device or end the login with
an error; it never reads and never waits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NoReturn, Protocol

from ..errors import (
    HostKeyUnknown,
    LoginRefused,
    MissingParameter,
    ModeError,
    PasswordExpired,
    PermissionDenied,
    PycoError,
    UnknownAction,
    suggestion,
)
from ..fsm.machine import Action


class Login(Protocol):
    """The part of a session that an action can use."""

    @property
    def user(self) -> str:
        """Return the user to log in as, "" if none is set."""

    @property
    def entering(self) -> str:
        """Return the mode that is being entered, or was entered last."""

    @property
    def host_key_checking(self) -> bool:
        """Return True if an unknown ssh host key is an error."""

    def write(self, text: str) -> None:
        """Type text without a line end."""

    @property
    def question(self) -> str:
        """Return the last line of the output, secrets masked."""

    @property
    def unread(self) -> str:
        """Return the output that no command has taken yet."""

    def write_user(self) -> None:
        """Type the user name and the line end."""

    def is_repeated(self) -> bool:
        """Return True if the question of the event was answered before."""

    def conclude(self) -> None:
        """End the login if an earlier message of the device asks for it."""

    def write_line(self, text: str) -> None:
        """Type text and the driver's line end."""

    def write_password(self, which: str) -> bool:
        """Type a secret of the endpoint, `password` or `become_password`. Return False if it is not set."""

    def erase(self) -> None:
        """Delete the line of the event from the output."""

    def fail(self, error: type[PycoError], message: str, hint: str = "", *, setting: str = "") -> NoReturn:
        """Close the session and raise this error. setting: the field of Endpoint that the hint is about."""


def send(login: Login, argument: str | None) -> None:
    """Type the argument without a line end."""
    login.write(argument or "")


def sendline(login: Login, argument: str | None) -> None:
    """Type the argument, if there is one, and a line end."""
    login.write_line(argument or "")


def erase(login: Login, _argument: str | None) -> None:
    """Delete the line of the event from the output, as a pager's line."""
    login.erase()


def send_username(login: Login, _argument: str | None) -> None:
    """Type the user name and a line end."""
    if not login.user:
        login.fail(
            MissingParameter,
            "The host asks for a user name, and none is set.",
            "Set the user of this login.",
            setting="user",
        )
    login.write_user()


def send_password(login: Login, _argument: str | None) -> None:
    """Type the password of the user and a line end."""
    if not login.write_password("password"):
        login.fail(
            MissingParameter,
            "The host asks for a password, and none is set.",
            "Set the password of this login.",
            setting="password",
        )


def send_become_password(login: Login, _argument: str | None) -> None:
    """Type the password for the mode that is being entered and a line end.

    A device without such a password asks for a new one, and gets none.
    """
    if _UNSET.search(login.unread):
        login.fail(
            PasswordExpired,
            f"The password for the mode {login.entering!r} is not set, and the device asks for a new one: "
            f"{login.question!r}.",
            "Log in once by hand and set it.",
        )
    if not login.write_password("become_password"):
        login.fail(
            ModeError,
            f"The device asks for the password of the mode {login.entering!r}, and none is set.",
            "Set the become password of this device.",
            setting="become_password",
        )


def deny(login: Login, _argument: str | None) -> None:
    """End the login: the user or the password is wrong."""
    login.fail(
        PermissionDenied,
        "Permission denied: the user or the password is wrong.",
        "Check both for this host.",
        setting="password",
    )


def deny_repeated(login: Login, argument: str | None) -> None:
    """End the login if the device asks again for the answer that it got; otherwise type nothing."""
    login.conclude()
    if login.is_repeated():
        deny(login, argument)


def ask_secret(login: Login, _argument: str | None) -> None:
    """End the login: the device asks for a second secret, such as a token, that pyco does not have."""
    login.conclude()
    if login.is_repeated():
        deny(login, None)
    login.fail(
        MissingParameter,
        f"It asks for a second secret after the password: {login.question!r}.",
        "Use an account without it, or answer the question with an event of the driver.",
    )


def deny_become(login: Login, _argument: str | None) -> None:
    """End the session: the password for the mode that is being entered is wrong, or the device has none."""
    reason = NOT_SET.search(login.unread)
    if reason is not None:
        login.fail(
            ModeError,
            f"The device has no password for the mode {login.entering!r}: {reason[0].strip()}",
            NOT_SET_HINT,
        )
    login.fail(
        ModeError,
        f"The password for the mode {login.entering!r} is wrong.",
        "Check the become password of this device.",
        setting="become_password",
    )


def expire(login: Login, _argument: str | None) -> None:
    """End the login: the password has expired, or the device asks for a new one."""
    login.fail(
        PasswordExpired,
        f"The password has expired and the host asks for a new one: {login.question!r}.",
        "Log in once by hand and change it.",
    )


def refuse(login: Login, _argument: str | None) -> None:
    """End the login: the host refuses all logins."""
    login.fail(LoginRefused, "The host refuses the login.", "See its message in the last output.")


def keep_changes(login: Login, _argument: str | None) -> None:
    """End the login: another user's changes on a console are neither committed nor dropped."""
    login.fail(
        ModeError,
        f"The console was left in the configuration mode with changes: {login.question!r}.",
        "Log in once by hand, and commit or drop them.",
    )


def ask_host_key(login: Login, _argument: str | None) -> None:
    """Answer ssh's question about an unknown host: yes if host key checking is off, or else end the login."""
    if login.host_key_checking:
        login.fail(
            HostKeyUnknown,
            "The ssh host key is not known on the previous hop.",
            "Log in once by hand from there, or add the key to the known_hosts file there.",
        )
    login.write_line("yes")


Function = Callable[[Login, "str | None"], None]
ACTIONS: dict[str, Function] = {
    function.__name__: function
    for function in (
        send,
        sendline,
        erase,
        send_username,
        send_password,
        send_become_password,
        deny,
        deny_repeated,
        ask_secret,
        deny_become,
        expire,
        refuse,
        keep_changes,
        ask_host_key,
    )
}
ENDING = frozenset({"deny", "deny_become", "expire", "refuse", "keep_changes"})  # always raise an error
CREDENTIALS = frozenset({"send_username", "send_password"})
CAREFUL = ENDING | {"deny_repeated", "ask_secret"}  # after the idle timeout, if a question leads to them
# Cisco IOS: "% No password set"; Huawei and H3C: "Error: Password is not set."; FRRouting and others.
NOT_SET = re.compile(
    r"(?im)^.*\b(?:no (?:enable |super |admin-?)?password (?:is |has been )?(?:set|configured|defined)|"
    r"password\b[^\n]{0,20}\bnot (?:been )?(?:set|configured|defined)|password required, but none set)\b.*$"
)
NOT_SET_HINT = "Set one on the device, or log in as a user who needs none."
# Cisco ASA: "The enable password is not set.  Please change it now."
_UNSET = re.compile(r"(?i)\bpassword (?:is|has) not (?:been )?set\b|\bplease (?:change|set) it now\b")
_WITHOUT_ARGUMENT = frozenset(ACTIONS.values()) - {send, sendline}


def parse_action(text: str, valid: Mapping[str, Function] = ACTIONS) -> Action:
    """Return an action from its text in a driver file, `NAME` or `NAME: ARGUMENT`. Raises UnknownAction.

    valid: the existing actions. One blank after the colon is syntax: `send:  ` types one blank.
    """
    name, colon, argument = text.partition(":")
    name = name.strip()
    if name not in valid:
        raise UnknownAction(f"unknown action {name!r}.", hint=suggestion(name, sorted(valid)))
    if not colon:
        return Action(name)
    if valid[name] in _WITHOUT_ARGUMENT:
        raise UnknownAction(f"the action {name!r} takes no argument.")
    return Action(name, argument[1:] if len(argument) > 1 and argument[0] == " " else argument)
