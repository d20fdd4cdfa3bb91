# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sharing of ssh logins, with logins that only count their shells."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any, cast

import pytest

from pyco_core.errors import (
    ClosedBeforeLogin,
    ConnectionClosed,
    ConnectionRefused,
    ConnectTimedOut,
    LoginRefused,
)
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.status import LoginStatus
from pyco_core.ssh_pool import MAX_NEW_LOGINS, MAX_SHELLS, PAUSES, PooledConnection, SshPool
from pyco_core.transport.cancel import Cancel

KEY, SSHD = ("pyco@bastion",), ("bastion", 22)


class FakeConnection:
    """The part of SshConnection that the pool uses."""

    def __init__(self, capacity: int = 1000) -> None:
        self.endpoint = Endpoint("bastion", user="pyco")
        self.alive = True
        self.silent = False
        self.opened = 0
        self.closed = 0
        self.late = 0  # refusals before the end of an earlier channel is noticed
        self._capacity = capacity

    def shell(self, deadline: float) -> str:
        if self.late or self.opened == self._capacity:
            self.late = max(0, self.late - 1)
            raise LoginRefused("bastion refused to open a shell.")
        self.opened += 1
        return f"shell {self.opened}"

    def ask(self, after: float) -> None:
        """Send nothing."""

    def answers(self, seconds: float) -> bool:
        return not self.silent

    def close(self) -> None:
        self.closed += 1
        self.alive = False


class Sshd:
    """A server that makes logins; each waits until `gate` is open."""

    def __init__(self, capacity: int = 1000) -> None:
        self.logins: list[FakeConnection] = []
        self.gate = threading.Event()
        self.gate.set()
        self.at_once = 0
        self.most_at_once = 0
        self._capacity = capacity
        self._lock = threading.Lock()
        self._waiting = threading.Semaphore(0)

    def open(self) -> Any:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self._waiting.release()
        assert self.gate.wait(5)
        with self._lock:
            self.at_once -= 1
            self.logins.append(FakeConnection(self._capacity))
            return self.logins[-1]

    def wait_for(self, logins: int) -> None:
        """Wait until `logins` more logins have begun."""
        for _ in range(logins):
            assert self._waiting.acquire(timeout=20)


def soon(seconds: float = 20.0) -> float:
    return monotonic() + seconds


def acquire(
    pool: SshPool, sshd: Sshd, *, key: tuple[str, ...] = KEY, deadline: float | None = None
) -> PooledConnection:
    return pool.acquire(key, SSHD, sshd.open, deadline or soon())


def in_threads(number: int, use: Callable[[int], PooledConnection]) -> list[Future[PooledConnection]]:
    executor = ThreadPoolExecutor(number)
    futures = [executor.submit(use, place) for place in range(number)]
    executor.shutdown(wait=False)
    return futures


def connection_of(pooled: PooledConnection) -> FakeConnection:
    return cast(FakeConnection, pooled.connection)


# Sharing.


def test_login_is_shared_and_closed_by_last_user() -> None:
    pool, sshd = SshPool(), Sshd()
    first, second = acquire(pool, sshd), acquire(pool, sshd)
    assert first.connection is second.connection
    assert pool.status() == [LoginStatus("pyco@bastion:22", users=2, shells=0)]
    first.release()
    first.release()  # no effect
    assert connection_of(second).alive
    second.release()
    assert not connection_of(second).alive
    assert (len(sshd.logins), sshd.logins[0].closed) == (1, 1)
    assert pool.status() == []


def test_logins_with_different_keys_are_not_shared() -> None:
    pool, sshd = SshPool(), Sshd()
    assert acquire(pool, sshd).connection is not acquire(pool, sshd, key=("other@bastion",)).connection


def test_dead_login_is_replaced_for_next_user() -> None:
    pool, sshd = SshPool(), Sshd()
    first = acquire(pool, sshd)
    connection_of(first).alive = False
    second = acquire(pool, sshd)
    assert second.connection is not first.connection
    first.release()
    assert connection_of(second).alive
    second.release()
    assert pool.status() == []


def test_silent_login_is_left_to_its_users_and_shared_again_when_it_answers() -> None:
    pool, sshd = SshPool(), Sshd()
    first = acquire(pool, sshd)
    connection_of(first).silent = True
    second = acquire(pool, sshd)
    assert second.connection is not first.connection
    assert connection_of(first).alive
    connection_of(first).silent = False
    third = acquire(pool, sshd)
    assert third.connection is first.connection
    for pooled in (first, second, third):
        pooled.release()
    assert pool.status() == []
    assert [login.closed for login in sshd.logins] == [1, 1]


def test_login_released_while_it_is_asked_is_not_shared() -> None:
    pool, sshd = SshPool(), Sshd()
    first = acquire(pool, sshd)

    def release(seconds: float) -> bool:
        first.release()
        return True

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(connection_of(first), "answers", release)
        second = acquire(pool, sshd)
    assert second.connection is not first.connection
    second.release()
    assert pool.status() == []


def test_dead_login_is_removed_with_its_last_user() -> None:
    pool, sshd = SshPool(), Sshd()
    first, second = acquire(pool, sshd), acquire(pool, sshd)
    connection_of(first).alive = False
    third = acquire(pool, sshd)
    third.release()
    first.release()
    second.release()
    assert pool.status() == []
    assert [login.alive for login in sshd.logins] == [False, False]


def test_next_user_retries_failed_login() -> None:
    pool, sshd = SshPool(), Sshd()

    def refuse() -> Any:
        raise ConnectionRefused("bastion refuses.")

    with pytest.raises(ConnectionRefused):
        pool.acquire(KEY, SSHD, refuse, soon())
    assert pool.status() == []
    acquire(pool, sshd).release()
    assert len(sshd.logins) == 1


# Shells.


def test_shells_above_limit_get_another_login() -> None:
    pool, sshd = SshPool(), Sshd()
    users = [acquire(pool, sshd) for _ in range(2 * MAX_SHELLS + 1)]
    assert len(sshd.logins) == 1
    for one in users:
        one.shell(soon())
    assert [login.opened for login in sshd.logins] == [MAX_SHELLS, MAX_SHELLS, 1]
    assert [status.shells for status in pool.status()] == [MAX_SHELLS, MAX_SHELLS, 1]
    assert [status.users for status in pool.status()] == [MAX_SHELLS, MAX_SHELLS, 1]
    for one in users:
        one.release()
    assert pool.status() == []
    assert [login.closed for login in sshd.logins] == [1, 1, 1]


def test_server_with_fewer_shells_gets_more_logins() -> None:
    pool, sshd = SshPool(), Sshd(capacity=2)
    users = [acquire(pool, sshd) for _ in range(5)]
    for one in users:
        one.shell(soon())
    assert [login.opened for login in sshd.logins] == [2, 2, 1]
    for one in users:
        one.release()
    assert pool.status() == []


def test_released_shell_frees_its_slot() -> None:
    pool, sshd = SshPool(), Sshd()
    users = [acquire(pool, sshd) for _ in range(MAX_SHELLS)]
    for one in users:
        one.shell(soon())
    users[0].release()
    acquire(pool, sshd).shell(soon())
    assert len(sshd.logins) == 1


def test_users_without_shell_are_not_limited() -> None:
    pool, sshd = SshPool(), Sshd()
    users = [acquire(pool, sshd) for _ in range(5 * MAX_SHELLS)]
    users[0].shell(soon())
    assert len(sshd.logins) == 1
    assert pool.status() == [LoginStatus("pyco@bastion:22", users=5 * MAX_SHELLS, shells=1)]


def test_refused_shell_is_counted_until_release() -> None:
    pool, sshd = SshPool(), Sshd(capacity=0)
    one = acquire(pool, sshd)
    with pytest.raises(LoginRefused):
        one.shell(soon())
    one.release()
    assert pool.status() == []
    assert sshd.logins[0].closed == 1


@pytest.mark.usefixtures("short_pauses")
def test_channel_that_server_still_counts_is_refused_once() -> None:
    pool, sshd = SshPool(), Sshd()
    one = acquire(pool, sshd)
    one.shell(soon())
    connection_of(one).late = 1
    assert str(one.shell(soon())) == "shell 2"
    connection_of(one).late = 2
    with pytest.raises(LoginRefused):
        one.shell(soon())
    assert len(sshd.logins) == 1
    one.release()


def test_shell_after_release_acquires_login_again() -> None:
    pool, sshd = SshPool(), Sshd()
    one = acquire(pool, sshd)
    one.release()
    assert str(one.shell(soon())) == "shell 1"
    assert len(sshd.logins) == 2
    one.release()
    assert pool.status() == []


# Concurrent users.


def test_concurrent_users_wait_for_one_login() -> None:
    pool, sshd = SshPool(), Sshd()
    sshd.gate.clear()
    futures = in_threads(5, lambda _: acquire(pool, sshd))
    sshd.wait_for(1)
    sshd.gate.set()
    assert len({id(future.result(20).connection) for future in futures}) == 1
    assert len(sshd.logins) == 1


def test_waiting_for_login_of_other_user_times_out() -> None:
    pool, sshd = SshPool(), Sshd()
    sshd.gate.clear()
    (first,) = in_threads(1, lambda _: acquire(pool, sshd))
    sshd.wait_for(1)
    with pytest.raises(ConnectTimedOut) as caught:
        acquire(pool, sshd, deadline=soon(0.01))
    assert caught.value.message == "Another login to this host took all of the connect timeout."
    sshd.gate.set()
    first.result(20).release()
    assert pool.status() == []


def test_concurrent_logins_to_one_sshd_are_limited() -> None:
    pool, sshd = SshPool(), Sshd()
    sshd.gate.clear()
    futures = in_threads(
        MAX_NEW_LOGINS + 3, lambda number: acquire(pool, sshd, key=(f"user{number}@bastion",))
    )
    sshd.wait_for(MAX_NEW_LOGINS)
    with pytest.raises(ConnectTimedOut) as caught:
        acquire(pool, sshd, key=("late@bastion",), deadline=soon(0.01))
    assert caught.value.message == "Other logins to this host took all of the connect timeout."
    sshd.gate.set()
    assert len({id(future.result(20).connection) for future in futures}) == MAX_NEW_LOGINS + 3
    assert sshd.most_at_once == MAX_NEW_LOGINS


def test_logins_to_other_sshd_do_not_wait() -> None:
    pool, sshd, other = SshPool(), Sshd(), Sshd()
    sshd.gate.clear()
    futures = in_threads(MAX_NEW_LOGINS, lambda number: acquire(pool, sshd, key=(f"user{number}@bastion",)))
    sshd.wait_for(MAX_NEW_LOGINS)
    pool.acquire(("pyco@other",), ("other", 22), other.open, soon()).release()
    sshd.gate.set()
    for future in futures:
        future.result(20).release()
    assert pool.status() == []


def test_failed_login_frees_its_slot() -> None:
    pool, sshd = SshPool(), Sshd()

    def refuse() -> Any:
        raise ConnectionRefused("bastion refuses.")

    for _ in range(MAX_NEW_LOGINS + 1):
        with pytest.raises(ConnectionRefused):
            pool.acquire(KEY, SSHD, refuse, soon())
    acquire(pool, sshd, deadline=soon()).release()


def closing(sshd: Sshd, times: int) -> Callable[[], Any]:
    """Return an opener whose server closes the connection `times` times before the login."""
    left = [ClosedBeforeLogin("bastion closes.") for _ in range(times)]

    def opener() -> Any:
        if left:
            raise left.pop()
        return sshd.open()

    return opener


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyco_core.ssh_pool.PAUSES", (0.001,) * len(PAUSES))


@pytest.mark.usefixtures("short_pauses")
@pytest.mark.parametrize("times", [1, len(PAUSES)])
def test_close_before_login_is_retried(times: int) -> None:
    pool, sshd = SshPool(), Sshd()
    pool.acquire(KEY, SSHD, closing(sshd, times), soon()).release()
    assert len(sshd.logins) == 1
    assert pool.status() == []


@pytest.mark.usefixtures("short_pauses")
def test_retry_after_close_is_limited() -> None:
    pool, sshd = SshPool(), Sshd()
    with pytest.raises(ClosedBeforeLogin):
        pool.acquire(KEY, SSHD, closing(sshd, len(PAUSES) + 1), soon())
    assert sshd.logins == []


def test_close_before_login_is_not_retried_without_time_left() -> None:
    pool, sshd = SshPool(), Sshd()
    with pytest.raises(ClosedBeforeLogin):
        pool.acquire(KEY, SSHD, closing(sshd, 1), soon(PAUSES[0] / 2))
    assert sshd.logins == []


def test_abandoned_login_does_not_block_others() -> None:
    pool, sshd = SshPool(), Sshd()
    pool.abandon(None)  # nobody
    sshd.gate.clear()
    threads: list[int] = []

    def first(_: int) -> PooledConnection:
        threads.append(threading.get_ident())
        return acquire(pool, sshd)

    (gone,) = in_threads(1, first)
    sshd.wait_for(1)
    pool.abandon(threads[0])
    pool.abandon(threads[0])  # no effect
    (second,) = in_threads(1, lambda _: acquire(pool, sshd))
    sshd.wait_for(1)
    # Others wait for the second login.
    with pytest.raises(ConnectTimedOut):
        acquire(pool, sshd, deadline=soon(0.01))
    sshd.gate.set()
    for future in (gone, second):
        future.result(20).release()
    assert pool.status() == []
    acquire(pool, sshd).release()


def test_pending_login_is_awaited_after_release_of_dead_one() -> None:
    pool, sshd = SshPool(), Sshd()
    dead = acquire(pool, sshd)
    connection_of(dead).alive = False
    sshd.wait_for(1)
    sshd.gate.clear()
    (second,) = in_threads(1, lambda _: acquire(pool, sshd))
    sshd.wait_for(1)
    dead.release()
    with pytest.raises(ConnectTimedOut):
        acquire(pool, sshd, deadline=soon(0.01))
    sshd.gate.set()
    assert second.result(20).connection is acquire(pool, sshd).connection
    assert len(sshd.logins) == 2


def test_cancelled_login_is_not_repeated() -> None:
    pool, sshd, cancel = SshPool(), Sshd(), Cancel()

    def opener() -> Any:
        cancel.set()
        raise ClosedBeforeLogin("bastion closes.")

    with cancel.active(), pytest.raises(ConnectionClosed, match="its client disconnected"):
        pool.acquire(KEY, SSHD, opener, soon())
    acquire(pool, sshd).release()
