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

LOGIN, WHAT = "telnet://pyco@r1:23", "prompt"
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
    """Whether what is put into a cache with this file is found by the next one; it never fails."""
    Cache(str(file)).put(LOGIN, WHAT, "r1>")
    return Cache(str(file)).get(LOGIN, WHAT) == "r1>"


def made(file: Path, *words: str) -> None:
    """A database of somebody else's, in a folder that is private."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    with closing(sqlite3.connect(file)) as database:
        for each in words:
            database.execute(each)
        database.commit()


def test_what_is_kept_is_found_by_the_next_process_until_it_is_forgotten(file: Path) -> None:
    assert is_kept(file)
    Cache(str(file)).put(LOGIN, WHAT, "r1#")
    assert Cache(str(file)).get(LOGIN, WHAT) == "r1#"
    assert Cache(str(file)).get(LOGIN, "driver") == ""
    assert Cache(str(file)).get("telnet://r2:23", WHAT) == ""
    Cache(str(file)).put(LOGIN, WHAT, "")
    assert Cache(str(file)).get(LOGIN, WHAT) == ""


def test_its_folder_is_made_for_its_user_alone_and_only_when_something_is_kept(file: Path) -> None:
    assert Cache(str(file)).get(LOGIN, WHAT) == ""
    assert not file.parent.exists()
    assert is_kept(file)
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_the_shared_one_is_in_the_home_of_pyco(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYCO_HOME", str(tmp_path / "mine"))
    cache.shared().put(LOGIN, WHAT, "r1>")
    assert (tmp_path / "mine" / "cache" / "learnt.db").is_file()
    monkeypatch.setenv("PYCO_HOME", "~nobody-of-this-name")
    cache.shared().put(LOGIN, WHAT, "r1>")
    assert cache.shared().get(LOGIN, WHAT) == ""


def test_a_folder_that_others_can_look_into_is_not_used(file: Path) -> None:
    assert is_kept(file)
    file.parent.chmod(0o755)
    assert not is_kept(file)


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not is_kept(tmp_path / "file" / "learnt.db")


@pytest.mark.parametrize(
    "content", [b"no database, but a text of some length " * 100, b"SQLite format 3\0" + b"x" * 9000]
)
def test_a_broken_file_is_done_without_and_left_as_it_is(file: Path, content: bytes) -> None:
    file.parent.mkdir(mode=0o700)
    file.write_bytes(content)
    assert not is_kept(file)
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    "words",
    [
        ("CREATE TABLE learnt (login TEXT, what TEXT, text TEXT)",),
        ("PRAGMA application_id = 1",),
        (f"PRAGMA application_id = {cache.MARK}", "CREATE TABLE other (text TEXT)"),
        (f"PRAGMA application_id = {cache.MARK}", "CREATE VIEW learnt AS SELECT 'x' AS login"),
    ],
)
def test_a_file_of_somebody_else_is_done_without_and_left_as_it_is(
    file: Path, words: tuple[str, ...]
) -> None:
    made(file, *words)
    before = file.read_bytes()
    assert not is_kept(file)
    assert file.read_bytes() == before


def test_what_is_no_text_is_not_given(file: Path) -> None:
    assert is_kept(file)
    made(file, "UPDATE learnt SET text = x'ff'")
    assert Cache(str(file)).get(LOGIN, WHAT) == ""


def test_a_locked_file_is_done_without_in_bounded_time(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "BUSY", 0.01)
    assert is_kept(file)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert not is_kept(file)
        other.execute("ROLLBACK")
    assert is_kept(file)


def test_many_threads_and_processes_use_it_at_the_same_time(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "BUSY", 60.0)
    words = [
        sys.executable,
        "-c",
        WRITER.replace(
            "import sys\n", "import sys\nimport pyco_core.cache\npyco_core.cache.BUSY = 60.0\n", 1
        ),
        str(file),
    ]
    environment = {**os.environ, "PYTHONPATH": str(Path(cache.__file__).parents[1])}
    others = [subprocess.Popen([*words, f"process {number}"], env=environment) for number in range(4)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: Cache(str(file)).put(f"thread {number}", WHAT, "r1>"), range(80)))
    assert [other.wait(60) for other in others] == [0] * 4
    found = [Cache(str(file)).get(f"thread {number}", WHAT) for number in range(80)]
    found += [
        Cache(str(file)).get(f"process {who} {number}", WHAT) for who in range(4) for number in range(20)
    ]
    assert found == ["r1>"] * 160
