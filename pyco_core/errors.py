# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exception tree: whatever a network can do to a session ends in one class of this file.

A caller branches on the class and reads the facts from the fields; nobody has to parse a message.
The message is one sentence that says what happened; `hint` says what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import ClassVar, TypeVar

_E = TypeVar("_E", bound="PycoError")

# What a task is that fails with an error: it depends on whether the target's prompt had been reached.
BEFORE, AFTER, EITHER, NOWHERE = "unreachable", "failed", "unreachable or failed", "not in a playbook"
FACTS = ("endpoint", "hop", "driver", "state", "mode", "command", "last_output", "trace")


class PycoError(Exception):
    """The root of the tree.

    message: one sentence without a secret. hint: what to do, one sentence or "".
    endpoint: the login it happened at, as `user@host:port` ("" where there was none).
    hop: its place on the route, 1 for the first login, the highest for the target; None where no
    route was walked yet. driver, state, mode: where the machine was. command: what was sent last.
    last_output: the end of what the device printed, secrets masked. trace: the states that a failed login
    went through, with the events that led from one to the next.
    reached: whether the target's prompt had been reached before; Ansible reports an error before
    that as `unreachable` and one after it as `failed`.
    remedy, shown_as: what to do about errors of the class in general, and as what a task shows them; the
    documentation has them.
    """

    remedy: ClassVar[str] = "Read the message; it says what to do."
    shown_as: ClassVar[str] = EITHER

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
        trace: str = "",
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
        self.trace = trace
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

    remedy = "Compare the variables or the URL of the host with the documentation."
    shown_as = EITHER


class InvalidUrl(EndpointError):
    """The text is not a URL of the form [protocol://][user[:password]@]host[:port][/driver]."""

    remedy = (
        "Write `[protocol://][user[:password]@]host[:port][/driver]`; percent-encode "
        "what has a meaning in it."
    )
    shown_as = BEFORE


class InvalidParameter(EndpointError):
    """A setting has a value that it cannot have, or does not exist."""

    remedy = "Give the setting that the message names a value that it can have."
    shown_as = EITHER


class UnsupportedProtocol(EndpointError):
    """The protocol is neither ssh nor telnet."""

    remedy = "Use ssh or telnet."
    shown_as = BEFORE


class MissingParameter(EndpointError):
    """The login asked for something that was not given: a user or a password."""

    remedy = "Set what it asked for: a user or a password."
    shown_as = BEFORE


class MissingLibrary(PycoError):
    """A Python package or a program that pyco needs is not installed where pyco runs."""

    remedy = "Install what the message names, into the Python that it names."
    shown_as = BEFORE


class DriverError(PycoError):
    """A driver file cannot be used."""

    remedy = "Correct the driver at the file and line of the message."
    shown_as = EITHER


class DriverNotFound(DriverError):
    """No driver folder holds a driver of this name."""

    remedy = "`python -m pyco_core drivers` lists the names; a driver of your own lies in a driver folder."
    shown_as = BEFORE


class InvalidDriver(DriverError):
    """A driver file says something that no driver can say."""

    remedy = "Correct the file and line of the message; `python -m pyco_core schema` is for your editor."
    shown_as = EITHER


class UnknownAction(DriverError):
    """A driver names an action that does not exist."""

    remedy = "Use an action that there is, or bring it in a Python file beside the driver."
    shown_as = BEFORE


class InvalidTape(PycoError):
    """A tape cannot be read, or says something that no tape can say."""

    remedy = "Correct the tape; tests/tapes/README.md has its form."
    shown_as = NOWHERE


class FsmError(PycoError):
    """The machine got an event that has no transition in its state."""

    remedy = "A transition is missing in the driver: `python -m pyco_core draw` shows those that it has."
    shown_as = EITHER


class ConnectError(PycoError):
    """The byte stream to a hop could not be made."""

    remedy = "Check address, port and the way to the hop that is named."
    shown_as = BEFORE


class NameNotResolved(ConnectError):
    """The host name has no address, seen from where it was looked up."""

    remedy = "Give an address or a name that is known where it is looked up: here, or on the hop before."
    shown_as = BEFORE


class ConnectionRefused(ConnectError):
    """Nothing listens on that port of the host."""

    remedy = "Check the port and that the service runs."
    shown_as = BEFORE


class ConnectTimedOut(ConnectError):
    """The connect time-out, which is for the whole route, passed before the prompt was there."""

    remedy = (
        "Check address and filters; compare the last output with the driver; raise "
        "`ansible_pyco_connect_timeout`."
    )
    shown_as = BEFORE


class HostUnreachable(ConnectError):
    """The network has no way to the host."""

    remedy = "Check the routes of the machine that connects: this one, or the hop before."
    shown_as = BEFORE


class ConnectionClosed(ConnectError):
    """The other side closed the connection before the login was done."""

    remedy = "Read the last output; often the user or the password is wrong."
    shown_as = BEFORE


class ClosedBeforeLogin(ConnectionClosed):
    """The host closed the connection at once: it refuses this address, or has too many logins at a time."""

    remedy = "Check the access lists of the host and how many logins it takes at a time; later it may work."
    shown_as = BEFORE


class HostKeyUnknown(ConnectError):
    """The host's ssh key is not among the known ones."""

    remedy = "Add the key to the known hosts file of the machine that connects, after you compared it."
    shown_as = BEFORE


class HostKeyChanged(ConnectError):
    """The host's ssh key is not the one that is known."""

    remedy = "Find out why it changed before you remove the old key."
    shown_as = BEFORE


class NegotiationFailed(ConnectError):
    """Both sides speak ssh but have no algorithm in common, or the host does not speak ssh."""

    remedy = "Allow the old algorithms of the host in ~/.ssh/config, or check that the port is ssh's."
    shown_as = BEFORE


class ForwardingRefused(ConnectError):
    """The hop does not forward TCP connections."""

    remedy = "Allow TCP forwarding on the hop, or let `ansible_pyco_forward` be `auto` or `never`."
    shown_as = BEFORE


class ClientMissing(ConnectError):
    """The hop's shell has no ssh or telnet command, or its driver knows none."""

    remedy = "Install the client on the hop, allow forwarding on it, or name its right driver."
    shown_as = BEFORE


class LoginError(PycoError):
    """The host answered, but did not let us in."""

    remedy = "Log in by hand the same way and compare."
    shown_as = BEFORE


class PermissionDenied(LoginError):
    """User, password or key is wrong."""

    remedy = "Check user, password and key for the hop that is named."
    shown_as = BEFORE


class PasswordExpired(LoginError):
    """The host wants a new password before it lets anybody in."""

    remedy = "Log in once by hand and change it."
    shown_as = BEFORE


class LoginRefused(LoginError):
    """The host refuses logins for a reason of its own: no free line, an account without a shell."""

    remedy = "Read the last output, the host's own words; free a line, or use another account."
    shown_as = BEFORE


class PromptNotFound(LoginError):
    """The device answers an empty line with something else each time, so its prompt is not known."""

    remedy = "Name the driver with `ansible_pyco_driver`, or write one."
    shown_as = BEFORE


class PlatformUnknown(LoginError):
    """The driver `auto` did not recognize the platform: what it showed fits no driver, or several."""

    remedy = "Name the driver with `ansible_pyco_driver`, or write one."
    shown_as = BEFORE


class KeyUnusable(LoginError):
    """The private key file cannot be read, or its passphrase is wrong."""

    remedy = "Check the path and the passphrase of the private key."
    shown_as = BEFORE


class SessionError(PycoError):
    """A session that was logged in cannot go on."""

    remedy = "The next task gets a new session; what the failed one did is not known."
    shown_as = AFTER


class SessionClosed(SessionError):
    """The device, or a hop before it, closed the session."""

    remedy = "Look why the device, or a hop before it, ended the session: a reload, a time-out, a lost line."
    shown_as = EITHER


class SessionTimedOut(SessionError):
    """The prompt did not come back in time."""

    remedy = "Give the command a longer `timeout`, or say with `prompt` and `answer` what it asks."
    shown_as = EITHER


class OutOfStep(SessionError):
    """The session was given up earlier and cannot be used again."""

    remedy = "Use a new session: the message says why the old one was given up."
    shown_as = AFTER


class ModeError(PycoError):
    """The mode was not reached."""

    remedy = "Check `ansible_become_password`, the rights of the user, and the modes of the driver."
    shown_as = EITHER


class CommandError(PycoError):
    """The device said that the command is wrong. `output` is all that it printed."""

    remedy = "Correct the command; the message has the device's own words."
    shown_as = AFTER

    output: str = ""


class BrokerLost(PycoError):
    """The broker, which keeps sessions open between tasks, could not be started or went away."""

    remedy = "Repeat what may be repeated; `ansible_pyco_persist: 0` does without the broker."
    shown_as = EITHER


class ConfigureError(PycoError):
    """The intended configuration was not reached."""

    remedy = "Read what the device answered, and compare its configuration with the intended one."
    shown_as = AFTER


def suggestion(name: str, known: Iterable[str], common: Sequence[str] = ()) -> str:
    """Return a hint with at most three valid names similar to an unknown one, "" if there is none to show.

    known: the valid names. common: some of them, the most used first. Up to two similar names of `common` are
    shown first, in its order; the rest are the nearest by letters. A name counts as near, too, if the unknown
    one is its first or last part, as `cisco` of `cisco_ios`. If no name is similar, up to 40 valid names are
    listed.
    """
    names = list(dict.fromkeys(known))
    likeness = {one: _likeness(name, one) for one in names}
    least = max(0.5, max(likeness.values(), default=0.0) - 0.2)
    similar = [one for one in names if likeness[one] >= least]
    # Swapped letters come before others that are as near: `form` is `from`.
    similar.sort(key=lambda one: (sorted(one) != sorted(name), -likeness[one], one not in common))
    if similar:
        used_most = [one for one in common if one in similar]
        return f"Similar: {', '.join(list(dict.fromkeys([*used_most[:2], *similar]))[:3])}."
    return f"Available: {', '.join(names)}." if 0 < len(names) <= 40 else ""


def _likeness(name: str, valid: str) -> float:
    """Return a number from 0 to 1, the higher the more alike the two names are."""
    if name and (valid.startswith(f"{name}_") or valid.endswith(f"_{name}")):
        return 0.85
    return SequenceMatcher(None, name.lower(), valid.lower()).ratio()
