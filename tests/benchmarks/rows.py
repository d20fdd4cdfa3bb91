# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of benchmarks: names of both sides, target ratio and function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import (
    broker_rows,
    config_rows,
    core_rows,
    file_rows,
    module_rows,
    network_rows,
    peer_rows,
    play_rows,
    trip_rows,
)
from .bench import Bench
from .measure import Samples

MS, S, MB, RATE = ("ms", 1000.0), ("s", 1.0), ("MB", 1.0), ("/s", 1.0)
TRIPS = ("trips", 1 / trip_rows.TRIP)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    a and b: names of the two sides; the ratio is a / b. target: the largest acceptable ratio, with at_least
    the smallest. unit: its name, and the factor of a second (or a megabyte). unit_b: default `unit`.
    """

    title: str
    a: str
    b: str
    target: float
    measure: Callable[[Bench], Samples]
    unit: tuple[str, float] = MS
    unit_b: tuple[str, float] | None = None
    at_least: bool = False

    def met(self, ratio: float) -> bool:
        return ratio >= self.target if self.at_least else ratio <= self.target


ROWS = {
    "command-ssh": Row("small command over ssh", "pyco", "raw paramiko", 1.25, core_rows.command_ssh),
    "command-telnet": Row("small command over telnet", "pyco", "raw socket", 1.25, core_rows.command_telnet),
    "output-5mb": Row("5 MB of output over ssh", "pyco", "raw paramiko", 1.25, core_rows.output_5mb),
    "output-50mb": Row("50 MB of output against 5 MB", "50 MB", "5 MB", 11, core_rows.output_50mb),
    "connect": Row("connect over ssh, to the first prompt", "pyco", "raw paramiko", 1.1, core_rows.connect),
    "second-device": Row(
        "second telnet device behind one ssh hop", "second", "first", 0.15, core_rows.second_device
    ),
    "three-hops": Row(
        "device behind three forwarded ssh hops", "three hops", "3 x one hop", 1.1, core_rows.three_hops
    ),
    "playbook-cold": Row(
        "10 vtysh hosts, 3 tasks, cold", "network_cli", "pyco", 8, play_rows.playbook_cold, S, at_least=True
    ),
    "playbook-warm": Row(
        "10 vtysh hosts, 3 tasks, warm", "pyco", "3 asserts", 1.2, play_rows.playbook_warm, S
    ),
    "thousand": Row("1,000 hosts behind 4 bastions, 1 task", "pyco", "1 assert", 1.5, play_rows.thousand, S),
    "memory": Row(
        "memory of the broker per session, 500 sessions",
        "broker",
        "sessions",
        0.2,
        broker_rows.memory,
        MB,
        ("", 1.0),
    ),
    "throughput": Row(
        "commands per second, 200 sessions",
        "one broker",
        "200 threads",
        0.8,
        broker_rows.throughput,
        RATE,
        at_least=True,
    ),
    "peers-connect": Row("connect, against the best peer", "pyco", "", 1, peer_rows.connect),
    "peers-command": Row("small command, against the best peer", "pyco", "", 1, peer_rows.command),
    "peers-output": Row("5 MB of output, against the best peer", "pyco", "", 1, peer_rows.output),
    "config-push": Row(
        "2,000 lines of configuration, against the best peer", "pyco", "", 1, config_rows.push, S
    ),
    "config-unchanged": Row(
        "10 vtysh hosts, 100 lines without a change, cold",
        "ios_config",
        "pyco_config",
        8,
        config_rows.unchanged,
        S,
        at_least=True,
    ),
    "network-cold": Row(
        "10 vtysh hosts, 3 ios_command, cold",
        "network_cli",
        "pyco",
        4,
        network_rows.commands_cold,
        S,
        at_least=True,
    ),
    "network-warm": Row(
        "10 vtysh hosts, 3 ios_command, warm",
        "network_cli",
        "pyco",
        6,
        network_rows.commands_warm,
        S,
        at_least=True,
    ),
    "network-facts-cold": Row(
        "10 vtysh hosts, ios_facts and ios_config in check mode, cold",
        "network_cli",
        "pyco",
        4,
        network_rows.facts_cold,
        S,
        at_least=True,
    ),
    "network-facts-warm": Row(
        "10 vtysh hosts, ios_facts and ios_config in check mode, warm",
        "network_cli",
        "pyco",
        6,
        network_rows.facts_warm,
        S,
        at_least=True,
    ),
    "network-memory": Row(
        "memory of the broker for each host with network_cli",
        "broker",
        "hosts",
        0.3,
        network_rows.memory,
        MB,
        ("", 1.0),
    ),
    "modules-ssh": Row(
        "10 hosts, 10 modules by ssh, with the runner", "pyco", "ssh", 0.33, module_rows.by_ssh, S
    ),
    "modules-ssh-plain": Row("the same without the runner", "pyco", "ssh", 0.9, module_rows.by_ssh_plain, S),
    "modules-telnet": Row(
        "10 hosts, 10 modules by telnet, with the runner", "pyco", "ssh", 0.5, module_rows.by_telnet, S
    ),
    "modules-telnet-plain": Row(
        "the same by telnet without the runner", "pyco", "ssh", 1.2, module_rows.by_telnet_plain, S
    ),
    "put": Row("100 MB to a host by ssh", "sftp", "pyco", 1.2, file_rows.put, S, at_least=True),
    "fetch": Row("100 MB from a host by ssh", "sftp", "pyco", 1.2, file_rows.fetch, S, at_least=True),
    "put-inband": Row(
        "10 MB to a host by telnet, a second",
        "pyco",
        "",
        10,
        file_rows.put_inband,
        MB,
        ("", 1.0),
        at_least=True,
    ),
    "fetch-inband": Row(
        "10 MB from a host by telnet, a second",
        "pyco",
        "",
        10,
        file_rows.fetch_inband,
        MB,
        ("", 1.0),
        at_least=True,
    ),
    "memory-1gb": Row(
        "memory of the broker, 1 GB to a host and back", "broker", "", 100, file_rows.memory, MB, ("", 1.0)
    ),
    "trips-linux": Row("round trips of a login on Linux by ssh", "pyco", "", 1, trip_rows.linux, TRIPS),
    "trips-ios-ssh": Row("round trips of a login on IOS by ssh", "pyco", "", 1, trip_rows.ios_by_ssh, TRIPS),
    "trips-ios-telnet": Row(
        "round trips of a login on IOS by telnet", "pyco", "", 1, trip_rows.ios_by_telnet, TRIPS
    ),
    "trips-hop": Row(
        "round trips of the same behind a shared login", "behind", "direct", 1.25, trip_rows.hop, TRIPS
    ),
    "trips-command": Row("round trips of a command", "pyco", "", 1, trip_rows.command, TRIPS),
}
