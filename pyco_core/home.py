# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder for the user's files: the cache, drivers, the broker's socket."""

from __future__ import annotations

import os
import stat


def path() -> str:
    """Return `$PYCO_HOME`, default `~/.ansible/pyco`, as an absolute path; "" for a user without a home."""
    folder = os.path.expanduser(os.environ.get("PYCO_HOME") or "~/.ansible/pyco")
    return "" if folder.startswith("~") else os.path.abspath(folder)


def is_private(folder: str) -> bool:
    """Return True if the folder belongs to this user, and nobody else has access. Raises OSError."""
    status = os.lstat(folder)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
