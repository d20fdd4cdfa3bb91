# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was learnt about a login, kept for the next one in a file that many processes share.

A cache never fails: where its file is broken, locked, not writable or somebody else's, nothing is
found and nothing is kept, and the login goes on without it. No secret comes here.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing

from . import home

BUSY = 0.5  # seconds that another process may write; each write takes less than a thousandth
MARK = 0x7079636F  # "pyco" as the application_id: a file that has another one is not ours
_TABLE = "CREATE TABLE learnt (login TEXT, what TEXT, text TEXT, PRIMARY KEY (login, what)) WITHOUT ROWID"


class Cache:
    """Texts by login and by what they say of it.

    file: its path, in a folder that is made 0700; "" keeps nothing. Thread-safe and safe after a fork:
    each use opens the file anew.
    """

    def __init__(self, file: str = "") -> None:
        self._file = file

    def get(self, login: str, what: str) -> str:
        """The text, "" where nothing is known."""
        if not os.path.isfile(self._file):
            return ""
        found = self._run("SELECT text FROM learnt WHERE login = ? AND what = ?", (login, what))
        return found[0][0] if found and isinstance(found[0][0], str) else ""

    def put(self, login: str, what: str, text: str) -> None:
        """Keep the text; "" forgets it."""
        if text:
            self._run("INSERT OR REPLACE INTO learnt VALUES (?, ?, ?)", (login, what, text))
        else:
            self._run("DELETE FROM learnt WHERE login = ? AND what = ?", (login, what))

    def _run(self, words: str, values: Sequence[str]) -> list[tuple[object, ...]]:
        if not self._file:
            return []
        folder = os.path.dirname(self._file)
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            if not home.is_private(folder):
                return []
            with closing(sqlite3.connect(self._file, timeout=BUSY, isolation_level=None)) as database:
                if not _is_ours(database):
                    return []
                # What a power failure breaks is learnt again.
                database.execute("PRAGMA synchronous = OFF")
                return database.execute(words, values).fetchall()
        except (OSError, sqlite3.Error):
            return []


def shared() -> Cache:
    """The cache of this user, `cache/learnt.db` in the home of pyco."""
    folder = home.path()
    return Cache(os.path.join(folder, "cache", "learnt.db") if folder else "")


def _is_ours(database: sqlite3.Connection) -> bool:
    """Whether the file is a cache; an empty one is made one. Raises sqlite3.Error."""
    if _mark(database) == MARK:
        return True
    database.execute("BEGIN IMMEDIATE")  # two processes may come to a new file at the same time
    if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] and not _mark(database):
        database.execute(_TABLE)
        database.execute(f"PRAGMA application_id = {MARK}")
    database.execute("COMMIT")
    return _mark(database) == MARK


def _mark(database: sqlite3.Connection) -> object:
    return database.execute("PRAGMA application_id").fetchone()[0]
