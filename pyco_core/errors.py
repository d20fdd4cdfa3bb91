# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exceptions of pyco, in one tree.

Callers branch on the class and read the facts from attributes; nobody has to parse a message. The message is
one sentence about the event, and `hint` is the remedy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any, ClassVar, TypeVar

_E = TypeVar("_E", bound="PycoError")

# The result of a task that fails with an error. It depends on whether the target's prompt had been reached.
BEFORE, AFTER, EITHER, NOWHERE = "unreachable", "failed", "unreachable or failed", "not in a playbook"
FACTS = ("endpoint", "hop", "hops", "driver", "state", "mode", "command", "last_output", "trace", "setting")

# C0 controls without tab and line feed, DEL, C1 controls, line separators, and marks that change the
# direction of a text: a terminal acts on them.
_INVISIBLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Return the text with an escape in place of each character that a terminal acts on, such as ESC.

    Text of a device must not control the terminal of its reader.
    """
    if text.isprintable():
        return text
    return _INVISIBLE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


class PycoError(Exception):
    """The root of the tree. Its texts contain no control characters of a device.

    message: one sentence without secrets. hint: the remedy, one sentence or "".
    endpoint: the login at fault, as `user@host:port`; "" if there is none.
    hop: its position on the route, 1 for the first login, the highest for the target; None before connecting.
    hops: number of logins on the route, 1 without hops; None if it is not known.
    driver, state, mode: of the session. command: the last one sent.
    last_output: end of the device's output, secrets masked.
    trace: states and events of a failed login, in order.
    setting: the field of Endpoint or Settings that the remedy sets, "" for none.
    reached: True if the target's prompt had been reached, always for a class that is shown as AFTER. A task
    then ends as `failed`, otherwise as `unreachable`.
    remedy, shown_as: class attributes: the usual remedy for the documentation, and the result of a task.
    """

    remedy: ClassVar[str] = "Follow the hint of the message."
    shown_as: ClassVar[str] = EITHER

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        endpoint: str = "",
        hop: int | None = None,
        hops: int | None = None,
        driver: str = "",
        state: str = "",
        mode: str = "",
        command: str = "",
        last_output: str = "",
        trace: str = "",
        setting: str = "",
        reached: bool = False,
    ) -> None:
        super().__init__(visible(message))
        self.message = visible(message)
        self.hint = visible(hint)
        self.endpoint = visible(endpoint)
        self.hop = hop
        self.hops = hops
        self.driver = visible(driver)
        self.state = visible(state)
        self.mode = visible(mode)
        self.command = visible(command)
        self.last_output = visible(last_output)
        self.trace = visible(trace)
        self.setting = setting
        self.reached = reached or self.shown_as == AFTER

    def __str__(self) -> str:
        hint = f" {self.hint}" if self.hint else ""
        return f"{self._place()}{self.message}{hint}"

    def _place(self) -> str:
        """Return the login at fault as the start of the message, "" if there is none."""
        if self.hop is None:
            return ""
        if self.hops == 1:
            return f"{self.endpoint}: " if self.endpoint else ""
        count = f" of {self.hops}" if self.hops else ""
        endpoint = f" ({self.endpoint})" if self.endpoint else ""
        return f"hop {self.hop}{count}{endpoint}: "

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def locate(self: _E, **facts: str | int | None) -> _E:
        """Set the facts that are still empty, and return self. A fact that is set already is kept."""
        for name, value in facts.items():
            if getattr(self, name) in ("", None):
                setattr(self, name, visible(value) if isinstance(value, str) else value)
        return self

    def blame(self: _E, hop: int, endpoint: str, message: str, hint: str = "") -> _E:
        """Replace the hop at fault, the message, and the remedy unless hint is "". Return self."""
        self.hop, self.endpoint, self.message = hop, endpoint, visible(message)
        self.args = (self.message,)
        if hint:
            self.hint, self.setting = visible(hint), ""
        return self

    def advise(self: _E, hint: str) -> _E:
        """Append a sentence to the remedy, and return self. hint: "" for none."""
        self.hint = f"{self.hint} {visible(hint)}".strip()
        return self

    def mark_reached(self: _E) -> _E:
        """Record that the target's prompt had been reached before the error, and return self."""
        self.reached = True
        return self

    def facts(self) -> dict[str, str | int | None]:
        """Return the facts as plain data: the class name as `error`, then the attributes in `FACTS`."""
        return {"error": type(self).__name__, **{name: getattr(self, name) for name in FACTS}}


class EndpointError(PycoError):
    """Invalid input for a login: a URL, a variable or a setting."""

    remedy = "Compare the variables or the URL of the host with the documentation."
    shown_as = EITHER


class InvalidUrl(EndpointError):
    """A URL that is not of the form [protocol://][user[:password]@]host[:port][/driver]."""

    remedy = "Write `[protocol://][user[:password]@]host[:port][/driver]`; percent-encode special characters."
    shown_as = BEFORE


class InvalidParameter(EndpointError):
    """An unknown setting, or one with an invalid value."""

    remedy = "Correct the setting that the message names."
    shown_as = EITHER


class UnsupportedProtocol(EndpointError):
    """A protocol other than ssh, telnet and exec."""

    remedy = "Use ssh, telnet or exec."
    shown_as = BEFORE


class MissingParameter(EndpointError):
    """The login asked for a user or a password, and none was given."""

    remedy = "Set the user or the password."
    shown_as = BEFORE


class MissingLibrary(PycoError):
    """A Python package or a program that pyco needs is not installed."""

    remedy = "Install it into the Python that the message names."
    shown_as = EITHER


class DriverError(PycoError):
    """A driver that cannot be used."""

    remedy = "Correct the driver at the file and line of the message."
    shown_as = EITHER


class DriverNotFound(DriverError):
    """No driver of this name in any driver folder."""

    remedy = "List the names with `pyco drivers`; put your own drivers into a driver folder."
    shown_as = BEFORE


class InvalidDriver(DriverError):
    """A driver file with an error."""

    remedy = "Correct the file at the line of the message; `pyco schema` prints a schema for editors."
    shown_as = EITHER


class UnknownAction(DriverError):
    """A driver that uses an unknown action."""

    remedy = "Use an existing action, or define it in a Python file beside the driver."
    shown_as = BEFORE


class InvalidTape(PycoError):
    """A tape that cannot be read, or that has an error."""

    remedy = "Correct the tape; `tests/tapes/README.md` in pyco's source repository describes the format."
    shown_as = NOWHERE


class FsmError(PycoError):
    """An event without a transition in the current state of the machine."""

    remedy = "Add the transition to the driver; `pyco draw` shows the existing ones."
    shown_as = EITHER


class ConnectError(PycoError):
    """No connection to a hop or to the target."""

    remedy = "Check address, port and network path of the hop that the message names."
    shown_as = BEFORE


class NameNotResolved(ConnectError):
    """The host name cannot be resolved by the machine that connects."""

    remedy = "Use an address, or a name that is known there: on this machine, or on the previous hop."
    shown_as = BEFORE


class ConnectionRefused(ConnectError):
    """Nothing listens on this port of the host."""

    remedy = "Check the port, and that the service runs."
    shown_as = BEFORE


class ConnectTimedOut(ConnectError):
    """No prompt within the connect timeout, which is for one whole route."""

    remedy = (
        "Check address and filters; compare the last output with the driver; raise "
        "`ansible_pyco_connect_timeout`."
    )
    shown_as = BEFORE


class HostUnreachable(ConnectError):
    """The network has no route to the host."""

    remedy = "Check the routes of the machine that connects: this one, or the previous hop."
    shown_as = BEFORE


class ConnectionClosed(ConnectError):
    """The host closed the connection before the login was complete."""

    remedy = "Read the last output; often the user or the password is wrong."
    shown_as = BEFORE


class ClosedBeforeLogin(ConnectionClosed):
    """The host closed the connection at once: it rejects this address, or has too many logins at a time."""

    remedy = "Check the host's access lists and its limit of simultaneous logins, or retry later."
    shown_as = BEFORE


class TooManyOpenFiles(ConnectError):
    """This machine has no free file descriptor for another connection."""

    remedy = "Raise the limit of open files (`ulimit -n`), or connect to fewer hosts at a time."
    shown_as = BEFORE


class HostKeyUnknown(ConnectError):
    """The host's ssh key is not in the known hosts."""

    remedy = "Compare the key, then add it to the known hosts file of the machine that connects."
    shown_as = BEFORE


class HostKeyChanged(ConnectError):
    """The host's ssh key differs from the known one."""

    remedy = "Find out why it changed before you remove the old key."
    shown_as = BEFORE


class NegotiationFailed(ConnectError):
    """The ssh negotiation failed: no common algorithm, or no ssh server on that port."""

    remedy = "Allow the old algorithms with `ansible_pyco_ssh_algorithms`, or check port and protocol."
    shown_as = BEFORE


class ForwardingRefused(ConnectError):
    """The hop does not forward TCP connections."""

    remedy = "Allow TCP forwarding on the hop, or set `ansible_pyco_forward` to `auto` or `never`."
    shown_as = BEFORE


class ClientMissing(ConnectError):
    """No ssh or telnet command for the hop's shell, in its driver or on the hop; no program of `exec`."""

    remedy = "Install the client on the hop, allow forwarding on it, or set the driver that fits the hop."
    shown_as = BEFORE


class RoutesFailed(ConnectError):
    """All routes to the target failed. The message has the error of each route."""

    remedy = "Check the hop that each route's error names, and the order in `ansible_pyco_routes`."
    shown_as = BEFORE


class LoginError(PycoError):
    """The host answered, but the login failed."""

    remedy = "Log in by hand on the same route and compare."
    shown_as = BEFORE


class PermissionDenied(LoginError):
    """Wrong user, password or key."""

    remedy = "Check user, password and key of the hop that the message names."
    shown_as = BEFORE


class PasswordExpired(LoginError):
    """The host requires a new password."""

    remedy = "Log in by hand and change it."
    shown_as = BEFORE


class LoginRefused(LoginError):
    """The host rejects the login for another reason: no free line, an account without a shell."""

    remedy = "Read the host's reason in the last output; free a line, or use another account."
    shown_as = BEFORE


class PromptNotFound(LoginError):
    """The prompt is unknown: the device asks a question, or answers each empty line differently."""

    remedy = "Set the driver with `ansible_pyco_driver`, or write one."
    shown_as = BEFORE


class PlatformUnknown(LoginError):
    """The driver `auto` did not recognize the platform: no driver fits, or several do."""

    remedy = "Set the driver with `ansible_pyco_driver`, or write one."
    shown_as = BEFORE


class KeyUnusable(LoginError):
    """The private key file cannot be read, or its passphrase is wrong."""

    remedy = "Check the path and the passphrase of the private key."
    shown_as = BEFORE


class SessionError(PycoError):
    """A session that cannot be used any more."""

    remedy = "The next task gets a new session; the effect of the failed command is unknown."
    shown_as = AFTER


class SessionClosed(SessionError):
    """The device or an earlier hop closed the session."""

    remedy = "Find out why: a reload, an idle timeout, a lost connection."
    shown_as = EITHER


class SessionTimedOut(SessionError):
    """No prompt within the timeout of the command."""

    remedy = "Give the command a longer `timeout`, or answer its question with `prompt` and `answer`."
    shown_as = EITHER


class OutputTooLarge(SessionError):
    """The device sent more than the limit of a command, a login or a negotiation."""

    remedy = "Find out why the device sends so much; for large outputs raise `ansible_pyco_max_output`."
    shown_as = EITHER


class OutOfStep(SessionError):
    """The session was closed after an earlier error."""

    remedy = "Use a new session; the message has the reason."
    shown_as = AFTER


class ModeError(PycoError):
    """The mode was not reached."""

    remedy = "Check `ansible_become_password`, the rights of the user, and the modes of the driver."
    shown_as = EITHER


class BecomeFailed(ModeError):
    """A program such as sudo refused the password, or needs one."""

    remedy = "Correct `ansible_become_password`."
    shown_as = AFTER


class ShellError(PycoError):
    """A program was not started on a host, or a file was not copied."""

    remedy = "The message has the host's reason."
    shown_as = AFTER


class ProgramsRefused(ShellError):
    """The host starts no programs: a network device, or a login without this right."""

    remedy = "Use `pyco_command` or `raw`, or an account with a POSIX shell."
    shown_as = AFTER


class TransferFailed(ShellError):
    """A file was not copied to or from the host. An old file is as it was."""

    remedy = "The message has the host's reason, such as a missing folder or a full disk."
    shown_as = AFTER


class CommandError(PycoError):
    """The device rejected the command. `output` is its complete output."""

    remedy = "Correct the command; the message quotes the device."
    shown_as = AFTER

    def __init__(self, message: str, *, output: str = "", **facts: Any) -> None:
        super().__init__(message, **facts)
        self.output = output


class ParseError(PycoError):
    """The output of a command was not parsed: no template, or one that does not match."""

    remedy = "Use the parser `auto`, which returns nothing for such an output, or give a template."
    shown_as = AFTER


class BrokerLost(PycoError):
    """The broker, which keeps sessions open between tasks, did not start or ended."""

    remedy = "Repeat the task if that is safe; `ansible_pyco_persist: 0` disables the broker."
    shown_as = EITHER


class SessionBusy(PycoError):
    """Other tasks used all sessions of the device for all of the session timeout."""

    remedy = (
        "Raise `ansible_pyco_session_timeout`, or `ansible_pyco_sessions` if the device has free lines, "
        "or run fewer tasks on the device at a time."
    )
    shown_as = AFTER


class ConfigureError(PycoError):
    """The intended configuration was not reached."""

    remedy = "Read the device's answer, and compare its configuration with the intended one."
    shown_as = AFTER


class LineRefused(ConfigureError):
    """The device refused a line of configuration.

    line: the line. applied: the lines that are in force, in order; () if all of them were undone.
    """

    remedy = "Correct the line; the message quotes the device, and says which lines are in force."

    def __init__(self, message: str, *, line: str = "", applied: tuple[str, ...] = (), **facts: Any) -> None:
        super().__init__(message, **facts)
        self.line, self.applied = line, applied


class ConfigurationLocked(ConfigureError):
    """Somebody else has locked the configuration, or works on it."""

    remedy = "Wait for the other session to end, or end it; the message quotes the device."


class UncommittedChanges(ConfigureError):
    """The candidate has changes of somebody else that are not committed."""

    remedy = "Commit or drop these changes first; nothing was typed."


class BackupError(PycoError):
    """A configuration cannot be stored, read from its backup, or committed. The backup is unchanged."""

    remedy = "Correct the cause in the message, and run the backup again."
    shown_as = AFTER


def suggestion(name: str, valid_names: Iterable[str], common: Sequence[str] = ()) -> str:
    """Return a hint with up to three valid names similar to an unknown one, "" if there is none.

    common: some of the valid names, the most used first. Up to two similar names of `common` come first, in
    its order, then the most similar ones. A valid name is also similar if the unknown one is its first or
    last part, as `cisco` of `cisco_ios`. If no name is similar, the hint lists up to 40 valid names.
    """
    names = list(dict.fromkeys(valid_names))
    similarity = {valid: _similarity(name, valid) for valid in names}
    threshold = max(0.5, max(similarity.values(), default=0.0) - 0.2)
    similar = [valid for valid in names if similarity[valid] >= threshold]
    # Names with the same letters are first: `from` for `form`.
    similar.sort(key=lambda valid: (sorted(valid) != sorted(name), -similarity[valid], valid not in common))
    if similar:
        most_used = [valid for valid in common if valid in similar][:2]
        return f"Similar: {', '.join(list(dict.fromkeys([*most_used, *similar]))[:3])}."
    return f"Available: {', '.join(names)}." if 0 < len(names) <= 40 else ""


def _similarity(name: str, valid: str) -> float:
    """Return the similarity of two names, from 0 to 1."""
    if name and (valid.startswith(f"{name}_") or valid.endswith(f"_{name}")):
        return 0.85
    return SequenceMatcher(None, name.lower(), valid.lower()).ratio()
