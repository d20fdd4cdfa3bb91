# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run things in the lab's `ctl`, and look afterwards whether they left anybody logged in."""

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
LIMIT = 240.0  # seconds after which a run of Ansible is taken to hang
GONE = 10.0  # seconds that hosts get to note that somebody has left

VTYS = (("near", "10.91.5.2", 2601), ("edge", "10.91.3.2", 2601), ("edge", "10.91.3.2", 2605))
_WHO = """\
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
    """What one task did on one host."""

    host: str
    task: str
    status: str  # ok, failed, unreachable
    data: dict[str, Any]

    @property
    def error(self) -> dict[str, Any]:
        """The facts of the failure; its `error` is the class."""
        assert self.status != "ok", f"{self.host} did not fail: {self.data}"
        assert "pyco" in self.data, f"{self.host} failed by something else: {self.data}"
        return self.data["pyco"]

    @property
    def msg(self) -> str:
        return self.data["msg"]


@dataclass(frozen=True)
class Run:
    """A finished process in ctl. `results` only where it was Ansible."""

    status: int
    out: str
    results: list[Result] = field(default_factory=list)

    @classmethod
    def read(cls, status: int, out: str, record: Path) -> Run:
        """A run of Ansible, with what the callback `record` has written."""
        lines = record.read_text().splitlines() if record.exists() else []
        return cls(status, out, [Result(**json.loads(line)) for line in lines])

    def of(self, host: str, task: str = "") -> Result:
        """The only result of a host (in the task of this name)."""
        found = [r for r in self.results if r.host == host and task in ("", r.task)]
        assert len(found) == 1, f"{len(found)} results of {host} {task}\n{self.out}"
        return found[0]

    def ok(self, host: str, task: str = "") -> dict[str, Any]:
        result = self.of(host, task)
        assert result.status == "ok", f"{host}: {result.status}: {result.data}"
        return result.data


class Ctl:
    """Starts processes in ctl. After each of them nobody may be logged in anywhere in the lab."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets: dict[str, dict[str, str]] = json.loads((STATE / "secrets.json").read_text())
        self._count = 0

    def playbook(self, plays: str | list[Any], *options: str, **how: Any) -> Run:
        """Run ansible-playbook on plays given as YAML or as data; `how` as for `ansible`."""
        self._count += 1
        file = self.folder / f"playbook{self._count}.yml"
        file.write_text(plays if isinstance(plays, str) else yaml.safe_dump(plays, sort_keys=False))
        return self.ansible("ansible-playbook", str(file), *options, **how)

    def ansible(self, *command: str, inventory: object = INVENTORY, **how: Any) -> Run:
        """Run one of Ansible's programs from the checkout. inventory: a file, or data for one."""
        self._count += 1
        record = self.folder / f"record{self._count}.jsonl"
        if isinstance(inventory, dict):
            text = yaml.safe_dump(inventory, sort_keys=False)
            inventory = self.folder / f"inventory{self._count}.yml"
            inventory.write_text(text)
        env = {"ANSIBLE_INVENTORY": str(inventory), "RECORD_FILE": str(record), **how.pop("env", {})}
        with self.leaving_nobody(), self.started(*command, env=env, **how) as process:
            out, _ = process.communicate(timeout=LIMIT)
        return Run.read(process.returncode, out, record)

    def python(self, script: str, *arguments: str, env: Mapping[str, str] | None = None) -> Run:
        """Run a Python script in ctl, from the checkout; a failing script fails the test."""
        command = (sys.executable, "-c", script, *arguments)
        with self.leaving_nobody(), self.started(*command, env=env or {}) as process:
            out, _ = process.communicate(timeout=LIMIT)
        assert process.returncode == 0, out
        return Run(process.returncode, out)

    @contextmanager
    def started(
        self, *command: str, env: Mapping[str, str], cwd: Path = ROOT
    ) -> Iterator[subprocess.Popen[str]]:
        """A process in ctl that is ended, if it has not ended by then, when the block is left."""
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
        """What processes in ctl get: nothing of the caller's own set-up."""
        return {
            "PATH": f"{Path(sys.executable).parent}:{lab.PATH}",
            "HOME": str(STATE / "ctl/home"),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "PYTHONDONTWRITEBYTECODE": "1",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_FORKS": "10",
            "PYCO_PERSIST": "0",  # so that each run ends all its logins
            "ANSIBLE_RETRY_FILES_ENABLED": "0",
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "tmp"),
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "ANSIBLE_LOAD_CALLBACK_PLUGINS": "1",
        }

    @contextmanager
    def leaving_nobody(self) -> Iterator[None]:
        """After the block nobody is logged in on any host who was not before, as its own `who` has it.

        Neither is a connection to a daemon left open. Who works in the lab by hand meanwhile is
        found too.
        """
        before = self._logged_in(), self._on_lines()
        yield
        wait_until(
            lambda: not self._logged_in() - before[0],
            lambda: f"left behind: {'; '.join((self._logged_in() - before[0]).elements())}",
        )
        assert not self._on_lines() - before[1], "left behind on a vty, as its own `who` has it"

    def _logged_in(self) -> Counter[str]:
        """Who is logged in, and which connections to a daemon are open, one line each."""
        found: Counter[str] = Counter()
        for host in HOSTS:
            if host.daemons:
                said = subprocess.run(
                    lab.inside(host.name, "who"), capture_output=True, text=True, check=True
                )
                found.update(f"{host.name}: {line}" for line in said.stdout.splitlines())
                found.update(f"{host.name}: a connection to port {port}" for port in connections(host.name))
        return found

    def _on_lines(self) -> Counter[str]:
        """Who is on the telnet lines of the routers' daemons, besides the one who asks."""
        found: Counter[str] = Counter()
        for host, address, port in VTYS:
            command = ["nsenter", "-t", str(lab.init_pid(host)), "-n", sys.executable, "-I", "-c", _WHO]
            said = subprocess.run(
                [*command, address, str(port)],
                input=self.secrets["vty"][host],
                capture_output=True,
                text=True,
                check=True,
            )
            callers = said.stdout.count("connected from")
            assert callers, said.stdout
            found[f"{host} {port}"] = callers - 1
        return found


def connections(host: str) -> list[int]:
    """The ports of the host's daemons, once for each connection that is open to them."""
    ports = next(h.listens for h in HOSTS if h.name == host)
    rows = Path(f"/proc/{lab.init_pid(host)}/net/tcp").read_text().splitlines()[1:]
    rows += Path(f"/proc/{lab.init_pid(host)}/net/tcp6").read_text().splitlines()[1:]
    states = [(int(row.split()[1].rpartition(":")[2], 16), row.split()[3]) for row in rows]
    return [port for port, state in states if state == "01" and port in ports]


def processes(host: str) -> dict[int, str]:
    """The command lines of all processes in a host, by the machine's process ids."""
    space = os.readlink(f"/proc/{lab.init_pid(host)}/ns/pid")
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or is not ours to look at
            if os.readlink(folder / "ns/pid") == space:
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ").strip()
    return found


def logins(host: str, port: int = 22) -> int:
    """How many logins an sshd of the lab has let in since the lab is up."""
    log = (STATE / host / f"log/sshd.{port}.log").read_text()
    return log.count("Accepted password") + log.count("Accepted publickey")


def wait_until(done: Callable[[], bool], sentence: Callable[[], str], limit: float = GONE) -> None:
    end = time.monotonic() + limit
    while not done():
        assert time.monotonic() < end, sentence()
        time.sleep(0.05)
