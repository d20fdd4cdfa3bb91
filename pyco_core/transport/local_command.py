# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the ssh configuration that run on this machine, and their end."""

from __future__ import annotations

import errno
import os
import select
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic

from .base import TimedOut

MOST_OUTPUT = 16 << 20  # bytes of a program
_CHUNK = 1 << 16
GRACE = 0.2  # seconds for a process to end by itself
_KILLED = 1.0  # seconds for the kernel to end a killed process; one that belongs to root is left


def succeeds(command: str, deadline: float) -> bool:
    """Run a command in the user's shell, and return True if it succeeds. Raises TimedOut, OSError."""
    shell = os.environ.get("SHELL") or "/bin/sh"
    with _running([shell, "-c", command], subprocess.DEVNULL, deadline) as process:
        pass
    return process.returncode == 0


def output_of(argv: Sequence[str], deadline: float) -> str:
    """Run a program and return its output.

    Raises TimedOut, and OSError also for more than MOST_OUTPUT bytes and for an exit status above 0.
    """
    with _running(argv, subprocess.PIPE, deadline) as process:
        output = b"" if process.stdout is None else _read(process.stdout.fileno(), deadline)
    if process.returncode:
        raise OSError(0, f"exit status {process.returncode}")
    return output.decode(errors="replace")


@contextmanager
def _running(argv: Sequence[str], stdout: int, deadline: float) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program without input; the block ends with its end. Raises TimedOut, OSError."""
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
        yield process
        try:
            process.wait(max(0.0, deadline - monotonic()))
        except subprocess.TimeoutExpired as exc:
            raise TimedOut from exc
        on_error.pop_all()


def _read(descriptor: int, deadline: float) -> bytes:
    """Return everything up to the end of a pipe. Raises TimedOut, and OSError for more than MOST_OUTPUT."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    data = bytearray()
    while poll.poll(max(0.0, deadline - monotonic()) * 1000):
        chunk = os.read(descriptor, _CHUNK)
        data += chunk
        if len(data) > MOST_OUTPUT:
            raise OSError(errno.EFBIG, f"its output has more than {MOST_OUTPUT >> 20} MB")
        if not chunk:
            return bytes(data)
    raise TimedOut


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
