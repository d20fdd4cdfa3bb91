# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three simulated hosts in a row, a relay in front of each, and a broker that uses them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from pyco_core.broker import client
from pyco_core.errors import PycoError
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim, load
from pyco_core.sim.host import Host, SshHost
from tests.faults.relay import Fault, Relays

TAPE = load("tests/faults/device.yml")
NAMES = ("bastion", "console", "r1")
USER, PASSWORD = "ops", "ops-secret"
HOPS = (1, 2, 3)
TIMEOUT = 20.0  # seconds; no test should reach it
CONNECT, COMMAND = 2.0, 2.0  # seconds, the timeouts of a faulty task
PROCESS = 3.0  # seconds; an ssh login under way ends by its timeout when its client is gone
SPARE = 8.0  # seconds of a busy machine, and for a logout
SCRIPT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pyco_core.broker.client import RemoteDevice
from pyco_core.models.endpoint import parse_url
from pyco_core.models.settings import Settings
command, known_hosts, timeout, *urls = sys.argv[1:]
settings = Settings(known_hosts=known_hosts, ssh_config="/dev/null", connect_timeout=float(timeout))
RemoteDevice([parse_url(url) for url in urls], settings, 60)(command)
"""


class Lab:
    """The route bastion (ssh), console (telnet), r1 (telnet from the console), with a relay before each hop.

    forward: whether the bastion forwards; otherwise the next login is typed into its command line.
    """

    def __init__(self, home: Path, *, forward: bool) -> None:
        self._home = home
        self.sim = Sim()
        self.relays = Relays()
        tapes = [replace(TAPE, variables={"hostname": name}) for name in NAMES]
        users = {USER: PASSWORD}
        bastion = self.sim.ssh(users=users, forward=True) if forward else self.sim.ssh(tapes[0])
        self.hosts: list[Host] = [bastion, *map(self.sim.telnet, tapes[1:])]
        self.relay = [self.relays.add(host.port) for host in self.hosts]
        self.route = tuple(
            Endpoint(
                "127.0.0.1",
                "ssh" if relay is self.relay[0] else "telnet",
                relay.port,
                USER,
                Secret(PASSWORD),
                driver="linux" if forward and relay is self.relay[0] else "cisco_ios",
            )
            for relay in self.relay
        )
        self.settings = Settings(
            known_hosts=self._known_hosts("known_hosts", bastion),
            ssh_config="/dev/null",
            connect_timeout=TIMEOUT,
            command_timeout=TIMEOUT,
        )
        self.hasty = replace(self.settings, connect_timeout=CONNECT, command_timeout=COMMAND)
        self.wrong_key = self._known_hosts("wrong_key", self.sim.ssh())
        self._count = 0
        self.pid = 0
        self._idle = (0, 0)

    def __enter__(self) -> Lab:
        self.check_next_task()
        self.log_out()
        self._idle = self._steady_usage()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for status in client.stop():
            with suppress(ProcessLookupError):
                os.kill(status.pid, signal.SIGKILL)
        self.relays.close()
        self.sim.close()

    def nonce(self) -> str:
        """Return a new text for a command."""
        self._count += 1
        return f"n{self._count}x"

    def device(self, settings: Settings | None = None) -> client.RemoteDevice:
        """Return the device behind the broker. settings: default those without a short timeout."""
        return client.RemoteDevice(self.route, settings or self.settings, 60.0)

    def log_in(self) -> None:
        """Open the session of the next task, which then needs no login within its short timeout."""
        device = self.device()
        device.connect()
        device.close()

    @contextmanager
    def fault(self, hop: int, fault: Fault | None) -> Iterator[None]:
        """Inject a fault in front of a hop, and heal it at the end."""
        relay = self.relay[hop - 1]
        self.relays.inject(relay, fault)
        try:
            yield
        finally:
            self.relays.inject(relay, None)

    def fail(self, device: client.RemoteDevice, command: str) -> PycoError | None:
        """Send a command and return its error, None if it succeeds. Its timeouts must hold."""
        started = time.monotonic()
        logged_in = device.mode != ""
        error = None
        try:
            assert f"end {command.split()[-1]}" in device(command)
        except PycoError as exc:
            error = exc
        elapsed = time.monotonic() - started
        assert elapsed < (COMMAND if logged_in else CONNECT + COMMAND) + SPARE, f"{elapsed} s: {error}"
        device.close()
        return error

    def check_next_task(self) -> None:
        """Check that a task works, with its own output."""
        nonce = self.nonce()
        device = self.device()
        text = device(f"show nonce {nonce}")
        device.close()
        assert [line for line in text.splitlines() if "line of" not in line] == [
            f"begin {nonce}",
            f"end {nonce}",
        ]
        assert self.sent(nonce) == 1

    def sent(self, nonce: str) -> int:
        """Return the number of commands with this text that the target received."""
        return sum(nonce in command for command in self.hosts[2].commands)

    def sent_twice(self) -> list[str]:
        """Return the commands with a nonce that the target received more than once."""
        counts = Counter(command for command in self.hosts[2].commands if "nonce" in command)
        return [command for command, count in counts.items() if count > 1]

    def check_nothing_is_left(self) -> None:
        """Check that nobody is logged in after the end of the session, and that the broker is as at first."""
        self.log_out()
        self.wait(lambda: self._usage() == self._idle, lambda: f"{self._usage()}, not {self._idle}")

    def log_out(self) -> None:
        """End the session, and wait for the end of all logins."""
        self.device().reset()
        for host in self.hosts:
            host.endings(TIMEOUT)
        self.wait(lambda: not client.status()[0].sessions and not client.status()[0].logins)
        [status] = client.status()
        self.pid = status.pid

    def _usage(self) -> tuple[int, int]:
        """Return the numbers of open descriptors and of threads of the broker."""
        folder = Path(f"/proc/{self.pid}")
        return len(os.listdir(folder / "fd")), len(os.listdir(folder / "task"))

    def _steady_usage(self) -> tuple[int, int]:
        """Return the usage when it no longer changes: the broker closes the socket of a client later."""
        usages = [self._usage()]

        def is_steady() -> bool:
            usages.append(self._usage())
            return len(set(usages[-20:])) == 1 and len(usages) > 20

        self.wait(is_steady)
        return usages[-1]

    @contextmanager
    def process(self, command: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a client in a process of its own; it is killed at the end."""
        urls = [f"{e.protocol}://{USER}:{PASSWORD}@{e.host}:{e.port}/{e.driver}" for e in self.route]
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, command, self.settings.known_hosts, str(PROCESS), *urls],
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def wait(self, condition: Callable[[], object], message: Callable[[], str] = str) -> None:
        """Wait until a condition is true."""
        pause = threading.Event()
        end = time.monotonic() + TIMEOUT
        while not condition():
            assert time.monotonic() < end, message()
            pause.wait(0.005)

    def kill_broker(self) -> None:
        """Kill the broker, and wait for its end."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait(lambda: not Path(f"/proc/{self.pid}").exists())

    def _known_hosts(self, name: str, host: SshHost) -> str:
        path = self._home / name
        line = host.known_hosts_line.replace(f":{host.port} ", f":{self.relay[0].port} ")
        path.write_text(line)
        return str(path)
