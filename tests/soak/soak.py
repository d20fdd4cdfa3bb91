# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hundreds of simulated devices behind hops, faults at random, and client processes over one broker."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from pyco_core.broker import client, connection
from pyco_core.sim import Sim, Tape, load
from pyco_core.sim.host import Host
from tests.faults.relay import Fault, Kind, Relays

from .client import LIMIT

TAPE = load("tests/faults/device.yml")
USER, PASSWORD = "ops", "ops-secret"
FAULTY = 0.25  # share of the connections to devices that get a fault
LOST = 0.3  # share of the ssh connections to bastions that are dropped after a while
KILLED = 10.0  # seconds after which a client process is killed and replaced, on average
MEMORY = 24 << 20  # bytes that the broker may grow by after the first quarter of the time
SETTLED = 60.0  # seconds until the broker has closed all sessions


@dataclass
class Counts:
    """The result. All but tasks, commands, errors and faults must be zero; memory in bytes, within MEMORY."""

    tasks: int = 0
    commands: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    faults: int = 0
    killed_clients: int = 0
    wrong_outputs: int = 0
    false_refusals: int = 0
    doubled_commands: int = 0
    crashed_clients: int = 0
    hung_tasks: int = 0
    open_logins: int = 0
    leaked_descriptors: int = 0
    leaked_threads: int = 0
    memory_growth: int = 0

    @property
    def is_clean(self) -> bool:
        """Return True if there was work and nothing went wrong."""
        bad = (
            self.wrong_outputs,
            self.false_refusals,
            self.doubled_commands,
            self.crashed_clients,
            self.hung_tasks,
            self.open_logins,
            self.leaked_descriptors,
            self.leaked_threads,
        )
        return self.commands > 0 and not any(bad) and self.memory_growth <= MEMORY

    def report(self) -> str:
        """Return the counts, one in a line."""
        return "\n".join(f"{name.replace('_', ' '):20} {value}" for name, value in asdict(self).items())


class Soak:
    """One run.

    devices: number of simulated devices. clients: number of processes. seed: of all random choices.
    """

    def __init__(self, *, seconds: float, devices: int, clients: int, seed: int) -> None:
        self.counts = Counts()
        self._seconds = seconds
        self._devices = devices
        self._clients = clients
        self._seed = seed
        self._choice = random.Random(seed)
        self._errors: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._hosts: list[Host] = []
        self._routes: list[list[str]] = []
        self._readers: list[threading.Thread] = []
        self._started = 0.0

    def run(self) -> Counts:
        """Run for the given time, and return the counts."""
        with Sim() as sim, Relays() as relays:
            self._known_hosts = Path(sim.known_hosts).with_name("known")
            self._build(sim, relays)
            connection.connect().close()
            pid = client.status()[0].pid
            before = _steady_usage(pid)
            self._started = time.monotonic()
            memory = self._work()
            relays.heal()
            self._settle(pid, before)
            self.counts.memory_growth = max(0, client.status()[0].memory - memory)
            commands = Counter(command for host in self._hosts for command in host.commands)
            self.counts.doubled_commands = sum(n > 1 for text, n in commands.items() if "nonce" in text)
            self.counts.faults = relays.faulty
            self.counts.errors = dict(self._errors.most_common())
            client.stop()
        return self.counts

    def _build(self, sim: Sim, relays: Relays) -> None:
        """Start the devices: behind one of two bastions, and every fourth behind a console server too."""
        bastions, lines = [], []
        for _ in range(2):
            bastion = sim.ssh(users={USER: PASSWORD}, forward=True)
            relay = relays.add(bastion.port, self._bastion_fault)
            lines.append(bastion.known_hosts_line.replace(f":{bastion.port} ", f":{relay.port} "))
            bastions.append(f"ssh://{USER}:{PASSWORD}@127.0.0.1:{relay.port}/linux")
        self._known_hosts.write_text("".join(lines))
        console = sim.telnet(_named("console"))
        self._hosts.append(console)
        for number in range(self._devices):
            host = sim.telnet(_named(f"r{number}"))
            self._hosts.append(host)
            port = relays.add(host.port, self._device_fault).port
            hops = [bastions[number % 2]]
            if number % 4 == 0:
                hops.append(f"telnet://{USER}:{PASSWORD}@127.0.0.1:{console.port}/cisco_ios")
            self._routes.append([*hops, f"telnet://{USER}:{PASSWORD}@127.0.0.1:{port}/cisco_ios"])

    def _device_fault(self) -> Fault | None:
        if self._choice.random() > FAULTY:
            return None
        kind = self._choice.choice([Kind.DROP, Kind.HANG, Kind.DRIP, Kind.PAUSE, Kind.GARBAGE])
        if kind is Kind.GARBAGE:  # in an output it would be a wrong output
            return Fault(kind, garbage=self._choice.randbytes(50))
        return Fault(kind, after=self._choice.randint(0, 1500), pause=self._choice.choice([0.002, 0.02]))

    def _bastion_fault(self) -> Fault | None:
        if self._choice.random() > LOST:
            return None
        return Fault(Kind.DROP, after=self._choice.randint(0, 500_000))

    def _work(self) -> int:
        """Run the client processes; return the memory of the broker after the first quarter of the time."""
        processes = [self._start() for _ in range(self._clients)]
        memory, pause = 0, threading.Event()
        next_kill = time.monotonic() + KILLED
        while (elapsed := time.monotonic() - self._started) < self._seconds:
            pause.wait(0.25)
            if not memory and elapsed > self._seconds / 4:
                memory = client.status()[0].memory
            if time.monotonic() > next_kill and elapsed < self._seconds - KILLED:
                victim = self._choice.randrange(len(processes))
                processes[victim].kill()
                processes[victim].wait()
                processes[victim] = self._start()
                self.counts.killed_clients += 1
                next_kill = time.monotonic() + self._choice.uniform(0, 2 * KILLED)
        for process in processes:
            try:
                self.counts.crashed_clients += process.wait(LIMIT) != 0
            except subprocess.TimeoutExpired:
                self.counts.hung_tasks += 1
                process.kill()
                process.wait()
        for reader in self._readers:
            reader.join()
        return memory

    def _start(self) -> subprocess.Popen[str]:
        left = self._seconds - (time.monotonic() - self._started)
        arguments = [str(self._seed), str(left), str(self._known_hosts)]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.client", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        with process.stdin:
            json.dump(self._routes, process.stdin)
        reader = threading.Thread(target=self._read, args=(process,))
        self._readers.append(reader)
        reader.start()
        return process

    def _read(self, process: subprocess.Popen[str]) -> None:
        """Add the results of one client, up to the line that its end has cut."""
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                if line.endswith("\n"):
                    self._add(json.loads(line))

    def _add(self, task: dict[str, object]) -> None:
        wrong = task["wrong"]
        assert isinstance(wrong, list)
        for text in wrong:
            print(f"wrong output: {text}", file=sys.stderr)
        if task["refusal"]:
            print(f"false refusal: {task['refusal']}", file=sys.stderr)
        with self._lock:
            self.counts.tasks += 1
            self.counts.false_refusals += bool(task["refusal"])
            self.counts.commands += int(str(task["commands"]))
            self.counts.wrong_outputs += len(wrong)
            self.counts.hung_tasks += float(str(task["elapsed"])) > LIMIT
            if task["error"]:
                self._errors[str(task["error"])] += 1

    def _settle(self, pid: int, before: tuple[int, int]) -> None:
        """Wait until the broker has closed the unused sessions, and count the rest."""
        pause, end = threading.Event(), time.monotonic() + SETTLED
        while time.monotonic() < end:
            [status] = client.status()
            if not status.sessions and not status.logins and _usage(pid) == before and not self._open():
                return
            pause.wait(0.1)
        descriptors, threads = _usage(pid)
        self.counts.open_logins = self._open()
        self.counts.leaked_descriptors = max(0, descriptors - before[0])
        self.counts.leaked_threads = max(0, threads - before[1])

    def _open(self) -> int:
        """Return the number of sessions that are open on the hosts."""
        return sum(not session.ended for host in self._hosts for session in host.sessions)


def _named(name: str) -> Tape:
    return replace(TAPE, variables={"hostname": name})


def _usage(pid: int) -> tuple[int, int]:
    """Return the numbers of open descriptors and of threads of a process."""
    return len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task"))


def _steady_usage(pid: int) -> tuple[int, int]:
    """Return the usage when it no longer changes."""
    usages, pause = [_usage(pid)], threading.Event()
    while len(usages) < 20 or len(set(usages[-20:])) > 1:
        pause.wait(0.01)
        usages.append(_usage(pid))
    return usages[-1]
