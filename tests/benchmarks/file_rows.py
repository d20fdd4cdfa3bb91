# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files: over ssh against OpenSSH's sftp, through a telnet session, and the memory of the broker."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from pyco_core.broker import client
from pyco_core.broker.client import RemoteDevice
from pyco_core.device import Device
from pyco_core.models.endpoint import parse_url
from tests.lab.topology import STATE

from .bench import KNOWN_HOSTS, Bench
from .measure import Samples, alternate, timed

MEGABYTE = 1_000_000
LARGE, SMALL, HUGE = 100 * MEGABYTE, 10 * MEGABYTE, 1000 * MEGABYTE
USER = "keyed"  # sftp reads no password in a batch
_RANDOM = Path("/dev/urandom")


def put(bench: Bench) -> Samples:
    """Measure the copy of 100 MB to hop1, on open connections: OpenSSH's sftp against pyco."""
    local, host, sftp = _file(bench, "put", LARGE), _keyed(bench), Sftp(bench)
    there = STATE / "hop1/tmp"
    samples = alternate(
        lambda: timed(partial(sftp, f"put {local} /tmp/by-sftp")),
        lambda: timed(partial(_put, host, local, "/tmp/by-pyco")),
        bench.times(9),
    )
    return _same(samples, local, there / "by-sftp", there / "by-pyco")


def fetch(bench: Bench) -> Samples:
    """Measure the copy of 100 MB from hop1, as `put`."""
    remote, host, sftp = _file(bench, "fetch", LARGE, STATE / "hop1/tmp"), _keyed(bench), Sftp(bench)
    remote.chmod(0o644)
    there, by_sftp, by_pyco = f"/tmp/{remote.name}", bench.folder / "by-sftp", bench.folder / "by-pyco"
    samples = alternate(
        lambda: timed(partial(sftp, f"get {there} {by_sftp}")),
        lambda: timed(partial(_fetch, host, there, by_pyco)),
        bench.times(9),
    )
    return _same(samples, remote, by_sftp, by_pyco)


def put_inband(bench: Bench) -> Samples:
    """Measure the megabytes a second of a copy to hop2 through a telnet session."""
    local, host = _file(bench, "inband", SMALL), _telnet(bench)
    rates = _rates(bench, partial(_put, host, local, "/tmp/inband"))
    return _same(rates, local, STATE / "hop2/tmp/inband")


def fetch_inband(bench: Bench) -> Samples:
    """Measure the megabytes a second of a copy from hop2 through a telnet session."""
    remote, host = _file(bench, "inband", SMALL, STATE / "hop2/tmp"), _telnet(bench)
    remote.chmod(0o644)
    fetched = bench.folder / "fetched"
    rates = _rates(bench, partial(_fetch, host, f"/tmp/{remote.name}", fetched))
    return _same(rates, remote, fetched)


def memory(bench: Bench) -> Samples:
    """Measure the highest memory (RSS) of the broker after a file of 1 GB was copied to hop1 and back."""
    bench.callback(client.stop)
    local = bench.folder / "huge"
    with local.open("wb") as file:
        file.truncate(HUGE)
    endpoint = replace(parse_url(f"ssh://{USER}@hop1/linux"), private_key_file=str(STATE / "ctl/keys" / USER))
    host = RemoteDevice([endpoint], bench.settings, 60)
    bench.callback(host.close)
    there = STATE / "hop1/tmp/huge"
    bench.callback(there.unlink)
    _put(host, local, "/tmp/huge")
    _fetch(host, "/tmp/huge", local)
    if there.stat().st_size != HUGE or local.stat().st_size != HUGE:
        raise RuntimeError("the file was not copied")
    (status,) = client.status()
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{status.pid}/status").read_text().splitlines())
    return Samples([int(lines["VmHWM"].split()[0]) * 1024 / 1e6], [1.0])


class Sftp:
    """OpenSSH's sftp on an open connection to hop1. A call performs a command, and returns after its end."""

    def __init__(self, bench: Bench) -> None:
        options = [f"IdentityFile={STATE}/ctl/keys/{USER}", f"UserKnownHostsFile={KNOWN_HOSTS}"]
        arguments = [argument for option in options for argument in ("-o", option)]
        self._process = subprocess.Popen(
            ["sftp", "-q", "-b", "-", *arguments, f"{USER}@hop1"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        bench.callback(self._process.communicate)
        self("pwd")

    def __call__(self, command: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{command}\n!echo done\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line == "done\n":
                return
        raise RuntimeError(f"sftp ended at {command}")


def _put(host: Device | RemoteDevice, local: Path, path: str) -> None:
    with local.open("rb") as file:
        host.put(file, path)


def _fetch(host: Device | RemoteDevice, path: str, local: Path) -> None:
    with local.open("wb") as file:
        host.fetch(path, file)


def _file(bench: Bench, name: str, size: int, folder: Path | None = None) -> Path:
    """Write random bytes, and return the file."""
    path = (folder or bench.folder) / f"{name}.bin"
    with _RANDOM.open("rb") as source:
        path.write_bytes(source.read(size))
    bench.callback(path.unlink)
    return path


def _keyed(bench: Bench) -> Device:
    host = bench.device(f"ssh://{USER}@hop1/linux")
    key = str(STATE / "ctl/keys" / USER)
    host = Device(replace(host.endpoint, private_key_file=key), settings=bench.settings)
    bench.callback(host.close)
    return host


def _telnet(bench: Bench) -> Device:
    return bench.device(bench.url("telnet", "pyco", "hop2-direct", "/linux", owner="hop2"))


def _rates(bench: Bench, copy: Callable[[], object]) -> Samples:
    copy()
    times = [timed(copy) for _ in range(bench.times(9))]
    return Samples([SMALL / MEGABYTE / seconds for seconds in times], [1.0])


def _same(samples: Samples, original: Path, *copies: Path) -> Samples:
    """Return the samples if all copies are the same as the original, and delete the copies."""
    for copy in copies:
        if copy.read_bytes() != original.read_bytes():
            raise RuntimeError(f"{copy} differs from {original}")
        copy.unlink()
    return samples
