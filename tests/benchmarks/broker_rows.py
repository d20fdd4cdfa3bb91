# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker with hundreds of sessions on one sshd of the lab, each on its own ssh connection."""

from __future__ import annotations

import select
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pyco_core.broker import client, protocol
from pyco_core.broker.client import RemoteDevice
from pyco_core.broker.framing import Assembler
from pyco_core.broker.messages import Send
from pyco_core.models.command import Command
from pyco_core.models.endpoint import parse_url
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings

from .bench import Bench, host_key
from .core_rows import COMMAND
from .measure import Samples

PORT, USER, DRIVER = 2300, "dash", "linux"
PERSIST = 900.0  # seconds
AT_ONCE = 8  # logins


def memory(bench: Bench) -> Samples:
    """Measure the broker's memory (RSS) with 500 open sessions, per session."""
    devices = _sessions(bench, 500)
    _connect(devices[:1])
    one = _memory()
    _connect(devices)
    notes: dict[str, object] = {
        "with one session": one,
        "for each further one": (_memory() - one) / (len(devices) - 1),
    }
    return Samples([_memory()], [float(len(devices))], notes=notes)


def throughput(bench: Bench) -> Samples:
    """Compare commands per second of 200 clients of the broker, and of 200 threads with a channel each.

    Each client sends the next command as soon as it has its reply.
    """
    hosts = _hosts(200)
    devices = _sessions(bench, len(hosts))
    _connect(devices, keep=True)
    facts = {"user": USER, "password": bench.secrets["hop1"][USER], "key": host_key("hop1")}
    threads = bench.worker("paramiko_worker", do="begin", hosts=hosts, port=PORT, **facts)
    each = 20
    ours: list[float] = []
    raw: list[float] = []
    for number in range(-1, bench.times(8)):
        seconds = _ask_all(devices, COMMAND, each), threads(do="go", command=COMMAND, times=each)["seconds"]
        if number >= 0:
            ours.append(len(hosts) * each / seconds[0])
            raw.append(len(hosts) * each / seconds[1])
    for device in devices:
        device.close()
    return Samples(ours, raw)


def _hosts(number: int) -> list[str]:
    return [f"10.92.{index // 250}.{index % 250 + 1}" for index in range(number)]


def _sessions(bench: Bench, number: int) -> list[RemoteDevice]:
    bench.sshd("hop1", PORT)
    bench.many("hop1")
    known = bench.known_hosts("hop1", f"[10.92.*]:{PORT}")
    bench.callback(client.stop)
    settings = Settings(known_hosts=str(known), connect_timeout=300)
    endpoint = parse_url(f"ssh://{USER}@hop1:{PORT}/{DRIVER}")
    password = Secret(bench.secrets["hop1"][USER])
    endpoint = replace(endpoint, password=password)
    return [RemoteDevice([replace(endpoint, host=host)], settings, PERSIST) for host in _hosts(number)]


def _connect(devices: Sequence[RemoteDevice], keep: bool = False) -> None:
    """Open the sessions. keep: stay their client, else return them to the broker."""

    def once(device: RemoteDevice) -> None:
        device.connect()
        if not keep:
            device.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(once, devices))


def _memory() -> float:
    """Return the memory of the broker, in megabytes."""
    (status,) = client.status()
    return float(status.memory) / 1e6


def _ask_all(devices: Sequence[RemoteDevice], command: str, times: int) -> float:
    """Return the seconds for `times` commands on each of the devices, all at the same time.

    A single thread sends prepared frames, so that the client side costs little.
    """
    frame = b"".join(protocol.write_request(Send(Command(command))))
    connections = [device._connection for device in devices if device._connection]
    socks = {connection._sock.fileno(): connection._sock for connection in connections}
    left = dict.fromkeys(socks, times)
    poll = select.epoll()
    for number in socks:
        poll.register(number, select.EPOLLIN)
    started = time.perf_counter()
    for sock in socks.values():
        sock.sendall(frame)
    assemblers = {number: Assembler() for number in socks}
    while left:
        for number, _ in poll.poll():
            assemblers[number].feed(socks[number].recv(65536))
            reply = assemblers[number].next()
            if reply is None:
                continue
            if reply.body != b"ready":
                raise RuntimeError(f"unexpected reply of the broker: {reply}")
            left[number] -= 1
            if left[number]:
                socks[number].sendall(frame)
            else:
                del left[number]
    seconds = time.perf_counter() - started
    poll.close()
    return seconds
