# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of the program of an `exec` login before its prompt."""

from __future__ import annotations

from ..errors import ClientMissing, ClosedBeforeLogin, PycoError
from ..models.endpoint import EXEC, Endpoint
from ..transport.base import Closed, Ended
from .session import Session

SHOWN = 200  # characters at the end of its output in the message
_MISSING = ("126", "127")  # exit statuses of POSIX shells


def client_name(endpoint: Endpoint) -> str:
    """Return the name of the client that carries a login: the protocol, or the program of an exec login."""
    return endpoint.command.split()[0] if endpoint.protocol == EXEC else endpoint.protocol


def program_error(session: Session, exc: Closed) -> PycoError:
    """Return the error for a program that ended before the login. It has the end of its output.

    exc: Ended for a program of this machine; otherwise the prompt of the previous hop is back.
    """
    text, status = _output(session)
    reason = f": {text.rstrip('.')}" if text else ""
    if status in _MISSING:
        name = client_name(session.endpoint)
        return ClientMissing(
            f"The previous hop cannot run {name}{reason}.", hint="Install it there, or correct the command."
        )
    end = f"ended with status {status}" if status else "ended"
    if isinstance(exc, Ended) and session.parent is None:
        end = exc.text
    return ClosedBeforeLogin(
        f"The program {end} before a prompt{reason}.", hint="Run it by hand to see its reason."
    )


def _output(session: Session) -> tuple[str, str]:
    """Return the end of the program's output, and the exit status that the prompt of the hop shows, or ""."""
    before, _line_end, line = session.failure.last_output().rpartition("\n")
    matches = (pattern.find(line.encode()) for _hop, pattern in session.channel.guard.prompts)
    match = next(filter(None, matches), None)
    if match is None:
        return _end(f"{before}\n{line}"), ""
    groups = {name: value.decode() for name, value in match.groupdict(b"").items()}
    return _end(f"{before}\n{groups.get('before', '')}"), groups.get("status", "")


def _end(text: str) -> str:
    return " ".join(text.split())[-SHOWN:]
