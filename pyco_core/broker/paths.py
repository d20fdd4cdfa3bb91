# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker's folder, the path of its socket, and the identity in that path.

The folder belongs to the user, mode 0700, and is made before the socket in it. No file holds a process id: a
killed broker leaves a socket on which nobody listens, and the next client replaces it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from .. import home as pyco_home
from ..errors import BrokerLost
from ..ownership import weakness
from .messages import VERSION

PACKAGE = Path(__file__).resolve().parent.parent
ELSEWHERE = "Set PYCO_HOME to a folder in which you can make files."


def folder() -> Path:
    """Return the broker's folder; create it if it is missing. Raises BrokerLost if it is not private."""
    path = home() / "broker"
    try:
        pyco_home.make_folder(os.fspath(path))
        is_private = pyco_home.is_private(os.fspath(path))
    except OSError as exc:
        raise BrokerLost(
            f"The broker's folder {path} cannot be made: {exc.strerror}.", hint=ELSEWHERE
        ) from exc
    if not is_private:
        raise BrokerLost(
            f"The broker's folder {path} is a link, or not only for its user.",
            hint="Remove it; it is made again with mode 0700.",
        )
    weak = weakness(os.fspath(path))
    if weak is not None:
        raise BrokerLost(f"The broker's folder {path} is not safe: {weak}.", hint=weak.remedy)
    return path


def home() -> Path:
    """Return `$PYCO_HOME`, or `~/.ansible/pyco`. Raises BrokerLost if the user has no home."""
    path = pyco_home.path()
    if not path:
        raise BrokerLost("This user has no home folder for the broker.", hint="Set HOME or PYCO_HOME.")
    return Path(path)


def code_folders(driver_path: Iterable[str]) -> tuple[str, ...]:
    """Return the driver folders that have Python files, or cannot be listed, without symbolic links."""
    return tuple(sorted({os.path.realpath(folder) for folder in driver_path if _has_code(folder)}))


def _has_code(folder: str) -> bool:
    try:
        return any(name.endswith(".py") for name in os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


def identity(drivers: Sequence[str] = ()) -> str:
    """Return a name for everything that a broker and its client must have in common.

    This is the code, Python, the network namespace, the ssh-agent and the home. A new version of the
    collection or an edited checkout gets a broker of its own; the old one ends when it is idle.

    drivers: the folders of `code_folders`. Their code must not read the memory of other projects.
    """
    try:
        network = os.stat("/proc/self/ns/net").st_ino
    except OSError:  # not Linux: one network
        network = 0
    environment = (network, os.environ.get("SSH_AUTH_SOCK"), os.environ.get("HOME"))
    code = (VERSION, PACKAGE, last_change(PACKAGE), sys.executable, sys.version)
    facts = (*code, *environment, *drivers)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


@lru_cache
def last_change(package: Path) -> int:
    """Return the newest modification time of the code. Cached: imported code does not change any more."""
    newest, folders = 0, [os.fspath(package)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    newest = max(newest, entry.stat().st_mtime_ns)
                elif entry.name != "__pycache__" and entry.is_dir():
                    folders.append(entry.path)
    return newest


def socket_path(drivers: Sequence[str] = ()) -> Path:
    """Return the socket that this process has in common with its broker. Raises BrokerLost.

    drivers: see `identity`.
    """
    return folder() / f"{identity(drivers)}.sock"


def all_socket_paths() -> list[Path]:
    """Return the sockets of all brokers of this user, also of other versions. Raises BrokerLost."""
    return sorted(folder().glob("*.sock"))


def log_hint(path: Path) -> str:
    """Return the hint that names the log of the broker of this socket."""
    return f"See its log, {path.with_suffix('.log')}."
