# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Round trips: the times behind a relay that delays every byte, divided by its delay.

The time of the processors counts too, in a tenth of a round trip each 30 ms.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pexpect

from pyco_core.device import device
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.sim import Sim
from pyco_core.sim.host import SshHost
from tests.relays import Delay

from . import raw
from .bench import ROOT, Bench, Worker, host_key
from .core_rows import COMMAND
from .measure import Samples, Timer, alternate, timed
from .peer_rows import compared, logins, workers

ONE_WAY = 0.15  # seconds
TRIP = 2 * ONE_WAY
TAPE = ROOT / "tests/tapes/cisco_ios/c2900_demo.yml"
_USER, _PASSWORD = "demo", "demo-login"
_TIMEOUT = 60  # seconds


def linux(bench: Bench) -> Samples:
    """Measure a login on hop1 by ssh; raw paramiko and `ssh` by hand stop at the first prompt."""
    relay = _relay(bench, 22, "hop1")
    password = bench.secrets["hop1"]["pyco"]
    facts: dict[str, Any] = {"host": "127.0.0.1", "port": relay.port, "user": "pyco", "password": password}
    known_hosts = _known_hosts(bench, relay)

    def by_paramiko() -> float:
        shells: list[raw.Shell] = []
        make = partial(raw.Shell, "127.0.0.1", relay.port, "pyco", password, host_key("hop1"))
        seconds = timed(lambda: shells.append(make()))
        shells[0].close()
        return seconds

    others: dict[str, Timer] = {
        "raw paramiko": by_paramiko,
        "ssh": partial(_by_ssh, relay.port, password, str(known_hosts)),
    }
    timers = logins(workers(bench, **facts, known_hosts=str(known_hosts)))
    return compared({**timers, **others}, bench.times(5))


def ios_by_ssh(bench: Bench) -> Samples:
    """Measure a login on a simulated IOS router by ssh, with its setup."""
    return _ios(bench, "ssh")


def ios_by_telnet(bench: Bench) -> Samples:
    """Measure a login on a simulated IOS router by telnet, with its setup."""
    return _ios(bench, "telnet")


def _ios(bench: Bench, protocol: str) -> Samples:
    sim = bench.enter_context(Sim())
    host = sim.ssh(TAPE) if protocol == "ssh" else sim.telnet(TAPE)
    relay = _relay(bench, host.port, host.address)
    known_hosts = bench.folder / "known_hosts"
    key = host.known_hosts_line.partition(" ")[2] if isinstance(host, SshHost) else ""
    known_hosts.write_text(f"{_names(relay)} {key}" if key else "")
    made = workers(
        bench,
        # netmiko 4.8 does not find its echo in this telnet session.
        without=("netmiko",) if protocol == "telnet" else (),
        protocol=protocol,
        driver="cisco_ios",
        host="127.0.0.1",
        port=relay.port,
        user=_USER,
        password=_PASSWORD,
        known_hosts=str(known_hosts),
    )
    return compared(logins(made), bench.times(5))


def hop(bench: Bench) -> Samples:
    """Measure a login by telnet on a router behind an open login on a bastion, and without one."""
    sim = bench.enter_context(Sim())
    bastion, router = sim.ssh(users={_USER: _PASSWORD}, forward=True), sim.telnet(TAPE)
    to_bastion, to_router = (_relay(bench, host.port, host.address) for host in (bastion, router))
    settings = replace(bench.settings, host_key_checking=False)
    via = Endpoint("127.0.0.1", "ssh", to_bastion.port, _USER, Secret(_PASSWORD), driver="linux")
    direct = f"telnet://{_USER}:{_PASSWORD}@127.0.0.1:{to_router.port}/cisco_ios"
    behind = f"telnet://{_USER}:{_PASSWORD}@{router.address}:{router.port}/cisco_ios"

    def login(url: str, *hops: Endpoint) -> float:
        target = device(url, settings=settings)
        target.hops = hops
        seconds = timed(target.connect)
        target.close()
        return seconds

    first = device(behind, settings=settings)
    first.hops = (via,)
    bench.enter_context(first)
    return alternate(partial(login, behind, via), partial(login, direct), bench.times(5))


def command(bench: Bench) -> Samples:
    """Measure `echo ready` on hop1 by ssh, the mean of ten."""
    relay = _relay(bench, 22, "hop1")
    made = workers(
        bench,
        host="127.0.0.1",
        port=relay.port,
        user="pyco",
        password=bench.secrets["hop1"]["pyco"],
        known_hosts=str(_known_hosts(bench, relay)),
    )
    for worker in made.values():
        worker(do="connect")

    def once(worker: Worker) -> float:
        return worker(do="command", command=COMMAND, times=10, length=len("ready"))["seconds"]

    return compared({name: partial(once, worker) for name, worker in made.items()}, bench.times(3))


def _known_hosts(bench: Bench, relay: Delay) -> Path:
    return bench.known_hosts("hop1", _names(relay))


def _names(relay: Delay) -> str:
    """Return the names of a relay in known_hosts; scrapli wants one without a port."""
    return f"[127.0.0.1]:{relay.port},127.0.0.1"


def _relay(bench: Bench, port: int, host: str) -> Delay:
    return bench.enter_context(Delay(port, ONE_WAY, host))


def _by_ssh(port: int, password: str, known_hosts: str) -> float:
    """Log in by OpenSSH's client with a password."""
    options = ("-F", "/dev/null", "-o", f"UserKnownHostsFile={known_hosts}", "-p", str(port))
    command = ["ssh", "-tt", *options, "-o", "PubkeyAuthentication=no", "pyco@127.0.0.1"]

    def login() -> None:
        shells.append(pexpect.spawn(command[0], command[1:], timeout=_TIMEOUT))
        shells[0].expect("password: ")
        shells[0].waitnoecho()
        shells[0].sendline(password)
        shells[0].expect(r"\$ ")

    shells: list[pexpect.spawn[bytes]] = []
    seconds = timed(login)
    shells[0].close(force=True)
    return seconds
