# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shares ssh logins: one for all sessions whose routes begin with the same logins."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .errors import ClosedBeforeLogin, ConnectTimedOut, LoginRefused
from .transport.base import Transport

if TYPE_CHECKING:
    from .transport.ssh import SshConnection

SHELLS = 10  # shell channels on one connection: OpenSSH's default MaxSessions
LOGINS = 8  # logins to one sshd at a time: OpenSSH's default MaxStartups begins to drop at 10
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6)  # seconds between tries, where others log in to that sshd too


class _Login:
    """One ssh connection and how many lines and shells use it."""

    def __init__(self, connection: SshConnection) -> None:
        self.connection = connection
        self.users = 0
        self.shells = 0
        self.capacity = SHELLS  # shells that the server allows, as far as is known


class PooledConnection:
    """One user's right to a shared ssh login. `release` gives it back; the last one closes it."""

    def __init__(
        self, pool: SshPool, key: Hashable, login: _Login, opener: Callable[[], SshConnection]
    ) -> None:
        self._pool = pool
        self._key = key
        self._login: _Login | None = login
        self._opener = opener
        self._has_shell = False
        self.connection = login.connection

    def shell(self, deadline: float) -> Transport:
        """A shell channel, on another connection where this one has as many as the server allows.

        Raises ConnectError, LoginError.
        """
        while True:
            if self._login is None or not self._pool.reserve_shell(self._login):
                self.release()
                self._login = self._pool.take(self._key, self._opener, deadline, shell=True)
                self.connection = self._login.connection
            self._has_shell = True
            try:
                return self.connection.shell(deadline)
            except LoginRefused:
                if not self._pool.is_full(self._login):
                    raise
            self.release()

    def release(self) -> None:
        """Give the login back. A second call does nothing."""
        login, self._login = self._login, None
        if login is not None:
            self._pool.give_back(self._key, login, self._has_shell)
            self._has_shell = False


class SshPool:
    """The ssh logins of one process, by what they are logged in to and through what. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._logins: dict[Hashable, list[_Login]] = defaultdict(list)
        self._opening: dict[Hashable, threading.Lock] = defaultdict(threading.Lock)
        self._startups: dict[Hashable, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(LOGINS))
        # What others wait for, by the thread that has it.
        self._taken: dict[int | None, list[threading.Lock | threading.Semaphore]] = {}

    def acquire(
        self, key: Hashable, sshd: Hashable, opener: Callable[[], SshConnection], deadline: float
    ) -> PooledConnection:
        """A lease of the login that key stands for, opened now where there is none.

        sshd: stands for the server, which gets a few new logins at a time, and is asked again where
        it closes before the login. Raises what opener raises, and ConnectTimedOut when others still
        hold the server's places at the deadline.
        """

        def limited() -> SshConnection:
            with self._lock:
                places = self._startups[sshd]
            with self._waited_for(places, deadline, "Other logins to this host"):
                return _patiently(opener, deadline)

        return PooledConnection(self, key, self.take(key, limited, deadline), limited)

    def take(
        self, key: Hashable, opener: Callable[[], SshConnection], deadline: float, shell: bool = False
    ) -> _Login:
        """Count one more user (and shell) on a live login for key, opened by opener where there is none."""
        with self._lock:
            opening = self._opening[key]
        with self._waited_for(opening, deadline, "Another login to this host"):
            with self._lock:
                self._logins[key] = [login for login in self._logins[key] if login.connection.alive]
                for login in self._logins[key]:
                    if not shell or login.shells < login.capacity:
                        login.users += 1
                        login.shells += shell
                        return login
            login = _Login(opener())
            with self._lock:
                login.users, login.shells = 1, int(shell)
                self._logins[key].append(login)
            return login

    def abandon(self, thread: int | None) -> None:
        """Let nobody wait any more for the login that this thread is opening: its user went away."""
        with self._lock:
            taken = tuple(self._taken.pop(thread, ()))
        for one in taken:
            one.release()

    @contextmanager
    def _waited_for(
        self, one: threading.Lock | threading.Semaphore, deadline: float, who: str
    ) -> Iterator[None]:
        """Have it until the block ends, or until this thread is abandoned."""
        if not one.acquire(timeout=_left(deadline)):
            raise ConnectTimedOut(f"{who} took all of the connect time-out.")
        thread = threading.get_ident()
        with self._lock:
            taken = self._taken.setdefault(thread, [])
            taken.append(one)
        try:
            yield
        finally:
            with self._lock:
                still = self._taken.get(thread) is taken
                taken.remove(one)
                if still and not taken:
                    del self._taken[thread]
            if still:
                one.release()

    def status(self) -> list[dict[str, str | int]]:
        """The logins that are open, each as login (`user@host:port`), users and shells."""
        with self._lock:
            return [
                {"login": str(login.connection.endpoint), "users": login.users, "shells": login.shells}
                for logins in self._logins.values()
                for login in logins
            ]

    def reserve_shell(self, login: _Login) -> bool:
        """Count one more shell on a login; False where it has no capacity for one."""
        with self._lock:
            if login.shells >= login.capacity:
                return False
            login.shells += 1
            return True

    def is_full(self, login: _Login) -> bool:
        """Note that the server refused the shell that was counted last; False where it was the only one."""
        with self._lock:
            login.capacity = max(1, login.shells - 1)
            return login.shells > 1

    def give_back(self, key: Hashable, login: _Login, shell: bool) -> None:
        """Count one user less, and close the login after the last."""
        with self._lock:
            login.users -= 1
            login.shells -= shell
            last = login.users == 0
            if last and login in self._logins[key]:
                self._logins[key].remove(login)
            if not self._logins[key]:
                del self._logins[key]
        if last:
            login.connection.close()


def _patiently(opener: Callable[[], SshConnection], deadline: float) -> SshConnection:
    for pause in PAUSES:
        try:
            return opener()
        except ClosedBeforeLogin:
            if _left(deadline) <= pause:
                raise
        threading.Event().wait(pause)
    return opener()


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())
