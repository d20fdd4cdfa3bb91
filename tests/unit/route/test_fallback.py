# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several routes to one device, over real sockets."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread
from time import monotonic

import pytest

from pyco_core.device import Device, device
from pyco_core.errors import (
    ClientMissing,
    ClosedBeforeLogin,
    ConnectError,
    ConnectionClosed,
    ConnectionRefused,
    ConnectTimedOut,
    DriverNotFound,
    EndpointError,
    ForwardingRefused,
    HostKeyChanged,
    HostKeyUnknown,
    InvalidParameter,
    KeyUnusable,
    LoginRefused,
    MissingParameter,
    ModeError,
    NameNotResolved,
    NegotiationFailed,
    PasswordExpired,
    PermissionDenied,
    PycoError,
    RoutesFailed,
    SessionClosed,
    TooManyOpenFiles,
)
from pyco_core.fsm.machine import GROUND, PASSWORD_SENT
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.route.fallback import is_of_way
from pyco_core.sim import Sim
from pyco_core.sim.host import Host
from pyco_core.ssh_pool import SshPool
from pyco_core.transport import outages
from tests.unit.route.helpers import PASSWORD, closed_port, endpoint_of, router, settings_of

CLOCK = "*08:30:12.417 UTC Mon Mar 3 2025"
SHORT = 5.0  # seconds for a login that fails, and enough for one that does not on a machine with other work


@pytest.fixture
def silent() -> Iterator[int]:
    """Return the port of a host that accepts a connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def target(sim: Sim) -> Host:
    return sim.telnet(router("r1"))


def bastion(sim: Sim, *, forward: bool = True) -> Host:
    return sim.ssh(users={"demo": PASSWORD}, forward=forward)


def hop(host: Host | int, **parts: object) -> Endpoint:
    """Return the login on a bastion; a number is the port of a host that is no bastion."""
    if isinstance(host, int):
        return Endpoint("127.0.0.1", port=host, user="demo", password=Secret(PASSWORD), driver="linux")
    return endpoint_of(host, "linux", **parts)


def on(sim: Sim, target: Endpoint, routes: list[list[Endpoint]], **settings: object) -> Device:
    made = Device(target, settings=settings_of(sim, connect_timeout=20.0, **settings), pool=SshPool())
    made.routes = routes
    return made


def test_first_route_that_works_is_used(sim: Sim, target: Host) -> None:
    first, second = bastion(sim), bastion(sim)
    with on(sim, endpoint_of(target), [[hop(first)], [hop(second)], []]) as r1:
        assert r1("show clock") == CLOCK
        assert r1.route == (
            f"ssh://demo@127.0.0.1:{first.port}",
            f"telnet://demo@127.0.0.1:{target.port}",
        )
    assert second.sessions == []


def faults(sim: Sim, silent: int) -> dict[str, Endpoint]:
    return {
        "refused": hop(closed_port()),
        "silent": hop(silent),
        "wrong password": hop(bastion(sim), password=Secret("wr0ng")),
        "unknown name": replace(hop(1), host="no-such-host.invalid"),
        "forwarding refused": hop(bastion(sim, forward=False)),
    }


@pytest.mark.parametrize(
    "fault", ["refused", "silent", "wrong password", "unknown name", "forwarding refused"]
)
def test_next_route_is_tried_after_fault_of_hop(sim: Sim, target: Host, silent: int, fault: str) -> None:
    bad, good = faults(sim, silent)[fault], bastion(sim)
    settings = settings_of(sim, connect_timeout=SHORT if fault == "silent" else 20.0, forward="always")
    r1 = Device(endpoint_of(target), settings=settings, pool=SshPool())
    r1.routes = [[bad], [hop(good)]]
    with r1:
        assert r1("show clock") == CLOCK
        assert r1.hops == (hop(good),)
    assert len(target.sessions) == 1


def test_bastion_without_answer_is_tried_last_by_others(sim: Sim, target: Host, silent: int) -> None:
    bad, good, pool = hop(silent), hop(bastion(sim)), SshPool()

    def login() -> Device:
        made = Device(endpoint_of(target), settings=settings_of(sim, connect_timeout=SHORT), pool=pool)
        made.routes = [[bad], [good]]
        return made

    with login() as first, login() as second:
        assert (first.hops, second.hops) == ((good,), (good,))
    assert [(outage.host, outage.port) for outage in pool.outages.status()] == [("127.0.0.1", silent)]
    began = monotonic()
    broken = replace(good, password=Secret("wr0ng"))
    third = login()
    third.routes = [[bad], [broken]]
    with pytest.raises(RoutesFailed) as caught:
        third.connect()
    assert monotonic() - began >= SHORT  # it is tried, if last
    assert str(caught.value).startswith("All 2 routes failed. Route 2: PermissionDenied: hop 1 of 2")
    assert "Route 1, tried last because it did not answer before: ConnectTimedOut: hop 1" in str(caught.value)


def test_bastion_that_answers_again_is_tried_first(sim: Sim, target: Host) -> None:
    first, second, pool = hop(bastion(sim)), hop(closed_port()), SshPool()
    for endpoint in (first, second):
        pool.outages.add(endpoint)
    r1 = Device(endpoint_of(target), settings=settings_of(sim), pool=pool)
    r1.routes = [[second], [first]]
    with r1:
        assert r1.hops == (first,)
    assert not pool.outages.has(first)
    assert pool.outages.has(second)


def test_bastion_without_answer_is_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = SshPool()
    pool.outages.add(hop(1))
    assert pool.outages.has(hop(1))
    assert not pool.outages.has(hop(2))
    monkeypatch.setattr(outages, "HOLD", 0.0)
    assert not pool.outages.has(hop(1))
    assert pool.outages.status() == ()
    pool.outages.add(hop(2))
    monkeypatch.undo()
    assert [outage.port for outage in pool.outages.status()] == [2]


def test_direct_route_is_an_empty_hop_list(sim: Sim, target: Host) -> None:
    with on(sim, endpoint_of(target), [[hop(closed_port())], []]) as r1:
        assert r1.route == (f"telnet://demo@127.0.0.1:{target.port}",)
        assert r1.routes[1] == ()


def test_device_refused_behind_first_bastion_is_tried_over_console(sim: Sim, target: Host) -> None:
    behind, console = endpoint_of(target, port=closed_port()), endpoint_of(target)
    first = hop(bastion(sim))
    r1 = Device(behind, settings=settings_of(sim), hops=[first], fallbacks=[(console,)], pool=SshPool())
    with r1:
        assert r1("show clock") == CLOCK
        assert (r1.endpoint, r1.hops) == (console, ())


@pytest.mark.parametrize("protocol", ["telnet", "ssh"])
def test_wrong_password_of_device_tries_no_further_route(sim: Sim, protocol: str) -> None:
    host = sim.telnet(router("r1")) if protocol == "telnet" else sim.ssh(router("r1"))
    first, second = bastion(sim), bastion(sim)
    login = endpoint_of(host, password=Secret("wr0ng"))
    r1 = on(sim, login, [[hop(closed_port())], [hop(first)], [hop(second)]])
    with pytest.raises(PermissionDenied) as caught:
        r1.connect()
    assert "hop 2 of 2" in str(caught.value)
    assert "Routes tried before: Route 1: ConnectionRefused: hop 1 of 2" in str(caught.value)
    assert "wr0ng" not in str(caught.value)
    assert second.sessions == []


def test_invalid_driver_of_device_tries_no_further_route(sim: Sim, target: Host) -> None:
    second = bastion(sim)
    r1 = on(sim, endpoint_of(target, "no_such"), [[], [hop(second)]])
    with pytest.raises(DriverNotFound):
        r1.connect()
    assert second.sessions == []


def test_error_names_each_route_when_all_fail(sim: Sim, target: Host, silent: int) -> None:
    denied = hop(bastion(sim), password=Secret("wr0ng"))
    r1 = on(sim, endpoint_of(target), [[hop(closed_port())], [hop(1), denied], [denied]])
    with pytest.raises(RoutesFailed) as caught:
        r1.connect()
    text = str(caught.value)
    assert text.startswith("All 3 routes failed. Route 1: ConnectionRefused: hop 1 of 2 (demo@127.0.0.1:")
    assert "Route 2: ConnectionRefused: hop 1 of 3 (demo@127.0.0.1:1)" in text
    assert f"Route 3: PermissionDenied: hop 1 of 2 (demo@127.0.0.1:{denied.port})" in text
    assert caught.value.endpoint == f"demo@127.0.0.1:{target.port}"
    assert PASSWORD not in f"{text} {caught.value.facts()}"
    assert "wr0ng" not in f"{text} {caught.value.facts()}"
    assert target.sessions == []
    assert not r1.connected
    assert r1.hops == r1.routes[0]


def test_single_route_has_error_of_its_own(sim: Sim, target: Host) -> None:
    r1 = on(sim, endpoint_of(target), [[hop(closed_port())]])
    with pytest.raises(ConnectionRefused) as caught:
        r1.connect()
    assert "Routes" not in str(caught.value)


def test_connect_timeout_is_for_each_route(sim: Sim, target: Host, silent: int) -> None:
    settings = settings_of(sim, connect_timeout=SHORT / 2)
    r1 = Device(endpoint_of(target), settings=settings, pool=SshPool())
    r1.routes = [[hop(silent)], [hop(silent)], []]
    with r1:
        assert r1("show clock") == CLOCK


def test_aborted_login_tries_no_further_route(sim: Sim, target: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        login = Endpoint("127.0.0.1", "telnet", server.getsockname()[1], driver="cisco_ios")
        r1 = Device(login, settings=settings_of(sim), fallbacks=[(endpoint_of(target),)], pool=SshPool())
        caught: list[PycoError] = []

        def connect() -> None:
            try:
                r1.connect()
            except PycoError as exc:
                caught.append(exc)

        thread = Thread(target=connect)
        thread.start()
        peer, _address = server.accept()
        with peer:
            peer.recv(1, socket.MSG_PEEK)  # the login is under way
            r1.abort()
            thread.join(20)
    assert isinstance(caught[0], ConnectionClosed)
    assert target.sessions == []


def test_lost_session_is_replaced_over_the_first_route_that_works(sim: Sim, target: Host) -> None:
    with on(sim, endpoint_of(target), [[hop(closed_port())], []]) as r1:
        r1.close()
        assert r1("show clock") == CLOCK
    assert len(target.sessions) == 2


def test_device_takes_routes() -> None:
    r1 = device("telnet://r1/cisco_ios", routes=[["ssh://b1", "ssh://b2"], "ssh://b3", []])
    hosts = [[each.host for each in hops] for hops in r1.routes]
    assert hosts == [["b1", "b2"], ["b3"], []]
    assert r1.hops == r1.routes[0]
    r1.hops = ["ssh://b4"]
    assert [[each.host for each in hops] for hops in r1.routes] == [["b4"]]


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        ([], "The list of routes is empty."),
        ("ssh://b1", "The routes: expected a list of hop lists, got str."),
        ({"hops": []}, "The routes: expected a list of hop lists, got dict."),
        (None, ""),
        ([[], 5], "Route 2: The hops: expected a list of URLs, endpoints or devices, got int."),
        ([["ssh://b1", "ssh://:secret@"]], "Route 1: Hop 2: The URL cannot be read."),
    ],
)
def test_invalid_routes_are_an_error(routes: object, message: str) -> None:
    make: Callable[..., Device] = device
    if not message:
        assert make("telnet://r1", routes=routes).routes == ((),)
        return
    with pytest.raises(EndpointError) as caught:
        make("telnet://r1", routes=routes)
    assert caught.value.message == message


OF_HOP: list[type[PycoError]] = [
    NameNotResolved,
    ConnectionRefused,
    ConnectTimedOut,
    ConnectionClosed,
    HostKeyUnknown,
    HostKeyChanged,
    NegotiationFailed,
    ForwardingRefused,
    ClientMissing,
    PermissionDenied,
    PasswordExpired,
    LoginRefused,
    KeyUnusable,
    ModeError,
    SessionClosed,
]
OF_DEVICE: list[type[PycoError]] = [
    NameNotResolved,
    ConnectionRefused,
    ConnectTimedOut,
    ClosedBeforeLogin,
    NegotiationFailed,
    ForwardingRefused,
    ClientMissing,
]
NEVER: list[type[PycoError]] = [InvalidParameter, MissingParameter, DriverNotFound, TooManyOpenFiles]


@pytest.mark.parametrize("kind", [*OF_HOP, *NEVER])
def test_error_of_hop_leads_to_next_route_unless_it_is_of_settings(kind: type[PycoError]) -> None:
    assert is_of_way(kind("x", hop=1, hops=2)) is (kind in OF_HOP)


@pytest.mark.parametrize("kind", [*dict.fromkeys([*OF_HOP, *OF_DEVICE, *NEVER])])
def test_error_of_device_leads_to_next_route_before_its_login(kind: type[PycoError]) -> None:
    assert is_of_way(kind("x", hop=2, hops=2)) is (kind in OF_DEVICE)


@pytest.mark.parametrize(("state", "expected"), [(GROUND, True), (PASSWORD_SENT, False)])
@pytest.mark.parametrize("kind", [ConnectionClosed, ConnectTimedOut])
def test_error_of_device_after_begin_of_login_leads_to_no_further_route(
    kind: type[ConnectError], state: str, expected: bool
) -> None:
    assert is_of_way(kind("x", hop=2, hops=2, state=state)) is expected


def test_error_before_first_hop_leads_to_next_route() -> None:
    assert is_of_way(ConnectTimedOut("The name was not resolved in time."))
