# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules of cisco.ios on vtysh hosts, over network_cli of pyco and over that of ansible.netcommon."""

from __future__ import annotations

import ctypes
import os
import resource
import statistics
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

from pyco_core.broker import client

from .bench import Bench
from .measure import Samples, alternate
from .play_rows import (
    NETWORK_CLI,
    SHOWN,
    Plays,
    end_new_processes,
    processes,
    pyco,
    routers,
)

COMMANDS: list[dict[str, Any]] = [{"cisco.ios.ios_command": {"commands": shown}} for shown in SHOWN]
FACTS: list[dict[str, Any]] = [
    {"cisco.ios.ios_facts": {}},
    {"cisco.ios.ios_config": {"lines": "ip route 10.1.0.0/16 blackhole"}, "check_mode": True},
]
FEW, MANY = 10, 60  # hosts
_TICKS = os.sysconf("SC_CLK_TCK")
_MB = 1024  # lines of /proc are in kB
_BROKER = "pyco_core"
_CONNECTION = "ansible_connection"  # a process of network_cli
_SET_CHILD_SUBREAPER = 36  # prctl: ended processes whose parent has ended are children of this one


def commands_cold(bench: Bench) -> Samples:
    """Measure ten hosts with three `ios_command` tasks, without a running broker."""
    return _compare(bench, COMMANDS, warm=False)


def commands_warm(bench: Bench) -> Samples:
    """Measure the same with open sessions; network_cli ends its own with each run."""
    return _compare(bench, COMMANDS, warm=True)


def facts_cold(bench: Bench) -> Samples:
    """Measure ten hosts with `ios_facts`, and `ios_config` in check mode, without a running broker."""
    return _compare(bench, FACTS, warm=False)


def facts_warm(bench: Bench) -> Samples:
    """Measure the same with open sessions."""
    return _compare(bench, FACTS, warm=True)


def memory(bench: Bench) -> Samples:
    """Measure the broker's memory (RSS) for each further host in MB, and that of network_cli's processes."""
    plays, hosts, facts = routers(bench, MANY)
    few, ours = dict(list(hosts.items())[:FEW]), pyco(bench, "pyco.cli.network_cli")
    sizes: list[float] = []
    for targets in (few, hosts):
        play = plays.play(COMMANDS, targets, facts | ours)
        Plays(bench, list(targets), forks=10).run(play, len(COMMANDS))
        sizes += _memory(_BROKER)
    with end_new_processes():
        play = plays.play(COMMANDS, few, facts | NETWORK_CLI)
        theirs = _peak(lambda: Plays(bench, list(few), forks=10).run(play, len(COMMANDS)))
    notes: dict[str, object] = {"MB of the processes of network_cli": theirs}
    return Samples([(sizes[1] - sizes[0]) / (MANY - FEW)], [1.0], notes=notes)


def _compare(bench: Bench, tasks: list[dict[str, Any]], warm: bool) -> Samples:
    """Compare runs of these tasks by wall time; the notes have medians of their CPU time."""
    plays, hosts, facts = routers(bench)
    ours = plays.play(tasks, hosts, facts | pyco(bench, "pyco.cli.network_cli"))
    theirs = plays.play(tasks, hosts, facts | NETWORK_CLI)
    cpu: dict[str, list[float]] = {"pyco": [], "network_cli": []}

    def by_pyco() -> float:
        if not warm:
            client.stop()
        return measured(cpu["pyco"], lambda: plays.run(ours, len(tasks)))

    def by_network_cli() -> float:
        return measured(cpu["network_cli"], lambda: _run_to_the_end(plays, theirs, len(tasks)))

    samples = alternate(by_network_cli, by_pyco, bench.times(5))
    samples.notes["CPU seconds"] = {name: statistics.median(times[1:]) for name, times in cpu.items()}
    return samples


def _run_to_the_end(plays: Plays, play: list[str], tasks: int) -> float:
    """Return the seconds of a run. Its background processes are ended, and counted as children."""
    prctl = ctypes.CDLL(None).prctl
    prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        with end_new_processes():
            seconds = plays.run(play, tasks)
        while _running(_CONNECTION):
            os.waitpid(-1, 0)
    finally:
        prctl(_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
    return seconds


def measured(cpu: list[float], run: Callable[[], float]) -> float:
    """Return the seconds of a run, and add its CPU time to a list."""
    before = _cpu()
    seconds = run()
    cpu.append(_cpu() - before)
    return seconds


def _peak(run: Callable[[], object]) -> list[float]:
    """Return the memory of each process of network_cli, when they were most during a run."""
    peak: list[float] = []
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(run)
        while wait([pending], timeout=0.1).not_done:
            peak = max(peak, _memory(_CONNECTION), key=sum)
        pending.result()
    return peak


def _cpu() -> float:
    """Return the CPU time of all runs so far, and of the broker that is running."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime + sum(map(_cpu_of, _running(_BROKER)))


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / _TICKS


def _running(name: str) -> list[int]:
    """Return the processes with this name in their command line."""
    return [pid for pid, command in processes().items() if name in command]


def _memory(name: str) -> list[float]:
    """Return the resident memory in MB of each process with this name in its command line."""
    sizes = []
    for pid in _running(name):
        with suppress(FileNotFoundError, ProcessLookupError):
            status = Path(f"/proc/{pid}/status").read_text()
            sizes += [int(line.split()[1]) / _MB for line in status.splitlines() if line.startswith("VmRSS:")]
    return sizes
