# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions that the broker holds, their users, and their end.

A session is in use by one client at a time, and by nobody else while it is being closed: the next login to
the same device begins after it. Only a session whose client disconnected during a request is not waited for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from .device import Device
from .errors import ConnectTimedOut
from .models.command import Command
from .models.driver_change import DriverChange
from .models.endpoint import Endpoint
from .models.observer import Observer
from .models.reply import Reply
from .models.settings import Settings
from .models.status import LoginStatus, SessionStatus
from .ssh_pool import SshPool

NEVER = float("inf")
GRACE = 5.0  # seconds that commands may still take when the broker is told to end


class PoolClosed(Exception):
    """The pool is closing and hands out no session any more."""


@dataclass(frozen=True, slots=True)
class Target:
    """A login to a device: a session serves all requests for an equal target, apart from the timeouts."""

    route: tuple[Endpoint, ...]
    settings: Settings
    changes: tuple[DriverChange, ...] = ()

    @property
    def key(self) -> Hashable:
        """Return a value that is equal for targets that can share a session. Raises InvalidParameter."""
        settings = replace(self.settings, connect_timeout=1.0, command_timeout=1.0)
        return self.route, settings, tuple(change.fingerprint() for change in self.changes)


def background(function: Callable[..., None], *args: object) -> None:
    """Call a function in a thread of its own; in this thread if the system has no more threads."""
    thread = threading.Thread(target=function, args=args, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        function(*args)


class PooledSession:
    """A session in the pool. It holds no secret in clear.

    `busy`, `used` and the observer change under the pool's lock, the rest belongs to the user of the session.
    persist: seconds it stays open unused. mode: after the last request.
    """

    def __init__(self, key: Hashable, device: Device) -> None:
        self.key = key
        self.device = device
        self.busy = True
        self.mode = ""
        self.persist = 0.0
        self.used = time.monotonic()
        self._observer: Observer | None = None  # of the current user

    @property
    def due(self) -> float:
        """Return the time at which an unused session is closed."""
        return self.used + self.persist

    @property
    def is_reusable(self) -> bool:
        """Return True if the session may stay open for the next user."""
        return bool(self.persist) and self.device.connected

    def acquire(self, settings: Settings | None = None) -> None:
        """Mark the session as busy. settings: of the new user."""
        self.busy = True
        if settings is not None:
            self.device.use_settings(settings)

    def release(self) -> None:
        """Mark the session as unused from now on."""
        self.used = time.monotonic()
        self.busy = False

    def observe(self, observer: Observer) -> None:
        """Notify an observer of the session's events until `end_use`."""
        self._observer = observer
        self.device.add_observer(observer)

    def end_use(self) -> None:
        """Forget the observer of the user."""
        observer, self._observer = self._observer, None
        if observer is not None:
            self.device.remove_observer(observer)

    def connect(self, persist: float) -> None:
        """Log in if the session is not open and alive. persist: seconds. Raises PycoError."""
        self.persist = persist
        try:
            self.device.connect()
        finally:
            self.mode = self.device.mode

    def enter(self, mode: str) -> None:
        """Enter a mode. Raises PycoError."""
        try:
            self.device.enter(mode)
        finally:
            self.mode = self.device.mode

    def send(self, command: Command) -> Reply:
        """Send one command. Raises PycoError."""
        try:
            return self.device(command)
        finally:
            self.mode = self.device.mode

    def status(self, now: float) -> SessionStatus:
        """Return the state of the session."""
        return SessionStatus(
            device=self.device.endpoint.url,
            hops=tuple(hop.url for hop in self.device.hops),
            driver=self.device.driver_name,
            mode=self.mode,
            idle=now - self.used,
            busy=self.busy,
        )


class SessionPool:
    """All sessions, by their targets. Thread-safe.

    due: time at which the next unused session is closed, on the clock of time.monotonic.
    on_close: called after the end of each session.
    """

    def __init__(self, on_close: Callable[[], None]) -> None:
        self.due = NEVER
        self._on_close = on_close
        self._ssh_pool = SshPool()
        self._changed = threading.Condition()
        self._sessions: dict[Hashable, PooledSession] = {}
        self._is_closing = False

    def acquire(self, target: Target) -> PooledSession:
        """Return the session for this target, not necessarily connected; `release` must follow.

        Waits while another client uses it. Raises ConnectTimedOut after settings.connect_timeout,
        PoolClosed if the pool is closing.
        """
        deadline = time.monotonic() + target.settings.connect_timeout
        key = target.key
        with self._changed:
            while True:
                if self._is_closing:
                    raise PoolClosed
                session = self._sessions.get(key)
                if session is None:
                    session = self._sessions[key] = PooledSession(key, self._device(target))
                    return session
                if not session.busy:
                    session.acquire(target.settings)
                    return session
                if not self._changed.wait(deadline - time.monotonic()):
                    raise ConnectTimedOut(
                        "Another task used this device's session for all of the connect timeout.",
                        endpoint=str(target.route[-1]),
                    )

    def release(self, session: PooledSession) -> None:
        """Let the next client use the session; close it if it is not reusable."""
        self._end_use(session)
        if not session.is_reusable or self._sessions.get(session.key) is not session:
            self._close(session)
            return
        with self._changed:
            session.release()
            self.due = min(self.due, session.due)
            self._changed.notify_all()

    def abandon(self, session: PooledSession, thread: int | None) -> None:
        """Cut a session whose user disconnected during a request; nobody waits for it.

        thread: the identifier of the thread with the request; its login may block other logins.
        """
        self._remove(session)
        self._end_use(session)
        session.device.abort()
        self._ssh_pool.abandon(thread)

    def end(self, target: Target) -> bool:
        """Close the session of this target; return False if none was open. Raises as `acquire`."""
        with self._changed:
            if target.key not in self._sessions:
                return False
        session = self.acquire(target)
        was_open = session.device.connected
        self._close(session)
        return was_open

    def expire(self) -> None:
        """Close the sessions that were unused too long, each in a thread: a logout may take its time."""
        now = time.monotonic()
        if now < self.due:
            return
        with self._changed:
            idle = [session for session in self._sessions.values() if not session.busy]
            late = [session for session in idle if session.due <= now]
            self.due = min((session.due for session in idle if session.due > now), default=NEVER)
            for session in late:
                session.acquire()
        for session in late:
            background(self._close, session)

    def close(self) -> None:
        """Close every session; cut those that are still in use after GRACE seconds."""
        with self._changed:
            self._is_closing = True
            sessions = list(self._sessions.values())
            self._changed.notify_all()
        threads = [threading.Thread(target=self._finish, args=(one,), daemon=True) for one in sessions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def sessions(self) -> tuple[SessionStatus, ...]:
        """Return the state of every session."""
        now = time.monotonic()
        with self._changed:
            sessions = list(self._sessions.values())
        return tuple(session.status(now) for session in sessions)

    def logins(self) -> tuple[LoginStatus, ...]:
        """Return the ssh logins that the sessions share."""
        return tuple(self._ssh_pool.status())

    def __len__(self) -> int:
        return len(self._sessions)

    def _device(self, target: Target) -> Device:
        *hops, endpoint = target.route
        return Device(
            endpoint, settings=target.settings, hops=hops, changes=target.changes, pool=self._ssh_pool
        )

    def _end_use(self, session: PooledSession) -> None:
        with self._changed:
            session.end_use()

    def _close(self, session: PooledSession) -> None:
        try:
            session.device.close()
        finally:
            self._remove(session)

    def _remove(self, session: PooledSession) -> None:
        with self._changed:
            if self._sessions.get(session.key) is session:
                del self._sessions[session.key]
                self._changed.notify_all()
        self._on_close()

    def _finish(self, session: PooledSession) -> None:
        with self._changed:
            is_idle = self._changed.wait_for(lambda: not session.busy, GRACE)
            session.acquire()
        if is_idle:
            self._close(session)
        else:
            self.abandon(session, None)
