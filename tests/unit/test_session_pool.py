# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions of the broker. Its own tests use them over the socket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pyco_core.errors import ConnectTimedOut
from pyco_core.models.command import Command
from pyco_core.models.endpoint import parse_url
from pyco_core.models.settings import Settings
from pyco_core.session_pool import PoolClosed, SessionPool, Target
from pyco_core.sim import Host, Sim

TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"
UNUSED = Target((parse_url("telnet://r1/cisco_ios"),), Settings(connect_timeout=0.01))


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


def test_session_in_use_is_not_handed_out_within_connect_timeout(pool: SessionPool) -> None:
    session = pool.acquire(UNUSED)
    with pytest.raises(ConnectTimedOut, match="Another task used this device's session"):
        pool.acquire(UNUSED)
    pool.release(session)


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
