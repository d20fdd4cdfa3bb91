# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole runs of ansible-playbook: wall seconds, from the start of the process to its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyco_core.broker import client

from . import fleet, venvs
from .measure import Samples, alternate, timed
from .scene import ROOT, Scene

PORT = 2300
FLEET_PORT = 2323
BASTIONS = (2301, 2302, 2303, 2304)
SHOWN = ("show version", "show interface brief", "show running-config")
NOBODY = {"ansible_connection": "ansible.builtin.local"}


class Plays:
    """Inventories and playbooks as files of the scene, and runs of them."""

    def __init__(self, scene: Scene, hosts: list[str], forks: int) -> None:
        self._scene = scene
        self._hosts = hosts
        self._forks = forks
        self._files = 0
        # The version beside which network_cli is installed: the same Ansible for all that are compared.
        self._bin = venvs.python(venvs.ANSIBLE).parent

    def floor(self, tasks: int) -> list[str]:
        """What Ansible itself costs: tasks that assert something, and hosts that nothing connects to."""
        task = {"ansible.builtin.assert": {"that": "true", "quiet": True}}
        return self.play([task] * tasks, {name: {} for name in self._hosts}, NOBODY)

    def play(
        self,
        tasks: list[dict[str, Any]],
        hosts: dict[str, dict[str, Any]],
        facts: dict[str, Any],
        **more: Any,
    ) -> list[str]:
        """A command line that runs these tasks. facts: variables of all the hosts; more: further groups."""
        play = [{"hosts": "targets", "gather_facts": False, "tasks": tasks}]
        inventory = {"targets": {"hosts": hosts, "vars": facts}, **more}
        names = [self._file(data) for data in (inventory, play)]
        return [str(self._bin / "ansible-playbook"), "-f", str(self._forks), "-i", *names]

    def run(self, command: list[str], tasks: int) -> float:
        """Run it: seconds. Raises RuntimeError where a task was not done."""
        environment = {**os.environ, "PATH": f"{self._bin}:{os.environ['PATH']}"}
        output = self._scene.folder / "output"
        with output.open("w+") as file:
            done = []
            seconds = timed(
                lambda: done.append(
                    subprocess.run(
                        command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT, check=False
                    )
                )
            )
            file.seek(0)
            said = file.read()
        output.unlink()
        right = sum(f"ok={tasks} " in line for line in said.splitlines())
        if done[0].returncode or right != len(self._hosts):
            raise RuntimeError(f"{' '.join(command)} did not do its tasks:\n{said[-3000:]}")
        return seconds

    def _file(self, data: object) -> str:
        self._files += 1
        path = self._scene.folder / f"play{self._files}.json"
        path.write_text(json.dumps(data))
        self._scene.callback(path.unlink)
        return str(path)


def playbook_cold(scene: Scene) -> Samples:
    """Ten hosts, three `show` commands: no broker runs yet, and no process of network_cli."""
    plays, hosts, facts = _ten_routers(scene)
    pyco = plays.play(_shows("pyco.cli.pyco_command", "commands"), hosts, facts | _pyco(scene))
    peer = plays.play(_shows("ansible.netcommon.cli_command", "command"), hosts, facts | _network_cli())

    def ours() -> float:
        client.stop()
        return plays.run(pyco, len(SHOWN))

    def theirs() -> float:
        before = set(_processes())
        try:
            return plays.run(peer, len(SHOWN))
        finally:
            _end(pid for pid, words in _processes().items() if pid not in before and "ansible" in words)

    return alternate(theirs, ours, scene.times(5))


def playbook_warm(scene: Scene) -> Samples:
    """The same with pyco, its sessions open, against three tasks that assert something."""
    plays, hosts, facts = _ten_routers(scene)
    pyco = plays.play(_shows("pyco.cli.pyco_command", "commands"), hosts, facts | _pyco(scene))
    floor = plays.floor(len(SHOWN))
    return alternate(
        lambda: plays.run(pyco, len(SHOWN)), lambda: plays.run(floor, len(SHOWN)), scene.times(15)
    )


def thousand(scene: Scene) -> Samples:
    """1,000 telnet hosts that only four bastions reach, found by `via`; no session is open before."""
    names = [f"r{number:04}" for number in range(fleet.HOSTS)]
    plays = Plays(scene, names, forks=20)
    scene.server("hop1", FLEET_PORT, sys.executable, "-I", fleet.__file__, str(FLEET_PORT))
    for port in BASTIONS:
        scene.sshd("hop1", port)
    scene.callback(client.stop)
    hosts = {
        name: {"ansible_host": fleet.address(number), "bastion": f"bastion{number % len(BASTIONS)}"}
        for number, name in enumerate(names)
    }
    facts = {
        "ansible_connection": "pyco.cli.pyco",
        "ansible_pyco_protocol": "telnet",
        "ansible_pyco_driver": "cisco_ios",
        "ansible_port": FLEET_PORT,
        "ansible_user": fleet.USER,
        "ansible_password": fleet.PASSWORD,
        "ansible_pyco_hops": "{{ query('pyco.cli.via', bastion) }}",
    }
    login = {"ansible_host": "hop1", "ansible_user": "pyco", "ansible_pyco_driver": "linux"}
    known = scene.known_hosts("hop1", *(f"[hop1]:{port}" for port in BASTIONS))
    bastions = {
        "hosts": {f"bastion{number}": {"ansible_port": port} for number, port in enumerate(BASTIONS)},
        "vars": {**login, "ansible_password": scene.secrets["hop1"]["pyco"]},
    }
    shows = [{"pyco.cli.pyco_command": {"commands": "show version"}}]
    facts["ansible_pyco_known_hosts"] = str(known)
    pyco = plays.play(shows, hosts, facts, bastions=bastions)
    floor = plays.floor(1)

    def ours() -> float:
        client.stop()
        return plays.run(pyco, 1)

    return alternate(ours, lambda: plays.run(floor, 1), scene.times(3), warm=0)


def _ten_routers(scene: Scene) -> tuple[Plays, dict[str, dict[str, Any]], dict[str, Any]]:
    """vtysh on near, by ten of its addresses, so that network_cli has a connection for each."""
    scene.sshd("near", PORT)
    first = scene.many("near")
    scene.callback(client.stop)
    hosts = {f"r{number}": {"ansible_host": f"{first}.0.{number + 1}"} for number in range(10)}
    facts = {"ansible_user": "vty", "ansible_password": scene.secrets["near"]["vty"], "ansible_port": PORT}
    return Plays(scene, list(hosts), forks=10), hosts, facts


def _pyco(scene: Scene) -> dict[str, Any]:
    return {
        "ansible_connection": "pyco.cli.pyco",
        "ansible_pyco_driver": "frr",
        "ansible_pyco_known_hosts": str(scene.known_hosts("near", f"[10.93.*]:{PORT}")),
        "ansible_pyco_persist": 600,
    }


def _network_cli() -> dict[str, Any]:
    # Not one collection of the package `ansible` is for FRR any more; vtysh takes what is typed into IOS.
    return {
        "ansible_connection": "ansible.netcommon.network_cli",
        "ansible_network_os": "cisco.ios.ios",
        "ansible_network_cli_ssh_type": "libssh",
        "ansible_host_key_checking": False,
        "ansible_python_interpreter": str(venvs.python(venvs.ANSIBLE)),
    }


def _shows(module: str, argument: str) -> list[dict[str, Any]]:
    return [{module: {argument: command}} for command in SHOWN]


def _processes() -> dict[int, str]:
    """The command lines of all processes of the benchmark's own PID namespace."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _end(pids: Iterator[int]) -> None:
    for pid in list(pids):
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            continue
