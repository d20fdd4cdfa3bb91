# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a benchmark in `ctl`: the lab's hosts, logins on them, and additional servers.

Every method that starts or opens something registers its cleanup on the exit stack.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from pyco_core.device import Device, device
from pyco_core.models.settings import Settings
from tests.lab import lab
from tests.lab.topology import STATE

from . import raw

ROOT = Path(__file__).parents[2]
KNOWN_HOSTS = STATE / "ctl/known_hosts"
TEXT = "The quick brown fox jumps over the lazy dog, and then it does so once more ({:06}).\n"
START_TIMEOUT = 20.0  # seconds for a server to listen
# Networks of additional addresses of a host, which make many devices of one sshd.
NETWORKS = {"hop1": "10.92", "near": "10.93", "hop2": "10.94"}
_LISTENS, _TIME_WAIT = "0A", "06"
_GATEWAYS = {"hop1": "10.91.1.2", "near": "10.91.5.2", "hop2": "10.91.4.2"}


class Bench(ExitStack):
    """The environment of one benchmark; use as a context manager.

    folder: for its files. share: factor of the usual number of samples. peers: names of optional peers.
    """

    def __init__(self, folder: Path, share: float = 1.0, peers: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.folder = folder
        self.share = share
        self.peers = peers
        self.secrets: dict[str, dict[str, str]] = json.loads((STATE / "secrets.json").read_text())
        self.settings = Settings(known_hosts=str(KNOWN_HOSTS), connect_timeout=120, command_timeout=300)

    def times(self, number: int) -> int:
        """Return the number of samples to take if `number` are usual; at least two."""
        return max(2, round(number * self.share))

    # Logins.

    def url(self, protocol: str, user: str, host: str, rest: str = "", owner: str = "") -> str:
        """Return a URL with the account's password. owner: the host of the account if `host` is an alias."""
        return f"{protocol}://{user}:{self.secrets[owner or host][user]}@{host}{rest}"

    def device(self, url: str, hops: list[Device] | None = None) -> Device:
        """Return a device, not connected."""
        target = device(url, settings=self.settings)
        target.hops = hops or []
        self.callback(target.close)
        return target

    def hop1(self) -> Device:
        return self.device(self.url("ssh", "pyco", "hop1", "/linux"))

    def raw_shell(
        self, host: str = "hop1", port: int = 22, user: str = "pyco", owner: str = "hop1"
    ) -> raw.Shell:
        """Return a paramiko channel at its first prompt."""
        shell = raw.Shell(host, port, user, self.secrets[owner][user], host_key(owner))
        self.callback(shell.close)
        return shell

    def raw_telnet(self, quick: bool = True) -> raw.Telnet:
        telnet = raw.Telnet("hop2-direct", "pyco", self.secrets["hop2"]["pyco"], quick)
        self.callback(telnet.close)
        return telnet

    # Additions to the lab.

    def text(self, host: str, size: int) -> str:
        """Write a text of about `size` bytes on a host; return its path there."""
        path = STATE / host / "tmp" / f"text{size}"
        lines = size // len(TEXT.format(0))
        path.write_text("".join(TEXT.format(number) for number in range(lines)))
        self.callback(path.unlink)
        return f"/tmp/{path.name}"

    def many(self, host: str) -> str:
        """Give a host all addresses of a /16; return their first two numbers."""
        ip = ("ip", "-n")
        network = f"{NETWORKS[host]}.0.0/16"
        for command in (
            (*ip, host, "route", "{}", "local", network, "dev", "lo"),
            (*ip, "ctl", "route", "{}", network, "via", _GATEWAYS[host]),
        ):
            subprocess.run([argument.format("add") for argument in command], check=True)
            self.callback(subprocess.run, [argument.format("del") for argument in command], check=True)
        self.callback(_settle, host)  # connections cannot end without the routes
        return NETWORKS[host]

    def known_hosts(self, host: str, *patterns: str) -> Path:
        """Write a known_hosts file with the lab's hosts, and with the host's key for these patterns."""
        path = self.folder / "known_hosts"
        lines = f"{','.join(patterns)} ssh-ed25519 {host_key(host)}\n"
        path.write_text(KNOWN_HOSTS.read_text() + lines)
        self.callback(path.unlink)
        return path

    def sshd(self, host: str, port: int) -> None:
        """Start an additional sshd with the host's accounts and without a limit of concurrent logins."""
        options = (f"Port={port}", "MaxStartups=4096", "PidFile=none", "LogLevel=ERROR", "MaxSessions=10")
        arguments = [argument for option in options for argument in ("-o", option)]
        config = ("-f", "/etc/ssh/sshd_config.22", "-E", "/var/log/sshd.bench.log")
        self.server(host, port, "/usr/sbin/sshd", "-D", *config, *arguments)

    def server(self, host: str, port: int, *command: str) -> None:
        """Start a server on a host, and wait until it listens on the port."""
        process = subprocess.Popen(lab.inside(host, *command), stdin=subprocess.DEVNULL)
        self.callback(_end, process)
        until = time.monotonic() + START_TIMEOUT
        while port not in lab.listening(lab.init_pid(host)):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} does not listen on {host} port {port}")
            time.sleep(0.02)

    def worker(self, module: str, python: Path | str = sys.executable, **facts: object) -> Worker:
        """Start a worker process. module: in this package. python: default the current one."""
        started = Worker(module, python, facts)
        self.callback(started.end)
        return started


class Worker:
    """A process that runs `peers/serve.py`; requests and answers are one JSON object per line."""

    def __init__(self, module: str, python: Path | str, facts: dict[str, object]) -> None:
        self._name = module
        self._process = subprocess.Popen(
            [python, "-m", f"{__package__}.{module}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self(**facts)

    def __call__(self, **request: object) -> dict[str, float]:
        """Send a request and return the answer. Raises RuntimeError if the worker ended."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._name} ended with status {process.wait()} at {request.get('do')}")
        answer: dict[str, float] = json.loads(line)
        return answer

    def end(self) -> None:
        with suppress(BrokenPipeError):
            self._process.communicate(timeout=60)


def host_key(host: str) -> str:
    """Return the base64 of a lab host's key."""
    return (STATE / host / "etc/ssh/ssh_host_ed25519_key.pub").read_text().split()[1]


def _settle(host: str) -> None:
    """Wait until a host has no open or half closed connection."""
    table = Path(f"/proc/{lab.init_pid(host)}/net/tcp")
    until = time.monotonic() + START_TIMEOUT
    while any(row.split()[3] not in (_LISTENS, _TIME_WAIT) for row in table.read_text().splitlines()[1:]):
        if time.monotonic() > until:
            raise RuntimeError(f"{host} still has connections")
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Terminate the child of `nsenter` in the other PID namespace; nsenter then ends too."""
    for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        os.kill(int(child), 15)
    process.wait()
