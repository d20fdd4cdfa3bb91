# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring the lab up, take it down, check it. Every function needs root."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from . import files
from .topology import BLACKHOLE, HOSTS, NETNS, PROGRAMS, STATE, WIRES, Host

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_HOST = Path(__file__).with_name("host.py")
WAIT = 15.0  # seconds for a daemon to listen, or for a process to die


class LabError(Exception):
    """The lab cannot be made on this machine; the message gives the reason."""


def missing() -> str:
    """Return the reason, one sentence, why this machine cannot have a lab, or ""."""
    if os.geteuid() != 0:
        return "The lab makes network namespaces and needs root."
    packages = {package for program, package in PROGRAMS.items() if not shutil.which(program, path=PATH)}
    if packages:
        return f"The lab needs Debian's packages {' '.join(sorted(packages))}: apt-get install them."
    return ""


def up() -> bool:
    """Make the lab. Return False if a complete lab of these files is up; any other is replaced.

    Raises LabError if a program is missing or a daemon does not start.
    """
    reason = missing()
    if reason:
        raise LabError(reason)
    if _stamp_file().exists() and _stamp_file().read_text() == _stamp() and not faults():
        return False
    down()
    files.write_all()
    for host in HOSTS:
        _ip("netns", "add", host.name)
        _ip("-n", host.name, "link", "set", "lo", "up")
    for wire in WIRES:
        _lay(wire.left, wire.right, wire.network)
    for host in HOSTS:
        if host.daemons:
            _start(host)
    _wait(lambda: not faults(), lambda: f"The lab did not come up: {' '.join(faults())}")
    _stamp_file().write_text(_stamp())
    return True


def down() -> None:
    """End the lab's processes and remove its files, also those of an incomplete lab."""
    for host in HOSTS:
        _end(init_pid(host.name))
        _reap(_unshare_pid(host.name))
    names = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    present = {line.split()[0] for line in names.splitlines() if line}
    for host in HOSTS:
        if host.name in present:
            _ip("netns", "del", host.name)
        shutil.rmtree(NETNS / host.name, ignore_errors=True)
    if NETNS.is_dir() and not any(NETNS.iterdir()):
        NETNS.rmdir()
    if STATE.exists():
        shutil.rmtree(STATE)


def faults() -> list[str]:
    """Return the faults of the lab, one sentence each; empty if it is up."""
    sentences = []
    for host in HOSTS:
        if not Path("/run/netns", host.name).exists():
            sentences.append(f"There is no namespace {host.name}.")
        elif host.daemons:
            pid = init_pid(host.name)
            open_ports = listening(pid) if pid else set()
            shut = [port for port in host.listens if port not in open_ports]
            if not pid:
                sentences.append(f"{host.name} is not running.")
            elif shut:
                sentences.append(f"Nothing listens on {host.name} port {', '.join(map(str, shut))}.")
    return sentences


def inside(host: str, *command: str) -> list[str]:
    """Return the argument list that runs a command as root in a host (for ctl: in its namespace)."""
    if host == "ctl":
        return ["ip", "netns", "exec", "ctl", *command]
    pid = init_pid(host)
    if not pid:
        raise LabError(f"{host} is not running.")
    return ["nsenter", "-t", str(pid), "-m", "-u", "-n", "-p", "-r", "--", *command]


def init_pid(host: str) -> int:
    """Return the machine's pid of a host's first process; 0 if the host is not running."""
    pid = _unshare_pid(host)
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return 0
    return int(children[0]) if children else 0


def _unshare_pid(host: str) -> int:
    """Return the pid of the host's `unshare`, which lives as long as the host; 0 for none."""
    file = STATE / host / "unshare.pid"
    if not file.exists():
        return 0
    pid, started = file.read_text().split()
    return int(pid) if _started(int(pid)) == started else 0


def _end(init: int) -> None:
    """Kill a host's first process, and with it all others of the host."""
    if init:
        os.kill(init, signal.SIGKILL)
        _wait(lambda: not _running(init), lambda: f"Process {init} does not die.")


def _reap(pid: int) -> None:
    """Reap a host started by this process."""
    if pid:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def listening(pid: int) -> set[int]:
    """Return the listening TCP ports in the network of a process, without connecting."""
    try:
        tables = [Path(f"/proc/{pid}/net/{name}").read_text() for name in ("tcp", "tcp6")]
    except OSError:  # the process has died
        return set()
    fields = [row.split() for table in tables for row in table.splitlines()[1:]]
    return {int(field[1].rpartition(":")[2], 16) for field in fields if field[3] == "0A"}


def _start(host: Host) -> None:
    state = STATE / host.name
    command = ["ip", "netns", "exec", host.name, "unshare", "--uts", "--ipc", "--pid", "--fork"]
    command += ["--mount-proc", "--kill-child", sys.executable, "-I", str(_HOST), str(state)]
    log = os.open(state / "host.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    null = os.open(os.devnull, os.O_RDONLY)
    # Not subprocess: the host outlives this process, and nobody waits for it.
    pid = os.posix_spawn(
        shutil.which("ip", path=PATH) or "ip",
        command,
        {"PATH": PATH},
        file_actions=[(os.POSIX_SPAWN_DUP2, null, 0), *((os.POSIX_SPAWN_DUP2, log, fd) for fd in (1, 2))],
        setsid=True,
    )
    os.close(log)
    os.close(null)
    (state / "unshare.pid").write_text(f"{pid} {_started(pid)}\n")


def _lay(left: str, right: str, network: str) -> None:
    _ip("link", "add", right, "netns", left, "type", "veth", "peer", "name", left, "netns", right)
    _ip("-n", left, "addr", "add", f"{network}.1/24", "dev", right)
    _ip("-n", right, "addr", "add", f"{network}.2/24", "dev", left)
    _ip("-n", left, "link", "set", right, "up")
    _ip("-n", right, "link", "set", left, "up")
    # A static neighbour entry without a host: packets get no answer and no error.
    black_hole = ("lladdr", "02:00:00:00:00:66", "nud", "permanent", "dev", right)
    _ip("-n", left, "neigh", "add", f"{network}.{BLACKHOLE}", *black_hole)


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise LabError(f"The machine refuses ip {' '.join(arguments)}: {done.stderr.strip()}")


def _stamp_file() -> Path:
    return STATE / "stamp"


def _stamp() -> str:
    """Return a digest of the files that define the lab."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on; empty for no process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _started(pid: int) -> str:
    """Return the start time of a process, in ticks; a pid alone may belong to a newer process."""
    stat = _stat(pid)
    return stat[19] if stat else ""


def _running(pid: int) -> bool:
    stat = _stat(pid)
    return bool(stat) and stat[0] not in "XZ"


def _wait(done: Callable[[], bool], sentence: Callable[[], str]) -> None:
    end = time.monotonic() + WAIT
    while not done():
        if time.monotonic() > end:
            raise LabError(sentence())
        time.sleep(0.02)
