# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's files, read without a wait: the open of a pipe blocks until somebody writes to it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY


def read(path: Path) -> bytes:
    """Return the content of a regular file, or of the null device.

    Raises OSError, also for a pipe, a terminal and other devices; ValueError for an invalid name.
    """
    with open(path, "rb", opener=_open) as file:
        return file.read()


def _open(path: str, _flags: int) -> int:
    """Open a file, and refuse one whose end may never come."""
    descriptor = os.open(path, _FLAGS)
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode) or _is_null(status):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "it is a pipe or a device, not a file")


def _is_null(status: os.stat_result) -> bool:
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == os.stat(os.devnull).st_rdev
