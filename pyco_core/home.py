# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder for the user's files: the cache, drivers, the broker's socket."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def path() -> str:
    """Return `$PYCO_HOME`, default `~/.ansible/pyco`, as an absolute path; "" for a user without a home."""
    folder = os.path.expanduser(os.environ.get("PYCO_HOME") or "~/.ansible/pyco")
    return "" if folder.startswith("~") else os.path.abspath(folder)


def make_folder(folder: str) -> None:
    """Create a folder, and the missing ones above it, with mode 0700. Raises OSError."""
    path = Path(folder)
    for each in (*reversed(path.parents), path):
        if each == path or not each.exists():
            each.mkdir(0o700, exist_ok=True)


def open_private(file: str, flags: int) -> int:
    """Open a file of this user for writing, and return its descriptor.

    A new file has mode 0600, and an existing one gets it. flags: of os.open. Raises OSError, also for a
    symbolic link, for a file of another user, and for one that has a second name.
    """
    if os.path.islink(file):
        raise OSError(errno.ELOOP, "it is a symbolic link")
    number = os.open(file, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    status = os.fstat(number)
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid() or status.st_nlink > 1:
        os.close(number)
        raise OSError(errno.EPERM, "it is not a file of this user with a single name")
    os.fchmod(number, 0o600)
    return number


def is_private(folder: str) -> bool:
    """Return True if the folder belongs to this user, and nobody else has access. Raises OSError."""
    status = os.lstat(folder)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
