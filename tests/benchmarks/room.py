# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A room of the machine for one run: PID and mount namespaces of its own, with a lab of its own in them.

Nobody else's work is measured or disturbed by it, a lab that stands is left alone, and what is left behind
after a benchmark can be told from what others do on the machine at that time.
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

ROOM = Path("/run/pyco-bench")
HOME, TMP, PYCO_HOME = ROOM / "home", ROOM / "tmp", ROOM / "pyco"
# What a broker, sshd or a kernel gets to end what it was told to end, in seconds.
PATIENCE = 30.0
# What Ansible makes in a home and keeps: empty folders.
_KEPT = ("ansible", ".ansible")


def enter(module: str, python: Path, arguments: Sequence[str]) -> int:
    """Run a module of ours in a new room; its exit status. The room and all in it end with it."""
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    command += ["--propagation", "private", str(python), "-m", module, *arguments]
    return subprocess.run(command, check=False).returncode


@contextmanager
def furnished() -> Iterator[None]:
    """The room's own /run and /etc, and the lab in it. Raises LabError."""
    _mount("-t", "tmpfs", "-o", "mode=755", "none", "/run")
    upper, work = ROOM / "etc.upper", ROOM / "etc.work"
    for folder in (upper, work, HOME, TMP, PYCO_HOME, Path("/run/netns"), Path("/run/lock")):
        folder.mkdir(mode=0o700, parents=True)
    upper.chmod(0o755)
    _mount("-t", "overlay", "-o", f"lowerdir=/etc,upperdir={upper},workdir={work}", "none", "/etc")
    subprocess.run(["rm", "-rf", "/etc/netns"], check=True)  # in the overlay: the machine's own stays
    lab.up()
    try:
        yield
    finally:
        lab.down()


def run_in_ctl(*command: str) -> int:
    """Run a command in ctl with nothing of the caller's own set-up; its exit status."""
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
    """What is in the room: processes, sockets, files and logins, one line for each."""
    return {*_processes(), *_sockets(), *_files(), *_logins()}


def left_behind(before: set[str]) -> list[str]:
    """What was not there before, as soon as there is nothing, or after PATIENCE seconds."""
    until = time.monotonic() + PATIENCE
    while left := sorted(inventory() - before):
        if time.monotonic() > until:
            break
        time.sleep(0.2)
    return left


def _processes() -> Iterator[str]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_text().replace("\0", " ").strip()
            children_of = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except (FileNotFoundError, ProcessLookupError):
            continue
        # Not what lists the sockets just now; and kernel threads have no words.
        if words and int(children_of) != os.getpid():
            yield f"process {folder.name}: {words[:200]}"


def _sockets() -> Iterator[str]:
    for host in HOSTS:
        tables = "".join(
            _said("ip", "netns", "exec", host.name, "cat", f"/proc/net/{name}") for name in ("tcp", "tcp6")
        )
        for row in tables.splitlines():
            words = row.split()
            if words[0] != "sl" and words[3] not in ("06", "0A"):  # TIME_WAIT is the kernel's; listening
                yield f"socket on {host.name}: {words[1]} to {words[2]}, state {words[3]}"
            elif words[3] == "0A":
                yield f"socket on {host.name}: {words[1]} listens"
        for row in _said("ip", "netns", "exec", host.name, "cat", "/proc/net/unix").splitlines()[1:]:
            words = row.split()
            if len(words) > 7:
                yield f"socket on {host.name}: {words[7]}"


def _files() -> Iterator[str]:
    for folder in (TMP, HOME, PYCO_HOME):
        for path in folder.rglob("*"):
            if not path.is_dir() or folder == TMP:
                yield f"file {path}"


def _logins() -> Iterator[str]:
    for host in HOSTS:
        if host.daemons:
            yield from (
                f"login on {host.name}: {line}" for line in _said(*lab.inside(host.name, "who")).splitlines()
            )


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)
