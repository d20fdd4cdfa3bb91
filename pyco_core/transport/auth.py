# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication on an ssh connection.

The method "none" is tried first, as OpenSSH does: some devices accept it, and all others answer with their
methods. Then the given key, then the given password. With neither, the keys of the ssh-agent, and those of
the ssh configuration or of ~/.ssh.
"""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import paramiko

from ..errors import (
    ConnectionClosed,
    ConnectTimedOut,
    KeyUnusable,
    LoginError,
    MissingParameter,
    PasswordExpired,
    PermissionDenied,
    PycoError,
)
from ..models.endpoint import Endpoint
from . import private_keys
from .base import TimedOut
from .deadline import call_until
from .paramiko_transport import STREAM_ERRORS, ParamikoTransport

_DEFAULT_FILES = ("~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa")
_METHODS = ("publickey", "password", "keyboard-interactive")
_PASSWORD_METHODS = ("password", "keyboard-interactive")
_NEW_PASSWORD = re.compile(r"new password", re.IGNORECASE)
_EXPIRED = "The password of {} has expired: {} asks for a new one."
_EXPIRED_HINT = "Log in by hand and change it."

_Call = Callable[[], Sequence[str]]  # returns the methods that the host wants too
_Attempt = tuple[str, str, _Call]  # method, its name in messages, the call


def authenticate(
    transport: ParamikoTransport, endpoint: Endpoint, files: Sequence[str], deadline: float
) -> str:
    """Log in and return the banner of the host, "" if there is none.

    files: private keys for an endpoint without key and password; empty for those of ~/.ssh. deadline: for the
    ssh-agent; the caller has to close the connection at the deadline.
    Raises PermissionDenied, MissingParameter, PasswordExpired, KeyUnusable, ConnectionClosed and, for an
    agent, ConnectTimedOut.
    """
    login = _Login(transport, endpoint, endpoint.user or _local_user())
    if login.attempt("none", "", lambda: transport.auth_none(login.user)):
        return login.banner
    with closing(_attempts(login, files or _DEFAULT_FILES, deadline)) as attempts:
        for method, label, call in attempts:
            if method in login.allowed and login.attempt(method, label, call):
                return login.banner
    raise login.refusal()


@dataclass
class _Login:
    """The attempts on one connection.

    allowed: the methods that the host accepts. partial: True after a partial success: the host wants another
    method too. tried, skipped: the names of tried keys and passwords, and the reasons for others.
    """

    transport: ParamikoTransport
    endpoint: Endpoint
    user: str
    allowed: Sequence[str] = _METHODS
    partial: bool = False
    tried: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    banner: str = ""

    def attempt(self, method: str, label: str, call: _Call) -> bool:
        """Try one method and return True if the login is complete."""
        rejected_before = bool(self.tried)
        if label:
            self.tried.append(label)
        try:
            wanted = call()
            self.partial = bool(wanted)
            self.allowed = wanted or self.allowed
        except paramiko.BadAuthenticationType as exc:
            self.allowed = exc.allowed_types
        except STREAM_ERRORS as exc:
            if not self.transport.is_active():
                raise self._connection_error(exc, method, rejected_before) from exc
        finally:
            self.banner = self.banner or (self.transport.get_banner() or b"").decode(errors="replace")
        return self.transport.is_authenticated()

    def _connection_error(self, exc: Exception, method: str, rejected_before: bool) -> PycoError:
        if "Illegal info request" in str(exc) and method == "password":
            # RFC 4252's request for a new password has the number of another method's request.
            return PasswordExpired(_EXPIRED.format(self.user, self.endpoint.host), hint=_EXPIRED_HINT)
        lost = isinstance(exc, (OSError, EOFError)) or str(exc).endswith("EOF")
        if not lost:
            self.skipped.append(str(exc))
        if self.transport.farewell or rejected_before or not lost:
            return self.refusal()
        return ConnectionClosed(f"{self.endpoint.host} closed the connection during the login.")

    def refusal(self) -> LoginError | MissingParameter:
        """Return the error for a login without a method left to try."""
        host, allowed = self.endpoint.host, ", ".join(self.allowed)
        needs_password = bool(set(_PASSWORD_METHODS) & set(self.allowed)) and self.endpoint.password is None
        if (
            needs_password
            and self.transport.is_active()
            and (self.partial or not self.endpoint.private_key_file)
        ):
            return MissingParameter(
                f"{host} requires a password for {self.user}, and none was given{self._tried()}.",
                hint=self._hint("Set ansible_password."),
            )
        farewell = self.transport.farewell.strip().rstrip(".")
        reason = f"; its message: {farewell}" if farewell else ""
        return PermissionDenied(
            f"{host} rejected the login of {self.user}{self._tried()}; it allows {allowed}{reason}.",
            hint=self._hint("Check user, password and key."),
            last_output=self.banner,
        )

    def _tried(self) -> str:
        return f" (tried {', '.join(self.tried)})" if self.tried else " (no key or password to try)"

    def _hint(self, hint: str) -> str:
        return " ".join([hint, *(f"Not used: {reason}" for reason in self.skipped)])


def _local_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError) as exc:
        raise MissingParameter("No user was given.", hint="Set ansible_user.") from exc


def _attempts(login: _Login, files: Sequence[str], deadline: float) -> Generator[_Attempt, None, None]:
    endpoint = login.endpoint
    password = None if endpoint.password is None else endpoint.password.reveal()
    if endpoint.private_key_file:
        passphrase = password if endpoint.passphrase is None else endpoint.passphrase.reveal()
        key = private_keys.load_key(endpoint.private_key_file, passphrase)
        yield _by_key(login, key, f"the key {endpoint.private_key_file}")
    if password is not None:
        yield _by_password(login, password)
    elif not endpoint.private_key_file:
        yield from _by_agent(login, deadline)
        yield from _by_files(login, files)


def _by_key(login: _Login, key: paramiko.PKey, label: str) -> _Attempt:
    return "publickey", label, lambda: login.transport.auth_publickey(login.user, key)


def _by_password(login: _Login, password: str) -> _Attempt:
    if "password" in login.allowed:
        # paramiko's own fallback would answer every question, also the one for a new password.
        return (
            "password",
            "the password",
            lambda: login.transport.auth_password(login.user, password, fallback=False),
        )

    def answer(title: str, instructions: str, prompts: Sequence[tuple[str, bool]]) -> list[str]:
        question = " ".join([title, instructions, *(prompt for prompt, _echo in prompts)])
        if _NEW_PASSWORD.search(question):
            raise PasswordExpired(_EXPIRED.format(login.user, login.endpoint.host), hint=_EXPIRED_HINT)
        return ["" if echo else password for _prompt, echo in prompts]

    return (
        "keyboard-interactive",
        "the password, keyboard-interactive",
        lambda: login.transport.auth_interactive(login.user, answer),
    )


def _by_agent(login: _Login, deadline: float) -> Iterator[_Attempt]:
    if not os.environ.get("SSH_AUTH_SOCK"):
        return
    try:
        agent = call_until(deadline, paramiko.Agent, STREAM_ERRORS)
    except TimedOut as exc:
        raise ConnectTimedOut(
            "The ssh-agent did not answer in time.", hint="Unset SSH_AUTH_SOCK to log in without it."
        ) from exc
    except STREAM_ERRORS as exc:
        login.skipped.append(f"the ssh-agent does not answer ({exc}).")
        return
    with closing(agent):
        for key in agent.get_keys():
            yield _by_key(login, key, f"the agent's key {key.fingerprint}")


def _by_files(login: _Login, files: Sequence[str]) -> Iterator[_Attempt]:
    for file in files:
        if os.path.exists(os.path.expanduser(file)):
            try:
                key = private_keys.load_key(file, None)
            except KeyUnusable as exc:
                login.skipped.append(exc.message)
            else:
                yield _by_key(login, key, f"the key {file}")
