# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker that serves a unix socket, from /proc.

The credentials of the socket name the client that started the broker: it called listen(). The descriptors of
a protected process (see `memory`) are hidden from its own user; its arguments are not.
"""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")


def owner(path: Path) -> int:
    """Return the id of another process that serves this socket, 0 if none is found."""
    try:
        pids = sorted(int(name) for name in os.listdir(PROC) if name.isdecimal())
    except OSError:  # not Linux
        return 0
    return next((pid for pid in pids if pid != os.getpid() and _serves(pid, path)), 0)


def _serves(pid: int, path: Path) -> bool:
    """Return True for a Python program of this user that has the path as an argument, see `launcher`."""
    folder = PROC / str(pid)
    try:
        arguments = (folder / "cmdline").read_bytes().split(b"\0")
        if arguments[1:2] != [b"-c"] or os.fsencode(path) not in arguments[3:]:
            return False
        status = (folder / "status").read_bytes()
    except OSError:  # it has ended, or is not ours to read
        return False
    return f"\nUid:\t{os.getuid()}\t".encode() in status
