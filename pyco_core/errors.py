# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exception tree: whatever a network can do to a session ends in one class of this file.

A caller branches on the class and reads the facts from the fields; nobody has to parse a message.
The message is one sentence that says what happened; `hint` says what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TypeVar

_E = TypeVar("_E", bound="PycoError")

FACTS = ("endpoint", "hop", "driver", "state", "mode", "command", "last_output")


class PycoError(Exception):
    """The root of the tree.

    message: one sentence without a secret. hint: what to do, one sentence or "".
    endpoint: the login it happened at, as `user@host:port` ("" where there was none).
    hop: its place on the route, 1 for the first login, the highest for the target; None where no
    route was walked yet. driver, state, mode: where the machine was. command: what was sent last.
    last_output: the end of what the device printed, secrets masked.
    reached: whether the target's prompt had been reached before; Ansible reports an error before
    that as `unreachable` and one after it as `failed`.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        endpoint: str = "",
        hop: int | None = None,
        driver: str = "",
        state: str = "",
        mode: str = "",
        command: str = "",
        last_output: str = "",
        reached: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.endpoint = endpoint
        self.hop = hop
        self.driver = driver
        self.state = state
        self.mode = mode
        self.command = command
        self.last_output = last_output
        self.reached = reached

    def __str__(self) -> str:
        at = f" ({self.endpoint})" if self.endpoint else ""
        where = f"hop {self.hop}{at}: " if self.hop is not None else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{where}{self.message}{hint}"

    def locate(self: _E, **facts: str | int | None) -> _E:
        """Fill in the facts that are still empty and return self: who knows more calls it on the way up."""
        for name, value in facts.items():
            if getattr(self, name) in ("", None):
                setattr(self, name, value)
        return self

    def facts(self) -> dict[str, str | int | None]:
        """The facts as plain data: class name as `error`, then the fields named in `FACTS`."""
        return {"error": type(self).__name__, **{name: getattr(self, name) for name in FACTS}}


class EndpointError(PycoError):
    """What the caller gave does not describe a login."""


class InvalidUrl(EndpointError):
    """The text is not a URL of the form [protocol://][user[:password]@]host[:port][/driver]."""


class InvalidParameter(EndpointError):
    """A setting has a value that it cannot have, or does not exist."""


class UnsupportedProtocol(EndpointError):
    """The protocol is neither ssh nor telnet."""


class MissingParameter(EndpointError):
    """The login asked for something that was not given: a user or a password."""


class MissingLibrary(PycoError):
    """A Python package that pyco needs is not installed where pyco runs."""


class DriverError(PycoError):
    """A driver file cannot be used."""


class DriverNotFound(DriverError):
    """No driver folder holds a driver of this name."""


class InvalidDriver(DriverError):
    """A driver file says something that no driver can say."""


class UnknownAction(DriverError):
    """A driver names an action that does not exist."""


class InvalidTape(PycoError):
    """A tape cannot be read, or says something that no tape can say."""


class FsmError(PycoError):
    """The machine got an event that has no transition in its state."""


class ConnectError(PycoError):
    """The byte stream to a hop could not be made."""


class NameNotResolved(ConnectError):
    """The host name has no address, seen from where it was looked up."""


class ConnectionRefused(ConnectError):
    """Nothing listens on that port of the host."""


class ConnectTimedOut(ConnectError):
    """The connect time-out, which is for the whole route, passed before the prompt was there."""


class HostUnreachable(ConnectError):
    """The network has no way to the host."""


class ConnectionClosed(ConnectError):
    """The other side closed the connection before the login was done."""


class ClosedBeforeLogin(ConnectionClosed):
    """The host closed the connection at once: it refuses this address, or has too many logins at a time."""


class HostKeyUnknown(ConnectError):
    """The host's ssh key is not among the known ones."""


class HostKeyChanged(ConnectError):
    """The host's ssh key is not the one that is known."""


class NegotiationFailed(ConnectError):
    """Both sides speak ssh but have no algorithm in common, or the host does not speak ssh."""


class ForwardingRefused(ConnectError):
    """The hop does not forward TCP connections."""


class ClientMissing(ConnectError):
    """The hop's shell has no ssh or telnet command, or its driver knows none."""


class LoginError(PycoError):
    """The host answered, but did not let us in."""


class PermissionDenied(LoginError):
    """User, password or key is wrong."""


class PasswordExpired(LoginError):
    """The host wants a new password before it lets anybody in."""


class LoginRefused(LoginError):
    """The host refuses logins for a reason of its own: no free line, an account without a shell."""


class PromptNotFound(LoginError):
    """The device answers an empty line with something else each time, so its prompt is not known."""


class PlatformUnknown(LoginError):
    """The driver `auto` did not recognize the platform: what it showed fits no driver, or several."""


class KeyUnusable(LoginError):
    """The private key file cannot be read, or its passphrase is wrong."""


class SessionError(PycoError):
    """A session that was logged in cannot go on."""


class SessionClosed(SessionError):
    """The device, or a hop before it, closed the session."""


class SessionTimedOut(SessionError):
    """The prompt did not come back in time."""


class OutOfStep(SessionError):
    """The session was given up earlier and cannot be used again."""


class ModeError(PycoError):
    """The mode was not reached."""


class CommandError(PycoError):
    """The device said that the command is wrong. `output` is all that it printed."""

    output: str = ""


class BrokerLost(PycoError):
    """The broker, which keeps sessions open between tasks, could not be started or went away."""


class ConfigureError(PycoError):
    """The intended configuration was not reached."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """A hint for a word that is not known: the nearest that is, or all there are; "" where there is none."""
    known = list(known)
    if near := get_close_matches(word, known, 1, 0.5):
        return f"Did you mean {near[0]!r}?"
    return f"There are {', '.join(known)}." if known else ""
