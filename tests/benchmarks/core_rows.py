# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pyco_core alone, in one process with the raw loops."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pyco_core.device import Device

from .measure import Samples, alternate, in_turns, timed
from .scene import Scene

SMALL, LARGE = 5_000_000, 50_000_000
COMMAND = "echo ready"


def command_ssh(scene: Scene) -> Samples:
    """`echo ready` in bash on hop1: the same bytes both ways."""
    shell = scene.raw_shell()
    shell.prepare()
    host = scene.hop1()
    host.connect()
    return _commands(scene, host, shell)


def command_telnet(scene: Scene) -> Samples:
    """The same in bash on hop2, behind telnetd; the raw loop acknowledges what comes at once.

    One that does not, as most do, takes its turn too and stands among the others: it often waits for 40 ms.
    """
    telnet, slow = scene.raw_telnet(), scene.raw_telnet(quick=False)
    host = scene.device(scene.url("telnet", "pyco", "hop2-direct", "/linux", owner="hop2"))
    host.connect()
    return _commands(scene, host, telnet, slow)


def _commands(scene: Scene, host: Device, *raws: Callable[[bytes], bytes]) -> Samples:
    command = COMMAND.encode()
    _same(host(COMMAND), raws[0](command))
    things = {f"raw {number}": partial(timed, partial(raw, command)) for number, raw in enumerate(raws)}
    found = in_turns({"pyco": partial(timed, partial(host, COMMAND)), **things}, scene.times(1500), 50)
    return Samples(found.pop("pyco"), found.pop("raw 0"), others=found)


def output_5mb(scene: Scene) -> Samples:
    """`cat` of a text, pyco's reply as one str with LF line ends, the raw loop's as the bytes that came."""
    path = scene.text("hop1", SMALL)
    shell = scene.raw_shell()
    shell.prepare()
    host = scene.hop1()
    command = f"cat {path}"
    _same(host(command), shell(command.encode()))
    return alternate(
        lambda: timed(lambda: host(command)), lambda: timed(lambda: shell(command.encode())), scene.times(25)
    )


def output_50mb(scene: Scene) -> Samples:
    """pyco alone, 50 MB and 5 MB in turns."""
    large, small = (f"cat {scene.text('hop1', size)}" for size in (LARGE, SMALL))
    host = scene.hop1()
    return alternate(lambda: timed(lambda: host(large)), lambda: timed(lambda: host(small)), scene.times(7))


def _same(reply: str, said: bytes) -> None:
    """Both sides have to bring the same text; the raw loop's has a prompt behind it."""
    text = said[: said.rindex(b"[raw")].decode().replace("\r\n", "\n").removesuffix("\n")
    if reply != text:
        raise RuntimeError(f"the two sides do not read the same: {reply[-80:]!r}, {text[-80:]!r}")


def connect(scene: Scene) -> Samples:
    """From nothing to where a command can be sent; the raw loop only to the first prompt that it sees."""

    def ours() -> float:
        host = scene.hop1()
        seconds = timed(host.connect)
        host.close()
        return seconds

    def theirs() -> float:
        shells = []
        seconds = timed(lambda: shells.append(scene.raw_shell()))
        shells[0].close()
        return seconds

    return alternate(ours, theirs, scene.times(40))


def second_device(scene: Scene) -> Samples:
    """zebra's and bgpd's telnet vty on edge, behind ssh to hop2: now one first, now the other."""
    first: list[float] = []
    second: list[float] = []
    for number in range(-1, scene.times(40)):
        hop = scene.device(scene.url("ssh", "pyco", "hop2-direct", "/linux", owner="hop2"))
        ports = (2601, 2605) if number % 2 else (2605, 2601)
        devices = [_vty(scene, "10.91.3.2", port, [hop]) for port in ports]
        seconds = [timed(vty.connect) for vty in devices]
        for vty in devices:
            vty.close()
        if number >= 0:
            first.append(seconds[0])
            second.append(seconds[1])
    return Samples(second, first)


def three_hops(scene: Scene) -> Samples:
    """zebra's telnet vty on edge: behind hop1, hop2 and edge itself; and behind hop2 alone, three times."""

    def through(*hops: tuple[str, str]) -> float:
        route = [scene.device(scene.url("ssh", "pyco", name, "/linux", owner=owner)) for name, owner in hops]
        vty = _vty(scene, "10.91.3.2", 2601, route)
        seconds = timed(vty.connect)
        vty.close()
        return seconds

    three = (("hop1", "hop1"), ("hop2", "hop2"), ("edge", "edge"))
    found = alternate(lambda: through(*three), lambda: through(("hop2-direct", "hop2")), scene.times(25))
    return Samples(found.a, found.b, scale=3)


def _vty(scene: Scene, host: str, port: int, hops: list[Device]) -> Device:
    return scene.device(f"telnet://:{scene.secrets['vty']['edge']}@{host}:{port}/frr", hops)
