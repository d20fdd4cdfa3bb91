# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of Ansible over network_cli that is interrupted, or killed, in the middle of a command."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import monotonic

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


@pytest.mark.usefixtures("_peers")
@pytest.mark.parametrize("persist", [0, 60])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_ended_run_leaves_no_process_and_no_socket(
    tmp_path: Path, number: signal.Signals, persist: int
) -> None:
    token, pause = secrets.token_hex(8), Event()
    (tmp_path / "play.yml").write_text(PLAY, "utf-8")
    (tmp_path / "ansible.cfg").write_text("", "utf-8")
    with Sim() as sim, tempfile.TemporaryDirectory(prefix="pyco-") as home:
        host = sim.telnet(platform_tape("ios"), faults=Faults(silent=("show clock",)))
        variables = {
            **LOGIN,
            "ansible_connection": "pyco.cli.network_cli",
            "ansible_host": "127.0.0.1",
            "ansible_port": host.port,
            "ansible_pyco_protocol": "telnet",
            "ansible_pyco_persist": persist,
            "ansible_command_timeout": 3,
        }
        inventory = tmp_path / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"all": {"hosts": {"r1": variables}}}), "utf-8")
        run = subprocess.Popen(
            [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(inventory), "play.yml"],
            cwd=tmp_path,
            env={
                **os.environ,
                "ANSIBLE_COLLECTIONS_PATH": f"{PEERS}:{ROOT / '.collections'}",
                "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg"),
                "ANSIBLE_HOME": home,
                "PYCO_HOME": home,
                "PYCO_TOKEN": token,
                "TMPDIR": home,
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = monotonic() + 60
        while "show clock" not in host.commands and monotonic() < deadline:
            pause.wait(0.05)
        run.send_signal(number)
        run.wait(30)
        deadline = monotonic() + 30
        while any(processes(token)) and monotonic() < deadline:
            pause.wait(0.05)
        assert list(processes(token)) == []
        assert host.commands[-1] == "show clock"
        assert not list(Path(home).glob("pyco-rpc-*"))
        stop = [sys.executable, "-m", "pyco_core", "broker", "stop"]
        subprocess.run(stop, env={**os.environ, "PYCO_HOME": home}, cwd=ROOT, check=False)
