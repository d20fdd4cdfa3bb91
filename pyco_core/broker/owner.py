# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that listens on a unix socket, from /proc.

The credentials of the socket name the client that started the broker: it called listen().
"""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
_LISTENS = b"00010000"  # flag of a listening socket in /proc/net/unix


def owner(path: Path) -> int:
    """Return the id of another process that listens on this socket, 0 if none is found."""
    try:
        pids = sorted(int(name) for name in os.listdir(PROC) if name.isdecimal())
    except OSError:  # not Linux
        return 0
    return next((pid for pid in pids if pid != os.getpid() and _listens(pid, path)), 0)


def _listens(pid: int, path: Path) -> bool:
    folder = PROC / str(pid)
    try:
        if folder.stat().st_uid != os.getuid():
            return False
        links = [os.path.realpath(folder / "fd" / number) for number in os.listdir(folder / "fd")]
        table = (folder / "net" / "unix").read_bytes()
    except OSError:  # it has ended, or is not ours to read
        return False
    sockets = set(map(os.path.basename, links))
    rows = (line.split(None, 7) for line in table.splitlines())
    name = os.fsencode(path)
    return any(
        row[3] == _LISTENS and row[7:] == [name] and f"socket:[{int(row[6])}]" in sockets for row in rows
    )
