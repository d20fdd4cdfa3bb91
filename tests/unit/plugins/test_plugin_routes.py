# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variable ansible_pyco_routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils._core import InvalidParameter, PycoError
from ansible_collections.pyco.cli.plugins.plugin_utils._options import routes, variable_hint

from pyco_core.broker import client
from pyco_core.sim import Host, Sim, load
from tests.unit.route.helpers import closed_port

TAPE = load("tests/tapes/cisco_ios/c2900_demo.yml")
CLOCK = "*08:30:12.417 UTC Mon Mar 3 2025"
TARGET = {
    "inventory_hostname": "r1",
    "host": "10.1.1.1",
    "port": "22",
    "driver": "cisco_ios",
    "password": "s3cret",
}


@pytest.fixture
def router(sim: Sim) -> Host:
    return sim.telnet(TAPE)


@pytest.fixture
def bastion(sim: Sim) -> Host:
    return sim.ssh(users={"ops": "ops-login"}, forward=True)


def variables(sim: Sim, router: Host, **more: Any) -> dict[str, Any]:
    return {
        "inventory_hostname": "r1",
        "ansible_host": router.address,
        "ansible_port": router.port,
        "ansible_user": "demo",
        "ansible_password": "demo-login",
        "ansible_pyco_protocol": "telnet",
        "ansible_pyco_driver": "cisco_ios",
        "ansible_pyco_known_hosts": sim.known_hosts,
        "ansible_pyco_ssh_config": "/dev/null",
        **more,
    }


def dead() -> str:
    return f"ssh://ops:ops-login@127.0.0.1:{closed_port()}"


def test_result_has_route_that_worked(
    sim: Sim, connect: Callable[..., Any], run: Callable[..., Any], router: Host, bastion: Host
) -> None:
    hop = {"host": bastion.address, "port": bastion.port, "user": "ops", "password": "ops-login"}
    connection = connect(**variables(sim, router, ansible_pyco_routes=[[dead()], [hop], []]))
    result = run(connection, {"commands": "show clock"})
    assert result["stdout"] == [CLOCK]
    assert result["route"] == [
        f"ssh://ops@127.0.0.1:{bastion.port}",
        f"telnet://demo@127.0.0.1:{router.port}",
    ]


def test_result_has_no_route_without_routes(
    sim: Sim, connect: Callable[..., Any], run: Callable[..., Any], router: Host
) -> None:
    assert "route" not in run(connect(**variables(sim, router)), {"commands": "show clock"})


def test_failed_routes_are_all_in_message(
    sim: Sim, connect: Callable[..., Any], run: Callable[..., Any], router: Host
) -> None:
    connection = connect(**variables(sim, router, ansible_pyco_routes=[[dead()], [dead()]]))
    result = run(connection, {"commands": "show clock"})
    assert result["unreachable"] is True
    assert result["pyco"]["error"] == "RoutesFailed"
    assert "Route 1: ConnectionRefused: hop 1 of 2" in result["msg"]
    assert "Route 2: ConnectionRefused: hop 1 of 2" in result["msg"]
    assert "ops-login" not in str(result)
    assert "route" not in result


@pytest.mark.usefixtures("broker")
def test_session_of_broker_over_any_route_is_used_and_shown(
    sim: Sim, connect: Callable[..., Any], run: Callable[..., Any], router: Host, bastion: Host
) -> None:
    first = f"ssh://ops:ops-login@127.0.0.1:{closed_port()}"
    own = variables(sim, router, ansible_pyco_routes=[[first], []], ansible_pyco_persist=60)
    direct = [f"telnet://demo@127.0.0.1:{router.port}"]
    for _task in range(2):
        connection = connect(**own)
        assert run(connection, {"commands": "show clock"})["route"] == direct
        connection.close()
    assert len(router.sessions) == 1
    (status,) = client.status()
    assert [(session.hops, session.device) for session in status.sessions] == [
        ((), f"telnet://demo:********@127.0.0.1:{router.port}/cisco_ios")
    ]
    connection = connect(**own)
    connection.set_options(var_options=own)
    connection.reset()
    assert client.status()[0].sessions == ()


def test_dictionary_overrides_device_on_its_route() -> None:
    console = {"hops": "ssh://cs1,ssh://cs2", "host": "10.9.9.9", "protocol": "telnet", "user": "con"}
    in_band, out_of_band = routes({**TARGET, "remote_user": "admin", "routes": [[], console]})
    assert [each.address for each in in_band] == ["ssh://admin@10.1.1.1:22"]
    assert [each.address for each in out_of_band] == [
        "ssh://cs1:22",
        "ssh://cs2:22",
        "telnet://con@10.9.9.9:23",
    ]
    assert (out_of_band[-1].driver, out_of_band[-1].password) == ("cisco_ios", in_band[-1].password)


def test_dictionary_keeps_port_of_device_without_protocol() -> None:
    ((only,),) = routes({**TARGET, "port": 830, "routes": [{"hops": [], "driver": "linux"}]})
    assert (only.address, only.driver) == ("ssh://10.1.1.1:830", "linux")


@pytest.mark.parametrize("unset", [None, "", [], ()])
def test_unset_routes_are_the_hops(unset: object) -> None:
    (only,) = routes({**TARGET, "routes": unset, "hops": ["ssh://b1"]})
    assert [each.host for each in only] == ["b1", "10.1.1.1"]


@pytest.mark.parametrize(
    ("value", "hops", "message"),
    [
        ([[]], ["ssh://b1"], "ansible_pyco_routes and ansible_pyco_hops are mutually exclusive."),
        ("ssh://b1", [], "ansible_pyco_routes: expected a list of hop lists."),
        ({"hops": ["s3cret"]}, [], "ansible_pyco_routes: expected a list of hop lists."),
        ([[], {"host": "b1", "password": "s3cret"}], [], "Route 2 of routes: the key 'hops' is missing."),
        ([{"hops": [], "hots": "b1"}], [], "Route 1 of routes: unknown key 'hots'."),
        ([[{"host": "b1", "pasword": "s3cret"}]], [], "Route 1 of routes, hop 1: unknown key 'pasword'."),
        ([[], [7]], [], "Route 2 of routes, hop 1: expected a URL or a dictionary."),
        (
            [{"hops": [], "port": "x"}],
            [],
            "Route 1 of routes: port: expected a number from 1 to 65535, got 'x'.",
        ),
    ],
)
def test_invalid_routes_are_an_error_without_secret(value: object, hops: list[str], message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        routes({**TARGET, "routes": value, "hops": hops})
    assert caught.value.message == message
    assert "s3cret" not in str(caught.value)


def test_hint_of_hop_names_routes() -> None:
    error = PycoError("x", hop=1, hops=2, setting="password")
    assert variable_hint(error, 2, True) == "It is `password` of a hop in ansible_pyco_routes."
    assert "ansible_pyco_hops" in variable_hint(error, 2)
