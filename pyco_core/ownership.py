# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Owner and mode of files that decide about commands and code, checked as OpenSSH checks its own.

A file is safe if it and every folder above it belong to this user or to root, and nobody else may write them.
For root behind sudo, the user who called it counts as this user.
The sticky bit makes a folder above it safe: others cannot replace a file in it.
"""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

_MAX_LINKS = 40  # of one path, as on Linux
_ACL = "system.posix_acl_access"  # the rights of further users, which the mode does not show


@dataclass(frozen=True, slots=True)
class Weakness:
    """A file or a folder that another user may have changed. problem: part of a sentence about it."""

    path: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        """Return the beginning of a message."""
        return f"{self.path} {self.problem}"


def weakness(path: str) -> Weakness | None:
    """Return the first weak file or folder on the way to a path, links included; None if all are safe.

    A missing file is safe, and so is one that this user cannot reach.
    """
    for each, is_last in _steps(os.path.abspath(path)):
        try:
            weak = _check(each, is_last)
        except (OSError, ValueError):  # a null byte in the name
            return None
        if weak is not None:
            return weak
    return None


def _steps(path: str) -> Iterator[tuple[str, bool]]:
    """Yield the folders from the root to a path, and True with the last one. Links are followed."""
    current, rest, links = os.sep, _names(path), 0
    yield current, not rest
    while rest:
        name = rest.pop(0)
        if name == os.pardir:
            current = os.path.dirname(current)
            continue
        current = os.path.join(current, name)
        yield current, not rest
        if os.path.islink(current) and links < _MAX_LINKS:
            target = os.readlink(current)
            links, rest = links + 1, _names(target) + rest
            current = os.sep if os.path.isabs(target) else os.path.dirname(current)


def _names(path: str) -> list[str]:
    return [name for name in path.split(os.sep) if name not in ("", os.curdir)]


def _check(path: str, is_last: bool) -> Weakness | None:
    """Return the weakness of one file or folder. Raises OSError."""
    status = os.lstat(path)
    if status.st_uid not in _own_users():
        return Weakness(path, "belongs to another user", f"Run: chown {os.getuid()} {shlex.quote(path)}")
    if stat.S_ISLNK(status.st_mode) or (status.st_mode & stat.S_ISVTX and not is_last):
        return None
    if status.st_mode & stat.S_IWOTH or (status.st_mode & stat.S_IWGRP and not _is_own(path, status.st_gid)):
        return Weakness(path, "can be written by other users", f"Run: chmod go-w {shlex.quote(path)}")
    return None


def _own_users() -> set[int]:
    """Return the ids of this user and of root, behind sudo also that of its caller."""
    user = os.getuid()
    caller = os.environ.get("SUDO_UID", "")
    return {0, user, int(caller)} if user == 0 and caller.isdecimal() else {0, user}


def _is_own(path: str, gid: int) -> bool:
    """Return True if the group is of this user alone, as on systems that make one for each user.

    The ssh of Debian and Fedora accepts such a group too. For root no group counts.
    """
    with suppress(OSError):
        os.getxattr(path, _ACL)
        return False
    try:
        user, group = pwd.getpwuid(os.getuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    members = {each.pw_name for each in pwd.getpwall() if each.pw_gid == gid}
    is_private = group.gr_name == user.pw_name and gid == user.pw_gid and user.pw_uid != 0
    return is_private and members | set(group.gr_mem) == {user.pw_name}
