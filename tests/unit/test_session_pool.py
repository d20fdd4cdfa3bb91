# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions of the broker. Its own tests use them over the socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from pyco_core.errors import SessionBusy
from pyco_core.models.command import Command
from pyco_core.models.endpoint import parse_url
from pyco_core.models.settings import Settings
from pyco_core.pooled_session import Target
from pyco_core.session_pool import PoolClosed, SessionPool
from pyco_core.session_queue import SURPLUS_DELAY
from pyco_core.sim import Host, Sim

TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"
UNUSED = Target((parse_url("telnet://r1/cisco_ios"),), Settings(session_timeout=0.01, sessions=1))


@pytest.fixture
def router() -> Iterator[Host]:
    with Sim() as sim:
        yield sim.telnet(TAPE)


@pytest.fixture
def closed() -> list[str]:
    """One entry for each session that the pool has closed."""
    return []


@pytest.fixture
def pool(closed: list[str]) -> Iterator[SessionPool]:
    pool = SessionPool(lambda: closed.append("closed"))
    yield pool
    pool.close()


@pytest.fixture
def target(router: Host) -> Target:
    url = f"telnet://demo:demo-login@127.0.0.1:{router.port}/cisco_ios"
    return Target((parse_url(url),), Settings())


def test_released_session_is_used_again_by_equal_target(
    pool: SessionPool, target: Target, router: Host
) -> None:
    session = pool.acquire(target)
    session.connect(60.0)
    pool.release(session)
    again = pool.acquire(replace(target, settings=Settings(command_timeout=5.0)))
    assert again is session
    assert again.send(Command("show clock")) == "*08:30:12.417 UTC Mon Mar 3 2025"
    assert len(router.sessions) == 1
    pool.release(again)


def test_session_without_persist_is_closed_at_release(
    pool: SessionPool, target: Target, closed: list[str]
) -> None:
    session = pool.acquire(target)
    session.connect(0.0)
    pool.release(session)
    assert closed == ["closed"]
    assert pool.sessions() == ()


def test_session_in_use_is_not_handed_out_within_session_timeout(pool: SessionPool) -> None:
    session = pool.acquire(UNUSED)
    with pytest.raises(SessionBusy, match=r"Other tasks used the session of this device for 0\.01 s"):
        pool.acquire(UNUSED)
    pool.release(session)


def test_clients_get_their_turn_in_order_of_arrival(pool: SessionPool) -> None:
    patient = replace(UNUSED, settings=replace(UNUSED.settings, session_timeout=20.0))
    served: list[int] = []

    def use(number: int) -> None:
        session = pool.acquire(patient)
        served.append(number)
        pool.release(session)

    first = pool.acquire(patient)
    threads = []
    for number in range(8):
        threads.append(threading.Thread(target=use, args=(number,)))
        threads[-1].start()
        _until_queue_has(pool, number + 1)
    pool.release(first)
    for thread in threads:
        thread.join(20)
    assert served == list(range(8))
    assert len(pool) == 0


def test_session_for_which_a_client_waits_is_opened_after_delay(pool: SessionPool, target: Target) -> None:
    first = pool.acquire(target)
    first.connect(60.0)
    began = time.monotonic()
    second = pool.acquire(target)
    assert second is not first
    assert time.monotonic() - began >= SURPLUS_DELAY
    second.connect(60.0)
    pool.release(first)
    pool.release(second)
    assert pool.acquire(target) is second  # the last used one; the other one expires
    pool.release(second)


def test_last_waiting_client_leaves_no_group_behind(pool: SessionPool) -> None:
    session = pool.acquire(UNUSED)
    pool.abandon(session, None)
    assert len(pool) == 0
    pool.release(session)  # its user notices later
    assert pool.sessions() == ()


def test_cancelled_client_gets_no_session(pool: SessionPool) -> None:
    patient = replace(UNUSED, settings=replace(UNUSED.settings, session_timeout=20.0))
    session = pool.acquire(patient)
    errors: list[PoolClosed] = []

    def wait() -> None:
        try:
            pool.acquire(patient)
        except PoolClosed as exc:
            errors.append(exc)

    thread = threading.Thread(target=wait)
    thread.start()
    _until_queue_has(pool, 1)
    pool.cancel(-1)  # another client
    pool.cancel(thread.ident)
    thread.join(20)
    assert len(errors) == 1
    pool.release(session)


def _until_queue_has(pool: SessionPool, number: int) -> None:
    pause = threading.Event()
    while sum(len(group._queue) for group in list(pool._groups.values())) < number:
        pause.wait(0.001)


def test_end_without_session_returns_false(pool: SessionPool) -> None:
    assert pool.end(UNUSED) is False


def test_end_closes_the_open_session(pool: SessionPool, target: Target, router: Host) -> None:
    session = pool.acquire(target)
    session.connect(60.0)
    pool.release(session)
    assert pool.end(target) is True
    assert router.endings() == ["exit"]


def test_closed_pool_hands_out_no_session(pool: SessionPool) -> None:
    pool.close()
    with pytest.raises(PoolClosed):
        pool.acquire(UNUSED)


def test_further_session_tries_route_in_use_first(pool: SessionPool, target: Target, router: Host) -> None:
    dead = (parse_url("ssh://127.0.0.1:1"), *target.route)
    with_fallback = replace(target, route=dead, fallbacks=(target.route,))
    first = pool.acquire(with_fallback)
    assert first.device.hops == dead[:1]
    first.connect(60.0)
    second = pool.acquire(with_fallback)
    assert second.device.routes == ((), dead[:1])
    second.connect(60.0)
    assert [status.hops for status in pool.sessions()] == [(), ()]
    assert with_fallback.key != target.key
    pool.release(first)
    pool.release(second)


def test_end_closes_session_over_fallback(pool: SessionPool, target: Target) -> None:
    dead = (parse_url("ssh://127.0.0.1:1"), *target.route)
    with_fallback = replace(target, route=dead, fallbacks=(target.route,))
    session = pool.acquire(with_fallback)
    session.connect(60.0)
    pool.release(session)
    assert pool.end(with_fallback)
    assert pool.sessions() == ()
