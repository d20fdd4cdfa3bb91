# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of Ansible over network_cli leaves behind if it is interrupted, killed, or has many hosts."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest
import yaml

from pyco_core.sim import Faults, Sim, platform_tape

from .config_modules import PEERS, ROOT
from .connections import LOGIN

PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - cisco.ios.ios_command: {commands: [show clock]}
"""
MANY = """
- hosts: all
  gather_facts: false
  strategy: free
  tasks:
    - cisco.ios.ios_command: {commands: [show clock]}
- hosts: all
  gather_facts: false
  serial: 7
  tasks:
    - cisco.ios.ios_command: {commands: [show clock]}
    - cisco.ios.ios_command: {commands: [show bogus]}
      ignore_errors: true
"""
HOSTS = 20


def processes(token: str) -> Iterator[str]:
    """Yield the command lines of the processes with this environment variable, but for brokers."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if token.encode() in (folder / "environ").read_bytes():
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if "broker" not in command:
                    yield command
        except OSError:  # it has ended
            continue


def started(
    folder: Path, home: str, token: str, play: str, hosts: Mapping[str, Mapping[str, Any]], *options: str
) -> subprocess.Popen[bytes]:
    """Start a playbook in a folder. home: a short path, for all of its files."""
    (folder / "play.yml").write_text(play, "utf-8")
    (folder / "ansible.cfg").write_text("", "utf-8")
    inventory = folder / "inventory.yml"
    common = {"ansible_connection": "pyco.cli.network_cli", "ansible_host": "127.0.0.1"}
    login = {**LOGIN, **common, "ansible_pyco_protocol": "telnet"}
    entries = {name: {**login, **variables} for name, variables in hosts.items()}
    inventory.write_text(yaml.safe_dump({"all": {"hosts": entries}}), "utf-8")
    return subprocess.Popen(
        [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(inventory), "play.yml", *options],
        cwd=folder,
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": f"{PEERS}:{ROOT / '.collections'}",
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
            "ANSIBLE_HOME": home,
            "PYCO_HOME": home,
            "PYCO_TOKEN": token,
            "TMPDIR": home,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def assert_nothing_is_left(token: str, home: str) -> None:
    pause, deadline = Event(), monotonic() + 30
    while any(processes(token)) and monotonic() < deadline:
        pause.wait(0.05)
    assert list(processes(token)) == []
    assert not list(Path(home).glob("pyco-rpc-*"))


def stop_broker(home: str) -> None:
    stop = [sys.executable, "-m", "pyco_core", "broker", "stop"]
    subprocess.run(stop, env={**os.environ, "PYCO_HOME": home}, cwd=ROOT, check=False)


pytestmark = [
    pytest.mark.usefixtures("_peers"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]


@pytest.mark.parametrize(
    ("number", "persist", "count", "seconds"),
    [
        (signal.SIGINT, 0, 1, 3),
        (signal.SIGINT, 60, 1, 3),
        (signal.SIGKILL, 0, 1, 300),
        (signal.SIGKILL, 60, HOSTS, 300),
    ],
)
def test_ended_run_leaves_no_process_and_no_socket(
    tmp_path: Path, number: signal.Signals, persist: int, count: int, seconds: int
) -> None:
    token, pause = secrets.token_hex(8), Event()
    with Sim() as sim, tempfile.TemporaryDirectory(prefix="pyco-") as home:
        faults = Faults(silent=("show clock",))
        hosts = [sim.telnet(platform_tape("ios"), faults=faults) for _number in range(count)]
        common = {"ansible_pyco_persist": persist, "ansible_command_timeout": seconds}
        variables = {f"r{number}": {**common, "ansible_port": host.port} for number, host in enumerate(hosts)}
        run = started(tmp_path, home, token, PLAY, variables, "-f", str(count))
        deadline = monotonic() + 90
        while any("show clock" not in host.commands for host in hosts) and monotonic() < deadline:
            pause.wait(0.05)
        run.send_signal(number)
        run.wait(30)
        assert_nothing_is_left(token, home)
        assert [host.commands[-1] for host in hosts] == ["show clock"] * count
        stop_broker(home)


def test_run_with_many_hosts_leaves_no_process_and_no_socket(tmp_path: Path) -> None:
    token = secrets.token_hex(8)
    with Sim() as sim, tempfile.TemporaryDirectory(prefix="pyco-") as home:
        hosts = [sim.telnet(platform_tape("ios")) for _number in range(HOSTS)]
        variables = {f"r{number}": {"ansible_port": host.port} for number, host in enumerate(hosts)}
        run = started(tmp_path, home, token, MANY, variables, "-f", str(HOSTS))
        assert run.wait(300) == 0
        assert_nothing_is_left(token, home)
        for host in hosts:
            assert host.commands.count("show clock") == 2
            assert len(host.sessions) == 1, "both plays use the session of the broker"
        stop_broker(home)
        for host in hosts:
            assert host.endings() == ["exit"]
