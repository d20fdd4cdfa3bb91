# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that decide how a new Python would behave."""

from __future__ import annotations

import os
import shutil
import site
import sys


def file_identity(path: str | None) -> tuple[int, ...] | None:
    """Return numbers that change with the file or folder; None if there is none."""
    try:
        status = os.stat(path or "")
    except OSError:
        return None
    return (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)


def package_folders() -> list[str]:
    """Return the folders of packages, also those that do not exist yet."""
    folders = list(site.getsitepackages()) if hasattr(site, "getsitepackages") else []
    return [*folders, site.getusersitepackages()] if hasattr(site, "getusersitepackages") else folders


class Installation:
    """The interpreter and the folders of its packages, at the start of the runner.

    interpreter: the word that has started it; a bare name is looked up in PATH.
    """

    def __init__(self, interpreter: str) -> None:
        self._interpreter = interpreter
        self._paths = [sys.executable, *filter(None, sys.path), *package_folders()]
        self._start = self._identities()

    def has_changed(self) -> bool:
        """Return True if a Python that is started now may be another, or find other packages."""
        return self._identities() != self._start

    def _identities(self) -> list[tuple[int, ...] | None]:
        return [file_identity(path) for path in [shutil.which(self._interpreter), *self._paths]]
