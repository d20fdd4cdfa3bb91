# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of one client that two threads share: its own, and the one that notices a disconnect."""

from __future__ import annotations

import threading

from ..pooled_session import PooledSession
from ..session_pool import SessionPool


class ClientState:
    """The session of one client, whether a request is running, and whether the client is still there.

    The lock is held while a session is abandoned: until it is cut, no other client gets it.
    """

    def __init__(self, pool: SessionPool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._working = self._gone = False
        self._session: PooledSession | None = None
        self._thread = threading.get_ident()

    @property
    def working(self) -> bool:
        """Return True while a request is running."""
        return self._working

    @property
    def session(self) -> PooledSession | None:
        """Return the session that the client has acquired."""
        return self._session

    def begin(self) -> bool:
        """Mark the start of a request; return False if the client is gone."""
        with self._lock:
            self._working = not self._gone
            self._thread = threading.get_ident()
            return self._working

    def finish(self) -> None:
        """Mark the end of a request."""
        with self._lock:
            self._working = False

    def attach(self, session: PooledSession) -> bool:
        """Keep an acquired session; release it and return False if the client is gone."""
        with self._lock:
            if not self._gone:
                self._session = session
                return True
        self._pool.release(session)
        return False

    def release(self) -> None:
        """Release the session, if there is one."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            self._pool.release(session)

    def disconnect(self) -> bool:
        """Mark the client as gone; return True if a request is running."""
        with self._lock:
            self._gone = True
            return self._working

    def abandon(self) -> None:
        """Cut the session if a request of this client is running in it; end its wait for one."""
        with self._lock:
            if self._working and self._session is not None:
                self._pool.abandon(self._session, self._thread)
            elif self._working:
                self._pool.cancel(self._thread)
