# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker with hundreds of sessions on one sshd of the lab, each on an ssh connection of its own."""

from __future__ import annotations

import select
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from pyco_core.broker import client
from pyco_core.broker.client import RemoteDevice
from pyco_core.broker.framing import Decoder, Send, encode, plain
from pyco_core.models.endpoint import parse_url
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings

from .core_rows import COMMAND
from .measure import Samples
from .scene import Scene, host_key

PORT, USER, DRIVER = 2300, "dash", "linux"
PERSIST = 900.0  # seconds
AT_ONCE = 8  # logins


def memory(scene: Scene) -> Samples:
    """All of the broker's memory (RSS) with 500 sessions open, over their number."""
    devices = _sessions(scene, 500)
    _connect(devices[:1])
    one = _memory()
    _connect(devices)
    notes = {"with one session": one, "for each further one": (_memory() - one) / (len(devices) - 1)}
    return Samples([_memory()], [float(len(devices))], notes=notes)


def throughput(scene: Scene) -> Samples:
    """Commands a second: 200 clients of the broker that ask again as soon as they have their answer,
    and 200 threads of another process, each with a channel of its own.
    """
    hosts = _hosts(200)
    devices = _sessions(scene, len(hosts))
    _connect(devices, keep=True)
    facts = {"user": USER, "password": scene.secrets["hop1"][USER], "key": host_key("hop1")}
    crowd = scene.worker(Path(__file__).with_name("crowd.py"), do="begin", hosts=hosts, port=PORT, **facts)
    each = 20
    ours: list[float] = []
    raw: list[float] = []
    for number in range(-1, scene.times(8)):
        seconds = _ask_all(devices, COMMAND, each), crowd(do="go", command=COMMAND, times=each)["seconds"]
        if number >= 0:
            ours.append(len(hosts) * each / seconds[0])
            raw.append(len(hosts) * each / seconds[1])
    for device in devices:
        device.close()
    return Samples(ours, raw)


def _hosts(number: int) -> list[str]:
    return [f"10.92.{index // 250}.{index % 250 + 1}" for index in range(number)]


def _sessions(scene: Scene, number: int) -> list[RemoteDevice]:
    scene.sshd("hop1", PORT)
    scene.many("hop1")
    known = scene.known_hosts("hop1", f"[10.92.*]:{PORT}")
    scene.callback(client.stop)
    settings = Settings(known_hosts=str(known), connect_timeout=300)
    endpoint = parse_url(f"ssh://{USER}@hop1:{PORT}/{DRIVER}")
    password = Secret(scene.secrets["hop1"][USER])
    endpoint = replace(endpoint, password=password)
    return [RemoteDevice([replace(endpoint, host=host)], settings, PERSIST) for host in _hosts(number)]


def _connect(devices: Sequence[RemoteDevice], keep: bool = False) -> None:
    """Open the sessions; keep: and hold them, else give them back."""

    def once(device: RemoteDevice) -> None:
        device.connect()
        if not keep:
            device.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(once, devices))


def _memory() -> float:
    """Megabytes of the only broker."""
    (status,) = client.status()
    return float(status["memory"]) / 1e6


def _ask_all(devices: Sequence[RemoteDevice], command: str, times: int) -> float:
    """Seconds for `times` commands on each of the devices, all at the same time.

    One thread and frames made beforehand, because it is the broker that is measured.
    """
    frame = b"".join(encode({"op": "send", **plain(Send(command))}))
    socks = {device._sock.fileno(): device._sock for device in devices if device._sock}
    left = dict.fromkeys(socks, times)
    poll = select.epoll()
    for number in socks:
        poll.register(number, select.EPOLLIN)
    started = time.perf_counter()
    for sock in socks.values():
        sock.sendall(frame)
    decoders = {number: Decoder() for number in socks}
    while left:
        for number, _ in poll.poll():
            said = decoders[number].feed(socks[number].recv(65536))
            if said is None:
                continue
            if said.get("text") != "ready":
                raise RuntimeError(f"the broker said {said}")
            left[number] -= 1
            if left[number]:
                socks[number].sendall(frame)
            else:
                del left[number]
    seconds = time.perf_counter() - started
    poll.close()
    return seconds
