# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hop at fault, for an error that was noticed behind it."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import (
    ConnectionClosed,
    ConnectTimedOut,
    ForwardingRefused,
    LoginRefused,
    PycoError,
    SessionClosed,
    SessionTimedOut,
)
from ..session.session import Session
from ..ssh_pool import PooledConnection, first_silent
from .plan import HopPlan

ANSWER = 1.0  # seconds for the answers of all hops, after a timeout

_LOST = "The ssh connection to this hop was lost, and every session behind it with it."
_NEITHER = "Allow TCP forwarding to the next host there, or give the account a shell."
_HINT = "Check the host and the network path to it. The next task logs in anew."


def blame_hop(
    error: PycoError, hops: Sequence[HopPlan], logins: Sequence[PooledConnection], session: Session | None
) -> None:
    """Change the error's hop to the first one that lost its connection or, after a timeout, is silent.

    logins: the ssh logins of the first hops. session: the last one on the route, None without one. A hop is
    asked if it is an ssh login, or TCP from this machine; others cannot be told from the hosts behind them.
    After a timeout without a session no hop is asked: an ssh server that waits for the next host may not
    answer meanwhile.
    """
    if isinstance(error, (ConnectionClosed, SessionClosed)):
        for number, pooled in enumerate(logins[: len(hops) - 1], 1):
            if not pooled.connection.alive:
                error.blame(number, str(hops[number - 1].endpoint), _LOST)
                return
    elif isinstance(error, (ConnectTimedOut, SessionTimedOut)) and error.state:
        number = first_silent(logins, ANSWER) or silent_session(session)
        if number:
            name = "hop" if number < len(hops) else "host"
            message = f"This {name} does not answer any more. Noticed as: {error.message}"
            error.blame(number, str(hops[number - 1].endpoint), message, _HINT)


def add_refusal(error: LoginRefused, refusal: ForwardingRefused, hop: int) -> LoginRefused:
    """Add the reason to use the shell of a hop to the error of this shell, and return the error."""
    message = f"{refusal.message} Its shell cannot be used instead: {error.message}"
    return error.blame(hop, error.endpoint, message, _NEITHER)


def silent_session(session: Session | None) -> int:
    """Return the number of the hop at the other end of the session's stream if it is silent, otherwise 0."""
    if session is None or not session.channel.transport.is_silent:
        return 0
    while session.parent is not None:
        session = session.parent
    return session.hop
