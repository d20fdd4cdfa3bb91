# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The login, from an open transport to a prompt, and the logout."""

from __future__ import annotations

import re

from ..errors import (
    FACTS,
    ClientMissing,
    ConnectionClosed,
    ConnectionRefused,
    ConnectTimedOut,
    HostKeyChanged,
    HostKeyUnknown,
    HostUnreachable,
    LoginRefused,
    NameNotResolved,
    NegotiationFailed,
    PermissionDenied,
    PycoError,
    SessionClosed,
    SessionTimedOut,
)
from ..fsm.machine import AUTHENTICATED, GROUND, SILENT
from ..models.endpoint import EXEC
from ..transport.base import Closed, Flooded, TimedOut
from . import modes, prompt, recognize
from .hop_guard import HopPromptReturned
from .pager import KEY
from .program_end import client_name, program_error
from .session import Session, clock
from .waker import LEFT_LINE

LOGOUT_TIMEOUT = 3.0  # seconds for the logout commands, before the connection is cut

REPORT = 8192  # characters at the end of a login that may have the error message of a client
LOGGED_OUT = "it was logged out."

QUESTIONS = ("username", "password", "question")  # events without an action after an accepted login

ClientErrors = tuple[tuple[str, re.Pattern[str]], ...]

# The errors of a hop's ssh or telnet client, by their names in driver files. {} is the hop, and the protocol.
_CLIENT_ERRORS: dict[str, tuple[type[PycoError], str, str]] = {
    "resolve": (
        NameNotResolved,
        "{} cannot resolve the host name.",
        "Use a name that it knows, or an address.",
    ),
    "refused": (
        ConnectionRefused,
        "The connection was refused.",
        "Check the port and that the service runs.",
    ),
    "timed_out": (ConnectTimedOut, "{} got no answer from the host.", "Check address and filters."),
    "unreachable": (HostUnreachable, "{} has no route to the host.", "Check its routes."),
    "key_changed": (
        HostKeyChanged,
        "The ssh host key differs from the one that {} knows.",
        "Find out why it changed before you remove the old key there.",
    ),
    "key_unknown": (
        HostKeyUnknown,
        "The ssh host key is not known to {}.",
        "Log in once by hand from there, or add the key to the known_hosts file there.",
    ),
    "negotiation": (
        NegotiationFailed,
        "The host and {} have no ssh algorithm in common.",
        "If this machine's ssh is used, the setting ssh_algorithms allows old ones.",
    ),
    "missing": (
        ClientMissing,
        "{} has no {} client.",
        "Install it there, or allow TCP forwarding on it.",
    ),
    "closed": (
        ConnectionClosed,
        "The host closed the connection during the login.",
        "Often the user or the password is wrong.",
    ),
    "denied": (
        PermissionDenied,
        "Permission denied: the user or the password is wrong.",
        "Check both for this host.",
    ),
}


def login(session: Session, deadline: float, client_errors: ClientErrors = ()) -> None:
    """Log in, up to a prompt at which commands can be sent.

    client_errors: error messages of the program that carries this session, a hop's ssh or telnet client.
    Raises ConnectError, LoginError, EndpointError, ModeError; the session is closed then.
    """
    try:
        is_auto = session.driver.name == recognize.AUTO
        if is_auto:
            recognize.add_login_questions(session)
        if session.driver.connect.leads_on:
            session.read_prompt(deadline)
            session.conclude()
            session.finish_login()
            return
        if session.driver.learns_prompt:
            greeting = prompt.find(session, deadline)
            if is_auto:
                recognize.recognize(session, greeting, deadline)
        else:
            session.read_prompt(deadline)
            session.channel.clear()
        driver, notice = session.driver, ""
        if driver.home and session.mode != driver.home:
            notice = modes.enter_home(session, deadline)
        modes.leave_configuration(session, deadline)
        for command in driver.setup if session.settings.setup else ():
            modes.prepare(session, command, deadline)
        session.channel.learn_hostname()
        modes.run_setup(session, deadline)
        session.channel.notices.add(notice)
        session.finish_login()
    except Closed as exc:
        raise session.failure.close_with(_closed_error(session, client_errors, exc)) from exc
    except (TimedOut, SessionTimedOut) as exc:
        raise session.failure.close_with(_timeout_error(session)) from exc
    except SessionClosed as exc:
        facts = {name: getattr(exc, name) for name in FACTS}
        raise session.failure.close_with(ConnectionClosed(exc.message, **facts)) from exc


def logout(session: Session) -> bool:
    """Leave by the driver's logout command, and close a transport of the session's own.

    Returns True if the prompt of the previous hop is back. Never raises.
    """
    is_returned = False
    if session.mode and not session.closed_reason:
        deadline = clock() + LOGOUT_TIMEOUT
        try:
            # The command leaves one mode at a time.
            for _mode in range(len(session.driver.modes) + 1):
                command = session.driver.modes[session.mode].logout or session.driver.logout
                if not command:
                    break
                session.make_ready(deadline)
                session.write_line(command)
                session.read_prompt(deadline)
        except HopPromptReturned:
            is_returned = True
        except (Closed, TimedOut, PycoError):
            pass
    if is_returned:
        session.failure.leave(LOGGED_OUT)
    else:
        session.failure.close(LOGGED_OUT)
    return is_returned


def close_route(session: Session) -> None:
    """Log out of a session and of all hops that it was typed into, the last one first. Never raises."""
    current: Session | None = session
    while current is not None:
        if not logout(current) and current.parent is not None:
            current.parent.failure.retire("the session typed into it did not end.")
        current = current.parent


def _closed_error(session: Session, client_errors: ClientErrors, exc: Closed) -> PycoError:
    """Return the error for a stream that ended before the login was done."""
    failure = session.failure
    if isinstance(exc, Flooded):
        return failure.flood_error(exc)
    is_own_end = failure.is_own_end(exc)
    if is_own_end:
        session.conclude()
    if is_own_end or not isinstance(exc, HopPromptReturned):
        reported = _client_error(session, client_errors)
        if reported is not None:
            return reported
    if not is_own_end:
        message = "The session on this hop ended during a login, with everything behind it."
        return failure.blame(ConnectionClosed(message), exc)
    if session.channel.state == AUTHENTICATED:
        return LoginRefused(
            "The host accepted the user and closed the session before its prompt.",
            hint="The account may not have a shell.",
        )
    if session.channel.state == GROUND and session.endpoint.protocol == EXEC:
        return program_error(session, exc)
    if session.channel.state == GROUND:
        return ConnectionClosed("The host closed the connection before the login.")
    return ConnectionClosed(
        "The host closed the connection during the login.", hint="Often the user or the password is wrong."
    )


def _client_error(session: Session, client_errors: ClientErrors) -> PycoError | None:
    """Return the error that the program which carries the session has reported, None if there is none."""
    text = session.channel.screen_text()[-REPORT:]
    for kind, pattern in client_errors:
        if pattern.search(text):
            error, message, hint = _CLIENT_ERRORS[kind]
            client = "the previous hop" if session.parent else "this machine"
            message = message.format(client, client_name(session.endpoint))
            return error(message[0].upper() + message[1:], hint=hint)
    return None


def _timeout_error(session: Session) -> PycoError:
    session.conclude()
    last, before, state = session.trace[-1] if session.trace else ("", "", "")
    timeout = f"the {session.settings.connect_timeout:g} s of the connect timeout"
    if last in QUESTIONS and before == state != AUTHENTICATED:
        return PermissionDenied(
            f"The host asks again: {session.question!r}. The user or the password is wrong.",
            hint="Check both for this host.",
            setting="password",
        )
    if last in QUESTIONS and before == state:
        return LoginRefused(
            f"The host accepted the login, and asks again: {session.question!r}. Nothing was typed.",
            hint="If the platform has a second login, name its driver, with `second_login: true`.",
        )
    if session.parent is not None and session.channel.state == GROUND:
        return ConnectTimedOut(
            f"No prompt and no question within {timeout}.",
            hint="Check that the host answers the previous hop, and read the last output.",
        )
    left = _left_on_console([event for event, _before, _after in session.trace], session.question)
    if left:
        return ConnectTimedOut(left, hint="Leave it once by hand.")
    if not session.failure.last_output():
        is_program = session.endpoint.protocol == EXEC
        hint = "Check the command and the line." if is_program else "Check the protocol and the port."
        if session.channel.ends.is_tried:
            hint += " Line ends were typed, as for a console."
        return ConnectTimedOut(f"The host is connected but sent nothing within {timeout}.", hint=hint)
    greeting = session.failure.last_output().partition("\n")[0]
    if greeting.startswith("SSH-"):  # the identification of a server, RFC 4253
        return ConnectTimedOut(
            f"The port speaks ssh instead of telnet: {greeting.strip()!r}.",
            hint="Use the protocol ssh, or the port of telnet.",
        )
    return ConnectTimedOut(
        f"No prompt of the driver {session.driver.name} within {timeout}.",
        hint="Compare the last output with the driver, or raise the connect timeout.",
        setting="connect_timeout",
    )


def _left_on_console(events: list[str], line: str) -> str:
    """Return the message about a console that somebody left in the middle of something, "" if nobody did.

    events: of the login. line: the last one of the output.
    """
    if events[-1:] == [LEFT_LINE]:
        return f"The line {line!r} was left on the console, and neither Ctrl-U nor Ctrl-C deleted it."
    is_pager = "more" in events and events[-1] in ("more", KEY, SILENT)
    return "A pager was left on the console, and no key left it." if is_pager else ""
