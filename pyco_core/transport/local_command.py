# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the ssh configuration that run on this machine, and their end."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from time import monotonic

from .base import TimedOut

GRACE = 0.2  # seconds for a process to end by itself
_KILLED = 1.0  # seconds for the kernel to end a killed process; one that belongs to root is left


def succeeds(command: str, deadline: float) -> bool:
    """Run a command in the user's shell, and return True if it succeeds. Raises TimedOut, OSError."""
    shell = os.environ.get("SHELL") or "/bin/sh"
    status, _output = _run([shell, "-c", command], subprocess.DEVNULL, deadline)
    return status == 0


def output_of(argv: Sequence[str], deadline: float) -> str:
    """Run a program and return its output. Raises TimedOut, and OSError also for an exit status above 0."""
    status, output = _run(argv, subprocess.PIPE, deadline)
    if status:
        raise OSError(0, f"exit status {status}")
    return output.decode(errors="replace")


def _run(argv: Sequence[str], stdout: int, deadline: float) -> tuple[int, bytes]:
    """Run a program without input, and return its exit status and output. Raises TimedOut, OSError."""
    with (
        subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process,
        ExitStack() as on_error,
    ):
        on_error.callback(_send, process, signal.SIGKILL)
        try:
            output, _nothing = process.communicate(timeout=max(0.0, deadline - monotonic()))
        except subprocess.TimeoutExpired as exc:
            raise TimedOut from exc
        on_error.pop_all()
    return process.returncode, output or b""


def end(process: subprocess.Popen[bytes]) -> int:
    """End a process with its group, by SIGTERM and then by SIGKILL, and return the exit status.

    The status is that of the process if it had ended by itself, otherwise negative. Waits for a second at
    most.
    """
    _send(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    _send(process, signal.SIGKILL)  # also those of the group that ignore SIGTERM
    try:
        return process.wait(_KILLED)
    except subprocess.TimeoutExpired:
        return -signal.SIGKILL


def end_group(leader: int) -> None:
    """Kill the processes that are left of a group. leader: its first process, which has ended."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_session(leader: int) -> None:
    """Kill the processes that are left of a session, with all its groups, where /proc lists them.

    leader: the first process of the session, which has ended.
    """
    ended: set[int] = set()
    while left := set(_session(leader)) - ended:
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        ended |= left


def _session(leader: int) -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            # pid (name) state parent group session: proc(5). The name may hold any sign.
            if int((entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[3]) == leader:
                yield int(entry.name)


def _send(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to the process and its group, if it has one of its own."""
    with suppress(PermissionError):  # of another user, such as a command behind sudo
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            process.send_signal(number)
