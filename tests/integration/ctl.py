# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run processes in the lab's `ctl`, and check afterwards that they left no login behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.lab import lab
from tests.lab.topology import HOSTS, STATE

ROOT = Path(__file__).parents[2]
INVENTORY = ROOT / "tests/lab/inventory.yml"
RUN_TIMEOUT = 240.0  # seconds for one run of Ansible
LOGOUT_TIMEOUT = 10.0  # seconds until a host must have noticed a logout

VTYS = (("near", "10.91.5.2", 2601), ("edge", "10.91.3.2", 2601), ("edge", "10.91.3.2", 2605))
_WHO_SCRIPT = """\
import socket, sys
address, port = sys.argv[1:]
password = sys.stdin.read()
def until(end):
    text = b""
    while not text.endswith(end):
        got = line.recv(4096)
        if not got:
            sys.exit("closed after %r" % text)
        text += got
    return text.decode(errors="replace")
with socket.create_connection((address, int(port)), 5) as line:
    until(b"Password: ")
    line.sendall(password.encode() + b"\\n")
    until(b"> ")
    line.sendall(b"who\\n")
    print(until(b"> "))
"""


@dataclass(frozen=True)
class Result:
    """The result of one task on one host."""

    host: str
    task: str
    status: str  # ok, failed, unreachable
    data: dict[str, Any]

    @property
    def error(self) -> dict[str, Any]:
        """Return the facts of the failure; `error` is the class."""
        assert self.status != "ok", f"{self.host} did not fail: {self.data}"
        assert "pyco" in self.data, f"{self.host} failed without an error of pyco: {self.data}"
        error: dict[str, Any] = self.data["pyco"]
        return error

    @property
    def msg(self) -> str:
        return str(self.data["msg"])


@dataclass(frozen=True)
class Run:
    """A finished process in ctl. results: of Ansible's tasks; empty for any other process."""

    status: int
    out: str
    results: list[Result] = field(default_factory=list)

    @classmethod
    def read(cls, status: int, out: str, record: Path) -> Run:
        """Return a run of Ansible with the results written by the callback `record`."""
        lines = record.read_text().splitlines() if record.exists() else []
        return cls(status, out, [Result(**json.loads(line)) for line in lines])

    def of(self, host: str, task: str = "") -> Result:
        """Return the only result of a host, or of its task of this name."""
        results = [r for r in self.results if r.host == host and task in ("", r.task)]
        assert len(results) == 1, f"{len(results)} results of {host} {task}\n{self.out}"
        return results[0]

    def ok(self, host: str, task: str = "") -> dict[str, Any]:
        """Return the data of the only result, which must have succeeded."""
        result = self.of(host, task)
        assert result.status == "ok", f"{host}: {result.status}: {result.data}"
        return result.data


class Ctl:
    """Processes in ctl. None of them may leave a login behind on any host of the lab."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets: dict[str, dict[str, str]] = json.loads((STATE / "secrets.json").read_text())
        self._count = 0

    def playbook(self, plays: str | list[Any], *arguments: str, **options: Any) -> Run:
        """Run ansible-playbook on plays given as YAML or as data; options as for `ansible`."""
        self._count += 1
        file = self.folder / f"playbook{self._count}.yml"
        file.write_text(plays if isinstance(plays, str) else yaml.safe_dump(plays, sort_keys=False))
        return self.ansible("ansible-playbook", str(file), *arguments, **options)

    def ansible(
        self, *command: str, inventory: object = INVENTORY, timeout: float = RUN_TIMEOUT, **options: Any
    ) -> Run:
        """Run one of Ansible's programs from the checkout. inventory: a file, or its content as data."""
        self._count += 1
        record = self.folder / f"record{self._count}.jsonl"
        if isinstance(inventory, dict):
            text = yaml.safe_dump(inventory, sort_keys=False)
            inventory = self.folder / f"inventory{self._count}.yml"
            inventory.write_text(text)
        env = {"ANSIBLE_INVENTORY": str(inventory), "RECORD_FILE": str(record), **options.pop("env", {})}
        with self.leaving_no_login(), self.started(*command, env=env, **options) as process:
            out, _ = process.communicate(timeout=timeout)
        return Run.read(process.returncode, out, record)

    def python(self, script: str, *arguments: str, env: Mapping[str, str] | None = None) -> Run:
        """Run a Python script in ctl, from the checkout. Fail the test if the script fails."""
        command = (sys.executable, "-c", script, *arguments)
        with self.leaving_no_login(), self.started(*command, env=env or {}) as process:
            out, _ = process.communicate(timeout=RUN_TIMEOUT)
        assert process.returncode == 0, out
        return Run(process.returncode, out)

    @contextmanager
    def started(
        self, *command: str, env: Mapping[str, str], cwd: Path = ROOT
    ) -> Iterator[subprocess.Popen[str]]:
        """Start a process in ctl; kill it at the end of the block if it is still running."""
        process = subprocess.Popen(
            lab.inside("ctl", *command),
            cwd=cwd,
            env={**self.environment(), **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()

    def environment(self) -> dict[str, str]:
        """Return the environment of processes in ctl, which has nothing of the caller's."""
        return {
            "PATH": f"{Path(sys.executable).parent}:{lab.PATH}",
            "HOME": str(STATE / "ctl/home"),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "PYTHONDONTWRITEBYTECODE": "1",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_FORKS": "10",
            "PYCO_PERSIST": "0",  # each run ends all its logins
            "ANSIBLE_RETRY_FILES_ENABLED": "0",
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "tmp"),
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "ANSIBLE_LOAD_CALLBACK_PLUGINS": "1",
        }

    @contextmanager
    def leaving_no_login(self) -> Iterator[None]:
        """Check that the block leaves no login and no connection to a daemon behind on any host.

        A manual login during the block fails the check too.
        """
        before = self._logged_in(), self._on_vtys()
        yield
        wait_until(
            lambda: not self._logged_in() - before[0],
            lambda: f"left behind: {'; '.join((self._logged_in() - before[0]).elements())}",
        )
        assert not self._on_vtys() - before[1], "left behind on a vty, see its `who`"

    def _logged_in(self) -> Counter[str]:
        """Return logins and open connections to daemons, one line each."""
        logins: Counter[str] = Counter()
        for host in HOSTS:
            if host.daemons:
                who = subprocess.run(lab.inside(host.name, "who"), capture_output=True, text=True, check=True)
                logins.update(f"{host.name}: {line}" for line in who.stdout.splitlines())
                logins.update(f"{host.name}: a connection to port {port}" for port in connections(host.name))
        return logins

    def _on_vtys(self) -> Counter[str]:
        """Return the number of users on each telnet vty, without the one asking."""
        users: Counter[str] = Counter()
        for host, address, port in VTYS:
            command = [
                "nsenter",
                "-t",
                str(lab.init_pid(host)),
                "-n",
                sys.executable,
                "-I",
                "-c",
                _WHO_SCRIPT,
            ]
            who = subprocess.run(
                [*command, address, str(port)],
                input=self.secrets["vty"][host],
                capture_output=True,
                text=True,
                check=True,
            )
            callers = who.stdout.count("connected from")
            assert callers, who.stdout
            users[f"{host} {port}"] = callers - 1
        return users


def connections(host: str) -> list[int]:
    """Return the ports of the host's daemons, once for each open connection."""
    ports = next(h.listens for h in HOSTS if h.name == host)
    rows = Path(f"/proc/{lab.init_pid(host)}/net/tcp").read_text().splitlines()[1:]
    rows += Path(f"/proc/{lab.init_pid(host)}/net/tcp6").read_text().splitlines()[1:]
    states = [(int(row.split()[1].rpartition(":")[2], 16), row.split()[3]) for row in rows]
    return [port for port, state in states if state == "01" and port in ports]


def processes(host: str) -> dict[int, str]:
    """Return the command lines of all processes in a host, by the machine's pids."""
    space = os.readlink(f"/proc/{lab.init_pid(host)}/ns/pid")
    commands = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or belongs to another user
            if os.readlink(folder / "ns/pid") == space:
                commands[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ").strip()
    return commands


def logins(host: str, port: int = 22) -> int:
    """Return the number of logins an sshd has accepted since the lab is up."""
    log = (STATE / host / f"log/sshd.{port}.log").read_text()
    return log.count("Accepted password") + log.count("Accepted publickey")


def wait_until(done: Callable[[], bool], message: Callable[[], str], timeout: float = LOGOUT_TIMEOUT) -> None:
    """Wait until `done` is true. Fail with the message after `timeout` seconds."""
    end = time.monotonic() + timeout
    while not done():
        assert time.monotonic() < end, message()
        time.sleep(0.05)
