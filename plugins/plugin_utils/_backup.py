# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with running configurations."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from . import _core

_KEYS = ("dir_path", "filename")


def folder(loader: Any, path: str) -> str:
    """Return the absolute path of a folder; a relative path begins at the playbook."""
    return os.path.abspath(os.path.join(loader.get_basedir(), os.path.expanduser(path)))


def check(options: Mapping[str, Any]) -> None:
    """Raise InvalidParameter for an unknown key of `backup_options`, and for a value that is no text."""
    for key, value in options.items():
        if key not in _KEYS:
            raise _core.InvalidParameter(
                f"backup_options: unknown key {_core.shown(key)}.", hint=_core.suggestion(str(key), _KEYS)
            )
        if value is not None and not isinstance(value, str):
            raise _core.InvalidParameter(
                f"backup_options: {key}: expected a string, got {type(value).__name__}."
            )


def write(playbook: str, host: str, options: Mapping[str, Any], text: str) -> dict[str, str]:
    """Write a configuration, and return the entries of the result; a partly written file is never seen.

    playbook: its folder. options: `dir_path` and `filename`. Raises BackupError.
    """
    target = os.path.join(playbook, os.path.expanduser(options.get("dir_path") or "backup"))
    now = datetime.now().strftime("%Y-%m-%d@%H:%M:%S.%f")
    path = os.path.join(target, options.get("filename") or f"{host}_config.{now}")
    _core.write_file(path, text)
    date, time = now[:19].split("@")
    names = {"filename": os.path.basename(path), "shortname": os.path.splitext(path)[0]}
    return {"backup_path": path, "date": date, "time": time, **({} if options.get("filename") else names)}
