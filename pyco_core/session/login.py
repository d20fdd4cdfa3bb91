# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an open transport to a session at its prompt, and from there out again."""

from __future__ import annotations

import re

from ..errors import (
    FACTS,
    ClientMissing,
    ConnectError,
    ConnectionClosed,
    ConnectionRefused,
    ConnectTimedOut,
    HostKeyChanged,
    HostKeyUnknown,
    HostUnreachable,
    LoginRefused,
    NameNotResolved,
    PermissionDenied,
    PycoError,
    SessionClosed,
    SessionTimedOut,
)
from ..fsm.machine import AUTHENTICATED, GROUND
from ..models.command import Command
from ..transport.base import Closed, TimedOut
from . import modes, prompt, recognize
from .reader import HopPromptReturned
from .send import send
from .session import Session, clock
from .terminal import decode, render, strip_escapes

LOGOUT_TIMEOUT = 3.0  # seconds that leaving politely may take before the connection is cut

ClientErrors = tuple[tuple[str, re.Pattern[str]], ...]

# What the ssh or telnet client of a hop said, by the names that driver files use.
_FAILURES: dict[str, tuple[type[PycoError], str, str]] = {
    "resolve": (NameNotResolved, "{} cannot resolve the host name.", "Give an address it knows."),
    "refused": (
        ConnectionRefused,
        "The connection was refused.",
        "Check the port and that the service runs.",
    ),
    "timed_out": (
        ConnectTimedOut,
        "{} got no answer from the host.",
        "Check address and filters.",
    ),
    "unreachable": (HostUnreachable, "{} has no way to the host.", "Check its routes."),
    "key_changed": (
        HostKeyChanged,
        "The ssh host key is not the one that {} knows.",
        "Find out why it changed before you remove the old key there.",
    ),
    "key_unknown": (
        HostKeyUnknown,
        "The ssh host key is not known to {}.",
        "Log in once by hand from there, or add the key to the known_hosts file there.",
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
    """Go through the login up to a prompt that commands can be sent at.

    client_errors: what the program says that carries this session (a hop's ssh or telnet client).
    Raises ConnectError, LoginError, EndpointError, ModeError; the session is closed then.
    """
    try:
        auto = session.driver.name == recognize.AUTO
        if auto:
            recognize.prepare(session)
        if session.driver.learns_prompt:
            prompt.find(session, deadline)
            if auto:
                recognize.recognize(session, deadline)
        else:
            session.run(deadline)
            session.matcher.clear()
        driver = session.driver
        if driver.home and session.mode != driver.home:
            modes.enter(session, driver.home, deadline)
        for command in () if session.bare else driver.setup:
            send(session, Command(command, check=False), deadline)
        session.learn_name()
        modes.prepare(session, deadline)
        session.home = session.mode
    except Closed as exc:
        raise session.lost(_ended(session, client_errors, exc)) from exc
    except (TimedOut, SessionTimedOut) as exc:
        raise session.lost(_no_prompt(session)) from exc
    except SessionClosed as exc:
        known = {name: getattr(exc, name) for name in FACTS}
        raise session.lost(ConnectionClosed(exc.message, **known)) from exc


def logout(session: Session) -> bool:
    """Leave by the driver's word, and end the transport where it is this session's own.

    Returns whether the hop before has its prompt back; never raises.
    """
    returned = False
    if session.mode and not session.closed_reason:
        deadline = clock() + LOGOUT_TIMEOUT
        try:
            # The word leads out of one mode at a time.
            for _rest in range(len(session.driver.modes) + 1):
                word = session.driver.modes[session.mode].logout or session.driver.logout
                if not word:
                    break
                session.ready(deadline)
                session.write_line(word)
                session.run(deadline)
        except HopPromptReturned:
            returned = True
        except (Closed, TimedOut, PycoError):
            pass
    if not returned:
        session.transport.close()
    session.closed_reason = session.closed_reason or "it was closed."
    session.transcript.close()
    return returned


def _ended(session: Session, client_errors: ClientErrors, exc: Closed) -> PycoError:
    """What a stream that ended before the login was done means."""
    if session.ended_by(exc) is not session:
        closed = ConnectionClosed("The session on this hop ended during a login, and with it all behind it.")
        return session.blamed(closed, exc)
    words = render(decode(strip_escapes(bytes(session.matcher.buffer))))
    for kind, pattern in client_errors:
        if pattern.search(words):
            error, message, hint = _FAILURES[kind]
            where = "the hop before" if session.parent else "this machine"
            text = message.format(where, session.endpoint.protocol)
            return error(text[0].upper() + text[1:], hint=hint)
    if session.machine.state == AUTHENTICATED:
        return LoginRefused(
            "The host let the user in and closed the session before its prompt came.",
            hint="The account may be for other uses than a shell.",
        )
    if session.machine.state == GROUND:
        return ConnectionClosed("The host closed the connection before it let anybody log in.")
    return ConnectionClosed(
        "The host closed the connection during the login.", hint="Often the user or the password is wrong."
    )


def _no_prompt(session: Session) -> ConnectError:
    timeout = session.settings.connect_timeout
    if session.parent is not None and session.machine.state == GROUND:
        return ConnectTimedOut(
            f"The host came to no prompt and no question in the {timeout:g} seconds of the connect time-out.",
            hint="Check that it answers the hop before; the last output is what came.",
        )
    if not session.last_output():
        return ConnectTimedOut(
            f"The host is connected but said nothing in the {timeout:g} seconds of the connect time-out.",
            hint="Check the protocol and the port.",
        )
    return ConnectTimedOut(
        f"No prompt known to the driver {session.driver.name} came in the {timeout:g} seconds of the "
        "connect time-out.",
        hint="Compare the last output with the driver, or raise ansible_pyco_connect_timeout.",
    )
