# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections to the broker's unix socket."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

from ..errors import BrokerLost
from ..program import program

CONNECT_TIMEOUT = 5.0  # seconds that a broker may leave its queue of new clients full
PATH_LIMIT = 103  # bytes of a unix socket's path: 107 on Linux, 103 on macOS


def try_connect(path: Path, timeout: float = CONNECT_TIMEOUT) -> socket.socket | None:
    """Return a connection to the broker of this socket, or None if nobody listens. Raises BrokerLost."""
    if len(os.fsencode(path)) > PATH_LIMIT:
        raise BrokerLost(
            f"The path of the broker's socket is longer than {PATH_LIMIT} bytes: {path}.",
            hint="Set PYCO_HOME to a folder with a shorter path.",
        )
    sock = socket.socket(socket.AF_UNIX)
    # Python's timeout does not apply here: a non-blocking connect fails at once if the queue is full.
    interval = struct.pack("ll", int(timeout), int(timeout % 1 * 1_000_000))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, interval)
    try:
        sock.connect(os.fspath(path))
    except (FileNotFoundError, ConnectionRefusedError):
        sock.close()
        return None
    except BlockingIOError as exc:
        sock.close()
        raise BrokerLost(f"The broker accepted no client within {timeout:.2g} seconds.", hint=hint()) from exc
    except OSError as exc:
        sock.close()
        raise BrokerLost(f"The broker's socket {path} cannot be used: {exc.strerror}.") from exc
    if not has_own_peer(sock):
        sock.close()
        raise BrokerLost(f"Another user's process listens on {path}.", hint="Remove it.")
    return sock


def has_own_peer(sock: socket.socket) -> bool:
    """Return True if the peer of a unix socket is a process of this user, or if the system cannot tell."""
    if not hasattr(socket, "SO_PEERCRED"):  # not Linux: the folder's mode keeps others out
        return True
    size = struct.calcsize("3i")
    _pid, uid, _gid = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return bool(uid == os.getuid())


def hint() -> str:
    """Return the remedy for a broker that does not answer."""
    return f"It may be suspended. `{program()} broker stop` ends it, and the next task starts a new one."
