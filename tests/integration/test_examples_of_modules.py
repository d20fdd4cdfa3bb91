# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the modules, as ansible-doc shows them, run on simulated devices."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from pyco_core.sim import Sim
from pyco_core.tape import Tape, loads

from .ctl import Run
from .on_simulator import examples, play

START = """\
hostname r1
archive
 path flash:backup
ip access-list extended test
 permit ip host 192.0.2.7 any
"""
IOS = {
    "show interface brief": "Interface  Status\n",
    "show bgp summary": "Neighbor  State/PfxRcd\n192.0.2.2  5\n",
    "show interface eth0": "eth0 is up, line protocol is up\n",
    "show users": "    Line     User  Host(s)  Idle\n*  2 vty 0   pyco  idle     00:00:00\n",
    "clear counters": {"ask": [{"prompt": "Clear all counters [confirm]", "keys": "\ry"}]},
    "copy running-config tftp://192.0.2.1/r1.cfg": {
        "ask": [
            {"prompt": "Address or name of remote host [192.0.2.1]? "},
            {"prompt": "Destination filename [r1.cfg]? "},
        ],
        "output": "!!\n1030 bytes copied in 0.489 secs\n",
    },
}
EOS = {
    "show interfaces status | json": '{"interfaceStatuses": {}}',
    "show ip arp": "192.0.2.9 0200.5e00.0009\n",
}
TEMPLATE = "{{ ip }} {{ mac }}\n"
ROUTER = "interface GigabitEthernet0/1\n description {{ inventory_hostname }}\n"
# The device of an example, by a part of its name. Default: ios.
HOSTS = {"JSON": "eos", "here-document": "shell"}
LOGIN = "pyco:pyco@127.0.0.1"


MODULES = ("pyco_command", "pyco_config", "pyco_facts")
EXAMPLES = [task for name in MODULES for task in yaml.safe_load(examples(f"modules/{name}"))]


def host_of(task: dict[str, Any]) -> str:
    return next((host for part, host in HOSTS.items() if part in task["name"]), "ios")


def tape(kind: str, commands: dict[str, Any], running: str = "") -> Tape:
    configuration = {"kind": kind, **({"running": running} if running else {})}
    return loads(
        yaml.safe_dump({"configuration": configuration, "modes": {"enable": {"commands": commands}}})
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("examples")
    (folder / "templates").mkdir()
    (folder / "templates/arp.ttp").write_text(TEMPLATE, "utf-8")
    (folder / "templates/router.j2").write_text(ROUTER, "utf-8")
    password = secrets.token_urlsafe(12)
    with tempfile.TemporaryDirectory(prefix="pyco-") as home, Sim() as sim:
        ios = sim.telnet(tape("ios", IOS, START)).port
        eos = sim.telnet(tape("eos", EOS)).port
        shell = sim.ssh(users={"pyco": password}, shell="/bin/sh").port
        hosts = {
            "ios": {"ansible_pyco_url": f"telnet://{LOGIN}:{ios}/cisco_ios"},
            "eos": {"ansible_pyco_url": f"telnet://{LOGIN}:{eos}/arista_eos"},
            "shell": {
                "ansible_pyco_url": f"ssh://pyco:{password}@127.0.0.1:{shell}/linux",
                "ansible_pyco_known_hosts": sim.known_hosts,
                "ansible_become": False,
            },
        }
        plays = [{"hosts": host_of(task), "gather_facts": False, "tasks": [task]} for task in EXAMPLES]
        (folder / "play.yml").write_text(yaml.safe_dump(plays, sort_keys=False), "utf-8")
        yield play(folder, home, hosts)


@pytest.mark.parametrize("task", EXAMPLES, ids=lambda task: task["name"])
def test_example_runs(played: Run, task: dict[str, Any]) -> None:
    host = host_of(task)
    data = played.ok(host, task["name"])
    if "JSON" in task["name"]:
        assert data["parsed"][0] == {"interfaceStatuses": {}}
        assert "{'ip': '192.0.2.9', 'mac': '0200.5e00.0009'}" in str(data["parsed"][1])
    elif "regular expression" in task["name"]:
        assert data["parsed"] == [[{"line": "2", "type": "vty", "user": "pyco"}]]
    elif "Replace an access list" in task["name"]:
        assert data["commands"][:2] == ["no ip access-list extended test", "ip access-list extended test"]
