# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared ssh logins to hops that became black holes: TCP connections stay open, and nothing comes back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic

import pytest

from pyco_core.device import Device
from pyco_core.errors import ConnectTimedOut, PycoError, SessionError, SessionTimedOut
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.observer import Observer
from pyco_core.models.settings import Settings
from pyco_core.route.fault import silent_session
from pyco_core.sim import Sim
from pyco_core.sim.host import SshHost
from pyco_core.ssh_pool import SshPool
from pyco_core.transport import liveness, ssh, tcp_stream
from tests.faults.relay import Fault, Kind, Relay, Relays

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
        with pytest.raises(SessionTimedOut, match=r"any more\. .*No prompt within 0\.5 s") as caught:
            r1("show clock")
    assert (caught.value.hop, caught.value.endpoint) == (1, str(bastion.endpoint))
    assert caught.value.setting == ""  # a longer timeout is no remedy
    assert caught.value.reached
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


def timeout_of(device: Device) -> PycoError:
    """Return the error of a command that times out soon, without a question to the hops before it."""
    device.use_settings(replace(device.settings, command_timeout=0.5))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(liveness, "FRESH", 60.0)
        with pytest.raises(SessionTimedOut) as caught:
            device("show clock")
    device.use_settings(replace(device.settings, command_timeout=TIMEOUT))
    return caught.value


def test_hang_of_device_behind_hop_that_answers_is_of_device(sim: Sim, bastion: Hop, relays: Relays) -> None:
    relay = relays.add(sim.telnet(router("r1")).port)
    target = replace(endpoint_of(sim.telnet(router("r1"))), port=relay.port)
    r1 = device(SshPool(), bastion.endpoint, target)
    r1.connect()
    relays.freeze(relay)
    error = timeout_of(r1)
    assert (error.hop, error.setting) == (2, "command_timeout")
    assert "does not answer" not in str(error)
    assert r1("show clock").startswith("*08:30")
    r1.close()


def test_frozen_ssh_device_is_named(sim: Sim, relays: Relays) -> None:
    hop = Hop(relays, sim.ssh(router("r1")), "cisco_ios")
    r1 = device(SshPool(), hop.endpoint)
    r1.connect()
    hop.freeze()
    error = timeout_of(r1)
    assert error.message.startswith("This host does not answer any more. Noticed as: No prompt within 0.5 s")
    assert error.hop == 1
    assert r1("show clock").startswith("*08:30")
    r1.close()


def test_hop_that_freezes_during_login_behind_it_is_named(sim: Sim, bastion: Hop, relays: Relays) -> None:
    relay = relays.add(sim.telnet(router("r1")).port, lambda: Fault(Kind.HANG, after=20))
    target = replace(endpoint_of(sim.telnet(router("r1"))), port=relay.port)
    pool = SshPool()
    r1, r2 = (device(pool, bastion.endpoint, end) for end in (target, endpoint_of(sim.telnet(router("r2")))))
    for _ in range(2):  # the bastion has replied to a keepalive, before which it does not count as silent
        assert r2("show clock").startswith("*08:30")
    r1.use_settings(replace(r1.settings, connect_timeout=4.0))
    with ThreadPoolExecutor() as threads:
        login = threads.submit(r1.connect)
        while not relay.faulty:
            threading.Event().wait(0.005)
            assert not login.done()
        bastion.freeze()
        error = login.exception(20)
    assert isinstance(error, ConnectTimedOut)
    assert (error.hop, error.endpoint) == (1, str(bastion.endpoint))
    r2.close()


def typed_device(sim: Sim, relays: Relays) -> tuple[Hop, Device]:
    """Return a hop that does not forward, and a router behind the telnet command in its shell."""
    hop = Hop(relays, sim.ssh(router("hop")), "cisco_ios")
    r1 = device(SshPool(), hop.endpoint, endpoint_of(sim.telnet(router("r1"))))
    r1.use_settings(replace(r1.settings, forward="never"))
    return hop, r1


def test_typed_session_on_black_hole_is_replaced_before_its_next_command(sim: Sim, relays: Relays) -> None:
    hop, r1 = typed_device(sim, relays)
    assert r1("show clock").startswith("*08:30")
    hop.freeze()
    began = monotonic()
    assert r1("show clock").startswith("*08:30")
    assert monotonic() - began < TIMEOUT
    assert hop.logins == 2
    r1.close()


def test_timeout_of_typed_session_names_frozen_hop(sim: Sim, relays: Relays) -> None:
    hop, r1 = typed_device(sim, relays)
    r1.connect()
    hop.freeze()
    assert timeout_of(r1).hop == 1
    r1.close()


def test_telnet_device_that_vanished_is_replaced_before_its_next_command(sim: Sim) -> None:
    host = sim.telnet(router("r1"))
    r1 = device(SshPool(), endpoint_of(host))
    assert r1("show clock").startswith("*08:30")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tcp_stream, "PROBE", -60)  # the time since the last acknowledgement is too long
        assert r1("show clock").startswith("*08:30")
    assert r1("show clock").startswith("*08:30")
    assert host.commands.count("show clock") == 3
    r1.close()
    assert len(host.endings()) == 2


class Vanish(Observer):
    """Lets the peers of all TCP connections count as silent from the first command on."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def sent(self, hop: int, text: str) -> None:
        self._patch.setattr(tcp_stream, "PROBE", -60)


def test_telnet_hop_that_vanished_is_named(sim: Sim, relays: Relays) -> None:
    relay = relays.add(sim.telnet(router("hop")).port)
    hop = replace(endpoint_of(sim.telnet(router("hop"))), port=relay.port)
    r1 = device(SshPool(), hop, endpoint_of(sim.telnet(router("r1"))))
    r1.connect()
    r1.use_settings(replace(r1.settings, command_timeout=0.5))
    relays.freeze(relay)
    with pytest.MonkeyPatch.context() as patched:
        r1.add_observer(Vanish(patched))
        with pytest.raises(SessionTimedOut) as caught:
            r1("show clock")
    assert (caught.value.hop, caught.value.endpoint) == (1, str(hop))
    r1.close()


def test_route_without_session_is_not_silent() -> None:
    assert silent_session(None) == 0
