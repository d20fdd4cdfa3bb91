# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same tasks through two config modules, each on a simulated device of its own."""

from __future__ import annotations

import json
import os
import socketserver
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any

import yaml

from pyco_core.sim import Faults, Sim, make_device, platform_tape
from pyco_core.sim.configuration.line_device import LineDevice
from pyco_core.tape import Command, Tape

ROOT = Path(__file__).parents[2]
# The collections of vendors, see "make peers".
PEERS = ROOT / ".venv-peers"
ACTIONS = Path(__file__).parent / "action"
TIMEOUT = 300.0  # seconds for one playbook
_NETWORK_CLI = {
    "ansible_connection": "ansible.netcommon.network_cli",
    "ansible_network_os": "cisco.ios.ios",
    "ansible_network_cli_ssh_type": "paramiko",
    "ansible_network_import_modules": True,
    "ansible_host_key_checking": False,
    "ansible_become": True,
    "ansible_become_method": "ansible.netcommon.enable",
}
_PYCO = {
    "ansible_connection": "pyco.cli.pyco",
    "ansible_pyco_driver": "cisco_ios",
}
MODULES: Mapping[str, Mapping[str, Any]] = {
    "cisco.ios.ios_config": _NETWORK_CLI,
    "pyco.cli.pyco_config": _PYCO,
}
CLI_CONFIG = "ansible.netcommon.cli_config"


@dataclass(frozen=True)
class Step:
    """A task of a case: the arguments of its module, and its modes."""

    arguments: Mapping[str, Any]
    check: bool = False
    diff: bool = False


@dataclass(frozen=True)
class After:
    """The result of a step, and the state of the device behind it."""

    result: dict[str, Any]
    running: str
    startup: str
    typed: tuple[str, ...]


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.take(json.loads(self.rfile.readline()))
        self.wfile.write(b".")


class _Server(socketserver.ThreadingUnixStreamServer):
    """Takes the result of each step; after the last one of a case the device starts anew."""

    daemon_threads = True

    def __init__(self, path: str, device: LineDevice, start: str, last: set[str]) -> None:
        super().__init__(path, _Handler)
        self.after: dict[str, After] = {}
        self._device, self._start, self._last = device, start, last

    def take(self, entry: Mapping[str, Any]) -> None:
        device = self._device
        self.after[entry["name"]] = After(
            entry["result"], device.running, device.startup, tuple(device.typed)
        )
        device.typed.clear()
        if entry["name"] in self._last:
            device.load(self._start)
            device.save()


def play(module: str, start: str, cases: Mapping[str, Sequence[Step]], folder: Path) -> dict[str, After]:
    """Run the steps of all cases with one module, and return the state behind each, by `case number`.

    start: the configuration at the start of each case. folder: for files, and of the playbook.
    """
    device = make_device(_tape(), Faults())
    assert isinstance(device, LineDevice)
    device.load(start)
    device.save()
    steps = [
        {"name": f"{name} {number}", **asdict(step)}
        for name, steps in cases.items()
        for number, step in enumerate(steps, 1)
    ]
    tasks = [{"name": "Steps", "each_step": {"module": module, "steps": steps}}]
    playbook = folder / "playbook.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": tasks}]), "utf-8")
    last = {f"{name} {len(steps)}" for name, steps in cases.items()}
    with tempfile.TemporaryDirectory(prefix="pyco-") as home, Sim() as sim:
        login = {"ansible_host": "127.0.0.1", "ansible_port": sim.ssh(device).port}
        user = dict.fromkeys(("ansible_user", "ansible_password", "ansible_become_password"), "pyco")
        known = {"ansible_pyco_known_hosts": sim.known_hosts}
        inventory = folder / "inventory.yml"
        hosts = {"r1": {**MODULES.get(module, _NETWORK_CLI), **login, **user, **known}}
        inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}), "utf-8")
        with _Server(f"{home}/socket", device, start, last) as server:
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            try:
                output = _ansible(playbook, inventory, home)
            finally:
                server.shutdown()
                thread.join()
            assert len(server.after) == len(steps), output
            return server.after


def _tape() -> Tape:
    """Return the tape of IOS, with the help that ios_config asks for."""
    tape = platform_tape("ios")
    enable = tape.modes["enable"]
    shown = Command(("show", "running-config", "?"), output="  all    Configuration with defaults\n")
    return replace(tape, modes={**tape.modes, "enable": replace(enable, commands=(*enable.commands, shown))})


def _ansible(playbook: Path, inventory: Path, home: str) -> str:
    empty = playbook.parent / "ansible.cfg"
    empty.write_text("", "utf-8")
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(empty),
        "HOME": home,  # network_cli keeps the keys of hosts there, and ports are used again
        "ANSIBLE_HOME": home,
        "ANSIBLE_COLLECTIONS_PATH": f"{PEERS}:{ROOT / '.collections'}",
        "ANSIBLE_ACTION_PLUGINS": str(ACTIONS),
        "STEP_SOCKET": f"{home}/socket",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PERSISTENT_COMMAND_TIMEOUT": "6",
        "PYCO_HOME": home,
    }
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(inventory), str(playbook)]
    done = subprocess.run(
        command,
        env=environment,
        cwd=playbook.parent,
        timeout=TIMEOUT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout
