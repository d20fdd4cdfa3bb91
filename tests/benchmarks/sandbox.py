# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox for one run: separate PID and mount namespaces, with a separate lab in them.

It keeps an existing lab and other work on the machine undisturbed, and shows the leftovers of a benchmark
apart from other processes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.lab import lab
from tests.lab.topology import HOSTS

FOLDER = Path("/run/pyco-bench")
_HEADING, _TIME_WAIT, _LISTEN = "st", "06", "0A"  # the column `st` of /proc/net/tcp
HOME, TMP, PYCO_HOME = FOLDER / "home", FOLDER / "tmp", FOLDER / "pyco"
# Seconds for a broker, an sshd or the kernel to end processes and connections.
END_TIMEOUT = 30.0


def enter(module: str, python: Path, arguments: Sequence[str]) -> int:
    """Run a module in a new sandbox and return its exit status. The sandbox ends with it."""
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    command += ["--propagation", "private", str(python), "-m", module, *arguments]
    return subprocess.run(command, check=False).returncode


@contextmanager
def with_lab() -> Iterator[None]:
    """Mount a separate /run and /etc in the sandbox, and bring the lab up. Raises LabError."""
    _mount("-t", "tmpfs", "-o", "mode=755", "none", "/run")
    upper, work = FOLDER / "etc.upper", FOLDER / "etc.work"
    for folder in (upper, work, HOME, TMP, PYCO_HOME, Path("/run/netns"), Path("/run/lock")):
        folder.mkdir(mode=0o700, parents=True)
    upper.chmod(0o755)
    _mount("-t", "overlay", "-o", f"lowerdir=/etc,upperdir={upper},workdir={work}", "none", "/etc")
    subprocess.run(["rm", "-rf", "/etc/netns"], check=True)  # in the overlay: the machine's own is kept
    lab.up()
    try:
        yield
    finally:
        lab.down()


def run_in_ctl(*command: str) -> int:
    """Run a command in ctl without the caller's environment; return its exit status."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{lab.PATH}",
        "HOME": str(HOME),
        "TMPDIR": str(TMP),
        "PYCO_HOME": str(PYCO_HOME),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_RETRY_FILES_ENABLED": "0",
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
    }
    return subprocess.run(lab.inside("ctl", *command), env=environment, check=False).returncode


def inventory() -> set[str]:
    """Return the processes, sockets, files and logins in the sandbox, one line each."""
    return {*_processes(), *_sockets(), *_files(), *_logins()}


def leftovers(before: set[str]) -> list[str]:
    """Wait up to END_TIMEOUT seconds for new entries of the inventory to go; return the rest."""
    until = time.monotonic() + END_TIMEOUT
    while left := sorted(inventory() - before):
        if time.monotonic() > until:
            break
        time.sleep(0.2)
    return left


def _processes() -> Iterator[str]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text().replace("\0", " ").strip()
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except (FileNotFoundError, ProcessLookupError):
            continue
        # Skip the commands of this module, and kernel threads, which have no command line.
        if command and int(parent) != os.getpid():
            yield f"process {folder.name}: {command[:200]}"


def _sockets() -> Iterator[str]:
    for host in HOSTS:
        tables = "".join(
            _output("ip", "netns", "exec", host.name, "cat", f"/proc/net/{name}") for name in ("tcp", "tcp6")
        )
        for row in tables.splitlines():
            _slot, local, remote, state, *_rest = row.split()
            if state == _LISTEN:
                yield f"socket on {host.name}: {local} listens"
            elif state not in (_HEADING, _TIME_WAIT):
                yield f"socket on {host.name}: {local} to {remote}, state {state}"
        for row in _output("ip", "netns", "exec", host.name, "cat", "/proc/net/unix").splitlines()[1:]:
            fields = row.split()
            if len(fields) > 7:
                yield f"socket on {host.name}: {fields[7]}"


def _files() -> Iterator[str]:
    for folder in (TMP, HOME, PYCO_HOME):
        for path in folder.rglob("*"):
            is_cache = path.parent == PYCO_HOME / "cache"  # of earlier logins, also for the next row
            if not is_cache and (not path.is_dir() or folder == TMP):
                yield f"file {path}"


def _logins() -> Iterator[str]:
    for host in HOSTS:
        if host.daemons:
            yield from (
                f"login on {host.name}: {line}"
                for line in _output(*lab.inside(host.name, "who")).splitlines()
            )


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)
