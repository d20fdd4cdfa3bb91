# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where pyco keeps what is its user's own, between one run and the next."""

from __future__ import annotations

import os
import stat


def path() -> str:
    """`$PYCO_HOME`, or `~/.ansible/pyco`, as an absolute path; "" for a user without a home."""
    found = os.path.expanduser(os.environ.get("PYCO_HOME") or "~/.ansible/pyco")
    return "" if found.startswith("~") else os.path.abspath(found)


def is_private(folder: str) -> bool:
    """Whether a folder is this user's and nobody else can look into it. Raises OSError."""
    found = os.lstat(folder)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
