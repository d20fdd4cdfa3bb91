# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the filter, the lookups, the connections and the become method run on simulated devices."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pyco_core.sim import Sim, make_device, platform_tape
from pyco_core.tape import load

from .config_modules import PEERS
from .ctl import ROOT, Run
from .on_simulator import examples, play

ARP = """\
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  192.0.2.1               -   0200.0000.0001  ARPA   GigabitEthernet0/0
"""
PARSED = {"ansible.builtin.debug": {"msg": ["{{ neighbors }}", "{{ interfaces }}"]}}
# The addresses and accounts of the examples, and those of the simulated hosts.
REPLACED = {
    "user: operator": "user: demo",
    "driver: linux": "driver: cisco_ios",
}


def commit(folder: Path, *texts: str) -> None:
    """Commit one version of the backup of r1 after the other."""
    git = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@localhost"]
    subprocess.run([*git, "init", "-q"], check=True)
    for text in texts:
        (folder / "r1.cfg").write_text(text, "utf-8")
        subprocess.run([*git, "add", "r1.cfg"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", "update"], check=True)


def tasks_of(plugin: str, **variables: Any) -> dict[str, Any]:
    return {
        "hosts": "r1",
        "gather_facts": False,
        "vars": variables,
        "tasks": yaml.safe_load(examples(plugin)),
    }


def plays_of(plugin: str, replaced: Mapping[str, str]) -> list[dict[str, Any]]:
    text = examples(plugin)
    for old, new in replaced.items():
        text = text.replace(old, new)
    plays: list[dict[str, Any]] = yaml.safe_load(text)
    return plays


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("examples")
    (folder / "backups").mkdir()
    older = "hostname r1\ninterface GigabitEthernet0/1\n description older\n"
    commit(folder / "backups", older, *(f"hostname r1\n! {number}\n" for number in range(3)))
    (folder / "r1.txt").write_text("Gi0/1 up\n", "utf-8")
    (folder / "interfaces.ttp").write_text("{{ name }} {{ state }}\n", "utf-8")
    password = secrets.token_urlsafe(12)
    ios = load(ROOT / "tests/tapes/cisco_ios/c2900_demo.yml")
    with tempfile.TemporaryDirectory(prefix="pyco-") as home, Sim() as sim:
        r1 = sim.telnet(platform_tape("ios", "hostname r1\narchive\n path flash:backup\n")).port
        bastion = sim.ssh(users={"operator": password}, forward=True).port
        inner, router = sim.telnet(ios).port, sim.telnet(ios).port
        accounts = {"ansible_user": "demo", "ansible_host": "127.0.0.1", "ansible_port": router}
        hosts = {
            "r1": {"ansible_pyco_url": f"telnet://pyco:pyco@127.0.0.1:{r1}/cisco_ios"},
            "router1": {**accounts, "ansible_pyco_known_hosts": sim.known_hosts},
            "routers": {
                **accounts,
                "ansible_pyco_driver": "cisco_ios",
                "ansible_pyco_protocol": "telnet",
                "ansible_password": "demo-login",
            },
        }
        replaced = {
            **REPLACED,
            "operator@bastion.example.org": f"operator:{password}@127.0.0.1:{bastion}",
            "host: inner": f"host: 127.0.0.1\n        port: {inner}",
        }
        vaulted = {
            "vaulted_inner_password": "demo-login",
            "vaulted_line_password": "demo-login",
            "vaulted_enable_password": "demo-enable",
        }
        plays = [
            tasks_of("filter/parse", result={"stdout": [ARP]}),
            tasks_of("lookup/backup"),
            {"hosts": "r1", "gather_facts": False, "tasks": [{"name": "Parsed", **PARSED}]},
            *plays_of("connection/pyco", replaced),
            *plays_of("become/enable", replaced),
        ]
        for example in plays[3:]:
            example["vars"].update(vaulted)
        (folder / "play.yml").write_text(yaml.safe_dump(plays, sort_keys=False), "utf-8")
        yield play(folder, home, hosts)


def test_filter_and_lookup_give_data_and_backup(played: Run) -> None:
    neighbors, interfaces = played.ok("r1", "Parsed")["msg"]
    assert neighbors[0]["ip_address"] == "192.0.2.1"
    assert interfaces == [{"name": "Gi0/1", "state": "up"}]
    restored = played.ok("r1", "Restore the configuration before the last three commits")
    assert "description older" in " ".join(restored["commands"])


def test_connection_and_become_reach_the_device(played: Run) -> None:
    assert "Cisco IOS" in played.ok("router1", "Read the version")["stdout"][0]
    assert "hostname" in played.ok("routers", "Show the configuration")["stdout"][0]


@pytest.mark.usefixtures("_peers")
def test_module_of_a_vendor_reaches_the_device_over_network_cli(tmp_path: Path) -> None:
    password = secrets.token_urlsafe(12)
    start = "hostname router1\ninterface GigabitEthernet0/1\n description old\n"
    router = make_device(platform_tape("ios", start))
    with tempfile.TemporaryDirectory(prefix="pyco-") as home, Sim() as sim:
        bastion = sim.ssh(users={"operator": password}, forward=True).port
        replaced = {"operator@bastion.example.org": f"operator:{password}@127.0.0.1:{bastion}"}
        hosts = {
            "router1": {
                "ansible_host": "127.0.0.1",
                "ansible_port": sim.telnet(router).port,
                "ansible_pyco_known_hosts": sim.known_hosts,
                **dict.fromkeys(("ansible_user", "ansible_password", "ansible_become_password"), "pyco"),
            }
        }
        plays = plays_of("connection/network_cli", replaced)
        (tmp_path / "play.yml").write_text(yaml.safe_dump(plays, sort_keys=False), "utf-8")
        run = play(tmp_path, home, hosts, PEERS)
    assert run.ok("router1", "Set the description of an interface")["changed"] is True
    assert " description uplink\n" in router.running


def test_inventory_of_the_lookup_has_the_route(tmp_path: Path) -> None:
    (tmp_path / "hosts.yml").write_text(examples("lookup/via"), "utf-8")
    done = subprocess.run(
        [
            *(str(Path(sys.executable).parent / "ansible"), "-i", str(tmp_path / "hosts.yml"), "router1"),
            *("-m", "ansible.builtin.debug", "-a", "var=ansible_pyco_hops", "-e", "ansible_connection=local"),
            *("-e", "vaulted_inner_password=secret"),
        ],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    hops = json.loads(done.stdout.partition("=>")[2])["ansible_pyco_hops"]
    assert [(hop["host"], hop["user"]) for hop in hops] == [
        ("bastion.example.org", "operator"),
        ("inner", "operator"),
    ]
