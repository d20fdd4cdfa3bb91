# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared ssh logins to hops that became black holes: TCP connections stay open, and nothing comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import monotonic

import pytest

from pyco_core.device import Device
from pyco_core.errors import SessionError
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim
from pyco_core.sim.host import SshHost
from pyco_core.ssh_pool import SshPool
from pyco_core.transport import liveness, ssh
from tests.faults.relay import Relay, Relays

from .helpers import PASSWORD, endpoint_of, router

TIMEOUT = 12.0  # seconds


class Hop:
    """An ssh host behind a relay that can freeze the open connections."""

    def __init__(self, relays: Relays, host: SshHost, driver: str) -> None:
        self._relays = relays
        self._relay: Relay = relays.add(host.port)
        self.host = host
        self.endpoint = replace(endpoint_of(host, driver), port=self._relay.port)

    @property
    def logins(self) -> int:
        return len(self.host.logins.accepted)

    def freeze(self) -> None:
        self._relays.freeze(self._relay)


@pytest.fixture(autouse=True)
def always_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "FRESH", 0.0)


@pytest.fixture
def relays() -> Iterator[Relays]:
    with Relays() as relays:
        yield relays


@pytest.fixture
def bastion(sim: Sim, relays: Relays) -> Hop:
    return Hop(relays, sim.ssh(users={"demo": PASSWORD}, forward=True), "linux")


def device(pool: SshPool, *route: Endpoint) -> Device:
    settings = Settings(
        connect_timeout=TIMEOUT, command_timeout=TIMEOUT, host_key_checking=False, ssh_config="/dev/null"
    )
    *hops, target = route
    return Device(target, settings=settings, hops=hops, pool=pool)


def test_login_to_black_hole_is_not_shared_and_its_sessions_are_replaced(
    sim: Sim, bastion: Hop, relays: Relays
) -> None:
    hosts = [sim.telnet(router(name)) for name in ("r1", "r2")]
    pool = SshPool()
    first, second = (device(pool, bastion.endpoint, endpoint_of(host)) for host in hosts)
    assert first("show clock").startswith("*08:30")
    bastion.freeze()
    began = monotonic()
    assert second("show clock").startswith("*08:30")
    assert first("show clock").startswith("*08:30")
    assert monotonic() - began < TIMEOUT
    assert bastion.logins == 2  # the second one is shared again
    assert [login.users for login in pool.status()] == [2]  # the first one ended with its last user
    first.close()
    second.close()
    assert pool.status() == []


def test_session_behind_hop_that_answers_is_kept(sim: Sim, bastion: Hop) -> None:
    host = sim.telnet(router("r1"))
    r1 = device(SshPool(), bastion.endpoint, endpoint_of(host))
    for _ in range(3):
        assert r1("show clock").startswith("*08:30")
    r1.close()
    assert bastion.logins == 1
    assert host.endings() == ["exit"]


def test_shell_on_black_hole_is_replaced_before_its_next_command(sim: Sim, relays: Relays) -> None:
    hop = Hop(relays, sim.ssh(users={"demo": PASSWORD}, shell="/bin/sh"), "linux")
    r1 = device(SshPool(), hop.endpoint)
    assert r1("echo one") == "one"
    hop.freeze()
    assert r1("echo two") == "two"
    assert hop.logins == 2
    r1.close()


def test_black_hole_behind_first_hop_leaves_first_hop_shared(sim: Sim, bastion: Hop, relays: Relays) -> None:
    middle = Hop(relays, sim.ssh(users={"demo": PASSWORD}, forward=True), "linux")
    hosts = [sim.telnet(router(name)) for name in ("r1", "r2")]
    pool = SshPool()
    r1 = device(pool, bastion.endpoint, middle.endpoint, endpoint_of(hosts[0]))
    r2 = device(pool, bastion.endpoint, endpoint_of(hosts[1]))
    r1.connect()
    r2.connect()
    middle.freeze()
    assert r1("show clock").startswith("*08:30")
    assert r2("show clock").startswith("*08:30")
    assert (bastion.logins, middle.logins) == (1, 2)
    r1.close()
    r2.close()


def test_command_under_way_is_not_repeated(sim: Sim, bastion: Hop) -> None:
    host = sim.telnet(router("r1"))
    r1 = device(SshPool(), bastion.endpoint, endpoint_of(host))
    r1.connect()
    r1.use_settings(replace(r1.settings, command_timeout=0.5))
    bastion.freeze()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(liveness, "FRESH", 60.0)
        with pytest.raises(SessionError, match=r"0\.5 s"):
            r1("show clock")
    r1.use_settings(replace(r1.settings, command_timeout=TIMEOUT))
    assert r1("show clock").startswith("*08:30")
    assert bastion.logins == 2
    r1.close()


def test_login_without_answers_ends_and_its_sessions_name_the_hop(
    sim: Sim, bastion: Hop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "KEEPALIVE", 0.2)
    host = sim.telnet(router("r1"))
    r1 = device(SshPool(), bastion.endpoint, endpoint_of(host))
    assert r1("show clock").startswith("*08:30")
    bastion.freeze()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(liveness, "FRESH", 60.0)
        with pytest.raises(SessionError) as caught:
            r1("show clock")
    assert (caught.value.hop, type(caught.value).__name__) == (1, "SessionClosed")
    r1.close()
