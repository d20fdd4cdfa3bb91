# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes through simulated hosts, for tests."""

from __future__ import annotations

import socket
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pyco_core.driver.compiler import load as load_driver
from pyco_core.errors import PycoError
from pyco_core.models.command import Command
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.route.connection import Connection
from pyco_core.route.plan import plan
from pyco_core.session.send import send
from pyco_core.session.session import clock
from pyco_core.sim import Sim, Tape, load
from pyco_core.sim.host import Host, SshHost
from pyco_core.ssh_pool import SshPool

SECONDS = 20.0
ROUTER = load("tests/tapes/cisco_ios/c2900_demo.yml")
PASSWORD = "demo-login"
NO_CONFIG = Settings(ssh_config="/dev/null")
BASTION = Endpoint("bastion", user="pyco")
MIDDLE = Endpoint("middle", user="pyco", driver="cisco_ios")
R1 = Endpoint("r1", protocol="telnet", driver="cisco_ios")


def router(name: str) -> Tape:
    """Return the tape of the demo router with this hostname."""
    return replace(ROUTER, variables={**ROUTER.variables, "hostname": name})


def endpoint_of(host: Host, driver: str = "cisco_ios", **parts: Any) -> Endpoint:
    """Return the login on a simulated host."""
    protocol = "ssh" if isinstance(host, SshHost) else "telnet"
    defaults = {"user": "demo", "password": Secret(PASSWORD), "port": host.port, "driver": driver}
    return Endpoint(host.address, **{"protocol": protocol, **defaults, **parts})


def settings_of(sim: Sim, **more: Any) -> Settings:
    return Settings(known_hosts=sim.known_hosts, ssh_config="/dev/null", **more)


def connection_to(sim: Sim, *route: Endpoint, pool: SshPool | None = None, **more: Any) -> Connection:
    settings = settings_of(sim, **more)
    hops = plan(route[-1], route[:-1], settings)
    return Connection(hops, load_driver(hops[-1].endpoint.driver), settings, pool or SshPool())


def connected(connection: Connection, seconds: float = SECONDS) -> Connection:
    connection.connect(clock() + seconds)
    return connection


def send_command(connection: Connection, text: str) -> str:
    assert connection.session is not None
    return str(send(connection.session, Command(text), clock() + SECONDS))


def connect_error(connection: Connection, seconds: float = SECONDS) -> PycoError:
    """Return the error of connecting; the connection is closed then."""
    with pytest.raises(PycoError) as caught:
        connected(connection, seconds)
    assert connection.session is None
    return caught.value


def trust_host_keys(sim: Sim, other: Sim) -> None:
    """Add the host keys of another simulator to the known hosts."""
    with open(sim.known_hosts, "a") as file:
        file.write(Path(other.known_hosts).read_text())


def closed_port() -> int:
    """Return a port that refuses connections: it is taken, so that no server gets it meanwhile."""
    return int(_taken().getsockname()[1])


@cache
def _taken() -> socket.socket:
    """Return a socket that does not listen, the same one in all tests of the process."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken
