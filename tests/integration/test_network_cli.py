# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same tasks over ansible.netcommon.network_cli and, by several routes, over that of pyco.

With COMPARE=some, for a further ansible-core, by one route.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pyco_core.sim import Sim, make_device, platform_tape

from .connections import LOGIN, Results, Routes, plain, run
from .extent import SOME

COMPARED = ("behind_ssh",) if SOME else ("ssh", "behind_ssh", "typed")


@pytest.fixture(scope="module")
def results(_peers: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Results]]:
    """Return the results of the playbook by route."""
    folder = tmp_path_factory.mktemp("network_cli")
    devices = {route: make_device(platform_tape("ios")) for route in ("peer", *COMPARED)}
    with Sim() as sim, ThreadPoolExecutor(len(devices)) as pool:
        routes = Routes(sim)
        pending = {
            name: pool.submit(
                run, folder / name, "network_cli.yml", {"r1": {**routes.variables(name, device), **LOGIN}}
            )
            for name, device in devices.items()
        }
        yield {name: each.result() for name, each in pending.items()}
    running = {plain(device.running, "") for device in devices.values()}
    assert len(running) == 1, "the devices have different configurations"


@pytest.mark.parametrize("route", COMPARED)
def test_results_are_those_of_network_cli(results: dict[str, Results], route: str) -> None:
    expected, actual = results["peer"], results[route]
    assert [each[:2] for each in actual] == [each[:2] for each in expected]
    assert [each for each in actual if each not in expected] == []


@pytest.mark.usefixtures("_peers")
def test_ten_tasks_ask_for_version_once_and_open_shell_once(tmp_path: Path) -> None:
    with Sim() as sim:
        host = sim.ssh(make_device(platform_tape("ios")))
        variables = {
            **LOGIN,
            "ansible_connection": "pyco.cli.network_cli",
            "ansible_host": "127.0.0.1",
            "ansible_port": host.port,
            "ansible_host_key_checking": False,
            "ansible_pyco_sessions": 1,
        }
        results = run(tmp_path / "run", "network_once.yml", {"r1": variables})
        assert [status for _task, status, _data in results] == ["ok"] * 11
        assert "config" in results[-1][2]["ansible_facts"]["ansible_net_gather_subset"]
        assert len(host.sessions) == 3, "reset_connection begins another login"
        for session in host.sessions[:2]:
            assert session.commands.count("show version") == 1
            assert session.commands.count("terminal width 512") == 1
