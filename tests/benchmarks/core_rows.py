# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pyco_core compared with raw loops in the same process."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pyco_core.device import Device

from .bench import Bench
from .measure import Samples, alternate, in_turns, timed

SMALL, LARGE = 5_000_000, 50_000_000
COMMAND = "echo ready"


def command_ssh(bench: Bench) -> Samples:
    """Measure `echo ready` in bash on hop1."""
    shell = bench.raw_shell()
    shell.prepare()
    host = bench.hop1()
    host.connect()
    return _commands(bench, host, shell)


def command_telnet(bench: Bench) -> Samples:
    """Measure `echo ready` in bash on hop2, behind telnetd, against a raw loop with immediate ACKs.

    `others` has a raw loop with delayed ACKs, the kernel's default: it often waits for 40 ms.
    """
    telnet, slow = bench.raw_telnet(), bench.raw_telnet(quick=False)
    host = bench.device(bench.url("telnet", "pyco", "hop2-direct", "/linux", owner="hop2"))
    host.connect()
    return _commands(bench, host, telnet, slow)


def _commands(bench: Bench, host: Device, *raws: Callable[[bytes], bytes]) -> Samples:
    command = COMMAND.encode()
    _same(host(COMMAND), raws[0](command))
    loops = {f"raw {number}": partial(timed, partial(raw, command)) for number, raw in enumerate(raws)}
    samples = in_turns({"pyco": partial(timed, partial(host, COMMAND)), **loops}, bench.times(1500), 50)
    return Samples(samples.pop("pyco"), samples.pop("raw 0"), others=samples)


def output_5mb(bench: Bench) -> Samples:
    """Measure `cat` of 5 MB: pyco returns a str with LF line ends, the raw loop the bytes as read."""
    path = bench.text("hop1", SMALL)
    shell = bench.raw_shell()
    shell.prepare()
    host = bench.hop1()
    command = f"cat {path}"
    _same(host(command), shell(command.encode()))
    return alternate(
        lambda: timed(lambda: host(command)), lambda: timed(lambda: shell(command.encode())), bench.times(25)
    )


def output_50mb(bench: Bench) -> Samples:
    """Measure pyco alone, 50 MB against 5 MB."""
    large, small = (f"cat {bench.text('hop1', size)}" for size in (LARGE, SMALL))
    host = bench.hop1()
    return alternate(lambda: timed(lambda: host(large)), lambda: timed(lambda: host(small)), bench.times(7))


def _same(reply: str, data: bytes) -> None:
    """Raise RuntimeError unless both sides return the same text; the raw loop's ends in its prompt."""
    text = data[: data.rindex(b"[raw")].decode().replace("\r\n", "\n").removesuffix("\n")
    if reply != text:
        raise RuntimeError(f"the two sides read different texts: {reply[-80:]!r}, {text[-80:]!r}")


def connect(bench: Bench) -> Samples:
    """Measure a login until a command can be sent; the raw loop stops at the first prompt."""

    def ours() -> float:
        host = bench.hop1()
        seconds = timed(host.connect)
        host.close()
        return seconds

    def theirs() -> float:
        shells = []
        seconds = timed(lambda: shells.append(bench.raw_shell()))
        shells[0].close()
        return seconds

    return alternate(ours, theirs, bench.times(40))


def second_device(bench: Bench) -> Samples:
    """Measure zebra's and bgpd's telnet vtys on edge behind ssh to hop2, the two in alternating order."""
    first: list[float] = []
    second: list[float] = []
    for number in range(-1, bench.times(40)):
        hop = bench.device(bench.url("ssh", "pyco", "hop2-direct", "/linux", owner="hop2"))
        ports = (2601, 2605) if number % 2 else (2605, 2601)
        devices = [_vty(bench, "10.91.3.2", port, [hop]) for port in ports]
        seconds = [timed(vty.connect) for vty in devices]
        for vty in devices:
            vty.close()
        if number >= 0:
            first.append(seconds[0])
            second.append(seconds[1])
    return Samples(second, first)


def three_hops(bench: Bench) -> Samples:
    """Measure zebra's telnet vty on edge behind three ssh hops, against three times one behind one."""

    def through(*hops: tuple[str, str]) -> float:
        route = [bench.device(bench.url("ssh", "pyco", name, "/linux", owner=owner)) for name, owner in hops]
        vty = _vty(bench, "10.91.3.2", 2601, route)
        seconds = timed(vty.connect)
        vty.close()
        return seconds

    three = (("hop1", "hop1"), ("hop2", "hop2"), ("edge", "edge"))
    samples = alternate(lambda: through(*three), lambda: through(("hop2-direct", "hop2")), bench.times(25))
    return Samples(samples.a, samples.b, scale=3)


def _vty(bench: Bench, host: str, port: int, hops: list[Device]) -> Device:
    return bench.device(f"telnet://:{bench.secrets['vty']['edge']}@{host}:{port}/frr", hops)
