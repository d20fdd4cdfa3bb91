# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole runs of ansible-playbook, in seconds from the start of the process to its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyco_core.broker import client

from . import fleet, venvs
from .bench import ROOT, Bench
from .measure import Samples, alternate, timed

PORT = 2300
FLEET_PORT = 2323
BASTIONS = (2301, 2302, 2303, 2304)
SHOWN = ("show version", "show interface brief", "show running-config")
# The package `ansible` has no collection for FRR; the one for IOS works with vtysh.
NETWORK_CLI = {
    "ansible_connection": "ansible.netcommon.network_cli",
    "ansible_network_os": "cisco.ios.ios",
    "ansible_network_cli_ssh_type": "libssh",
    "ansible_host_key_checking": False,
    "ansible_python_interpreter": str(venvs.folder(venvs.ANSIBLE) / "bin/python"),
}
NO_CONNECTION = {"ansible_connection": "ansible.builtin.local"}


class Plays:
    """Inventories and playbooks as files of the bench, and runs of them."""

    def __init__(self, bench: Bench, hosts: list[str], forks: int) -> None:
        self._bench = bench
        self._hosts = hosts
        self._forks = forks
        self._files = 0
        # The environment that has network_cli: all runs use the same Ansible.
        self._bin = venvs.python(venvs.ANSIBLE).parent
        # The configuration of the checkout has plugin folders, which Ansible loads at its start in every run.
        self._config = bench.folder / "ansible.cfg"
        self._config.write_text(f"[defaults]\ncollections_path = {ROOT / '.collections'}\n")

    def floor(self, tasks: int) -> list[str]:
        """Return a command line for Ansible's own cost: `assert` tasks on hosts without a connection."""
        task = {"ansible.builtin.assert": {"that": "true", "quiet": True}}
        return self.play([task] * tasks, {name: {} for name in self._hosts}, NO_CONNECTION)

    def play(
        self,
        tasks: list[dict[str, Any]],
        hosts: dict[str, dict[str, Any]],
        facts: dict[str, Any],
        **groups: Any,
    ) -> list[str]:
        """Return a command line that runs these tasks. facts: variables of all hosts. groups: more groups."""
        play = [{"hosts": "targets", "gather_facts": False, "tasks": tasks}]
        inventory = {"targets": {"hosts": hosts, "vars": facts}, **groups}
        names = [self._file(data) for data in (inventory, play)]
        return [str(self._bin / "ansible-playbook"), "-f", str(self._forks), "-i", *names]

    def run(self, command: list[str], tasks: int) -> float:
        """Run the command and return the seconds. Raises RuntimeError if a task failed or was skipped."""
        environment = {
            **os.environ,
            "ANSIBLE_CONFIG": str(self._config),
            "PATH": f"{self._bin}:{os.environ['PATH']}",
        }
        output = self._bench.folder / "output"
        with output.open("w+") as file:
            processes: list[subprocess.CompletedProcess[bytes]] = []
            seconds = timed(
                lambda: processes.append(
                    subprocess.run(
                        command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT, check=False
                    )
                )
            )
            file.seek(0)
            text = file.read()
        output.unlink()
        right = sum(f"ok={tasks} " in line for line in text.splitlines())
        if processes[0].returncode or right != len(self._hosts):
            raise RuntimeError(f"{' '.join(command)} did not run all tasks:\n{text[-3000:]}")
        return seconds

    def _file(self, data: object) -> str:
        self._files += 1
        path = self._bench.folder / f"play{self._files}.json"
        path.write_text(json.dumps(data))
        self._bench.callback(path.unlink)
        return str(path)


def playbook_cold(bench: Bench) -> Samples:
    """Measure ten hosts with three `show` commands, without a running broker or network_cli process."""
    plays, hosts, facts = routers(bench)
    ours_play = plays.play(_shows("pyco.cli.pyco_command", "commands"), hosts, facts | pyco(bench))
    peer = plays.play(_shows("ansible.netcommon.cli_command", "command"), hosts, facts | NETWORK_CLI)

    def ours() -> float:
        client.stop()
        return plays.run(ours_play, len(SHOWN))

    def theirs() -> float:
        with end_new_processes():
            return plays.run(peer, len(SHOWN))

    return alternate(theirs, ours, bench.times(5))


def playbook_warm(bench: Bench) -> Samples:
    """Measure the same play with pyco and open sessions, against three `assert` tasks."""
    plays, hosts, facts = routers(bench)
    ours_play = plays.play(_shows("pyco.cli.pyco_command", "commands"), hosts, facts | pyco(bench))
    floor = plays.floor(len(SHOWN))
    return alternate(
        lambda: plays.run(ours_play, len(SHOWN)), lambda: plays.run(floor, len(SHOWN)), bench.times(15)
    )


def thousand(bench: Bench) -> Samples:
    """Measure 1,000 telnet hosts behind four bastions with `via`, without open sessions."""
    names = [f"r{number:04}" for number in range(fleet.HOSTS)]
    plays = Plays(bench, names, forks=20)
    bench.server("hop1", FLEET_PORT, sys.executable, "-I", fleet.__file__, str(FLEET_PORT))
    for port in BASTIONS:
        bench.sshd("hop1", port)
    bench.callback(client.stop)
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
    known = bench.known_hosts("hop1", *(f"[hop1]:{port}" for port in BASTIONS))
    bastions = {
        "hosts": {f"bastion{number}": {"ansible_port": port} for number, port in enumerate(BASTIONS)},
        "vars": {**login, "ansible_password": bench.secrets["hop1"]["pyco"]},
    }
    shows = [{"pyco.cli.pyco_command": {"commands": "show version"}}]
    facts["ansible_pyco_known_hosts"] = str(known)
    ours_play = plays.play(shows, hosts, facts, bastions=bastions)
    floor = plays.floor(1)

    def ours() -> float:
        client.stop()
        return plays.run(ours_play, 1)

    return alternate(ours, lambda: plays.run(floor, 1), bench.times(3), warm=0)


def routers(bench: Bench, number: int = 10) -> tuple[Plays, dict[str, dict[str, Any]], dict[str, Any]]:
    """Set up vtysh on near by many of its addresses, so that network_cli has a connection for each."""
    bench.sshd("near", PORT)
    first = bench.many("near")
    bench.callback(client.stop)
    hosts = {f"r{index}": {"ansible_host": f"{first}.0.{index + 1}"} for index in range(number)}
    facts = {"ansible_user": "vty", "ansible_password": bench.secrets["near"]["vty"], "ansible_port": PORT}
    return Plays(bench, list(hosts), forks=10), hosts, facts


def pyco(bench: Bench, connection: str = "pyco.cli.pyco") -> dict[str, Any]:
    """Return the variables for a connection of pyco."""
    return {
        "ansible_connection": connection,
        "ansible_network_os": "cisco.ios.ios",
        "ansible_pyco_driver": "frr",
        "ansible_pyco_known_hosts": str(bench.known_hosts("near", f"[10.93.*]:{PORT}")),
        "ansible_pyco_persist": 600,
    }


def _shows(module: str, argument: str) -> list[dict[str, Any]]:
    return [{module: {argument: command}} for command in SHOWN]


@contextmanager
def end_new_processes() -> Iterator[None]:
    """End the processes of Ansible that are left over from the block."""
    before = set(processes())
    try:
        yield
    finally:
        _end(pid for pid, command in processes().items() if pid not in before and "ansible" in command)


def processes() -> dict[int, str]:
    """Return the command lines of all processes in the benchmark's PID namespace."""
    commands = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            commands[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
    return commands


def _end(pids: Iterator[int]) -> None:
    for pid in list(pids):
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            continue
