# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes that clients keep with a session of the broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pyco_core.broker.client import RemoteDevice
from pyco_core.broker.server import Broker
from pyco_core.errors import SessionError
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.sim import Faults, Host, Sim

from .conftest import SETTINGS

TAPE = Path("tests/tapes/cisco_ios/c2900_demo.yml")


@pytest.fixture
def host(sim: Sim) -> Host:
    return sim.telnet(TAPE, faults=Faults(drop={"show users": 20}))


@pytest.fixture
def connect(host: Host) -> Iterator[Callable[[], RemoteDevice]]:
    devices: list[RemoteDevice] = []

    def connect() -> RemoteDevice:
        endpoint = Endpoint("127.0.0.1", "telnet", host.port, "demo", Secret("demo-login"), "cisco_ios")
        devices.append(RemoteDevice([endpoint], SETTINGS, 60.0))
        return devices[-1]

    yield connect
    for device in devices:
        device.close()


def test_next_client_finds_notes_until_login_ends(
    broker: Broker, host: Host, connect: Callable[[], RemoteDevice]
) -> None:
    first = connect()
    assert first.notes == {}
    first.note("prepared", "1")
    first.note("facts", '{"version": "15.1"}')
    expected = {"prepared": "1", "facts": '{"version": "15.1"}'}
    assert first.notes == expected
    first.close()

    second = connect()
    second.connect()
    assert second.notes == expected
    with pytest.raises(SessionError):
        second("show users")
    assert second.notes == {}
    assert second("show clock")
    assert second.notes == {}
    second.note("prepared", "2")
    second.close()

    third = connect()
    third.connect()
    assert third.notes == {"prepared": "2"}
    assert len(host.sessions) == 2
