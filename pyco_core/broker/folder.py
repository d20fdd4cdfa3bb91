# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a broker listens, and how it is started when nobody does.

The folder is the user's own, 0700, made before the socket in it. The client that finds no broker
binds the socket itself, under a file lock, and hands it to the process that it starts: from then on
connecting works, however long the start takes, and two can never be started at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import stat
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import BrokerLost
from .wire import VERSION

PACKAGE = Path(__file__).resolve().parent.parent
# What the broker needs of the environment: no variable of Ansible's or pyco's that may hold a password.
_ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SSH_AUTH_SOCK", "TMPDIR", "USER", "PYCO_HOME")
_CODE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from {}.broker.server import main; main()"


def folder() -> Path:
    """The broker's folder, made where it is missing. Raises BrokerLost where it is not safe."""
    path = Path(os.environ.get("PYCO_HOME") or Path.home() / ".ansible" / "pyco")
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
        if (
            found.st_uid == os.getuid()
            and stat.S_ISDIR(found.st_mode)
            and stat.S_IMODE(found.st_mode) != 0o700
        ):
            path.chmod(0o700)
            found = path.lstat()
    except OSError as exc:
        raise BrokerLost(f"The broker's folder {path} cannot be made: {exc.strerror}.") from exc
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise BrokerLost(f"The broker's folder {path} is not safe.", hint="Make it yours, with mode 0700.")
    return path


def identity() -> str:
    """What a broker must have in common with its client, as a name: code, Python, network, ssh-agent.

    A new version of the collection, an edited checkout, a network namespace or another agent each
    get a broker of their own; the old one ends by itself.
    """
    changed = max(file.stat().st_mtime_ns for file in PACKAGE.rglob("*.py"))
    try:
        network = os.stat("/proc/self/ns/net").st_ino
    except OSError:  # no Linux: one network
        network = 0
    agent = os.environ.get("SSH_AUTH_SOCK", "")
    facts = (VERSION, PACKAGE, changed, sys.executable, sys.version, network, agent)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def connect(start: bool = True) -> socket.socket | None:
    """A connection to the broker, started where there is none; None where start is False and there is none.

    Raises BrokerLost.
    """
    where = folder()
    name = identity()
    path = where / f"{name}.sock"
    found = _connected(path)
    if found is None and start:
        with _lock(where / f"{name}.lock"):
            found = _connected(path)
            if found is None:
                _start(path, name)
                found = _connected(path)
        if found is None:
            raise BrokerLost("The broker could not be reached after it was started.", hint=f"See {where}.")
    return found


def peer_is_me(sock: socket.socket) -> bool:
    """Whether the other side of a unix socket is a process of this user, where the system tells."""
    if not hasattr(socket, "SO_PEERCRED"):  # no Linux: the folder's mode is what keeps others out
        return True
    size = struct.calcsize("3i")
    _, uid, _ = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return bool(uid == os.getuid())


def _connected(path: Path) -> socket.socket | None:
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.connect(os.fspath(path))
    except (FileNotFoundError, ConnectionRefusedError):
        sock.close()
        return None
    except OSError as exc:
        sock.close()
        raise BrokerLost(f"The broker's socket {path} cannot be used: {exc}.") from exc
    if not peer_is_me(sock):
        sock.close()
        raise BrokerLost(f"Another user's process listens on {path}.", hint="Remove it.")
    return sock


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _start(path: Path, name: str) -> None:
    path.unlink(missing_ok=True)  # a socket that nobody listens on
    listening = socket.socket(socket.AF_UNIX)
    try:
        listening.bind(os.fspath(path))
        listening.listen(512)
        environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
        code = _CODE.format(PACKAGE.name)
        log = os.open(path.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            # The process forks once more and its parent ends at once, so that nobody has to wait for it.
            started = subprocess.run(
                [sys.executable, "-c", code, str(PACKAGE.parent), str(path), name, str(listening.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment,
                pass_fds=(listening.fileno(),),
                start_new_session=True,
                check=False,
            )
        finally:
            os.close(log)
    except OSError as exc:
        raise BrokerLost(f"The broker could not be started: {exc}.") from exc
    finally:
        listening.close()
    if started.returncode:
        path.unlink(missing_ok=True)
        raise BrokerLost("The broker could not be started.", hint=f"See {path.with_suffix('.log')}.")
