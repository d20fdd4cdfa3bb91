# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a benchmark finds in `ctl`: the lab's hosts, logins on them, and servers of its own beside them.

Every method that starts or opens something puts its end on the scene's stack: leaving the scene ends it.
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
WAIT = 20.0  # seconds that a server gets to listen
# Addresses that a host has beside its own, any of them: what makes many devices of one sshd.
MANY = {"hop1": "10.92", "near": "10.93"}
_LISTENS, _TIME_WAIT = "0A", "06"
_WAYS = {"hop1": "10.91.1.2", "near": "10.91.5.2"}


class Scene(ExitStack):
    """One benchmark's view of the lab.

    folder: for its files. share: how many of the usual samples to take. peers: those that were asked for.
    """

    def __init__(self, folder: Path, share: float = 1.0, peers: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.folder = folder
        self.share = share
        self.peers = peers
        self.secrets: dict[str, dict[str, str]] = json.loads((STATE / "secrets.json").read_text())
        self.settings = Settings(known_hosts=str(KNOWN_HOSTS), connect_timeout=120, command_timeout=300)

    def times(self, number: int) -> int:
        """How many samples to take where `number` are usual; at least two."""
        return max(2, round(number * self.share))

    # Logins.

    def url(self, protocol: str, user: str, host: str, rest: str = "", owner: str = "") -> str:
        """owner: the host whose accounts these are, where host is another name of it."""
        return f"{protocol}://{user}:{self.secrets[owner or host][user]}@{host}{rest}"

    def device(self, url: str, hops: list[Device] | None = None) -> Device:
        """A device, not connected; closed with the scene."""
        found = device(url, settings=self.settings)
        found.hops = hops or []
        self.callback(found.close)
        return found

    def hop1(self) -> Device:
        return self.device(self.url("ssh", "pyco", "hop1", "/linux"))

    def raw_shell(
        self, host: str = "hop1", port: int = 22, user: str = "pyco", owner: str = "hop1"
    ) -> raw.Shell:
        """A paramiko channel at its first prompt."""
        shell = raw.Shell(host, port, user, self.secrets[owner][user], host_key(owner))
        self.callback(shell.close)
        return shell

    def raw_telnet(self, quick: bool = True) -> raw.Telnet:
        telnet = raw.Telnet("hop2-direct", "pyco", self.secrets["hop2"]["pyco"], quick)
        self.callback(telnet.close)
        return telnet

    # What is put up in the lab.

    def text(self, host: str, size: int) -> str:
        """Lay a text of about so many bytes on a host; its path there."""
        place = STATE / host / "tmp" / f"text{size}"
        lines = size // len(TEXT.format(0))
        place.write_text("".join(TEXT.format(number) for number in range(lines)))
        self.callback(place.unlink)
        return f"/tmp/{place.name}"

    def many(self, host: str) -> str:
        """Give a host all addresses of a /16; the first two numbers of them."""
        ip = ("ip", "-n")
        network = f"{MANY[host]}.0.0/16"
        for words in (
            (*ip, host, "route", "{}", "local", network, "dev", "lo"),
            (*ip, "ctl", "route", "{}", network, "via", _WAYS[host]),
        ):
            subprocess.run([word.format("add") for word in words], check=True)
            self.callback(subprocess.run, [word.format("del") for word in words], check=True)
        self.callback(_settle, host)  # without its routes, no connection could end
        return MANY[host]

    def known_hosts(self, host: str, *patterns: str) -> Path:
        """A known_hosts file that has the lab's hosts, and what matches these patterns with host's key."""
        path = self.folder / "known_hosts"
        lines = f"{','.join(patterns)} ssh-ed25519 {host_key(host)}\n"
        path.write_text(KNOWN_HOSTS.read_text() + lines)
        self.callback(path.unlink)
        return path

    def sshd(self, host: str, port: int) -> None:
        """Start another sshd with the host's accounts, which takes any number of logins at a time."""
        options = (f"Port={port}", "MaxStartups=4096", "PidFile=none", "LogLevel=ERROR", "MaxSessions=10")
        words = [word for option in options for word in ("-o", option)]
        config = ("-f", "/etc/ssh/sshd_config.22", "-E", "/var/log/sshd.bench.log")
        self.server(host, port, "/usr/sbin/sshd", "-D", *config, *words)

    def server(self, host: str, port: int, *command: str) -> None:
        """Start a server on a host, and wait until it listens on the port."""
        process = subprocess.Popen(lab.inside(host, *command), stdin=subprocess.DEVNULL)
        self.callback(_end, process)
        until = time.monotonic() + WAIT
        while port not in lab.listening(lab.init_pid(host)):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} does not listen on {host} port {port}")
            time.sleep(0.02)

    def worker(self, script: Path, python: Path | str = sys.executable, **facts: object) -> Worker:
        """A process of its own that measures what it is told to."""
        found = Worker(script, python, facts)
        self.callback(found.end)
        return found


class Worker:
    """The other side of `peers/serve.py`: one JSON object a line, each way."""

    def __init__(self, script: Path, python: Path | str, facts: dict[str, object]) -> None:
        self._name = script.stem
        self._process = subprocess.Popen(
            [python, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self(**facts)

    def __call__(self, **request: object) -> dict[str, float]:
        """What it answers. Raises RuntimeError where it ended."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._name} ended with status {process.wait()} at {request.get('do')}")
        found: dict[str, float] = json.loads(line)
        return found

    def end(self) -> None:
        with suppress(BrokenPipeError):
            self._process.communicate(timeout=60)


def host_key(host: str) -> str:
    """The base64 of a lab host's key."""
    return (STATE / host / "etc/ssh/ssh_host_ed25519_key.pub").read_text().split()[1]


def _settle(host: str) -> None:
    """Wait until no connection of a host is open or half closed."""
    table = Path(f"/proc/{lab.init_pid(host)}/net/tcp")
    until = time.monotonic() + WAIT
    while any(row.split()[3] not in (_LISTENS, _TIME_WAIT) for row in table.read_text().splitlines()[1:]):
        if time.monotonic() > until:
            raise RuntimeError(f"{host} still has connections")
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what `nsenter` runs in another PID namespace, and so nsenter too."""
    for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        os.kill(int(child), 15)
    process.wait()
