# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pyco compared with other libraries, each in its own process, all on bash on hop1."""

from __future__ import annotations

import statistics
from functools import partial

from . import venvs
from .bench import KNOWN_HOSTS, TEXT, Bench, Worker
from .core_rows import COMMAND, SMALL
from .measure import Samples, Timer, in_turns


def connect(bench: Bench) -> Samples:
    """Measure a login until a command can be sent; the logout is not counted."""
    return compared(logins(_workers(bench)), bench.times(15))


def logins(workers: dict[str, Worker]) -> dict[str, Timer]:
    """Return functions that time a login by each worker."""

    def once(worker: Worker) -> float:
        seconds = worker(do="connect")["seconds"]
        worker(do="close")
        return seconds

    return {name: partial(once, worker) for name, worker in workers.items()}


def command(bench: Bench) -> Samples:
    """Measure `echo ready`, the mean of ten in a row."""
    return _commands(bench, COMMAND, len("ready"), many=10, times=bench.times(30))


def output(bench: Bench) -> Samples:
    """Measure `cat` of 5 MB."""
    path = bench.text("hop1", SMALL)
    length = SMALL // len(TEXT.format(0)) * len(TEXT.format(0)) - 1
    return _commands(bench, f"cat {path}", length, many=1, times=bench.times(10))


def _commands(bench: Bench, command: str, length: int, many: int, times: int) -> Samples:
    workers = _workers(bench)
    for worker in workers.values():
        worker(do="connect")

    def once(worker: Worker) -> float:
        return worker(do="command", command=command, times=many, length=length)["seconds"]

    samples = compared({name: partial(once, worker) for name, worker in workers.items()}, times)
    for worker in workers.values():
        worker(do="close")
    return samples


def _workers(bench: Bench) -> dict[str, Worker]:
    return workers(
        bench,
        host="hop1",
        user="pyco",
        password=bench.secrets["hop1"]["pyco"],
        known_hosts=str(KNOWN_HOSTS),
    )


def workers(bench: Bench, without: tuple[str, ...] = (), **facts: object) -> dict[str, Worker]:
    """Return a worker for pyco and for each peer, by name. without: peers to leave out. facts: see serve."""
    pythons = {"pyco": venvs.ANSIBLE, **{name: name for name in ("netmiko", "scrapli", *bench.peers)}}
    return {
        name: bench.worker(f"peers.with_{name}", venvs.python(folder), do="begin", **facts)
        for name, folder in pythons.items()
        if name not in without
    }


def compared(timers: dict[str, Timer], times: int) -> Samples:
    """Compare pyco with the peer that has the smallest median."""
    samples = in_turns(timers, times)
    ours = samples.pop("pyco")
    best = min(samples, key=lambda name: statistics.median(samples[name]))
    return Samples(ours, samples[best], others=samples, b_name=best)
