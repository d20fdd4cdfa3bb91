# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker's memory: no core file, and no access by other processes of the same user."""

from __future__ import annotations

import ctypes
import os
import resource
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

from pyco_core.broker import client, connection, memory

from .router import TIMEOUT

NOBODY = 65534
ROOT = Path(memory.__file__).parents[2]
# It runs as a user without privileges, whom the kernel refuses to trace others.
_PROCESS = """
import os, resource, sys
sys.path.insert(0, {root!r})
from pyco_core.broker import memory
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
if {protected}:
    memory.protect()
if os.getuid() == 0:
    os.setgroups([])
    os.setresgid({nobody}, {nobody}, {nobody})
    os.setresuid({nobody}, {nobody}, {nobody})
    {again}
print("ready", flush=True)
sys.stdin.read()
"""
_OTHER = f"""
import ctypes, os, sys
pid = int(sys.argv[1])
if os.getuid() == 0:
    os.setgroups([])
    os.setresgid({NOBODY}, {NOBODY}, {NOBODY})
    os.setresuid({NOBODY}, {NOBODY}, {NOBODY})
for name in ("mem", "environ", "maps"):
    try:
        with open(f"/proc/{{pid}}/{{name}}", "rb") as file:
            name == "mem" or file.read(1)
        print(name)
    except PermissionError:
        pass
if ctypes.CDLL(None).ptrace(16, pid, 0, 0) == 0:
    print("ptrace")
"""


def start(protected: bool, folder: Path) -> subprocess.Popen[str]:
    # A change of the user clears the flag, or sets it: each variant has it as the broker would.
    again = "memory.protect()" if protected else "import ctypes; ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)"
    code = _PROCESS.format(root=str(ROOT), protected=protected, nobody=NOBODY, again=again)
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder
    )
    output: IO[str] | None = process.stdout
    assert output is not None
    assert output.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_protected_process_leaves_no_core_file(number: signal.Signals, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with start(True, tmp_path) as process:
        process.send_signal(number)
        _pid, status = os.waitpid(process.pid, 0)
    assert os.WTERMSIG(status) == number
    assert not os.WCOREDUMP(status)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("protected", "expected"), [(True, ""), (False, "mem\nenviron\nmaps\nptrace\n")])
def test_other_process_of_user_reads_protected_process_never(
    protected: bool, expected: str, tmp_path: Path
) -> None:
    process = start(protected, tmp_path)
    other = [sys.executable, "-c", _OTHER, str(process.pid)]
    found = subprocess.run(other, capture_output=True, text=True, check=True).stdout
    process.kill()
    process.communicate()
    assert found == expected


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_broker_killed_by_fault_leaves_no_core_file(
    number: signal.Signals, processes: None, home: Path
) -> None:
    connection.connect().close()
    [status] = client.status()
    folder = Path(f"/proc/{status.pid}")
    limits = (folder / "limits").read_text()
    assert "Max core file size        0                    0  " in limits
    assert (folder / "environ").stat().st_uid == 0
    before = set(Path("/").iterdir())  # the broker's current folder
    handle = os.pidfd_open(status.pid)
    os.kill(status.pid, number)
    assert select.select([handle], [], [], TIMEOUT)[0]
    os.close(handle)
    assert {path for path in set(Path("/").iterdir()) - before if path.name.startswith("core")} == set()
    assert not list(home.rglob("core*"))


def test_protection_sets_limit_and_flag() -> None:
    library, limits = ctypes.CDLL(None), resource.getrlimit(resource.RLIMIT_CORE)
    flag = library.prctl(3, 0, 0, 0, 0)
    try:
        memory.protect()
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
        assert library.prctl(3, 0, 0, 0, 0) == 0
    finally:
        library.prctl(4, flag, 0, 0, 0)
        with suppress(ValueError):  # not root
            resource.setrlimit(resource.RLIMIT_CORE, limits)
