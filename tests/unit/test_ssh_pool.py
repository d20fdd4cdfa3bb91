# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who shares which ssh login. A login here is an object that counts: the pool asks no more of one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any, cast

import pytest

from pyco_core.errors import ClosedBeforeLogin, ConnectionRefused, ConnectTimedOut, LoginRefused
from pyco_core.models.endpoint import Endpoint
from pyco_core.ssh_pool import LOGINS, PAUSES, SHELLS, PooledConnection, SshPool

KEY, SSHD = ("pyco@bastion",), ("bastion", 22)


class Login:
    """What the pool knows of an SshConnection."""

    def __init__(self, rooms: int = 1000) -> None:
        self.endpoint = Endpoint("bastion", user="pyco")
        self.alive = True
        self.opened = 0
        self.closed = 0
        self._rooms = rooms

    def shell(self, deadline: float) -> str:
        if self.opened == self._rooms:
            raise LoginRefused("bastion opens no shell.")
        self.opened += 1
        return f"shell {self.opened}"

    def close(self) -> None:
        self.closed += 1
        self.alive = False


class Sshd:
    """Makes logins. While `gate` is closed each of them takes its time."""

    def __init__(self, rooms: int = 1000) -> None:
        self.logins: list[Login] = []
        self.gate = threading.Event()
        self.gate.set()
        self.at_once = 0
        self.most_at_once = 0
        self._rooms = rooms
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
            self.logins.append(Login(self._rooms))
            return self.logins[-1]

    def wait_for(self, logins: int) -> None:
        """Wait until so many more logins have begun."""
        for _ in range(logins):
            assert self._waiting.acquire(timeout=20)


def soon(seconds: float = 20.0) -> float:
    return monotonic() + seconds


def lease(
    pool: SshPool, sshd: Sshd, *, key: tuple[str, ...] = KEY, deadline: float | None = None
) -> PooledConnection:
    return pool.acquire(key, SSHD, sshd.open, deadline or soon())


def together(number: int, use: Callable[[int], PooledConnection]) -> list[Future[PooledConnection]]:
    executor = ThreadPoolExecutor(number)
    futures = [executor.submit(use, place) for place in range(number)]
    executor.shutdown(wait=False)
    return futures


def connection(of: PooledConnection) -> Login:
    return cast(Login, of.connection)


# Sharing.


def test_two_users_of_one_login_share_it_and_the_last_one_closes_it() -> None:
    pool, sshd = SshPool(), Sshd()
    first, second = lease(pool, sshd), lease(pool, sshd)
    assert first.connection is second.connection
    assert pool.status() == [{"login": "pyco@bastion:22", "users": 2, "shells": 0}]
    first.release()
    first.release()  # which does nothing
    assert connection(second).alive
    second.release()
    assert not connection(second).alive
    assert (len(sshd.logins), sshd.logins[0].closed) == (1, 1)
    assert pool.status() == []


def test_other_logins_are_not_shared() -> None:
    pool, sshd = SshPool(), Sshd()
    assert lease(pool, sshd).connection is not lease(pool, sshd, key=("other@bastion",)).connection


def test_a_login_that_died_is_replaced_for_the_next_user() -> None:
    pool, sshd = SshPool(), Sshd()
    first = lease(pool, sshd)
    connection(first).alive = False
    second = lease(pool, sshd)
    assert second.connection is not first.connection
    first.release()
    assert connection(second).alive
    second.release()
    assert pool.status() == []


def test_a_login_that_died_with_its_last_user_is_forgotten() -> None:
    pool, sshd = SshPool(), Sshd()
    first, second = lease(pool, sshd), lease(pool, sshd)
    connection(first).alive = False
    third = lease(pool, sshd)
    third.release()
    first.release()
    second.release()
    assert pool.status() == []
    assert [login.alive for login in sshd.logins] == [False, False]


def test_a_login_that_fails_is_tried_again_by_the_next_user() -> None:
    pool, sshd = SshPool(), Sshd()

    def refuse() -> Any:
        raise ConnectionRefused("bastion refuses.")

    with pytest.raises(ConnectionRefused):
        pool.acquire(KEY, SSHD, refuse, soon())
    assert pool.status() == []
    lease(pool, sshd).release()
    assert len(sshd.logins) == 1


# Shells.


def test_ten_shells_share_a_login_and_the_eleventh_gets_another() -> None:
    pool, sshd = SshPool(), Sshd()
    leases = [lease(pool, sshd) for _ in range(2 * SHELLS + 1)]
    assert len(sshd.logins) == 1
    for one in leases:
        one.shell(soon())
    assert [login.opened for login in sshd.logins] == [SHELLS, SHELLS, 1]
    assert [status["shells"] for status in pool.status()] == [SHELLS, SHELLS, 1]
    assert [status["users"] for status in pool.status()] == [SHELLS, SHELLS, 1]
    for one in leases:
        one.release()
    assert pool.status() == []
    assert [login.closed for login in sshd.logins] == [1, 1, 1]


def test_a_server_that_allows_fewer_shells_gets_more_logins() -> None:
    pool, sshd = SshPool(), Sshd(rooms=2)
    leases = [lease(pool, sshd) for _ in range(5)]
    for one in leases:
        one.shell(soon())
    assert [login.opened for login in sshd.logins] == [2, 2, 1]
    for one in leases:
        one.release()
    assert pool.status() == []


def test_a_shell_that_was_left_makes_room_for_another() -> None:
    pool, sshd = SshPool(), Sshd()
    leases = [lease(pool, sshd) for _ in range(SHELLS)]
    for one in leases:
        one.shell(soon())
    leases[0].release()
    lease(pool, sshd).shell(soon())
    assert len(sshd.logins) == 1


def test_users_without_a_shell_are_not_limited() -> None:
    pool, sshd = SshPool(), Sshd()
    leases = [lease(pool, sshd) for _ in range(5 * SHELLS)]
    leases[0].shell(soon())
    assert len(sshd.logins) == 1
    assert pool.status() == [{"login": "pyco@bastion:22", "users": 5 * SHELLS, "shells": 1}]


def test_a_shell_that_is_refused_is_counted_until_the_lease_ends() -> None:
    pool, sshd = SshPool(), Sshd(rooms=0)
    one = lease(pool, sshd)
    with pytest.raises(LoginRefused):
        one.shell(soon())
    one.release()
    assert pool.status() == []
    assert sshd.logins[0].closed == 1


def test_a_lease_that_was_given_back_takes_a_login_again_for_a_shell() -> None:
    pool, sshd = SshPool(), Sshd()
    one = lease(pool, sshd)
    one.release()
    assert str(one.shell(soon())) == "shell 1"
    assert len(sshd.logins) == 2
    one.release()
    assert pool.status() == []


# Many at a time.


def test_users_that_come_together_wait_for_one_login_and_share_it() -> None:
    pool, sshd = SshPool(), Sshd()
    sshd.gate.clear()
    futures = together(5, lambda _: lease(pool, sshd))
    sshd.wait_for(1)
    sshd.gate.set()
    assert len({id(future.result(20).connection) for future in futures}) == 1
    assert len(sshd.logins) == 1


def test_who_waits_too_long_for_the_login_of_another_gets_a_connect_time_out() -> None:
    pool, sshd = SshPool(), Sshd()
    sshd.gate.clear()
    (first,) = together(1, lambda _: lease(pool, sshd))
    sshd.wait_for(1)
    with pytest.raises(ConnectTimedOut) as caught:
        lease(pool, sshd, deadline=soon(0.01))
    assert caught.value.message == "Another login to this host took all of the connect time-out."
    sshd.gate.set()
    first.result(20).release()
    assert pool.status() == []


def test_one_sshd_gets_a_few_logins_at_a_time() -> None:
    pool, sshd = SshPool(), Sshd()
    sshd.gate.clear()
    futures = together(LOGINS + 3, lambda number: lease(pool, sshd, key=(f"user{number}@bastion",)))
    sshd.wait_for(LOGINS)
    with pytest.raises(ConnectTimedOut) as caught:
        lease(pool, sshd, key=("late@bastion",), deadline=soon(0.01))
    assert caught.value.message == "Other logins to this host took all of the connect time-out."
    sshd.gate.set()
    assert len({id(future.result(20).connection) for future in futures}) == LOGINS + 3
    assert sshd.most_at_once == LOGINS


def test_logins_to_other_sshds_do_not_wait() -> None:
    pool, sshd, other = SshPool(), Sshd(), Sshd()
    sshd.gate.clear()
    futures = together(LOGINS, lambda number: lease(pool, sshd, key=(f"user{number}@bastion",)))
    sshd.wait_for(LOGINS)
    pool.acquire(("pyco@other",), ("other", 22), other.open, soon()).release()
    sshd.gate.set()
    for future in futures:
        future.result(20).release()
    assert pool.status() == []


def test_a_login_that_failed_gives_its_place_to_others() -> None:
    pool, sshd = SshPool(), Sshd()

    def refuse() -> Any:
        raise ConnectionRefused("bastion refuses.")

    for _ in range(LOGINS + 1):
        with pytest.raises(ConnectionRefused):
            pool.acquire(KEY, SSHD, refuse, soon())
    lease(pool, sshd, deadline=soon()).release()


def closing(sshd: Sshd, times: int) -> Callable[[], Any]:
    """An opener whose server closes so many times before the login."""
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
def test_a_server_that_closes_before_the_login_is_asked_again(times: int) -> None:
    pool, sshd = SshPool(), Sshd()
    pool.acquire(KEY, SSHD, closing(sshd, times), soon()).release()
    assert len(sshd.logins) == 1
    assert pool.status() == []


@pytest.mark.usefixtures("short_pauses")
def test_a_server_that_always_closes_is_not_asked_for_ever() -> None:
    pool, sshd = SshPool(), Sshd()
    with pytest.raises(ClosedBeforeLogin):
        pool.acquire(KEY, SSHD, closing(sshd, len(PAUSES) + 1), soon())
    assert sshd.logins == []


def test_a_server_that_closes_is_not_asked_again_where_no_time_is_left() -> None:
    pool, sshd = SshPool(), Sshd()
    with pytest.raises(ClosedBeforeLogin):
        pool.acquire(KEY, SSHD, closing(sshd, 1), soon(PAUSES[0] / 2))
    assert sshd.logins == []


def test_who_went_away_during_a_login_keeps_nobody_waiting() -> None:
    pool, sshd = SshPool(), Sshd()
    pool.abandon(None)  # nobody
    sshd.gate.clear()
    threads: list[int] = []

    def first(_: int) -> PooledConnection:
        threads.append(threading.get_ident())
        return lease(pool, sshd)

    (gone,) = together(1, first)
    sshd.wait_for(1)
    pool.abandon(threads[0])
    pool.abandon(threads[0])  # which does nothing more
    (second,) = together(1, lambda _: lease(pool, sshd))
    sshd.wait_for(1)
    # The second one is waited for as ever.
    with pytest.raises(ConnectTimedOut):
        lease(pool, sshd, deadline=soon(0.01))
    sshd.gate.set()
    for future in (gone, second):
        future.result(20).release()
    assert pool.status() == []
    lease(pool, sshd).release()


def test_a_login_under_way_is_waited_for_also_when_a_dead_one_is_given_back() -> None:
    pool, sshd = SshPool(), Sshd()
    dead = lease(pool, sshd)
    connection(dead).alive = False
    sshd.wait_for(1)
    sshd.gate.clear()
    (second,) = together(1, lambda _: lease(pool, sshd))
    sshd.wait_for(1)
    dead.release()
    with pytest.raises(ConnectTimedOut):
        lease(pool, sshd, deadline=soon(0.01))
    sshd.gate.set()
    assert second.result(20).connection is lease(pool, sshd).connection
    assert len(sshd.logins) == 2
