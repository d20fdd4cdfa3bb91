# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions with one target, and the clients that wait for one of them in turn.

Nothing here waits without the lock of the pool: every method is called while it is held.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

# Seconds that the first client in the queue waits before a further session is opened. The next task of a
# play often arrives while the session of the last one is being released, and a login takes longer.
SURPLUS_DELAY = 0.5


class Lendable(Protocol):
    """A session. used: time of its last use."""

    busy: bool
    used: float

    def acquire(self) -> None:
        """Mark the session as busy."""


_S = TypeVar("_S", bound=Lendable)


class Ticket(Generic[_S]):
    """The place of one client in the queue.

    create: makes a further session. limit: number of sessions up to which it may be called.
    session: the one that the client got, None while it waits. cancelled: True if it gets none any more.
    """

    def __init__(self, lock: threading.Lock, create: Callable[[], _S], limit: int) -> None:
        self.create = create
        self.limit = limit
        self.thread = threading.get_ident()
        self.surplus_from = time.monotonic() + SURPLUS_DELAY
        self.session: _S | None = None
        self.cancelled = False
        self._answered = threading.Condition(lock)

    def grant(self, session: _S) -> None:
        """Give the client a session."""
        self.session = session
        self._answered.notify()

    def cancel(self) -> None:
        """End the wait without a session."""
        self.cancelled = True
        self._answered.notify()

    def wait(self, until: float) -> None:
        """Release the lock and wait for an answer, at most until this time."""
        self._answered.wait(until - time.monotonic())


class Group(Generic[_S]):
    """The sessions with one target, idle or busy, and the queue of the clients that want one."""

    def __init__(self) -> None:
        self._sessions: list[_S] = []
        self._queue: deque[Ticket[_S]] = deque()

    def __iter__(self) -> Iterator[_S]:
        return iter(tuple(self._sessions))

    def __len__(self) -> int:
        return len(self._sessions)

    @property
    def is_unused(self) -> bool:
        """Return True without a session and without a waiting client."""
        return not self._sessions and not self._queue

    def obtain(self, ticket: Ticket[_S], deadline: float) -> _S | None:
        """Wait in turn and return a busy session; None at the deadline, and if the ticket is cancelled."""
        self._queue.append(ticket)
        self.serve()
        while ticket.session is None and not ticket.cancelled:
            now = time.monotonic()
            if now >= deadline:
                break
            ticket.wait(min(deadline, ticket.surplus_from) if now < ticket.surplus_from else deadline)
            self.serve()
        if ticket in self._queue:
            self._queue.remove(ticket)
        return ticket.session

    def serve(self) -> None:
        """Give the sessions that are free, or may be opened, to the first clients in the queue."""
        while self._queue:
            session = self._next(self._queue[0])
            if session is None:
                return
            self._queue.popleft().grant(session)

    def remove(self, session: _S) -> None:
        """Forget a session that is closed, or cut; its place is free for another one."""
        self._sessions.remove(session)
        self.serve()

    def cancel(self, thread: int | None) -> None:
        """End the wait of the client of this thread, None for all."""
        for ticket in tuple(self._queue):
            if thread in (None, ticket.thread):
                self._queue.remove(ticket)
                ticket.cancel()

    def _next(self, ticket: Ticket[_S]) -> _S | None:
        """Return the session for the first client: the last used one, so that the surplus ones expire."""
        idle = [session for session in self._sessions if not session.busy]
        if idle:
            session = max(idle, key=lambda each: each.used)
            session.acquire()
            return session
        is_due = not self._sessions or time.monotonic() >= ticket.surplus_from
        if len(self._sessions) >= ticket.limit or not is_due:
            return None
        session = ticket.create()
        self._sessions.append(session)
        return session
