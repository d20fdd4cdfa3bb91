# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock of a broker's socket, and the removal of its files under the lock."""

from __future__ import annotations

import fcntl
import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import BrokerLost
from . import sockets
from .paths import ELSEWHERE

TIMEOUT = 30.0  # seconds; another client that has the lock starts a broker
REMOVAL_TIMEOUT = 1.0  # seconds; the files may stay
LONGEST_PAUSE = 0.05  # seconds between two attempts


@contextmanager
def lock(path: Path, timeout: float = TIMEOUT) -> Iterator[None]:
    """Hold the file lock of this socket. Raises BrokerLost if another process keeps it for timeout seconds.

    The kernel releases it if its holder is killed. The holder may remove the file.
    """
    file = path.with_suffix(".lock")
    handle = _acquire(file, timeout)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)  # closing is not enough: a fork may have the handle too
        os.close(handle)


def _acquire(file: Path, timeout: float) -> int:
    until, pause, wait = time.monotonic() + timeout, threading.Event(), 0.001
    while True:
        try:
            handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as exc:
            raise BrokerLost(
                f"The broker's lock {file} cannot be made: {exc.strerror}.", hint=ELSEWHERE
            ) from exc
        if _is_locked(handle, file):
            return handle
        os.close(handle)
        if time.monotonic() > until:
            raise BrokerLost(
                f"Another process has held {file} for {timeout:.2g} seconds.",
                hint="It starts a broker, or is suspended; end it.",
            )
        pause.wait(wait)
        wait = min(2 * wait, LONGEST_PAUSE)


def _is_locked(handle: int, file: Path) -> bool:
    """Lock the file; return False if another process has the lock, or if its last holder removed the file."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(handle).st_ino == file.stat().st_ino
    except (BlockingIOError, FileNotFoundError):
        return False


def remove_socket(path: Path, listening: socket.socket | None = None, unless_wanted: bool = False) -> bool:
    """Stop listening, and remove the files of this socket if nobody else listens on it. Never raises.

    unless_wanted: do nothing and return False if a client waits to be accepted.
    """
    with suppress(OSError, BrokerLost), lock(path, REMOVAL_TIMEOUT):  # files that stay do no harm
        if listening is not None:
            if unless_wanted and select.select([listening], [], [], 0)[0]:
                return False
            listening.close()
        other = sockets.try_connect(path)
        if other is not None:
            other.close()
            return True
        path.unlink(missing_ok=True)
        log = path.with_suffix(".log")
        if log.exists() and not log.stat().st_size:  # no error was written
            log.unlink()
        path.with_suffix(".lock").unlink()
    return True
