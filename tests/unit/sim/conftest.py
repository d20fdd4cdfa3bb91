# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulator's tests share: a simulator, a tape, and a client that knows no protocol."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import paramiko
import pytest

from pyco_core.sim import Sim, SshHost, Tape, load

TIMEOUT = 10.0
LOGIN = b"demo\r\0demo-login\r\0"


class Dialler:
    """A raw TCP client: bytes out, bytes in."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.seen = b""

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def until(self, end: bytes) -> bytes:
        """What came up to and with `end`."""
        while end not in self.seen:
            data = self.sock.recv(4096)
            assert data, f"closed before {end!r}: {self.seen!r}"
            self.seen += data
        found, end, self.seen = self.seen.partition(end)
        return found + end

    def rest(self) -> bytes:
        """What comes until the other side closes."""
        while data := self.sock.recv(4096):
            self.seen += data
        return self.seen


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim


@pytest.fixture(scope="session")
def tape() -> Tape:
    return load(Path("tests/tapes/cisco_ios/c2900_demo.yml"))


@pytest.fixture
def dial() -> Iterator[Callable[[int], Dialler]]:
    """Connect to a port of this machine; closed when the test is over."""
    dialled: list[Dialler] = []

    def connect(port: int) -> Dialler:
        dialled.append(Dialler(port))
        return dialled[-1]

    yield connect
    for dialler in dialled:
        dialler.sock.close()


@pytest.fixture
def log_in(dial: Callable[[int], Dialler]) -> Callable[[int], Dialler]:
    """Connect to a telnet port and log in to the demo router; its first prompt has been read."""

    def connect(port: int) -> Dialler:
        dialler = dial(port)
        dialler.send(LOGIN)
        dialler.until(b"r1>")
        return dialler

    return connect


@pytest.fixture
def ssh(sim: Sim) -> Iterator[Callable[..., paramiko.SSHClient]]:
    """Log in to an ssh host of the simulator with paramiko, host key checked."""
    clients: list[paramiko.SSHClient] = []

    def connect(host: SshHost, user: str = "pyco", **how: object) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        client.load_host_keys(sim.known_hosts)
        clients.append(client)
        client.connect(
            host.address, host.port, user, allow_agent=False, look_for_keys=False, timeout=TIMEOUT, **how
        )
        return client

    yield connect
    for client in clients:
        client.close()
