# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection as modules use it, on every kind of route, in one run of Ansible."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab import lab
from tests.lab.topology import STATE

from .ctl import ROOT, Ctl, Run, wait_until

pytestmark = pytest.mark.lab

PLAYS = Path(__file__).with_name("linux_connection.yml")
ON_HOP1 = ("ssh", "ssh_files", "dash", "ash")
ON_HOP2 = ("ssh_ssh", "ssh_telnet", "ssh_telnet_files", "telnet", "typed_ssh", "typed_telnet")
ON_EDGE = ("telnet_ssh", "three_hops")
CONNECTION = "pyco.cli.pyco"
REFUSED = "Become another user with a wrong password"
HOSTS = dict.fromkeys(ON_HOP1, "hop1") | dict.fromkeys(ON_HOP2, "hop2") | dict.fromkeys(ON_EDGE, "edge")


def routes(secrets: dict[str, dict[str, str]]) -> dict[str, dict[str, Any]]:
    """Return the variables of each route."""

    def hop(host: str, **more: Any) -> dict[str, Any]:
        return {"host": host, "user": "pyco", "password": secrets[host.partition("-")[0]]["pyco"], **more}

    def on(host: str, hops: list[dict[str, Any]], user: str = "pyco", **more: Any) -> dict[str, Any]:
        login = {"ansible_host": host, "ansible_user": user, "ansible_pyco_hops": hops}
        return {**login, "ansible_password": secrets[host.partition("-")[0]][user], **more}

    telnet: dict[str, Any]
    files: dict[str, Any]
    telnet, files = {"ansible_pyco_protocol": "telnet"}, {"ansible_pipelining": False}
    return {
        "ssh": on("hop1", []),
        "ssh_files": on("hop1", [], **files),
        "dash": on("hop1", [], "dash"),
        "ash": on("hop1", [], "ash"),
        "ssh_ssh": on("hop2", [hop("hop1")]),
        "ssh_telnet": on("hop2", [hop("hop1")], **telnet),
        "ssh_telnet_files": on("hop2", [hop("hop1")], **telnet, **files),
        "telnet": on("hop2-direct", [], **telnet),
        "typed_ssh": on("hop2", [hop("hop1", port=2222)], ansible_pyco_forward="never"),
        "typed_telnet": on("hop2", [hop("hop1", port=2222)], **telnet),
        "telnet_ssh": on("edge", [hop("hop2-direct", protocol="telnet")]),
        "three_hops": on("edge", [hop("hop1"), hop("hop2", protocol="telnet")]),
    }


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the control node with the files to copy, and those that are fetched."""
    folder = tmp_path_factory.mktemp("local")
    (folder / "big.bin").write_bytes(os.urandom(2_000_000) + bytes(range(256)) * 4)
    (folder / "empty").write_bytes(b"")
    (folder / "script.sh").write_text('#!/bin/sh\necho "$# arguments"\nprintf "%s\\n" "$@"\nexit 3\n')
    (folder / "in the archive 汉").write_text("text\n")
    with tarfile.open(folder / "archive.tgz", "w:gz") as archive:
        archive.add(folder / "in the archive 汉", "in the archive 汉")
    return folder


@pytest.fixture(scope="module")
def run(ctl: Ctl, local: Path) -> Run:
    hosts = routes(ctl.secrets)
    for name, variables in hosts.items():
        variables["delegate"] = "ssh_telnet" if name == "ssh" else "ssh"
        if HOSTS[name] in ("hop1", "hop2"):
            variables |= {"other": "colour", "other_password": ctl.secrets[HOSTS[name]]["colour"]}
    variables = {
        "ansible_connection": CONNECTION,
        "ansible_pyco_driver": "linux",
        "ansible_pyco_known_hosts": "/run/pyco-lab/ctl/known_hosts",
        "local": str(local),
        "root": str(ROOT),
    }
    inventory = {"all": {"vars": variables, "hosts": hosts}}
    return ctl.playbook(PLAYS.read_text("utf-8"), inventory=inventory, env={"PYCO_PERSIST": "60"})


@pytest.mark.parametrize("host", HOSTS)
def test_connection_serves_modules_on_route(run: Run, local: Path, host: str) -> None:
    failed = [
        (result.task, result.data) for result in run.results if result.host == host and result.status != "ok"
    ]
    assert [task for task, _data in failed] in ([], [REFUSED]), failed
    report = run.ok(host, "Report")["msg"]
    assert (report["host"], report["delegated"]) == (HOSTS[host], "hop2" if host == "ssh" else "hop1")
    big = (local / "big.bin").read_bytes()
    fetched = {file.name: file.read_bytes() for file in (local / host).iterdir()}
    text = f"汉语 {host}\n\\n\n".encode()
    assert sorted(map(len, fetched.values())) == [0, len(text), len(big)]
    assert set(fetched.values()) == {b"", text, big}
    assert len(report["files"]) == 4


@pytest.mark.parametrize("host", [*ON_HOP1, *ON_HOP2])
def test_wrong_become_password_is_reported(run: Run, host: str) -> None:
    assert run.of(host, REFUSED).msg.endswith("Incorrect su password")


REBOOT_PORT = 2299
MACHINE = """
import contextlib, os, pathlib, signal, subprocess
def kill(pid):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            kill(int(child))
        os.kill(pid, signal.SIGKILL)
pathlib.Path("/tmp/reboot").write_text("#!/bin/sh\\necho now > /tmp/power\\n")
os.chmod("/tmp/reboot", 0o755)
os.mkfifo("/tmp/power")
os.chmod("/tmp/power", 0o666)
signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
os.setpgid(0, 0)
for number in range(9):
    pathlib.Path("/tmp/boot").write_text(f"boot {number}")
    options = ["-f", "/etc/ssh/sshd_config.22", "-o", "Port=2299", "-o", "PidFile=none"]
    sshd = subprocess.Popen(["/usr/sbin/sshd", "-D", *options])
    open("/tmp/power").read()
    kill(sshd.pid)
    sshd.wait()
    signal.sigtimedwait([signal.SIGUSR1], 2)  # away for two seconds
"""
REBOOT = """
- hosts: all
  gather_facts: false
  tasks:
    - name: Restart the host
      ansible.builtin.reboot:
        reboot_command: /tmp/reboot
        boot_time_command: cat /tmp/boot
        connect_timeout: 3
        reboot_timeout: 60
    - name: Read the number of the start
      ansible.builtin.command: cat /tmp/boot
      changed_when: false
"""


@pytest.fixture
def machine(_lab: None) -> Iterator[None]:
    """Start an sshd on hop1 that goes away for two seconds when /tmp/reboot is called."""
    process = subprocess.Popen(lab.inside("hop1", sys.executable, "-I", "-c", MACHINE))
    try:
        wait_until(lambda: REBOOT_PORT in lab.listening(lab.init_pid("hop1")), lambda: "sshd does not listen")
        yield
    finally:
        for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            os.kill(int(child), signal.SIGTERM)
        process.wait()
        for name in ("reboot", "power", "boot"):
            (STATE / "hop1/tmp" / name).unlink()


@pytest.mark.parametrize("persist", ["0", "60"])
def test_host_reboots(ctl: Ctl, machine: None, persist: str) -> None:
    host = {
        **routes(ctl.secrets)["ssh"],
        "ansible_connection": CONNECTION,
        "ansible_port": REBOOT_PORT,
        "ansible_pyco_driver": "linux",
        "ansible_pyco_host_key_checking": False,
        "ansible_pyco_persist": persist,
        "root": str(ROOT),
    }
    plays = REBOOT + PLAYS.read_text("utf-8")[PLAYS.read_text("utf-8").index("- name: End the sessions") :]
    run = ctl.playbook(plays, inventory={"all": {"hosts": {"machine": host}}})
    assert run.ok("machine", "Restart the host")["rebooted"] is True
    assert "does not allow the connection timeout" not in run.out
    assert run.ok("machine", "Read the number of the start")["stdout"] == "boot 1"
