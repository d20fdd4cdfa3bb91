# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runners in a process of their own, with their coverage."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path
from time import monotonic

import coverage

from pyco_core.errors import SessionClosed, SessionTimedOut

ROOT = Path(__file__).resolve().parents[4]

# The runner as it is in the source tree, so that its lines can be measured, in its processes too.
_MEASURED = """
import atexit, os, sys
sys.path.insert(1, {root!r})
import coverage
cover = coverage.Coverage(
    data_file={data!r}, data_suffix=True, branch=True, include=["*/runner/target/*"], config_file=False
)
if {data!r}:
    cover.start()
    atexit.unregister(cover._atexit)  # a process saves at its very end

def saved(function):
    def save(*arguments):
        if {data!r} and os.getuid() == {user}:  # another user may not write here
            cover.stop()
            cover.save()
        function(*arguments)
    return save

os._exit, os.kill = saved(os._exit), saved(os.kill)
from pyco_core.shell.runner.target import loop
from pyco_core.shell.runner.program import MAGIC, packed_program
open(0, "rb", closefd=False).read(len(packed_program({interpreter!r})))
del sys.path[1]  # its files change with those of coverage
loop.main({interpreter!r}, MAGIC)
os._exit(0)
"""


def measured_command(interpreter: str) -> list[str]:
    """Return a command that serves as a runner, and reports its coverage if this process is measured."""
    current = coverage.Coverage.current()
    data = current.get_data().base_filename() if current else ""
    program = _MEASURED.format(root=str(ROOT), data=data, interpreter=interpreter, user=os.getuid())
    return [sys.executable, "-c", program]


class ProcessStream:
    """Implements Stream by a local process."""

    def __init__(self, command: list[str], folder: str = "/") -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, cwd=folder
        )

    def write(self, data: bytes, deadline: float) -> None:
        """Write all of data."""
        assert self.process.stdin
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self.process.stdin.write(rest) or 0 :]
        except BrokenPipeError as exc:
            raise SessionClosed("ended") from exc

    def read(self, size: int, deadline: float) -> bytes:
        """Return what arrives, b"" at the end."""
        assert self.process.stdout
        if not select.select([self.process.stdout], [], [], max(0, min(deadline - monotonic(), 60)))[0]:
            raise SessionTimedOut("nothing")
        return os.read(self.process.stdout.fileno(), size)

    def close(self) -> None:
        """End the input, and wait for the process."""
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            pipe.close()
        self.process.wait(30)


def shell_stream(text: str) -> ProcessStream:
    """Start a command line in a shell, as sshd does."""
    return ProcessStream(["/bin/sh", "-c", text])
