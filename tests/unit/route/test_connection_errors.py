# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of routes, and the hop that they name."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from pyco_core.driver.compiler import load as load_driver
from pyco_core.errors import (
    ClientMissing,
    ConnectionClosed,
    ConnectionRefused,
    ConnectTimedOut,
    LoginRefused,
    PermissionDenied,
    PycoError,
    SessionClosed,
)
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.route.connection import Connection
from pyco_core.route.plan import plan
from pyco_core.sim import Faults, Sim
from pyco_core.sim.host import Host
from pyco_core.ssh_pool import SshPool
from pyco_core.transport.base import Closed
from pyco_core.transport.telnet import Telnet
from tests.faults.relay import Relays
from tests.unit.route.helpers import (
    NO_CONFIG,
    PASSWORD,
    R1,
    closed_port,
    connect_error,
    connected,
    connection_to,
    endpoint_of,
    router,
)
from tests.unit.session.dialogues import LINUX_LOGIN, shell
from tests.unit.session.scripted import TOKEN, End, Say, Scripted, Step, Type

LINUX_HOP = Endpoint("hop", protocol="telnet", driver="linux", user="pyco")
TELNET_SHELL = [*LINUX_LOGIN[:2], Say(b"pyco\r\n"), *shell()]  # a host without a password


def assert_no_secret(error: PycoError) -> None:
    shown = f"{error} {error.facts()}"
    assert PASSWORD not in shown
    assert "wr0ng" not in shown


@pytest.mark.parametrize("wrong", [1, 2, 3])
@pytest.mark.parametrize("typed", [False, True], ids=["forwarded", "typed"])
def test_wrong_password_error_names_hop(sim: Sim, wrong: int, typed: bool) -> None:
    hops: list[Host] = [sim.ssh(router("hop1")), sim.telnet(router("hop2"))]
    if not typed:
        hops = [sim.ssh(users={"demo": PASSWORD}, forward=True) for _ in range(2)]
    drivers = ["cisco_ios" if typed else "linux"] * 2 + ["cisco_ios"]
    hosts = [*hops, sim.telnet(router("r1"))]
    route = [endpoint_of(host, driver) for host, driver in zip(hosts, drivers, strict=True)]
    route[wrong - 1] = replace(route[wrong - 1], password=Secret("wr0ng"))
    pool = SshPool()
    error = connect_error(connection_to(sim, *route, pool=pool))
    assert isinstance(error, PermissionDenied)
    assert (error.hop, error.endpoint) == (wrong, f"demo@127.0.0.1:{hosts[wrong - 1].port}")
    assert error.reached is False
    assert_no_secret(error)
    assert pool.status() == []
    for host in hosts:
        assert "stopped" not in host.endings()


@pytest.mark.parametrize("typed", [False, True], ids=["forwarded", "typed"])
def test_closed_port_error_names_hop(sim: Sim, typed: bool) -> None:
    hop = sim.ssh(router("hop")) if typed else sim.ssh(users={"demo": PASSWORD}, forward=True)
    login = Endpoint("127.0.0.1", protocol="telnet", port=closed_port(), user="demo", driver="cisco_ios")
    error = connect_error(connection_to(sim, endpoint_of(hop, "cisco_ios" if typed else "linux"), login))
    assert error.hop == 2
    assert error.endpoint == f"demo@127.0.0.1:{login.port}"
    if typed:
        assert isinstance(error, ConnectionRefused)


def test_error_keeps_its_cause(sim: Sim) -> None:
    login = Endpoint("127.0.0.1", protocol="telnet", port=closed_port(), driver="cisco_ios")
    assert isinstance(connect_error(connection_to(sim, login)).__cause__, ConnectionRefusedError)
    closing = sim.telnet(router("r1"), faults=Faults(drop={"terminal length 0": 0}))
    cause = connect_error(connection_to(sim, endpoint_of(closing))).__cause__
    assert isinstance(cause, (Closed, SessionClosed))


def test_closed_port_of_first_login_is_hop_one(sim: Sim) -> None:
    for protocol in ("ssh", "telnet"):
        login = Endpoint("127.0.0.1", protocol=protocol, port=closed_port(), driver="cisco_ios")
        error = connect_error(connection_to(sim, login))
        assert (type(error), error.hop, error.driver) == (ConnectionRefused, 1, "cisco_ios")


def test_mute_target_times_out_at_deadline_of_route(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    mute = sim.telnet(router("r1"), faults=Faults(mute=True))
    pool = SshPool()
    keep = connected(
        connection_to(sim, endpoint_of(bastion, "linux"), endpoint_of(sim.telnet(router("r2"))), pool=pool)
    )
    error = connect_error(
        connection_to(sim, endpoint_of(bastion, "linux"), endpoint_of(mute), pool=pool), seconds=0.05
    )
    assert isinstance(error, ConnectTimedOut)
    assert error.hop == 2
    keep.close()


def test_hop_without_shell_is_named_in_error(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD})
    error = connect_error(
        connection_to(sim, endpoint_of(bastion, "linux"), endpoint_of(sim.telnet(router("r1"))))
    )
    assert error.hop == 1
    assert error.endpoint == f"demo@127.0.0.1:{bastion.port}"
    assert isinstance(error, LoginRefused)
    assert "password" not in error.hint
    assert "has no shell" in error.last_output
    # The account needs no shell if the hop forwards, so its refusal is the first reason.
    assert error.message.startswith("127.0.0.1 does not forward to 127.0.0.1 port ")
    assert "Its shell cannot be used instead: The host accepted the user and closed" in error.message
    assert error.hint.startswith("Allow TCP forwarding to the next host there")


def test_hop_driver_without_client_is_an_error_of_next_hop(sim: Sim) -> None:
    hop, host = sim.telnet(router("hop")), sim.telnet(router("r1"))
    error = connect_error(connection_to(sim, endpoint_of(hop, "frr"), endpoint_of(host)))
    assert isinstance(error, ClientMissing)
    assert (error.hop, error.endpoint) == (2, f"demo@127.0.0.1:{host.port}")
    assert hop.endings() == ["exit"]


def test_hop_without_client_program_is_an_error_of_next_hop(sim: Sim) -> None:
    hop = sim.ssh(users={"demo": PASSWORD}, shell="/bin/sh")
    target = Endpoint("127.0.0.1", protocol="telnet", port=closed_port(), driver="cisco_ios")
    connection = connection_to(sim, endpoint_of(hop, "linux"), target, forward="never")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/nowhere")
        error = connect_error(connection)
    assert isinstance(error, ClientMissing)
    assert error.hop == 2


def scripted_connection(
    monkeypatch: pytest.MonkeyPatch, steps: list[Step], *route: Endpoint, pool: SshPool | None = None
) -> tuple[Connection, Scripted]:
    """Return a connection with a scripted first login, for faults that a simulated host cannot have."""
    transport = Scripted(*steps)
    monkeypatch.setattr(Telnet, "connect", lambda *_: transport)
    monkeypatch.setattr("pyco_core.session.channel.secrets.token_hex", lambda _: TOKEN.decode())
    hops = plan(route[-1], route[:-1], NO_CONFIG)
    return Connection(hops, load_driver(hops[-1].endpoint.driver), NO_CONFIG, pool or SshPool()), transport


def test_hop_closing_during_client_command_is_named_in_error(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [*TELNET_SHELL, End(while_writing=True)]
    connection, transport = scripted_connection(monkeypatch, steps, LINUX_HOP, R1)
    error = connect_error(connection)
    assert isinstance(error, SessionClosed)
    assert (error.hop, error.endpoint, error.driver) == (1, "pyco@hop:23", "linux")
    assert transport.closed


def test_hop_closed_before_client_command_is_named_in_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection, transport = scripted_connection(monkeypatch, [*TELNET_SHELL, End()], LINUX_HOP, R1)
    error = connect_error(connection)
    assert isinstance(error, SessionClosed)
    assert error.hop == 1
    assert transport.closed


def test_message_of_client_before_end_of_stream_is_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Say(b"telnet r1 23\r\ntelnet: Unable to connect to remote host: Connection refused\r\n")
    steps = [*TELNET_SHELL, Type(b"telnet r1 23\n"), refused, End()]
    connection, _transport = scripted_connection(monkeypatch, steps, LINUX_HOP, R1)
    error = connect_error(connection)
    assert isinstance(error, ConnectionRefused)
    assert error.hop == 2


def test_ssh_hop_lost_during_login_behind_it_is_named(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    mute = sim.telnet(router("r1"), faults=Faults(mute=True))
    with Relays() as relays, ThreadPoolExecutor() as threads:
        relay = relays.add(bastion.port)
        hop = endpoint_of(bastion, "linux", port=relay.port)
        connection = connection_to(sim, hop, endpoint_of(mute), host_key_checking=False)
        error = threads.submit(connect_error, connection)
        pause = threading.Event()
        while not mute.sessions:
            pause.wait(0.001)
        relays.cut(relay)
        result = error.result()
    assert isinstance(result, ConnectionClosed)
    assert (result.hop, result.endpoint) == (1, f"demo@127.0.0.1:{relay.port}")
    assert "ssh connection to this hop was lost" in result.message
