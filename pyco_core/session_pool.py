# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions that the broker holds, their users, and their end.

A session is in use by one client at a time, and by nobody else while it is being closed: it counts until its
end. Only a session whose client disconnected during a request is not waited for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from functools import partial

from .device import Device
from .errors import SessionBusy
from .models.status import LoginStatus, OutageStatus, SessionStatus
from .pooled_session import PooledSession, Target
from .session_queue import Group, Ticket
from .ssh_pool import SshPool

NEVER = float("inf")
GRACE = 5.0  # seconds that commands may still take when the broker is told to end


class PoolClosed(Exception):
    """The pool is closing, or the waiting client is gone: it gets no session."""


def background(function: Callable[..., None], *args: object) -> None:
    """Call a function in a thread of its own; in this thread if the system has no more threads."""
    thread = threading.Thread(target=function, args=args, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        function(*args)


class SessionPool:
    """All sessions, by their targets. Thread-safe.

    due: time at which the next unused session is closed, on the clock of time.monotonic.
    on_close: called after the end of each session.
    """

    def __init__(self, on_close: Callable[[], None]) -> None:
        self.due = NEVER
        self._on_close = on_close
        self._ssh_pool = SshPool()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)  # a session was released or removed
        self._groups: dict[Hashable, Group[PooledSession]] = {}
        self._is_closing = False

    def acquire(self, target: Target) -> PooledSession:
        """Return a session for this target, not necessarily connected; `release` must follow.

        While others use all of them, a further one is opened, up to settings.sessions. After that, clients
        get their turn in the order of their arrival. Raises SessionBusy after settings.session_timeout,
        PoolClosed if the pool is closing, or after `cancel`.
        """
        key, settings = target.key, target.settings
        deadline = time.monotonic() + settings.session_timeout
        with self._lock:
            if self._is_closing:
                raise PoolClosed
            group = self._groups.setdefault(key, Group())
            ticket = Ticket(self._lock, partial(self._create, key, target), settings.sessions)
            session = group.obtain(ticket, deadline)
            if session is None:
                count = len(group)
                self._tidy(key)
        if session is not None:
            session.device.use_settings(settings)
            return session
        if ticket.cancelled:
            raise PoolClosed
        raise _busy(target, count)

    def cancel(self, thread: int | None) -> None:
        """End the wait of a client that is gone. thread: its identifier; None for all clients."""
        with self._lock:
            for group in self._groups.values():
                group.cancel(thread)

    def release(self, session: PooledSession) -> None:
        """Let the next client use the session; close it if it is not reusable.

        Traces of its user are removed first, in a thread: the user does not wait, the next client does.
        """
        self._end_use(session)
        is_handed_over = not session.is_reusable or self._is_closing or not session.has_trace
        with self._lock:
            is_kept = session.is_reusable and session in self._groups.get(session.key, ())
            if is_kept and is_handed_over:
                session.release()
                self.due = min(self.due, session.due)
                self._groups[session.key].serve()
                self._changed.notify_all()
        if not is_kept:
            self._close(session)
        elif not is_handed_over:
            background(self._hand_over, session)

    def abandon(self, session: PooledSession, thread: int | None) -> None:
        """Cut a session whose user disconnected during a request; nobody waits for it.

        thread: the identifier of the thread with the request; its login may block other logins.
        """
        self._remove(session)
        self._end_use(session)
        session.abort()
        self._ssh_pool.abandon(thread)

    def end(self, target: Target) -> bool:
        """Close the sessions of this target, those in use when they are released; waits for no client.

        Returns False if none was open. Raises InvalidParameter.
        """
        with self._lock:
            sessions = list(self._groups.get(target.key, ()))
            idle = [session for session in sessions if not session.busy]
            for session in sessions:
                session.retire()
                session.acquire()
        was_open = any(session.device.is_logged_in for session in sessions)
        _in_threads(self._close, idle)
        return was_open

    def expire(self) -> None:
        """Close the sessions that were unused too long, each in a thread: a logout may take its time."""
        now = time.monotonic()
        if now < self.due:
            return
        with self._lock:
            idle = [session for session in self._all() if not session.busy]
            late = [session for session in idle if session.due <= now]
            self.due = min((session.due for session in idle if session.due > now), default=NEVER)
            for session in late:
                session.acquire()
        for session in late:
            background(self._close, session)

    def close(self) -> None:
        """Close every session; cut those that are still in use after GRACE seconds."""
        with self._lock:
            self._is_closing = True
            sessions = self._all()
        self.cancel(None)
        _in_threads(self._finish, sessions)

    def sessions(self) -> tuple[SessionStatus, ...]:
        """Return the state of every session."""
        now = time.monotonic()
        with self._lock:
            sessions = self._all()
        return tuple(session.status(now) for session in sessions)

    def logins(self) -> tuple[LoginStatus, ...]:
        """Return the ssh logins that the sessions share."""
        return tuple(self._ssh_pool.status())

    def outages(self) -> tuple[OutageStatus, ...]:
        """Return the hosts that did not answer lately."""
        return self._ssh_pool.outages.status()

    def __len__(self) -> int:
        return sum(map(len, tuple(self._groups.values())))

    def _all(self) -> list[PooledSession]:
        return [session for group in self._groups.values() for session in group]

    def _create(self, key: Hashable, target: Target) -> PooledSession:
        in_use = next(filter(None, (session.route for session in self._groups[key])), None)
        (*hops, endpoint), *fallbacks = target.routes(in_use)
        device = Device(
            endpoint,
            settings=target.settings,
            hops=hops,
            changes=target.changes,
            pool=self._ssh_pool,
            fallbacks=fallbacks,
        )
        return PooledSession(key, device)

    def _end_use(self, session: PooledSession) -> None:
        with self._lock:
            session.end_use()

    def _hand_over(self, session: PooledSession) -> None:
        session.hand_over()
        self.release(session)

    def _close(self, session: PooledSession) -> None:
        try:
            session.device.close()
        finally:
            self._remove(session)

    def _remove(self, session: PooledSession) -> None:
        with self._lock:
            group = self._groups.get(session.key)
            if group is not None and session in group:
                group.remove(session)
                self._tidy(session.key)
                self._changed.notify_all()
        self._on_close()

    def _tidy(self, key: Hashable) -> None:
        """Forget the group of a target if nothing is left of it; another client may have done so."""
        group = self._groups.get(key)
        if group is not None and group.is_unused:
            del self._groups[key]

    def _finish(self, session: PooledSession) -> None:
        with self._lock:
            is_idle = self._changed.wait_for(lambda: not session.busy, GRACE)
            session.acquire()
        if is_idle:
            self._close(session)
        else:
            self.abandon(session, None)


def _busy(target: Target, count: int) -> SessionBusy:
    """Return the error for a client that got no session in time. count: the sessions in use."""
    seconds = f"{target.settings.session_timeout:g} s"
    sessions = "the session" if count == 1 else f"all {count} sessions"
    return SessionBusy(
        f"Other tasks used {sessions} of this device for {seconds}, the session timeout.",
        hint="Raise ansible_pyco_session_timeout, or ansible_pyco_sessions if the device has free lines.",
        endpoint=str(target.route[-1]),
        reached=True,
    )


def _in_threads(function: Callable[[PooledSession], None], sessions: list[PooledSession]) -> None:
    """Call the function with each session at the same time, and wait for the last call."""
    threads = [threading.Thread(target=function, args=(one,), daemon=True) for one in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
