# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same playbook over ansible.netcommon.network_cli and, by several routes, over that of pyco."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pyco_core.sim import Sim, SshHost
from pyco_core.sim.host import Played

from .config_modules import PEERS, ROOT

FOLDER = Path(__file__).parent
TIMEOUT = 1800.0  # seconds for a playbook; that of all vendors takes ten minutes over network_cli
Variables = dict[str, Any]
Results = list[tuple[str, str, Any]]  # task, status, data

LOGIN = {
    **dict.fromkeys(("ansible_user", "ansible_password", "ansible_become_password"), "pyco"),
    "ansible_become_method": "ansible.netcommon.enable",
    "ansible_network_os": "cisco.ios.ios",
}

_OWN = (
    "ansible_job_id",
    "date",
    "deprecations",
    "elapsed",
    "exception",
    "invocation",
    "results_file",
    "time",
)
_PEER = {
    "ansible_connection": "ansible.netcommon.network_cli",
    "ansible_network_cli_ssh_type": "paramiko",
}
_PYCO = {"ansible_connection": "pyco.cli.network_cli"}
ROUTES = ("peer", "ssh", "behind_ssh", "typed")


class Routes:
    """The ways from the control node to simulated devices: a bastion that forwards, and one with a shell."""

    def __init__(self, sim: Sim) -> None:
        self._sim = sim
        self._bastion = sim.ssh(users={"ops": "jump"}, forward=True)
        self._shell = sim.ssh(users={"ops": "jump"}, shell="/bin/sh")

    def variables(self, route: str, played: Played) -> Variables:
        """Return the variables of a host: a new device, and the connection to it by a route of ROUTES."""
        common = {"ansible_host": "127.0.0.1", "ansible_host_key_checking": False}
        if route == "peer":
            return {**common, **_PEER, "ansible_port": self._sim.ssh(played).port}
        if route == "ssh":
            port = self._sim.ssh(played).port
            return {**common, **_PYCO, "ansible_pyco_protocol": "ssh", "ansible_port": port}
        telnet = {"ansible_pyco_protocol": "telnet", "ansible_port": self._sim.telnet(played).port}
        if route == "behind_ssh":
            return {**common, **_PYCO, **telnet, "ansible_pyco_hops": [_hop(self._bastion)]}
        hops = {"ansible_pyco_hops": [_hop(self._shell)], "ansible_pyco_forward": "never"}
        return {**common, **_PYCO, **telnet, **hops}


def _hop(host: SshHost) -> str:
    return f"ssh://ops:jump@127.0.0.1:{host.port}/linux"


def run(
    folder: Path, playbook: str, hosts: Mapping[str, Variables], environment: Mapping[str, str] | None = None
) -> Results:
    """Run a playbook of this folder, and return the results in their order."""
    folder.mkdir()
    shutil.copy(FOLDER / playbook, folder)
    (folder / "banner.j2").write_text("banner motd ^C\nhello\nworld\n^C\n", "utf-8")
    (folder / "ansible.cfg").write_text("", "utf-8")
    inventory = {"all": {"hosts": {name: dict(variables) for name, variables in hosts.items()}}}
    (folder / "inventory.yml").write_text(yaml.safe_dump(inventory), "utf-8")
    record = folder / "record"
    done = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "inventory.yml", playbook],
        env={
            **os.environ,
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
            "HOME": str(folder / "home"),  # for the keys of hosts, which network_cli keeps by port
            "PYCO_HOME": str(Path.home() / ".ansible/pyco"),  # short enough for the broker's socket
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_COLLECTIONS_PATH": f"{PEERS}:{ROOT / '.collections'}",
            "ANSIBLE_CALLBACK_PLUGINS": str(FOLDER / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "RECORD_FILE": str(record),
            **(environment or {}),
        },
        cwd=folder,
        timeout=TIMEOUT,
        text=True,
        capture_output=True,
        check=False,
    )
    (folder / "output").write_text(done.stdout + done.stderr, "utf-8")
    assert record.exists(), done.stdout + done.stderr
    entries = [json.loads(line) for line in record.read_text("utf-8").splitlines()]
    return [(entry["task"], entry["status"], plain(entry["data"], str(folder))) for entry in entries]


def plain(data: Any, folder: str) -> Any:
    """Return a result without times and paths; the order of lists from sets does not count."""
    if isinstance(data, dict):
        return {name: plain(value, folder) for name, value in data.items() if name not in _OWN}
    if isinstance(data, list):
        return sorted((plain(value, folder) for value in data), key=str)
    if isinstance(data, str):
        text = data.replace(folder, "").replace(_PYCO["ansible_connection"], _PEER["ansible_connection"])
        return re.sub(r"(change at )[^\n]* by|j\d+\.\d+|ansible_\d{12}", r"\1 by", text)
    return data
