# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with configurations, replaced as a whole."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress

from ..errors import BackupError

SUFFIX = ".cfg"
_UNFIT = re.compile(r"[/\0]|^\.")


def file_name(host: str, group: str = "") -> str:
    """Return the name of a host's file below the folder of backups.

    group: subfolder, "" for none. Raises BackupError if it leads out of the folder.
    """
    parts = [part for part in group.split("/") if part]
    if group.startswith("/") or any(part.startswith(".") for part in parts):
        raise BackupError(f"The group {group!r} is not a subfolder of the backups.", reached=True)
    return "/".join([*parts, _UNFIT.sub("_", host) + SUFFIX])


def check_own(host: str, play: Iterable[str]) -> None:
    """Raise BackupError if another host of the play has the same file: one would replace the other."""
    name = file_name(host)
    others = sorted(one for one in play if one != host and file_name(one) == name)
    if others:
        raise BackupError(
            f"The hosts {', '.join(sorted([host, *others]))} have the same file of backup, {name}.",
            hint="Rename them, or back them up in plays of their own.",
            reached=True,
        )


def read(path: str) -> str | None:
    """Return the text of a file, None if it does not exist. Raises BackupError."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise BackupError(f"The backup {path} cannot be read: {exc.strerror}.", reached=True) from exc


def write(path: str, text: str) -> None:
    """Write a file that only this user may read, and replace an older one in one step.

    Missing folders are made, for this user only. Raises BackupError.
    """
    folder = os.path.dirname(path)
    temporary = ""
    try:
        _make_folder(folder)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".pyco-")
        with open(handle, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text if text.endswith("\n") else f"{text}\n")
            file.flush()
            os.fsync(handle)
        os.replace(temporary, path)
    except OSError as exc:
        with suppress(OSError):
            os.unlink(temporary)
        raise BackupError(f"The backup {path} cannot be written: {exc.strerror}.", reached=True) from exc


def remove(path: str) -> None:
    """Remove a file. Raises BackupError."""
    try:
        os.unlink(path)
    except OSError as exc:
        raise BackupError(f"The backup {path} cannot be removed: {exc.strerror}.", reached=True) from exc


def _make_folder(folder: str) -> None:
    """Make a folder and those above it, only for this user. Raises OSError."""
    if not os.path.isdir(folder):
        _make_folder(os.path.dirname(folder))
        with suppress(FileExistsError):  # by another task at the same time
            os.mkdir(folder, 0o700)


def obsolete(folder: str, files: Mapping[str, str], inventory: Collection[str]) -> list[str]:
    """Return the backups of hosts that are not in the inventory any more, or in another group now.

    files: the files of this run by host, below the folder. inventory: names of all hosts.
    """
    current, names = set(files.values()), {file_name(host) for host in inventory}
    moved = {file_name(host) for host in files}
    return [
        name
        for name in _backups(folder)
        if name not in current and (name.rpartition("/")[2] not in names or name.rpartition("/")[2] in moved)
    ]


def _backups(folder: str) -> Iterator[str]:
    """Yield the names of all backups below a folder, in order."""
    for path, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield os.path.relpath(os.path.join(path, name), folder)
