# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration: 2,000 lines typed on a simulated router, and 100 lines that FRRouting has already."""

from __future__ import annotations

from functools import partial
from itertools import count
from statistics import median
from typing import Any

from pyco_core.broker import client
from pyco_core.sim import Sim
from pyco_core.sim.configuration import make_device
from pyco_core.tape import platform_tape

from .bench import Bench, Worker
from .measure import Samples, alternate
from .peer_rows import compared, workers
from .play_rows import NETWORK_CLI, PORT, end_new_processes, pyco, routers

SECTIONS = 1000  # each with two lines
ROUTES = 100
_LOGIN = "pyco"  # user and password of simulated devices


def push(bench: Bench) -> Samples:
    """Measure the typing of 2,000 lines in 1,000 sections, on an open session."""
    sim = bench.enter_context(Sim())
    device = make_device(platform_tape("ios"))
    host = sim.ssh(device)
    known_hosts = bench.folder / "known_hosts"
    key = host.known_hosts_line.partition(" ")[2]
    known_hosts.write_text(f"[127.0.0.1]:{host.port},127.0.0.1 {key}")
    made = workers(
        bench,
        without=("unicon",),  # set up for Linux
        driver="cisco_ios",
        host="127.0.0.1",
        port=host.port,
        user=_LOGIN,
        password=_LOGIN,
        known_hosts=str(known_hosts),
    )
    numbers = count()

    def once(worker: Worker) -> float:
        number = next(numbers)
        lines = [
            line
            for section in range(SECTIONS)
            for line in (f"interface Loopback{section}", f" description push {number} of {section}")
        ]
        worker(do="connect")
        seconds = worker(do="push", lines=lines)["seconds"]
        worker(do="close")
        right = device.running.count(f"description push {number} of ")
        if right != SECTIONS:
            raise RuntimeError(f"{right} of {SECTIONS} sections have their line")
        return seconds

    return compared({name: partial(once, worker) for name, worker in made.items()}, bench.times(5))


def unchanged(bench: Bench) -> Samples:
    """Measure a play whose 100 lines ten vtysh hosts have already, without open sessions on both sides."""
    plays, hosts, facts = routers(bench)
    lines = [
        f"ip prefix-list bench seq {number} permit 10.{number}.0.0/16" for number in range(1, ROUTES + 1)
    ]
    bench.device(bench.url("ssh", "vty", "near", f":{PORT}/frr")).configure(lines).apply()

    def play(module: str, connection: dict[str, Any]) -> list[str]:
        task = {
            module: {"lines": lines},
            "register": "done",
            "failed_when": "done is failed or done is changed",
        }
        return plays.play([task], hosts, facts | connection)

    ours, theirs = play("pyco.cli.pyco_config", pyco(bench)), play("cisco.ios.ios_config", NETWORK_CLI)

    def by_pyco() -> float:
        client.stop()
        return plays.run(ours, 1)

    def by_network_cli() -> float:
        with end_new_processes():
            return plays.run(theirs, 1)

    samples = alternate(by_network_cli, by_pyco, bench.times(5))
    floor = plays.floor(1)
    own = median(plays.run(floor, 1) for _ in range(bench.times(5)))
    samples.notes["Ansible's own cost, seconds"] = own
    return samples
