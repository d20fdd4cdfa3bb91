# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about logins, kept for the next login in a file that many processes share.

A cache never raises: if its file is broken, locked, read-only or of another user, it is empty and keeps
nothing. It holds no secrets.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing

from . import home
from .ownership import weakness

BUSY = 0.5  # seconds to wait for the writes of other processes; one write takes less than a millisecond
MARK = 0x7079636F  # "pyco"; a file with another application_id is not ours
_TABLE = "CREATE TABLE learnt (login TEXT, what TEXT, text TEXT, PRIMARY KEY (login, what)) WITHOUT ROWID"


class Cache:
    """Texts, by login and kind.

    file: path of the database; its folder is created with mode 0700. "" keeps nothing. Safe in threads and
    after a fork, because each use opens the file.
    """

    def __init__(self, file: str = "") -> None:
        self._file = file

    def get(self, login: str, kind: str) -> str:
        """Return the text, "" if there is none."""
        if not os.path.isfile(self._file):
            return ""
        rows = self._run("SELECT text FROM learnt WHERE login = ? AND what = ?", (login, kind))
        return rows[0][0] if rows and isinstance(rows[0][0], str) else ""

    def put(self, login: str, kind: str, text: str) -> None:
        """Keep the text; "" deletes it."""
        if text:
            self._run("INSERT OR REPLACE INTO learnt VALUES (?, ?, ?)", (login, kind, text))
        else:
            self._run("DELETE FROM learnt WHERE login = ? AND what = ?", (login, kind))

    def _run(self, statement: str, values: Sequence[str]) -> list[tuple[object, ...]]:
        if not self._file:
            return []
        folder = os.path.dirname(self._file)
        try:
            home.make_folder(folder)
            if not home.is_private(folder) or weakness(folder) is not None:
                return []
            with closing(sqlite3.connect(self._file, timeout=BUSY, isolation_level=None)) as database:
                if not _is_ours(database):
                    return []
                # Faster; data lost in a power failure is learned again.
                database.execute("PRAGMA synchronous = OFF")
                return database.execute(statement, values).fetchall()
        except (OSError, sqlite3.Error):
            return []


def shared() -> Cache:
    """Return the cache of this user, `cache/learnt.db` in the home of pyco."""
    folder = home.path()
    return Cache(os.path.join(folder, "cache", "learnt.db") if folder else "")


def _is_ours(database: sqlite3.Connection) -> bool:
    """Return True if the file is a cache. An empty file is made one. Raises sqlite3.Error."""
    if _mark(database) == MARK:
        return True
    database.execute("BEGIN IMMEDIATE")  # two processes may open a new file at the same time
    if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] and not _mark(database):
        database.execute(_TABLE)
        database.execute(f"PRAGMA application_id = {MARK}")
    database.execute("COMMIT")
    return _mark(database) == MARK


def _mark(database: sqlite3.Connection) -> object:
    return database.execute("PRAGMA application_id").fetchone()[0]
