# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many devices behind shared ssh logins: on a real sshd with its default limits, and with a lost hop."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from pyco_core.broker import client
from pyco_core.broker.messages import Open
from pyco_core.broker.server import Broker
from pyco_core.driver.compiler import load
from pyco_core.errors import ClosedBeforeLogin, ConnectionClosed, PycoError, SessionClosed
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.route.connection import Connection
from pyco_core.route.plan import plan
from pyco_core.session.session import clock
from pyco_core.sim import Sim
from pyco_core.ssh_pool import SshPool
from tests.unit.sshd import Sshd, servers

from .conftest import SETTINGS, Talker
from .router import TIMEOUT, Router

Remote = Callable[..., client.RemoteDevice]
MANY, SOME = 60, 12
PATIENT = replace(SETTINGS, connect_timeout=60)


@pytest.fixture
def sshd(home: Path) -> Iterator[Callable[[str], Sshd]]:
    with servers(home) as start:
        yield start


def at_once(work: Callable[[int], object], number: int) -> list[object]:
    """Return the results of this many threads that start together."""
    gate = threading.Barrier(number)

    def run(place: int) -> object:
        gate.wait()
        return work(place)

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(run, range(number)))


def test_many_devices_behind_one_hop_share_its_login(
    broker: Broker, sshd: Callable[..., Sshd], router: Router
) -> None:
    hop = sshd()

    def work(number: int) -> str:
        device = client.RemoteDevice([hop.endpoint, replace(router.endpoint, user=f"u{number}")], PATIENT, 60)
        text = device(f"show {number}")
        device.close()
        return str(text)

    assert at_once(work, MANY) == [f"this was show {number}" for number in range(MANY)]
    assert len(router.logins) == MANY
    assert hop.logins == 1
    assert not re.search("MaxStartups|no more sessions|refused|error", hop.log)


def test_ten_shells_share_one_ssh_connection(broker: Broker, sshd: Callable[..., Sshd]) -> None:
    host = sshd()

    def work(number: int) -> str:
        # Another folder of drivers makes it another session, on the same logins.
        settings = replace(PATIENT, driver_path=(f"/nowhere/{number}",))
        device = client.RemoteDevice([host.endpoint], settings, 60)
        text = device(f"expr {number} + 1")
        device.close()
        return str(text)

    assert at_once(work, SOME) == [str(number + 1) for number in range(SOME)]
    assert host.logins == -(-SOME // 10)
    assert not re.search("MaxStartups|no more sessions|refused|error", host.log)
    [status] = client.status()
    assert sorted(login.shells for login in status.logins) == [SOME % 10, 10]


def test_login_is_retried_when_host_drops_it(broker: Broker, sshd: Callable[..., Sshd], home: Path) -> None:
    host = sshd("MaxStartups 2:100:2\n")

    def work(number: int) -> str:
        settings = replace(PATIENT, known_hosts=str(home / f"known.{number}"))  # a login of its own
        device = client.RemoteDevice([host.endpoint], settings, 60)
        text = device("echo here")
        device.close()
        return str(text)

    assert at_once(work, 8) == ["here"] * 8
    assert host.logins == 8
    assert "MaxStartups" in host.log


def test_login_retries_end_with_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyco_core.ssh_pool.PAUSES", (0.001, 0.002))
    tried: list[float] = []

    def opener() -> NoReturn:
        tried.append(clock())
        raise ClosedBeforeLogin("It closed.")

    with pytest.raises(ClosedBeforeLogin):
        SshPool().acquire("key", "sshd", opener, clock() + TIMEOUT)
    assert len(tried) == 3
    with pytest.raises(ClosedBeforeLogin):
        SshPool().acquire("key", "sshd", opener, clock())  # no time for a pause
    assert len(tried) == 4


# A lost hop.


@pytest.fixture
def sims() -> Iterator[tuple[Sim, Sim]]:
    with Sim() as one, Sim() as other:
        yield one, other


def bastion(sim: Sim) -> Endpoint:
    host = sim.ssh(users={"pyco": "secret"}, forward=True)
    return Endpoint("127.0.0.1", "ssh", host.port, "pyco", Secret("secret"))


def test_lost_hop_closes_its_own_sessions_and_is_named(
    broker: Broker, remote: Remote, sims: tuple[Sim, Sim], routers: Callable[..., Router]
) -> None:
    dying, other = map(bastion, sims)
    behind, beside = routers(), routers()
    busy = [remote(dying, replace(behind.endpoint, user=f"u{number}")) for number in range(3)]
    idle = remote(dying, behind.endpoint)
    idle.connect()
    unharmed = remote(other, beside.endpoint)
    unharmed.connect()
    with ThreadPoolExecutor(3) as threads:
        replies = [threads.submit(device, "hang") for device in busy]
        behind.wait(lambda: sum("hang" in login.lines for login in behind.logins) == 3)
        sims[0].close()
        errors = [reply.exception(TIMEOUT) for reply in replies]
    for error in errors:
        assert isinstance(error, SessionClosed)
        assert [error.hop, error.endpoint, error.command] == [1, str(dying), "hang"]
        assert "connection to this hop was lost" in str(error)
    assert unharmed("show clock") == "this was show clock"
    assert len(beside.logins) == 1
    with pytest.raises(PycoError) as caught:
        idle("show clock")
    assert [caught.value.hop, caught.value.endpoint, caught.value.reached] == [1, str(dying), False]
    [status] = client.status()
    assert [login.login for login in status.logins] == [str(other)]


# A login whose client went away.


def test_hop_login_of_disconnected_client_blocks_nobody(
    broker: Broker, sim: Sim, router: Router, home: Path
) -> None:
    black_hole = socket.create_server(("127.0.0.1", 0))
    port = black_hole.getsockname()[1]
    hop = Endpoint("127.0.0.1", "ssh", port, "pyco", Secret("secret"))
    path = next(home.rglob("*.sock"))
    first, waiting, second = (Talker(path).greet() for _ in range(3))
    first.send(Open((hop, router.endpoint), SETTINGS, 60.0))
    never, _ = black_hole.accept()
    black_hole.close()
    waiting.send(Open((hop, replace(router.endpoint, user="other")), SETTINGS, 60.0))
    sim.ssh(users={"pyco": "secret"}, forward=True, port=port)
    first.sock.close()
    never.settimeout(20)
    while never.recv(1000):  # the broker closes the login of the first client
        pass
    never.close()
    assert second.open(hop, router.endpoint).state.hostname == "r1"
    assert waiting.answer().state.hostname == "r1"
    for talker in (waiting, second):
        talker.sock.close()
    assert len(router.logins) == 2


def test_login_of_killed_client_leaves_no_thread_and_no_socket(
    broker: Broker, router: Router, home: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as black_hole:
        port, others = black_hole.getsockname()[1], [socket.socket() for _ in range(8)]
        for sock in others:
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        path = next(home.rglob("*.sock"))
        before = threading.active_count()
        for endpoint in (
            Endpoint("127.0.0.1", "ssh", port, "pyco", Secret("secret")),
            Endpoint("127.0.0.1", "telnet", port, "pyco", Secret("secret")),
        ):
            clients = [Talker(path).greet() for _ in range(2)]
            for talker in clients:  # the second one waits for the session, or for the login of the first one
                talker.send(Open((endpoint,), replace(PATIENT, sessions=2), 60.0))
            _until(lambda: bool(broker.pool.sessions()))
            for talker in clients:
                talker.sock.close()
            _until(lambda: broker.status().clients == -1 and threading.active_count() <= before)
            assert broker.pool.sessions() == ()
        for sock in others:
            sock.close()


def _until(condition: Callable[[], bool]) -> None:
    """Wait for a condition that no event reports."""
    pause, until = threading.Event(), clock() + TIMEOUT
    while not condition():
        assert clock() < until
        pause.wait(0.001)


def test_connection_aborted_before_session_closes_transport(router: Router) -> None:
    connection = Connection(plan(router.endpoint, [], SETTINGS), load("cisco_ios"), SETTINGS, SshPool())
    connection.abort()
    with pytest.raises(ConnectionClosed):
        connection.connect(clock() + TIMEOUT)
    router.wait(lambda: not router.open)


def test_stop_does_not_wait_for_login_that_hangs(
    broker: Broker, router: Router, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyco_core.session_pool.GRACE", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        hop = Endpoint("127.0.0.1", "ssh", black_hole.getsockname()[1], "pyco", Secret("secret"))
        talker = Talker(next(home.rglob("*.sock"))).greet()
        hurried = Settings(connect_timeout=0.5, command_timeout=1, host_key_checking=False)
        talker.send(Open((hop, router.endpoint), hurried, 60.0))
        never, _ = black_hole.accept()
        broker.stop()
        assert talker.answer().error in ("ConnectTimedOut", "ConnectionClosed")
        talker.sock.close()
        never.close()
