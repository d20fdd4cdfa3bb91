# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator, a tape, and clients for tests of the simulator."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from pyco_core.sim import Host, Sim, SshHost, Tape, load

from .clients import LOGIN, TIMEOUT, Client, Connect, SshLogin


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim


@pytest.fixture(scope="session")
def tape() -> Tape:
    return load(Path("tests/tapes/cisco_ios/c2900_demo.yml"))


@pytest.fixture
def router(sim: Sim, tape: Tape) -> Host:
    return sim.telnet(tape)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return both ends of a stream."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def dial() -> Iterator[Connect]:
    """Connect to a port on loopback."""
    clients: list[Client] = []

    def connect(port: int) -> Client:
        clients.append(Client(port))
        return clients[-1]

    yield connect
    for client in clients:
        client.sock.close()


@pytest.fixture
def log_in(dial: Connect) -> Connect:
    """Connect to a telnet port, log in to the demo router and read its first prompt."""

    def connect(port: int) -> Client:
        client = dial(port)
        client.send(LOGIN)
        client.until(b"r1>")
        return client

    return connect


@pytest.fixture
def ssh(sim: Sim) -> Iterator[SshLogin]:
    """Log in to an ssh host with paramiko, host key checked."""
    clients: list[paramiko.SSHClient] = []

    def connect(
        host: SshHost, user: str = "pyco", *, password: str | None = None, pkey: paramiko.PKey | None = None
    ) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        client.load_host_keys(sim.known_hosts)
        clients.append(client)
        client.connect(
            host.address,
            host.port,
            user,
            password,
            pkey,
            allow_agent=False,
            look_for_keys=False,
            timeout=TIMEOUT,
        )
        return client

    yield connect
    for client in clients:
        client.close()
