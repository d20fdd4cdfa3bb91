# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pyco beside other libraries, each in a process of its own, all against bash on hop1."""

from __future__ import annotations

import statistics
from pathlib import Path

from . import venvs
from .core_rows import COMMAND, SMALL
from .measure import Samples, Timed, in_turns
from .scene import KNOWN_HOSTS, TEXT, Scene, Worker

PEERS = Path(__file__).parent / "peers"


def connect(scene: Scene) -> Samples:
    """Up to where each of them can send a command; leaving is not counted."""

    def once(worker: Worker) -> float:
        seconds = worker(do="connect")["seconds"]
        worker(do="close")
        return seconds

    return _compared(
        {name: lambda worker=worker: once(worker) for name, worker in _workers(scene).items()},
        scene.times(15),
    )


def command(scene: Scene) -> Samples:
    """`echo ready`, the mean of a few in a row."""
    return _commands(scene, COMMAND, len("ready"), many=10, times=scene.times(30))


def output(scene: Scene) -> Samples:
    """`cat` of a text."""
    path = scene.text("hop1", SMALL)
    length = SMALL // len(TEXT.format(0)) * len(TEXT.format(0)) - 1
    return _commands(scene, f"cat {path}", length, many=1, times=scene.times(10))


def _commands(scene: Scene, command: str, length: int, many: int, times: int) -> Samples:
    workers = _workers(scene)
    for worker in workers.values():
        worker(do="connect")

    def once(worker: Worker) -> float:
        return worker(do="command", command=command, times=many, length=length)["seconds"]

    found = _compared({name: lambda worker=worker: once(worker) for name, worker in workers.items()}, times)
    for worker in workers.values():
        worker(do="close")
    return found


def _workers(scene: Scene) -> dict[str, Worker]:
    facts = {
        "do": "begin",
        "host": "hop1",
        "user": "pyco",
        "password": scene.secrets["hop1"]["pyco"],
        "known_hosts": str(KNOWN_HOSTS),
    }
    pythons = {"pyco": venvs.ANSIBLE, **{name: name for name in ("netmiko", "scrapli", *scene.peers)}}
    return {
        name: scene.worker(PEERS / f"with_{name}.py", venvs.python(folder), **facts)
        for name, folder in pythons.items()
    }


def _compared(things: dict[str, Timed], times: int) -> Samples:
    """pyco against the peer whose median is the least."""
    found = in_turns(things, times)
    ours = found.pop("pyco")
    best = min(found, key=lambda name: statistics.median(found[name]))
    return Samples(ours, found[best], others=found, b_name=best)
