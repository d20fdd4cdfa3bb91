# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log in on an ssh connection: which keys and passwords are tried, and in which order.

A key that was given is tried, then the password. A password alone is tried alone. With neither, the keys
of the ssh-agent, then those of the ssh configuration or of ~/.ssh. First of all, as OpenSSH does, "none":
some devices want nothing, and all others say what they want.
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
from . import bounded, keys
from .base import TimedOut
from .wire import BROKEN, Wire

_FILES = ("~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa")
_METHODS = ("publickey", "password", "keyboard-interactive")
_BY_PASSWORD = ("password", "keyboard-interactive")
_NEW_PASSWORD = re.compile(r"new password", re.IGNORECASE)
_EXPIRED = "The password of {} has expired: {} asks for a new one."
_EXPIRED_HINT = "Log in by hand and change it."

_Ask = Callable[[], Sequence[str]]
_Attempt = tuple[str, str, _Ask]  # method, what messages call it, the call


def authenticate(wire: Wire, endpoint: Endpoint, files: Sequence[str], deadline: float) -> str:
    """Log in and return the banner the host printed ("" for none).

    files: private keys to try where the endpoint has neither a key nor a password; empty means those of
    ~/.ssh. The caller ends the connection at the deadline; here it only bounds what waits for an agent.
    Raises PermissionDenied, MissingParameter, PasswordExpired, KeyUnusable, ConnectionClosed and, for an
    agent, ConnectTimedOut.
    """
    login = _Login(wire, endpoint, endpoint.user or _local_user())
    if login.attempt("none", "", lambda: wire.auth_none(login.user)):
        return login.banner
    with closing(_attempts(login, files or _FILES, deadline)) as attempts:
        for method, label, ask in attempts:
            if method in login.allowed and login.attempt(method, label, ask):
                return login.banner
    raise login.refusal()


@dataclass
class _Login:
    """One attempt after the other on one connection."""

    wire: Wire
    endpoint: Endpoint
    user: str
    allowed: Sequence[str] = _METHODS
    halfway: bool = False
    tried: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    banner: str = ""

    def attempt(self, method: str, label: str, ask: _Ask) -> bool:
        """Whether the host lets us in now."""
        refused_before = bool(self.tried)
        if label:
            self.tried.append(label)
        try:
            left = ask()
            self.halfway = bool(left)  # a partial success: the host wants another method too
            self.allowed = left or self.allowed
        except paramiko.BadAuthenticationType as exc:
            self.allowed = exc.allowed_types
        except BROKEN as exc:
            if not self.wire.is_active():
                raise self._hung_up(exc, method, refused_before) from exc
        finally:
            self.banner = self.banner or (self.wire.get_banner() or b"").decode(errors="replace")
        return self.wire.is_authenticated()

    def _hung_up(self, exc: Exception, method: str, refused_before: bool) -> PycoError:
        if "Illegal info request" in str(exc) and method == "password":
            # RFC 4252's request to change the password has the number of another method's request.
            return PasswordExpired(_EXPIRED.format(self.user, self.endpoint.host), hint=_EXPIRED_HINT)
        lost = isinstance(exc, (OSError, EOFError)) or str(exc).endswith("EOF")
        if not lost:
            self.skipped.append(str(exc))
        if self.wire.farewell or refused_before or not lost:
            return self.refusal()
        return ConnectionClosed(f"{self.endpoint.host} closed the connection during the login.")

    def refusal(self) -> LoginError | MissingParameter:
        """What to raise when nothing is left to try."""
        wanted = ", ".join(self.allowed)
        asks = bool(set(_BY_PASSWORD) & set(self.allowed)) and self.endpoint.password is None
        if asks and self.wire.is_active() and (self.halfway or not self.endpoint.private_key_file):
            return MissingParameter(
                f"{self.endpoint.host} asks {self.user} for a password, and none was given{self._tried()}.",
                hint=self._hint("Set ansible_password."),
            )
        said = f"; it said: {self.wire.farewell.strip().rstrip('.')}" if self.wire.farewell else ""
        return PermissionDenied(
            f"{self.endpoint.host} does not let {self.user} in{self._tried()}; it allows {wanted}{said}.",
            hint=self._hint("Check user, password and key."),
            last_output=self.banner,
        )

    def _tried(self) -> str:
        return f" (tried {', '.join(self.tried)})" if self.tried else " (nothing to try)"

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
        key = keys.load(endpoint.private_key_file, passphrase)
        yield _by_key(login, key, f"the key {endpoint.private_key_file}")
    if password is not None:
        yield _by_password(login, password)
    elif not endpoint.private_key_file:
        yield from _by_agent(login, deadline)
        yield from _by_files(login, files)


def _by_key(login: _Login, key: paramiko.PKey, label: str) -> _Attempt:
    return "publickey", label, lambda: login.wire.auth_publickey(login.user, key)


def _by_password(login: _Login, password: str) -> _Attempt:
    if "password" in login.allowed:
        # Without paramiko's own fallback, which answers whatever is asked, a new password too.
        return (
            "password",
            "the password",
            lambda: login.wire.auth_password(login.user, password, fallback=False),
        )

    def answer(title: str, instructions: str, prompts: Sequence[tuple[str, bool]]) -> list[str]:
        asked = " ".join([title, instructions, *(prompt for prompt, _rest in prompts)])
        if _NEW_PASSWORD.search(asked):
            raise PasswordExpired(_EXPIRED.format(login.user, login.endpoint.host), hint=_EXPIRED_HINT)
        return ["" if shown else password for _rest, shown in prompts]

    return (
        "keyboard-interactive",
        "the password, keyboard-interactive",
        lambda: login.wire.auth_interactive(login.user, answer),
    )


def _by_agent(login: _Login, deadline: float) -> Iterator[_Attempt]:
    if not os.environ.get("SSH_AUTH_SOCK"):
        return
    try:
        agent = bounded.call(paramiko.Agent, deadline, BROKEN)
    except TimedOut as exc:
        raise ConnectTimedOut(
            "The ssh-agent did not answer in time.", hint="Unset SSH_AUTH_SOCK to do without it."
        ) from exc
    except BROKEN as exc:
        login.skipped.append(f"the ssh-agent does not answer ({exc}).")
        return
    with closing(agent):
        for key in agent.get_keys():
            yield _by_key(login, key, f"the agent's key {key.fingerprint}")


def _by_files(login: _Login, files: Sequence[str]) -> Iterator[_Attempt]:
    for file in files:
        if os.path.exists(os.path.expanduser(file)):
            try:
                key = keys.load(file, None)
            except KeyUnusable as exc:
                login.skipped.append(exc.message)
            else:
                yield _by_key(login, key, f"the key {file}")
