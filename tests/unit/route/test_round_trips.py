# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The number of round trips of logins and commands, counted by a relay.

On a busy machine a server may pause longer than the relay waits, which counts as half a round trip more. So
the smallest number of a few logins counts, and the relay waits longer for each further one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.device import Device
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim
from tests.relays import Rounds
from tests.unit.sshd import Sshd, servers

from .helpers import PASSWORD, ROUTER, endpoint_of, settings_of

UNCHECKED = Settings(host_key_checking=False, ssh_config="/dev/null", connect_timeout=60)
LOGINS = 30  # at most


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Callable[[str], Sshd]]:
    with servers(tmp_path) as start:
        yield start


def trips(relay: Rounds, endpoint: Endpoint) -> tuple[float, float]:
    """Return the round trips of a login through the relay, and those of a command."""
    before = relay.trips
    with Device(replace(endpoint, host="127.0.0.1", port=relay.port), settings=UNCHECKED) as device:
        after_login = relay.trips
        device("show clock" if endpoint.driver == "cisco_ios" else "echo ready")
        return after_login - before, relay.trips - after_login


def fewest(relay: Rounds, endpoint: Endpoint, expected: float) -> tuple[float, float]:
    """Return the smallest numbers of a login and a command, after one login to learn from."""
    trips(relay, endpoint)
    logins: list[float] = []
    commands: list[float] = []
    while len(logins) < LOGINS and (not logins or min(logins) > expected):
        login, command = trips(relay, endpoint)
        logins.append(login)
        commands.append(command)
        relay.widen()
    return min(logins), min(commands)


def test_ssh_login_on_linux_takes_few_round_trips(sshd: Callable[[str], Sshd]) -> None:
    # Algorithms, keys, user, channel, shell and prompt; the version takes half a round trip.
    server = sshd("")
    with Rounds(server.port) as relay:
        assert fewest(relay, server.endpoint, 6.5) == (6.5, 1)


def test_ssh_login_on_ios_takes_few_round_trips(sim: Sim) -> None:
    host = sim.ssh(ROUTER)
    with Rounds(host.port) as relay:
        assert fewest(relay, endpoint_of(host), 7) == (7, 1)


def test_telnet_login_on_ios_takes_few_round_trips(sim: Sim) -> None:
    host = sim.telnet(ROUTER)
    with Rounds(host.port) as relay:
        assert fewest(relay, endpoint_of(host), 4.5) == (4.5, 1)


def test_first_ssh_login_takes_one_round_trip_more(sim: Sim) -> None:
    host = sim.ssh(ROUTER)
    firsts: list[float] = []
    while len(firsts) < LOGINS and (not firsts or min(firsts) > 8):
        # Each has another port, of which nothing is known.
        with Rounds(host.port, window=0.1 * (1 + len(firsts))) as relay:
            firsts.append(trips(relay, endpoint_of(host))[0])
    assert min(firsts) == 8


def test_device_behind_shared_login_takes_one_round_trip_for_the_hop(sim: Sim) -> None:
    bastion, host = sim.ssh(users={"demo": PASSWORD}, forward=True), sim.telnet(ROUTER)
    with Rounds(bastion.port) as relay:
        hop = replace(endpoint_of(bastion, "linux"), host="127.0.0.1", port=relay.port)
        settings = replace(settings_of(sim), host_key_checking=False)
        logins: list[float] = []
        with Device(endpoint_of(host), settings=settings, hops=[hop]):
            while len(logins) < LOGINS and (not logins or min(logins) > 5):
                before = relay.trips
                with Device(endpoint_of(host), settings=settings, hops=[hop]):
                    logins.append(relay.trips - before)
                relay.widen()
    assert min(logins) == 5
