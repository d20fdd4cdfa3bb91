# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a transition can do: the functions that a driver file names.

An action gets the login it works for and the argument from the file. It may write to the device
or end the login with an error; it never reads and never waits.
"""

from __future__ import annotations

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
    """What a session lets an action see and do."""

    @property
    def user(self) -> str:
        """The user to log in as, "" where none was given."""

    @property
    def entering(self) -> str:
        """The mode that was asked for last."""

    @property
    def host_key_checking(self) -> bool:
        """Whether an unknown ssh host key is an error."""

    def write(self, text: str) -> None:
        """Type text as it is."""

    def write_line(self, text: str) -> None:
        """Type text and the driver's line end."""

    def write_password(self, which: str) -> bool:
        """Type a secret of the endpoint, `password` or `become_password`; False where it has none."""

    def erase(self) -> None:
        """Drop the line that showed the event from what was read."""

    def fail(self, error: type[PycoError], message: str, hint: str = "") -> NoReturn:
        """Give the session up with this error."""


def send(login: Login, argument: str | None) -> None:
    """Type the argument, with no line end."""
    login.write(argument or "")


def sendline(login: Login, argument: str | None) -> None:
    """Type the argument, or nothing, and a line end."""
    login.write_line(argument or "")


def erase(login: Login, _rest: str | None) -> None:
    """Drop the line that showed the event: a pager's line is no output."""
    login.erase()


def send_username(login: Login, _rest: str | None) -> None:
    """Type the user's name and a line end."""
    if not login.user:
        login.fail(MissingParameter, "It asks for a user name and none is set.", "Set ansible_user.")
    login.write_line(login.user)


def send_password(login: Login, _rest: str | None) -> None:
    """Type the user's password and a line end."""
    if not login.write_password("password"):
        login.fail(MissingParameter, "It asks for a password and none is set.", "Set ansible_password.")


def send_become_password(login: Login, _rest: str | None) -> None:
    """Type the password of the mode that is being entered, and a line end."""
    if not login.write_password("become_password"):
        login.fail(
            ModeError,
            f"It asks for a password for the mode {login.entering!r} and none is set.",
            "Set ansible_become_password.",
        )


def deny(login: Login, _rest: str | None) -> None:
    """End the login: the user or the password is wrong."""
    login.fail(
        PermissionDenied, "Permission denied: the user or the password is wrong.", "Check both for this host."
    )


def deny_become(login: Login, _rest: str | None) -> None:
    """End the session: the password of the mode that is being entered is wrong."""
    login.fail(
        ModeError,
        f"The password for the mode {login.entering!r} is wrong.",
        "Check ansible_become_password for this host.",
    )


def expire(login: Login, _rest: str | None) -> None:
    """End the login: the password has expired."""
    login.fail(
        PasswordExpired,
        "The password has expired and a new one is asked for.",
        "Log in once by hand and change it.",
    )


def refuse(login: Login, _rest: str | None) -> None:
    """End the login: the host lets nobody in."""
    login.fail(LoginRefused, "The host refuses the login.", "Its own words are the last output.")


def ask_host_key(login: Login, _rest: str | None) -> None:
    """Answer ssh's question about an unknown host: yes only where checking is off."""
    if login.host_key_checking:
        login.fail(
            HostKeyUnknown,
            "The ssh host key is not known on the hop before.",
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
        deny_become,
        expire,
        refuse,
        ask_host_key,
    )
}
ENDING = frozenset({"deny", "deny_become", "expire", "refuse"})  # always end the login with an error
_WITHOUT = frozenset(ACTIONS.values()) - {send, sendline}  # take no argument


def parse_action(text: str, known: Mapping[str, Function] = ACTIONS) -> Action:
    """An action as a driver file writes it: `NAME` or `NAME: ARGUMENT`. Raises UnknownAction.

    known: the actions that there are. One blank after the colon belongs to the form; `send:  ` types one
    blank.
    """
    name, colon, argument = text.partition(":")
    name = name.strip()
    if name not in known:
        raise UnknownAction(f"unknown action {name!r}.", hint=suggestion(name, sorted(known)))
    if not colon:
        return Action(name)
    if known[name] in _WITHOUT:
        raise UnknownAction(f"the action {name!r} takes no argument.")
    return Action(name, argument[1:] if len(argument) > 1 and argument[0] == " " else argument)
