# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile devices on sessions of one broker process: others are served, and its memory is bounded."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic

import pytest

from pyco_core.broker import client
from pyco_core.errors import PycoError
from pyco_core.models.command import Command
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from tests.faults.relay import Relays
from tests.unit.transport.ssh_server import PASSWORD, USER, Behaviour, Round

from .attackers import LARGE, Attackers, after_login, at_once, drip, large_output, requests, typed_hop
from .servers import Pipe, TcpServer, log_in, obey

pytestmark = pytest.mark.usefixtures("processes")

SETTINGS = Settings(host_key_checking=False, max_output=8, connect_timeout=20, command_timeout=10)
# Of an attack that does not let anybody log in, which lasts until then.
NO_LOGIN = replace(SETTINGS, connect_timeout=8)
# Seconds of the processor that the broker may use during one command: load of the machine does not count.
SHARE = 0.3
LONGEST = 5.0  # seconds that a command may take, on a machine with other work; the attacks last 10
MEMORY = 400  # MiB of the broker
COMMANDS = 30  # of the other session, at least
AFTER_LOGIN = {
    "one line": b"x" * 64,
    "lines": b"Interface Status\r\n",
    "empty lines": b"\n",
    "pumped": b"r1" + b"(standby)" * 200 + b" new password for admin" * 20 + b"!\r\n",
    "cursor right": b"x\x1b[999C",
    "cursor left": b"x\x1b[999D\x1b[K",
    "prompts": b"\r\nother>",
    "pagers": b"x" * 100 + b" --More-- ",
}
BEFORE_LOGIN = {
    "lines": b"x\r\n",
    "empty lines": b"\r\n",
    "passwords": b"\r\nPassword: ",
    "telnet options": b"\xff\xfd\x2a",
}
BEFORE_SSH = {
    "no banner": b"x",
    "lines": b"Welcome\r\n",
    "packet": b"SSH-2.0-x\r\n\x00\x0f\xff\xff" + b"x" * 999,
}
Remote = Callable[..., client.RemoteDevice]


class Broker:
    """The running broker process."""

    def __init__(self) -> None:
        [status] = client.status()
        self._status, self._stat = (Path(f"/proc/{status.pid}/{name}") for name in ("status", "stat"))

    def peak(self) -> float:
        """Return the largest memory so far in MiB."""
        match = re.search(r"VmHWM:\s+(\d+)", self._status.read_text())
        assert match is not None
        return int(match[1]) / 1024

    def cpu(self) -> float:
        """Return the seconds of the processor that it has used."""
        user, system = self._stat.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def well_behaved(pipe: Pipe) -> None:
    log_in(pipe)
    obey(pipe)


Serve = Callable[..., Endpoint]


@pytest.fixture(scope="module")
def process() -> Iterator[Attackers]:
    attackers = Attackers()
    yield attackers
    attackers.close()


@pytest.fixture
def attackers(process: Attackers) -> Iterator[Attackers]:
    """Return the process of the hostile servers; they stop after the test."""
    yield process
    process.stop_servers()


@pytest.fixture
def serve(attackers: Attackers) -> Serve:
    """Return a function that starts a hostile device with a script, and returns its endpoint."""

    def start(script: Callable[[Pipe], None], protocol: str = "telnet") -> Endpoint:
        return device(attackers.tcp(script), protocol)

    return start


@pytest.fixture
def good_device() -> Iterator[Endpoint]:
    server = TcpServer(well_behaved)
    yield device(server.port)
    server.stop()


def device(port: int, protocol: str = "telnet") -> Endpoint:
    return Endpoint("127.0.0.1", protocol, port, "x", Secret("x"), driver="cisco_ios")


def ssh_hop(port: int) -> Endpoint:
    return Endpoint("127.0.0.1", "ssh", port, USER, Secret(PASSWORD))


def attack(device: client.RemoteDevice) -> None:
    """Log in to a hostile device, and send a command."""
    with suppress(PycoError):
        device(Command("show attack"))


def served_meanwhile(
    remote: Remote, good_device: Endpoint, *attacks: tuple[Endpoint, ...], settings: Settings = SETTINGS
) -> None:
    """Run a command again and again on a session of the broker while others, with settings, are attacked."""
    good = remote(good_device, settings=replace(SETTINGS, command_timeout=30))
    good.connect()
    served_while(good, *(remote(*route, settings=settings) for route in attacks))


def served_while(good: client.RemoteDevice, *attacked: client.RemoteDevice) -> None:
    """Run a command again and again on a session, until other sessions have ended."""
    threads = [threading.Thread(target=attack, args=(device,)) for device in attacked]
    for thread in threads:
        thread.start()
    broker = Broker()
    longest, busiest, count = 0.0, 0.0, 0
    while count < COMMANDS or any(thread.is_alive() for thread in threads):
        started, used = monotonic(), broker.cpu()
        assert good(Command("show clock")) == "one\ntwo"
        longest, busiest = max(longest, monotonic() - started), max(busiest, broker.cpu() - used)
        count += 1
    for thread in threads:
        thread.join()
    assert busiest < SHARE
    assert longest < LONGEST
    assert broker.peak() < MEMORY


def test_other_session_is_served_while_devices_flood_after_login(
    remote: Remote, good_device: Endpoint, serve: Serve
) -> None:
    attacks = [(serve(partial(after_login, chunk)),) for chunk in AFTER_LOGIN.values()]

    served_meanwhile(remote, good_device, *attacks)


@pytest.mark.parametrize("chunk", [b"\xc3", b"\x80\xf0\xa0\r\n"], ids=["one line", "lines"])
def test_other_session_is_served_while_large_output_of_invalid_bytes_is_read(
    remote: Remote, good_device: Endpoint, serve: Serve, chunk: bytes
) -> None:
    bad = remote(serve(partial(large_output, chunk)), settings=SETTINGS)
    served_meanwhile(remote, good_device, (serve(partial(large_output, chunk)),))

    assert len(bad(Command("show attack"))) > LARGE


def test_other_session_is_served_while_devices_flood_before_login(
    remote: Remote, good_device: Endpoint, serve: Serve
) -> None:
    telnet = [(serve(partial(at_once, chunk)),) for chunk in BEFORE_LOGIN.values()]
    ssh = [(serve(partial(at_once, chunk), "ssh"),) for chunk in BEFORE_SSH.values()]

    served_meanwhile(
        remote, good_device, *telnet, *ssh, (serve(drip),), (serve(drip, "ssh"),), settings=NO_LOGIN
    )


def test_other_session_is_served_while_devices_behind_forwarding_hop_flood(
    remote: Remote, good_device: Endpoint, serve: Serve, attackers: Attackers
) -> None:
    chunks = (AFTER_LOGIN["one line"], AFTER_LOGIN["lines"], AFTER_LOGIN["cursor right"])
    hop = ssh_hop(attackers.ssh(Behaviour()))

    served_meanwhile(remote, good_device, *((hop, serve(partial(after_login, chunk))) for chunk in chunks))


def test_other_session_is_served_while_device_behind_typed_hop_floods(
    remote: Remote, good_device: Endpoint, serve: Serve
) -> None:
    chunks = (AFTER_LOGIN["one line"], AFTER_LOGIN["lines"], AFTER_LOGIN["pumped"])
    routes = [(serve(typed_hop), serve(partial(after_login, chunk))) for chunk in chunks]

    served_meanwhile(remote, good_device, *routes)


def test_other_session_is_served_while_hop_hangs(
    remote: Remote, good_device: Endpoint, attackers: Attackers
) -> None:
    port = attackers.ssh(Behaviour())
    with Relays() as relays:
        relay = relays.add(port)
        hop = ssh_hop(relay.port)
        hanging = remote(hop, good_device, settings=replace(SETTINGS, command_timeout=3))
        waiting = remote(hop, good_device, settings=replace(SETTINGS, connect_timeout=3, command_timeout=4))
        good = remote(ssh_hop(port), good_device, settings=SETTINGS)
        hanging.connect()
        good.connect()
        relays.freeze(relay)

        served_while(good, hanging, waiting)


def ssh_string(text: bytes) -> bytes:
    return len(text).to_bytes(4, "big") + text


REQUESTS = {
    "global requests": (80, ssh_string(b"x@example") + b"\1"),
    "channel openings": (90, ssh_string(b"session") + bytes(4) + b"\0\1\0\0" * 2),
    "ignored messages": (2, ssh_string(b"x" * 1000)),
}


def test_other_session_is_served_while_ssh_servers_send_requests(
    remote: Remote, good_device: Endpoint, attackers: Attackers
) -> None:
    behaviours = [Behaviour(serve=partial(requests, *request)) for request in REQUESTS.values()]
    many: tuple[Round, ...] = (("", [(f"Name {number}: ", True) for number in range(10_000)]),)
    endless: tuple[Round, ...] = tuple(("", [(f"Name {number}: ", True)]) for number in range(10_000))
    behaviours += [
        Behaviour(methods="keyboard-interactive", rounds=rounds, answers=([""],) * len(rounds))
        for rounds in (many, endless)
    ]
    hosts = [replace(ssh_hop(attackers.ssh(each)), driver="cisco_ios") for each in behaviours]

    served_meanwhile(remote, good_device, *((host,) for host in hosts), settings=NO_LOGIN)
