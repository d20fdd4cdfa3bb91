# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a session between two users: nothing of the first one is left for the second."""

from __future__ import annotations

from ..driver.graph import steps
from ..errors import PycoError
from ..session import modes
from ..session.session import Session, clock
from .connection import Connection

TIMEOUT = 5.0  # seconds, for a network device


def is_altered(session: Session) -> bool:
    """Return True if a session is in another mode than after its login, or a shell has shown messages.

    A background process has written them. The mode of become counts as the one after the login: it takes a
    password to enter, and the next user leaves it.
    """
    if session.driver.network:
        return _is_left(session)
    return session.mode != session.home or session.channel.notices.has_come


def _is_left(session: Session) -> bool:
    return session.mode not in (session.home, session.driver.become_mode)


def hand_over(connection: Connection | None, is_setup_undone: bool) -> None:
    """Prepare an idle session for another user. It is closed, or unusable, if that fails. Never raises.

    A host with a shell is logged in to again; the ssh logins stay open. A network device is left in its home
    mode, or in the mode of become, which takes a password to enter.

    is_setup_undone: repeat the setup commands of a network device.
    """
    session = connection.session if connection is not None else None
    if connection is None or session is None or session.closed_reason:
        return
    try:
        if session.driver.network:
            _leave_modes(session, clock() + TIMEOUT)
            if is_setup_undone and session.settings.setup:
                _repeat_setup(session, clock() + TIMEOUT)
            session.channel.notices.take()
        else:
            connection.renew(clock() + session.settings.connect_timeout)
    except PycoError as exc:
        session.failure.retire(exc.message)


def _leave_modes(session: Session, deadline: float) -> None:
    if _is_left(session):
        path = steps(session.driver, session.mode, session.home)
        become = session.driver.become_mode
        is_passed = any(following == become for _command, following in path)
        modes.enter(session, become if is_passed else session.home, deadline)


def _repeat_setup(session: Session, deadline: float) -> None:
    session.forget_setup()
    for command in session.driver.setup:
        modes.prepare(session, command, deadline)
    modes.run_setup(session, deadline)
