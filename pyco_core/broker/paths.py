# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a broker listens, and how it is started when nobody does.

The folder is the user's own, 0700, made before the socket in it. The client that finds no broker
binds the socket itself, under a file lock, and hands it to the process that it starts: from then on
connecting works, however long the start takes, and two can never be started at once. No file holds
a process id; what a killed broker leaves behind is a socket that nobody listens on, which the next
client replaces.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from .. import home as pyco_home
from ..errors import BrokerLost
from .framing import VERSION

PACKAGE = Path(__file__).resolve().parent.parent
PATH_LIMIT = 103  # bytes of a unix socket's path: 107 on Linux, 103 on macOS
BACKLOG = 1024  # clients that may wait for a broker that is being started
LOCK_PAUSE = 0.05  # seconds between two looks whether the lock is free
START_TIMEOUT = 30.0  # seconds for the start of the process, and for another client that starts one
# What the broker needs of the environment: no variable of Ansible's or pyco's that may hold a password.
_ENVIRONMENT = (
    *("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER"),
    *("KRB5CCNAME", "SSH_AUTH_SOCK", "LD_LIBRARY_PATH"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONUSERBASE"),
)
# The process forks once more when all is imported, and its parent ends: nobody has to wait for it,
# and what cannot be imported is known at once.
_CODE = """\
import os, sys
folder, package = sys.argv[1:3]
sys.path.insert(0, folder)
main = __import__(package + ".broker.server", fromlist=["main"]).main
sys.path.remove(folder)
if os.fork():
    os._exit(0)
main(sys.argv[3:])
"""


def folder() -> Path:
    """The broker's folder, made where it is missing. Raises BrokerLost where it is not safe."""
    path = home() / "broker"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_private = pyco_home.is_private(os.fspath(path))
    except OSError as exc:
        raise BrokerLost(f"The broker's folder {path} cannot be made: {exc.strerror}.") from exc
    if not is_private:
        raise BrokerLost(
            f"The broker's folder {path} is not safe.", hint="Remove it; it is made again with mode 0700."
        )
    return path


def home() -> Path:
    """`$PYCO_HOME`, or `~/.ansible/pyco`. Raises BrokerLost where there is no home."""
    path = pyco_home.path()
    if not path:
        raise BrokerLost("This user has no home folder for the broker.", hint="Set HOME or PYCO_HOME.")
    return Path(path)


def identity() -> str:
    """What a broker must have in common with its client, as a name: code, Python, network, agent, home.

    A new version of the collection, an edited checkout, a network namespace or another ssh-agent each
    get a broker of their own; the old one ends by itself.
    """
    try:
        network = os.stat("/proc/self/ns/net").st_ino
    except OSError:  # no Linux: one network
        network = 0
    around = (network, os.environ.get("SSH_AUTH_SOCK"), os.environ.get("HOME"))
    facts = (VERSION, PACKAGE, _changed(PACKAGE), sys.executable, sys.version, *around)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


@lru_cache
def _changed(package: Path) -> int:
    """When the code was changed last. What this process has imported does not change any more."""
    newest, folders = 0, [os.fspath(package)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    newest = max(newest, entry.stat().st_mtime_ns)
                elif entry.name != "__pycache__" and entry.is_dir():
                    folders.append(entry.path)
    return newest


def path() -> Path:
    """The socket that this process has in common with its broker. Raises BrokerLost."""
    return folder() / f"{identity()}.sock"


def connect(path: Path) -> socket.socket:
    """A connection to the broker, started where there is none. Raises BrokerLost."""
    found = connected(path)
    if found is None:
        with lock(path):
            found = connected(path)
            if found is None:
                _start(path)
                found = connected(path)
        if found is None:
            raise BrokerLost("The broker could not be reached after it was started.", hint=told(path))
    return found


def sockets() -> list[Path]:
    """The sockets of all brokers of this user, also of other versions. Raises BrokerLost."""
    return sorted(folder().glob("*.sock"))


def connected(path: Path) -> socket.socket | None:
    """A connection to who listens there, None where nobody does. Raises BrokerLost."""
    if len(os.fsencode(path)) > PATH_LIMIT:
        raise BrokerLost(
            f"The path of the broker's socket is longer than {PATH_LIMIT} bytes: {path}.",
            hint="Set PYCO_HOME to a folder with a shorter path.",
        )
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.connect(os.fspath(path))
    except (FileNotFoundError, ConnectionRefusedError):
        sock.close()
        return None
    except OSError as exc:
        sock.close()
        raise BrokerLost(f"The broker's socket {path} cannot be used: {exc.strerror}.") from exc
    if not peer_is_me(sock):
        sock.close()
        raise BrokerLost(f"Another user's process listens on {path}.", hint="Remove it.")
    return sock


def peer_is_me(sock: socket.socket) -> bool:
    """Whether the other side of a unix socket is a process of this user, where the system tells."""
    if not hasattr(socket, "SO_PEERCRED"):  # no Linux: the folder's mode is what keeps others out
        return True
    size = struct.calcsize("3i")
    _rest, uid, _rest = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return bool(uid == os.getuid())


def told(path: Path) -> str:
    """The sentence that says where the broker of this socket wrote down why it ended."""
    return f"Its last words are in {path.with_suffix('.log')}."


def retire(path: Path, listening: socket.socket | None = None, unless_wanted: bool = False) -> bool:
    """Stop listening, and remove the files of this socket where nobody else listens on it.

    unless_wanted: do nothing and return False where a client waits to be accepted. Never raises:
    files that stay do no harm.
    """
    with suppress(OSError, BrokerLost), lock(path):
        if listening is not None:
            if unless_wanted and select.select([listening], [], [], 0)[0]:
                return False
            listening.close()
        other = connected(path)
        if other is not None:
            other.close()
            return True
        path.unlink(missing_ok=True)
        log = path.with_suffix(".log")
        if log.exists() and not log.stat().st_size:  # nothing went wrong
            log.unlink()
        path.with_suffix(".lock").unlink()
    return True


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold the file lock of this socket. Raises BrokerLost when another process keeps it too long.

    The kernel gives it back when its holder is killed. Who holds it may remove the file.
    """
    file = path.with_suffix(".lock")
    handle = _locked(file)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)  # closing is not enough: a fork may have the handle too
        os.close(handle)


def _locked(file: Path) -> int:
    until, pause, wait = time.monotonic() + START_TIMEOUT, threading.Event(), 0.001
    while True:
        try:
            handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as exc:
            raise BrokerLost(f"The broker's lock {file} cannot be made: {exc.strerror}.") from exc
        if _is_mine(handle, file):
            return handle
        os.close(handle)
        if time.monotonic() > until:
            raise BrokerLost(f"Another process has held {file} for {START_TIMEOUT:g} seconds.")
        pause.wait(wait)
        wait = min(2 * wait, LOCK_PAUSE)


def _is_mine(handle: int, file: Path) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(handle).st_ino == file.stat().st_ino  # else its last holder has removed it
    except (BlockingIOError, FileNotFoundError):
        return False


def _start(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        try:
            path.unlink(missing_ok=True)  # nobody listens on it
            listening.bind(os.fspath(path))
            listening.listen(BACKLOG)
            launch(path, listening)
        except OSError as exc:
            raise BrokerLost(f"The broker could not be started: {exc.strerror}.") from exc


def launch(path: Path, listening: socket.socket) -> None:
    """Start the process that serves this socket. Raises BrokerLost, OSError."""
    log = path.with_suffix(".log")
    number = listening.fileno()
    words = (os.fspath(PACKAGE.parent), PACKAGE.name, os.fspath(path), str(number))
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # glibc would keep what large outputs once needed for every few threads, and not for all together.
    environment["MALLOC_ARENA_MAX"] = "2"
    if os.environ.get("PYCO_HOME"):
        environment["PYCO_HOME"] = os.fspath(home())
    with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        try:
            started = subprocess.run(
                [sys.executable, "-c", _CODE, *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=environment,
                pass_fds=(number,),
                start_new_session=True,
                check=False,
                timeout=START_TIMEOUT,
            )
        except subprocess.TimeoutExpired as exc:
            raise BrokerLost(f"The broker did not start within {START_TIMEOUT:g} seconds.") from exc
    if started.returncode:
        last = log.read_text("utf-8", "replace").strip().rpartition("\n")[2]
        raise BrokerLost(f"The broker could not be started: {last}", hint=told(path))
