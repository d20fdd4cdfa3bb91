# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication on an ssh connection, with the methods that the host allows, in turn.

The method "none" is tried first, as OpenSSH does: some devices accept it, and all others answer with their
methods. The next login begins with the method that worked. Then the given key, then the given password by
each method for passwords. With neither, or if the host allows keys only, the keys of the ssh-agent, and those
of the ssh configuration or of ~/.ssh; they come before an empty password. After a partial success the host
names the methods for the next factor.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import paramiko

from ..errors import (
    ClosedBeforeLogin,
    ConnectionClosed,
    LoginError,
    MissingParameter,
    PasswordExpired,
    PermissionDenied,
    PycoError,
)
from ..models.endpoint import Endpoint
from . import legacy
from .base import Note
from .identities import Identities, Identity
from .keyboard_interactive import EXPIRED, EXPIRED_HINT, Answers, Questions, Unanswered
from .packets import STREAM_ERRORS
from .paramiko_transport import ParamikoTransport
from .ssh_config import LoginOptions

_METHODS = ("publickey", "password", "keyboard-interactive")
_PASSWORD_METHODS = ("password", "keyboard-interactive")
_MAX_FACTORS = 8  # partial successes of one login
_ONE_BY_ONE = "one by one"  # in place of a method: the server does not read two requests at once

_Call = Callable[[], Sequence[str]]  # returns the methods that the host wants too
_Attempt = tuple[str, _Call]  # its name in messages, the call


def authenticate(
    transport: ParamikoTransport,
    endpoint: Endpoint,
    options: LoginOptions,
    deadline: float,
    answers: Answers | None = None,
    note: Note | None = None,
) -> str:
    """Log in and return the banner of the host, "" if there is none.

    answers: the driver's answers to the questions of keyboard-interactive. deadline: for the ssh-agent; the
    caller has to close the connection at the deadline. note: the first method that worked at the last login.
    Raises PermissionDenied, MissingParameter, PasswordExpired, KeyUnusable, ConnectionClosed and, for an
    agent, ConnectTimedOut. ClosedBeforeLogin if the server may want one request at a time, as the note then
    says.
    """
    login = _Login(transport, endpoint, endpoint.user or _local_user(), note or Note())
    if login.note.recall() == _ONE_BY_ONE:
        transport.attempts.separate()
    order = [*(name for name in options.preferred_methods if name in _METHODS)] or _METHODS
    with Identities(endpoint, options, deadline, login.skipped) as identities:
        if _begin(login, order, identities, answers):
            return login.banner
        for _factor in range(_MAX_FACTORS):
            if _next_factor(login, order, identities, answers):
                return login.banner
            if not login.partial:
                break
    raise login.refusal()


def _begin(login: _Login, order: Sequence[str], identities: Identities, answers: Answers | None) -> bool:
    """Try the method that worked at the last login, or "none". Return True if the login is complete."""
    method = login.note.recall()
    if method in order and login.expects(method):
        login.begin_with(method)
        if _next_factor(login, order, identities, answers):
            return True
        login.end_with(method)
    if login.partial or login.transport.attempts.methods:
        return False
    return login.attempt("none", "", partial(login.transport.attempt, "none", login.user))


def _next_factor(
    login: _Login, order: Sequence[str], identities: Identities, answers: Answers | None
) -> bool:
    """Try the allowed methods up to a success, also a partial one. Return True if the login is complete."""
    login.begin_factor()
    for method in order:
        for label, call in _attempts(login, method, identities, answers):
            if method in login.allowed and login.attempt(method, label, call):
                return True
            if login.partial or not login.transport.is_active():
                return False
    return False


def _attempts(
    login: _Login, method: str, identities: Identities, answers: Answers | None
) -> Iterator[_Attempt]:
    if method not in login.allowed or method == login.rejected:
        return
    attempt = login.transport.attempt
    password = None if login.endpoint.password is None else login.endpoint.password.reveal()
    if method == "publickey":
        for key, label in _keys(login, identities):
            if label not in login.accepted and login.can_use(key, label):
                # The choice of the signature needs the server's list, which precedes the acceptance.
                at_once = not login.transport.signs_with_sha1
                yield label, partial(attempt, "publickey", login.user, key, at_once=at_once)
    elif method == "keyboard-interactive":
        questions = login.ask(Questions(login.user, login.endpoint.host, password, answers))
        yield "", partial(attempt, "interactive", login.user, questions.answer)
    elif password is not None and "the password" not in login.accepted:
        yield "the password", partial(attempt, "password", login.user, password)


def _keys(login: _Login, identities: Identities) -> Iterator[Identity]:
    if login.endpoint.private_key_file:
        yield from identities.given()
    elif not login.endpoint.password or not set(_PASSWORD_METHODS) & set(login.allowed):
        yield from identities.found()


@dataclass
class _Login:
    """The attempts on one connection.

    note: the first method that worked at the last login. allowed: the methods that the host accepts.
    rejected: the method of the note, if it failed. partial: True after a partial success: the host wants
    another method too. after_partial: True after any partial success. tried, accepted: the names of tried and
    accepted keys and passwords. skipped: the reasons for unused ones. tried_rsa: True after an RSA key.
    questions: of the last attempt by keyboard-interactive.
    """

    transport: ParamikoTransport
    endpoint: Endpoint
    user: str
    note: Note
    allowed: Sequence[str] = _METHODS
    rejected: str = ""
    partial: bool = False
    after_partial: bool = False
    tried: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    tried_rsa: bool = False
    questions: Questions | None = None
    banner: str = ""

    def expects(self, method: str) -> bool:
        """Return True if the method of the last login comes first with the credentials of this one."""
        return method == "publickey" or not (
            self.endpoint.private_key_file or (method == "password" and self.endpoint.password is None)
        )

    def begin_with(self, method: str) -> None:
        """Try only this method at first."""
        self.allowed = (method,)

    def end_with(self, method: str) -> None:
        """Try the other methods, unless the method was accepted."""
        if not self.partial:
            self.rejected = method
            self.allowed = self.transport.attempts.methods or _METHODS

    def begin_factor(self) -> None:
        """Start with the methods for the next factor."""
        self.partial = False

    def can_use(self, key: paramiko.PKey, label: str) -> bool:
        """Return True if the host accepts a signature algorithm for the key."""
        self.tried_rsa = self.tried_rsa or key.get_name() == legacy.RSA
        if self.transport.can_sign(key):
            return True
        self.skipped.append(f"the host accepts no signature of {label}.")
        return False

    def ask(self, questions: Questions) -> Questions:
        """Record the questions of the next attempt, and return them."""
        self.questions = questions
        return questions

    def attempt(self, method: str, label: str, call: _Call) -> bool:
        """Try one method and return True if the login is complete."""
        rejected_before = bool(self.tried)
        if label:
            self.tried.append(label)
        try:
            wanted = call()
            if not self.after_partial and self.note.recall() != _ONE_BY_ONE:
                self.note.remember(method)
            self.partial = bool(wanted)
            self.rejected = ""
            self.after_partial = self.after_partial or self.partial
            self.allowed = wanted or self.allowed
            self.accepted.append(label)
        except Unanswered:
            pass
        except STREAM_ERRORS as exc:
            if not self.transport.is_active():
                raise self._connection_error(exc, method, rejected_before) from exc
            self.allowed = self.transport.attempts.methods or self.allowed
        finally:
            self.banner = self.banner or (self.transport.get_banner() or b"").decode(errors="replace")
            if method == "keyboard-interactive" and self.questions and self.questions.typed_password:
                self.tried.append("the password, keyboard-interactive")
        return self.transport.is_authenticated()

    def _connection_error(self, exc: Exception, method: str, rejected_before: bool) -> PycoError:
        if (flood := self.transport.flood_error(self.endpoint.host)) is not None:
            return flood
        if "Illegal info request" in str(exc) and method == "password":
            # RFC 4252's request for a new password has the number of another method's request.
            return PasswordExpired(EXPIRED.format(self.user, self.endpoint.host), hint=EXPIRED_HINT)
        lost = isinstance(exc, (OSError, EOFError)) or str(exc).endswith("EOF")
        if not lost:
            self.skipped.append(str(exc))
        attempts = self.transport.attempts
        if not attempts.is_accepted:
            self.note.remember(_ONE_BY_ONE if attempts.at_once else "")
            if attempts.at_once:
                farewell = f": {self.transport.farewell}" if self.transport.farewell else ""
                return ClosedBeforeLogin(
                    f"{self.endpoint.host} closed the connection before the login{farewell}.",
                    hint="It may not read two requests at once; the next login sends one at a time.",
                )
        if self.transport.farewell or rejected_before or not lost:
            return self.refusal()
        return ConnectionClosed(f"{self.endpoint.host} closed the connection during the login.")

    def refusal(self) -> LoginError | MissingParameter:
        """Return the error for a login without a method left to try."""
        host, allowed = self.endpoint.host, ", ".join(self.allowed)
        unanswered = self.questions.unanswered if self.questions else ""
        asked = f"; it asked {self.questions.unusual!r}" if self.questions and self.questions.unusual else ""
        if unanswered and self.endpoint.password is not None:
            return MissingParameter(
                f"{host} asks {self.user} {unanswered!r}, and there is no answer{self._tried()}.",
                hint=self._hint("Add an event with the answer to the driver."),
                last_output=self.banner,
            )
        needs_password = bool(set(_PASSWORD_METHODS) & set(self.allowed)) and self.endpoint.password is None
        if (
            needs_password
            and (unanswered or self.transport.is_active())
            and (self.after_partial or not self.endpoint.private_key_file)
        ):
            return MissingParameter(
                f"{host} requires a password for {self.user}, and none was given{self._tried()}{asked}.",
                hint=self._hint("Set the password of this login."),
                setting="password",
            )
        farewell = self.transport.farewell.strip().rstrip(".")
        reason = f"; its message: {farewell}" if farewell else ""
        return PermissionDenied(
            f"{host} rejected the login of {self.user}{self._tried()}; it allows {allowed}{reason}{asked}.",
            hint=self._hint("Check user, password and key."),
            setting="password" if self.endpoint.password else "",
            last_output=self.banner,
        )

    def _tried(self) -> str:
        return f" (tried {', '.join(self.tried)})" if self.tried else " (no key or password to try)"

    def _hint(self, hint: str) -> str:
        reasons = [f"Not used: {reason}" for reason in self.skipped]
        transport = self.transport
        if self.tried_rsa and transport.wants_sha1 and not transport.signs_with_sha1:
            reasons.append("The host may accept RSA keys only with +ssh-rsa in the setting ssh_algorithms.")
        return " ".join([hint, *reasons])


def _local_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError) as exc:
        raise MissingParameter(
            "No user was given.", hint="Set the user of this login.", setting="user"
        ) from exc
