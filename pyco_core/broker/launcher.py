# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start of a broker.

The client that finds no broker binds the socket itself, under the lock, and hands it to the process that it
starts. From then on connecting works, however long the start takes, and two can never start at once.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ..errors import BrokerLost
from . import paths, sockets
from .lock import lock

BACKLOG = 1024  # clients that may wait during the start
TIMEOUT = 30.0  # seconds for the start of the process
# The variables that the broker needs: none of Ansible's or pyco's that may hold a password.
_ENVIRONMENT = (
    *("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER"),
    *("KRB5CCNAME", "SSH_AUTH_SOCK", "LD_LIBRARY_PATH"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONUSERBASE"),
)
# The process forks after the imports, and the parent ends: no client has to wait for the child, and a
# failed import is reported at once.
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


def connect(path: Path, timeout: float = TIMEOUT, drivers: Sequence[str] = ()) -> socket.socket:
    """Return a connection to the broker of this socket; start it if none runs. Raises BrokerLost.

    timeout: seconds for all of it, with the wait for another client that starts it. drivers: the folders of
    the Python drivers that the broker may run.
    """
    until = time.monotonic() + timeout
    sock = sockets.try_connect(path, timeout)
    if sock is None:
        with lock(path, _left(until)):
            sock = sockets.try_connect(path, _left(until))
            if sock is None:
                _start(path, _left(until), drivers)
                sock = sockets.try_connect(path, _left(until))
        if sock is None:
            raise BrokerLost(
                "The broker could not be reached after it was started.", hint=paths.log_hint(path)
            )
    return sock


def _left(until: float) -> float:
    return max(0.001, until - time.monotonic())


def _start(path: Path, timeout: float, drivers: Sequence[str]) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        try:
            path.unlink(missing_ok=True)  # nobody listens on it
            listening.bind(os.fspath(path))
            listening.listen(BACKLOG)
            launch(path, listening, timeout, drivers)
        except OSError as exc:
            raise BrokerLost(f"The broker could not be started: {exc.strerror}.") from exc


def launch(
    path: Path, listening: socket.socket, timeout: float = TIMEOUT, drivers: Sequence[str] = ()
) -> None:
    """Start the process that serves this socket. drivers: see `connect`. Raises BrokerLost, OSError."""
    log = path.with_suffix(".log")
    number = listening.fileno()
    arguments = (os.fspath(paths.PACKAGE.parent), paths.PACKAGE.name, os.fspath(path), str(number), *drivers)
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # Otherwise glibc keeps the memory of large outputs for every few threads, not for all together.
    environment["MALLOC_ARENA_MAX"] = "2"
    if os.environ.get("PYCO_HOME"):
        environment["PYCO_HOME"] = os.fspath(paths.home())
    with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        try:
            process = subprocess.run(
                [sys.executable, "-c", _CODE, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=environment,
                pass_fds=(number,),
                start_new_session=True,
                check=False,
                timeout=timeout,
            )
        except subprocess.TimeoutExpired as exc:
            raise BrokerLost(f"The broker did not start within {timeout:.2g} seconds.") from exc
    if process.returncode:
        last = log.read_text("utf-8", "replace").strip().rpartition("\n")[2]
        raise BrokerLost(f"The broker could not be started: {last}", hint=paths.log_hint(path))
