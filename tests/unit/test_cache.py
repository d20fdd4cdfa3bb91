# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from pyco_core import cache
from pyco_core.cache import Cache

LOGIN, KIND = "telnet://pyco@r1:23", "prompt"
WRITER = """
import sys
from pyco_core.cache import Cache
for number in range(20):
    Cache(sys.argv[1]).put(f"{sys.argv[2]} {number}", "prompt", "r1>")
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "learnt.db"


def is_kept(file: Path) -> bool:
    """Write a value, and tell whether a new cache with this file returns it."""
    Cache(str(file)).put(LOGIN, KIND, "r1>")
    return Cache(str(file)).get(LOGIN, KIND) == "r1>"


def make_database(file: Path, *statements: str) -> None:
    """Make a database with these statements in a private folder."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    with closing(sqlite3.connect(file)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def test_value_is_kept_until_it_is_replaced_or_removed(file: Path) -> None:
    assert is_kept(file)
    Cache(str(file)).put(LOGIN, KIND, "r1#")
    assert Cache(str(file)).get(LOGIN, KIND) == "r1#"
    assert Cache(str(file)).get(LOGIN, "driver") == ""
    assert Cache(str(file)).get("telnet://r2:23", KIND) == ""
    Cache(str(file)).put(LOGIN, KIND, "")
    assert Cache(str(file)).get(LOGIN, KIND) == ""


def test_folder_is_private_and_made_on_first_write(file: Path) -> None:
    assert Cache(str(file)).get(LOGIN, KIND) == ""
    assert not file.parent.exists()
    assert is_kept(file)
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_shared_cache_is_in_pyco_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYCO_HOME", str(tmp_path / "mine"))
    cache.shared().put(LOGIN, KIND, "r1>")
    assert (tmp_path / "mine" / "cache" / "learnt.db").is_file()
    monkeypatch.setenv("PYCO_HOME", "~nobody-of-this-name")
    cache.shared().put(LOGIN, KIND, "r1>")
    assert cache.shared().get(LOGIN, KIND) == ""


def test_folder_readable_by_others_is_ignored(file: Path) -> None:
    assert is_kept(file)
    file.parent.chmod(0o755)
    assert not is_kept(file)


def test_folder_that_another_user_may_replace_is_ignored(file: Path) -> None:
    assert is_kept(file)
    file.parent.parent.chmod(0o777)
    assert not is_kept(file)


def test_missing_folder_that_cannot_be_made_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not is_kept(tmp_path / "file" / "learnt.db")


@pytest.mark.parametrize(
    "content", [b"no database, but a text of some length " * 100, b"SQLite format 3\0" + b"x" * 9000]
)
def test_broken_file_is_ignored_and_unchanged(file: Path, content: bytes) -> None:
    file.parent.mkdir(mode=0o700)
    file.write_bytes(content)
    assert not is_kept(file)
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TABLE learnt (login TEXT, what TEXT, text TEXT)",),
        ("PRAGMA application_id = 1",),
        (f"PRAGMA application_id = {cache.MARK}", "CREATE TABLE other (text TEXT)"),
        (f"PRAGMA application_id = {cache.MARK}", "CREATE VIEW learnt AS SELECT 'x' AS login"),
    ],
)
def test_database_of_other_program_is_ignored_and_unchanged(file: Path, statements: tuple[str, ...]) -> None:
    make_database(file, *statements)
    before = file.read_bytes()
    assert not is_kept(file)
    assert file.read_bytes() == before


def test_invalid_utf8_value_is_ignored(file: Path) -> None:
    assert is_kept(file)
    make_database(file, "UPDATE learnt SET text = x'ff'")
    assert Cache(str(file)).get(LOGIN, KIND) == ""


def test_locked_file_is_ignored_after_timeout(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "BUSY", 0.01)
    assert is_kept(file)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert not is_kept(file)
        other.execute("ROLLBACK")
    assert is_kept(file)


def test_threads_and_processes_write_concurrently(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "BUSY", 60.0)
    command = [
        sys.executable,
        "-c",
        WRITER.replace(
            "import sys\n", "import sys\nimport pyco_core.cache\npyco_core.cache.BUSY = 60.0\n", 1
        ),
        str(file),
    ]
    environment = {**os.environ, "PYTHONPATH": str(Path(cache.__file__).parents[1])}
    others = [subprocess.Popen([*command, f"process {number}"], env=environment) for number in range(4)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: Cache(str(file)).put(f"thread {number}", KIND, "r1>"), range(80)))
    assert [other.wait(60) for other in others] == [0] * 4
    values = [Cache(str(file)).get(f"thread {number}", KIND) for number in range(80)]
    values += [
        Cache(str(file)).get(f"process {process} {number}", KIND)
        for process in range(4)
        for number in range(20)
    ]
    assert values == ["r1>"] * 160
