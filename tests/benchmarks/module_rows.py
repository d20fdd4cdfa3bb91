# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's own modules on ten Linux hosts: OpenSSH with ControlPersist and pipelining against pyco."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from pyco_core.broker import client
from tests.lab.topology import STATE

from .bench import Bench
from .measure import Samples, alternate
from .network_rows import measured
from .play_rows import Plays, end_new_processes

HOSTS = 10
PORT = 2300
USER = "keyed"  # ansible.builtin.ssh would need sshpass for a password
_FILE = "/tmp/modules-{{ inventory_hostname }}-{{ ansible_user }}"
TASKS: list[dict[str, Any]] = [
    {"ansible.builtin.ping": {}},
    {"ansible.builtin.command": "uname -a"},
    {"ansible.builtin.shell": "echo $HOME; id"},
    {"ansible.builtin.stat": {"path": "/etc/passwd"}},
    {"ansible.builtin.lineinfile": {"path": _FILE, "line": "a line", "create": True}},
    {"ansible.builtin.replace": {"path": _FILE, "regexp": "line", "replace": "text"}},
    {"ansible.builtin.slurp": {"src": _FILE}},
    {"ansible.builtin.find": {"paths": "/etc/ssh"}},
    {"ansible.builtin.getent": {"database": "passwd", "key": "root"}},
    {"ansible.builtin.file": {"path": _FILE, "state": "absent"}},
]


def by_ssh(bench: Bench) -> Samples:
    """Measure ten modules on ten hosts by ssh, with the runner."""
    return _compare(bench, _by_ssh(bench))


def by_ssh_plain(bench: Bench) -> Samples:
    """Measure the same without the runner."""
    return _compare(bench, _by_ssh(bench) | {"ansible_pyco_runner": "never"})


def by_telnet(bench: Bench) -> Samples:
    """Measure the same modules over telnet, with the runner."""
    return _compare(bench, _by_telnet(bench))


def by_telnet_plain(bench: Bench) -> Samples:
    """Measure the same without the runner."""
    return _compare(bench, _by_telnet(bench) | {"ansible_pyco_runner": "never"})


def _compare(bench: Bench, ours: dict[str, Any]) -> Samples:
    """Compare cold runs by wall time; the notes have medians of the CPU time, without that of the hosts."""
    bench.sshd("hop1", PORT)
    network = bench.many("hop1")
    known = bench.known_hosts("hop1", f"[{network}.*]:{PORT}")
    hosts: dict[str, dict[str, Any]] = {f"h{number}": {"number": number} for number in range(1, HOSTS + 1)}
    plays = Plays(bench, list(hosts), forks=HOSTS)
    every = {
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_host": network + ".0.{{ number }}",
        "ansible_port": PORT,
        "ansible_user": USER,
        "ansible_ssh_private_key_file": str(STATE / "ctl/keys" / USER),
        "ansible_pyco_known_hosts": str(known),
    }
    # The name leads to the processes that stay, see `end_new_processes`.
    control = bench.folder / "ansible-%h"
    options = (
        f"-o UserKnownHostsFile={known} -o ControlMaster=auto -o ControlPersist=60 -o ControlPath={control}"
    )
    ssh = {
        "ansible_connection": "ansible.builtin.ssh",
        "ansible_pipelining": True,
        "ansible_ssh_args": options,
    }
    pyco_play = plays.play(TASKS, hosts, every | {"ansible_connection": "pyco.cli.pyco"} | ours)
    ssh_play = plays.play(TASKS, hosts, every | ssh)
    cpu: dict[str, list[float]] = {"pyco": [], "ssh": []}

    def run(name: str, play: list[str]) -> Callable[[], float]:
        def cold() -> float:
            client.stop()
            with end_new_processes():
                return measured(cpu[name], lambda: plays.run(play, len(TASKS)))

        return cold

    bench.callback(client.stop)
    samples = alternate(run("pyco", pyco_play), run("ssh", ssh_play), bench.times(5))
    samples.notes["CPU seconds"] = {name: statistics.median(times[1:]) for name, times in cpu.items()}
    return samples


def _by_ssh(bench: Bench) -> dict[str, Any]:
    return {"ansible_pyco_driver": "linux", "ansible_pyco_persist": 600}


def _by_telnet(bench: Bench) -> dict[str, Any]:
    network = bench.many("hop2")
    return {
        **_by_ssh(bench),
        "ansible_pyco_protocol": "telnet",
        "ansible_host": network + ".0.{{ number }}",
        "ansible_port": 23,
        "ansible_user": "pyco",
        "ansible_password": bench.secrets["hop2"]["pyco"],
    }
