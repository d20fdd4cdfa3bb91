# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules of several vendors over ansible.netcommon.network_cli and over that of pyco.

Usually some tasks for each vendor, over one route. With COMPARE=all, of "make compare", all tasks over each
route, and over both connections with each module in a process of its own. With COMPARE=some, for a further
ansible-core, some tasks of one vendor for each route.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from pyco_core.sim import Sim, load, make_device
from pyco_core.sim.host import Played

from .config_modules import ROOT
from .connections import FOLDER, ROUTES, Results, Routes, Variables, run
from .extent import ALL, SOME

TAPES = ROOT / "tests/tapes"


@dataclass(frozen=True)
class Vendor:
    """A platform. tape: its file. login: user and password. route: of the usual run."""

    network_os: str
    tape: str
    route: str
    login: tuple[str, str] = ("pyco", "pyco")
    become_password: str = "pyco"

    def played(self) -> Played:
        """Return a new device."""
        tape = load(FOLDER / "vendors" / self.tape if "/" not in self.tape else TAPES / self.tape)
        return tape if tape.configuration is None else make_device(tape)

    def variables(self) -> Variables:
        """Return the variables of the platform and of the login."""
        user, password = self.login
        return {
            "ansible_network_os": self.network_os,
            "ansible_user": user,
            "ansible_password": password,
            "ansible_become_method": "ansible.netcommon.enable",
            "ansible_become_password": self.become_password,
        }


VENDORS: Mapping[str, Vendor] = {
    "ios": Vendor("cisco.ios.ios", "ios.yml", "behind_ssh"),
    "nxos": Vendor("cisco.nxos.nxos", "nxos.yml", "typed"),
    "eos": Vendor("arista.eos.eos", "eos.yml", "ssh"),
    "iosxr": Vendor("cisco.iosxr.iosxr", "iosxr.yml", "behind_ssh"),
    "junos": Vendor("junipernetworks.junos.junos", "junos.yml", "typed"),
    "vyos": Vendor("vyos.vyos.vyos", "vyos.yml", "behind_ssh"),
    "routeros": Vendor("community.routeros.routeros", "routeros.yml", "ssh"),
    "asa": Vendor("cisco.asa.asa", "asa.yml", "typed"),
    "ciscosmb": Vendor("community.ciscosmb.ciscosmb", "ciscosmb.yml", "ssh"),
    "enos": Vendor("community.network.enos", "lenovo.yml", "behind_ssh"),
    "cnos": Vendor("community.network.cnos", "lenovo.yml", "typed"),
    "apconos": Vendor("community.network.apconos", "apconos.yml", "ssh"),
    "sonic": Vendor(
        "dellemc.enterprise_sonic.sonic", "dell_sonic/z9332.yml", "behind_ssh", ("admin", "demo-login")
    ),
}


@dataclass(frozen=True)
class Run:
    """A run of the playbook. route: of all vendors, "" for the route of each. environment: of Ansible."""

    route: str
    environment: Mapping[str, str] = field(default_factory=dict)


IN_PROCESSES = " in processes"
_USUAL = {"ANSIBLE_RUN_TAGS": "usual"}
_COMPARED = {name: VENDORS[name] for name in ("nxos", "eos", "vyos")} if SOME else VENDORS


def hosts(routes: Routes, route: str) -> dict[str, Variables]:
    return {
        name: {**routes.variables(route or vendor.route, vendor.played()), **vendor.variables()}
        for name, vendor in _COMPARED.items()
    }


@pytest.fixture(scope="module")
def results(_peers: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Results]:
    """Return the results by the name of the run."""
    folder = tmp_path_factory.mktemp("vendors")
    in_processes = {"ANSIBLE_NETWORK_IMPORT_MODULES": "false"}
    runs = {"peer": Run("peer", _USUAL), "usual": Run("", _USUAL)}
    if ALL:
        runs = {route: Run(route) for route in ROUTES}
        runs |= {"peer" + IN_PROCESSES: Run("peer", in_processes), IN_PROCESSES: Run("", in_processes)}
    with Sim() as sim, ThreadPoolExecutor(2) as pool:
        routes = Routes(sim)
        pending = {
            name: pool.submit(
                run, folder / name, "network_vendors.yml", hosts(routes, each.route), each.environment
            )
            for name, each in runs.items()
        }
        results = {name: each.result() for name, each in pending.items()}
        for again in range(2):  # a timeout of network_cli on a busy machine; a true difference stays
            if "usual" not in results or _statuses(results["usual"]) == _statuses(results["peer"]):
                break
            target = hosts(routes, runs["peer"].route)
            results["peer"] = run(folder / f"again{again}", "network_vendors.yml", target, _USUAL)
        return results


def _statuses(results: Results) -> list[tuple[str, str]]:
    return [(task, status) for task, status, _data in results]


def test_results_of_vendors_are_those_of_network_cli(results: dict[str, Results]) -> None:
    for name, actual in results.items():
        # The text of some errors differs between a module in the process of its task and one in its own.
        expected = results["peer" + IN_PROCESSES if name.endswith(IN_PROCESSES) else "peer"]
        assert len({task for task, _status, _data in expected}) == len(expected)
        assert _statuses(actual) == _statuses(expected), name
        assert [each for each in actual if each not in expected] == [], name
