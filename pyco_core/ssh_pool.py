# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool of ssh connections: routes that begin with the same logins share one connection."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar, cast

from .errors import ClosedBeforeLogin, ConnectTimedOut, LoginRefused
from .models.execute import Start
from .models.status import LoginStatus
from .transport import liveness
from .transport.base import Transport
from .transport.cancel import Slots, current
from .transport.outages import Outages

if TYPE_CHECKING:  # it brings paramiko
    from .transport.program import SshProgram
    from .transport.ssh import SshConnection

_T = TypeVar("_T")

SHARE = 0.25  # of the time of a login, for the answer of a silent server
MAX_SHELLS = 10  # on one connection: OpenSSH's default MaxSessions
MAX_NEW_LOGINS = 8  # on one sshd at the same time: OpenSSH's default MaxStartups begins to drop at 10
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6)  # seconds before each retry, while others log in to the same sshd


class _Login:
    """A connection and the number of its users. The pool calls the methods while it holds its lock."""

    def __init__(self, connection: SshConnection) -> None:
        self.connection = connection
        self.users = 0
        self.shells = 0
        self._capacity = MAX_SHELLS  # shells that the server allows, as far as known

    @property
    def is_full(self) -> bool:
        """Return True if the server allows no further shell."""
        return self.shells >= self._capacity

    def add_user(self, shell: bool) -> None:
        """Count one more user, and a shell of it."""
        self.users += 1
        self.shells += shell

    def remove_user(self, shell: bool) -> None:
        """Count one user less, and its shell."""
        self.users -= 1
        self.shells -= shell

    def add_shell(self) -> None:
        """Count one more shell of a user."""
        self.shells += 1

    def limit_shells(self) -> None:
        """Set the capacity below the current number of shells, but not to zero."""
        self._capacity = max(1, self.shells - 1)


class PooledConnection:
    """A reference-counted handle on a shared ssh connection. The last release closes the connection."""

    def __init__(
        self, pool: SshPool, key: Hashable, login: _Login, opener: Callable[[], SshConnection]
    ) -> None:
        self.connection = login.connection
        self._pool = pool
        self._key = key
        self._login: _Login | None = login
        self._opener = opener
        self._has_shell = False
        self.refuses_programs = False
        self._programs: PooledConnection | None = None  # counts the channel for programs as a further shell

    def shell(self, deadline: float) -> Transport:
        """Open a shell, on another connection if this one has as many as the server allows.

        Raises ConnectError, LoginError.
        """
        return self._open(lambda connection: connection.shell(deadline), deadline)

    def program(self, command: bytes, deadline: float, start: Start) -> SshProgram:
        """Start a program, on another connection if this one has as many shells as the server allows.

        At most one at a time. Raises ConnectError, LoginError.
        """
        if self._programs is None:
            login = self._pool.share(cast(_Login, self._login))
            self._programs = PooledConnection(self._pool, self._key, login, self._opener)
        return self._programs._open(lambda connection: connection.program(command, deadline, start), deadline)

    def _open(self, start: Callable[[SshConnection], _T], deadline: float) -> _T:
        is_new = not self._has_shell
        while True:
            if not self._has_shell and (self._login is None or not self._pool.reserve_shell(self._login)):
                self.release()
                self._login = self._pool.take(self._key, self._opener, deadline, shell=True)
                self.connection = self._login.connection
            self._has_shell = True
            try:
                return start(self.connection)
            except LoginRefused:
                if self._login is None or not self._pool.shell_refused(self._login):
                    if is_new:
                        raise
                    # OpenSSH counts the channel of the program before until it has read some more.
                    is_new = True
                    current().pause(PAUSES[0])
                    continue
            self.release()

    def refuse_programs(self) -> None:
        """Record that the server starts no programs for this login."""
        self.refuses_programs = True

    def release(self) -> None:
        """Return the connection to the pool. A second call does nothing."""
        programs, self._programs = self._programs, None
        if programs is not None:
            programs.release()
        login, self._login = self._login, None
        if login is not None:
            self._pool.give_back(self._key, login, self._has_shell)
            self._has_shell = False


def first_silent(logins: Sequence[PooledConnection], seconds: float, after: float = 0.0) -> int:
    """Return the position of the first login whose server does not answer any more, from 1; 0 for none.

    seconds: for the answers. after: seconds of silence in which a server is not asked.
    """
    for pooled in logins:
        pooled.connection.ask(after)  # all at the same time
    positions = (number for number, pooled in enumerate(logins, 1) if not pooled.connection.answers(seconds))
    return next(positions, 0)


class SshPool:
    """The ssh connections of one process, by their routes and credentials. Thread-safe.

    outages: the hosts that did not answer lately.
    """

    def __init__(self) -> None:
        self.outages = Outages()
        self._lock = threading.Lock()
        self._logins: dict[Hashable, list[_Login]] = defaultdict(list)
        self._opening: dict[Hashable, Slots] = defaultdict(Slots)
        self._startups: dict[Hashable, Slots] = defaultdict(lambda: Slots(MAX_NEW_LOGINS))
        # The locks that a thread holds, by its identifier.
        self._locks_of: dict[int | None, list[Slots]] = {}

    def acquire(
        self, key: Hashable, sshd: Hashable, opener: Callable[[], SshConnection], deadline: float
    ) -> PooledConnection:
        """Return a handle on the connection for the key; opener opens it if there is none.

        sshd: identifies the server, for the limit of simultaneous logins. If it closes the connection before
        the login, opener is called again after a pause. Raises the errors of opener, and ConnectTimedOut if
        other logins occupy the server until the deadline.
        """

        def limited() -> SshConnection:
            with self._lock:
                startups = self._startups[sshd]
            with self._waited_for(startups, deadline, "Other logins to this host"):
                return _open_with_retries(opener, deadline)

        return PooledConnection(self, key, self.take(key, limited, deadline), limited)

    def take(
        self, key: Hashable, opener: Callable[[], SshConnection], deadline: float, shell: bool = False
    ) -> _Login:
        """Add a user, and with shell its shell, to an open login for the key, or to a new one."""
        with self._lock:
            opening = self._opening[key]
        with self._waited_for(opening, deadline, "Another login to this host"):
            shared = self._share(key, deadline, shell)
            if shared is not None:
                return shared
            login = _Login(opener())
            with self._lock:
                login.add_user(shell)
                self._logins[key].append(login)
            return login

    def _share(self, key: Hashable, deadline: float, shell: bool) -> _Login | None:
        """Add a user to an open login whose server answers; return None if there is none.

        A login without an answer is left to its users, until the last one releases it.
        """
        with self._lock:
            logins = self._logins[key] = [each for each in self._logins[key] if each.connection.alive]
        for login in logins:
            login.connection.ask(liveness.FRESH)  # all at the same time
        for login in logins:
            if not login.connection.answers(SHARE * _left(deadline)):
                continue
            with self._lock:
                usable = login.connection.alive and not (shell and login.is_full)
                if usable and login in self._logins[key]:
                    login.add_user(shell)
                    return login
        return None

    def abandon(self, thread: int | None) -> None:
        """Release the locks held by an abandoned login, so that nobody waits for it.

        thread: the identifier of the thread that logs in.
        """
        with self._lock:
            locks = tuple(self._locks_of.pop(thread, ()))
        for lock in locks:
            lock.release()

    @contextmanager
    def _waited_for(self, lock: Slots, deadline: float, owner: str) -> Iterator[None]:
        """Hold the lock until the block ends, or until `abandon` is called for this thread."""
        if not lock.acquire(_left(deadline)):
            raise ConnectTimedOut(f"{owner} took all of the connect timeout.")
        thread = threading.get_ident()
        with self._lock:
            locks = self._locks_of.setdefault(thread, [])
            locks.append(lock)
        try:
            yield
        finally:
            with self._lock:
                still_held = self._locks_of.get(thread) is locks
                locks.remove(lock)
                if still_held and not locks:
                    del self._locks_of[thread]
            if still_held:
                lock.release()

    def status(self) -> list[LoginStatus]:
        """Return the state of the open logins."""
        with self._lock:
            return [
                LoginStatus(str(login.connection.endpoint), login.users, login.shells)
                for logins in self._logins.values()
                for login in logins
            ]

    def share(self, login: _Login) -> _Login:
        """Add a user to a login, and return it."""
        with self._lock:
            login.add_user(shell=False)
        return login

    def reserve_shell(self, login: _Login) -> bool:
        """Count one more shell. Returns False if the login is full."""
        with self._lock:
            if login.is_full:
                return False
            login.add_shell()
            return True

    def shell_refused(self, login: _Login) -> bool:
        """Record that the server refused the last shell. Returns False if it was the only one."""
        with self._lock:
            login.limit_shells()
            return login.shells > 1

    def give_back(self, key: Hashable, login: _Login, shell: bool) -> None:
        """Remove a user, and close the connection after the last one."""
        with self._lock:
            login.remove_user(shell)
            is_last = login.users == 0
            if is_last and login in self._logins[key]:
                self._logins[key].remove(login)
            if not self._logins[key]:
                del self._logins[key]
        if is_last:
            login.connection.close()


def _open_with_retries(opener: Callable[[], SshConnection], deadline: float) -> SshConnection:
    for pause in PAUSES:
        try:
            return opener()
        except ClosedBeforeLogin:
            current().check()
            if _left(deadline) <= pause:
                raise
        current().pause(pause)
    return opener()


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())
