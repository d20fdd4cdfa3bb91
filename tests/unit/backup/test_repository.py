# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commits of backups in real repositories of git."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pyco_core.backup import repository
from pyco_core.backup.repository import Repository
from pyco_core.errors import BackupError, InvalidParameter

Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Return a function that runs git in tmp_path/backups, as a user without a name."""
    home, folder = tmp_path / "home", tmp_path / "backups"
    home.mkdir()
    folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    user = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]

    def git(*arguments: str) -> str:
        return subprocess.check_output(["git", "-C", str(folder), *user, *arguments], text=True).rstrip("\n")

    return git


def store(tmp_path: Path, **texts: str) -> list[str]:
    """Write backups, and return their names."""
    for host, text in texts.items():
        (tmp_path / f"backups/{host}.cfg").write_text(text)
    return [f"{host}.cfg" for host in texts]


def test_one_commit_has_all_changed_files_of_a_run(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")  # as in a hook of another repository
    backups = Repository(str(tmp_path / "backups"), "Net Ops <net@example.org>")
    files = store(tmp_path, r1="a\n", r2="b\n")
    first = backups.commit(files, "Update {files}")
    assert backups.commit(files, "Update {files}") == ""
    store(tmp_path, r2="c\n")
    second = backups.commit(files, "Night: {files}")
    monkeypatch.delenv("GIT_DIR")
    assert git("log", "--reverse", "--format=%h|%an|%ae|%cn|%s").split("\n") == [
        f"{first}|Net Ops|net@example.org|Net Ops|Update r1.cfg, r2.cfg",
        f"{second}|Net Ops|net@example.org|Net Ops|Night: r2.cfg",
    ]
    assert backups.text("r2.cfg", "HEAD~1") == "b\n"
    objects = [one for one in (tmp_path / "backups/.git/objects").rglob("*") if one.is_file()]
    assert {one.stat().st_mode & 0o077 for one in objects} == {0}


def test_many_files_are_listed_below_the_message(git: Git, tmp_path: Path) -> None:
    files = store(tmp_path, r1="a", r2="a", r3="a", r4="a")
    Repository(str(tmp_path / "backups")).commit(files, "Update {files}")
    assert git("log", "--format=%B") == "Update 4 configurations\n\nr1.cfg\nr2.cfg\nr3.cfg\nr4.cfg"


def test_changes_of_the_user_are_left(git: Git, tmp_path: Path) -> None:
    folder, backups = tmp_path / "backups", Repository(str(tmp_path / "backups"))
    backups.commit(store(tmp_path, r1="a\n", r2="a\n"), "Update")
    (folder / ".gitignore").write_text("*.cfg\n")
    (folder / "staged").write_text("mine\n")
    git("add", "staged")
    files = store(tmp_path, r1="b\n", r2="mine\n", r3="b\n")
    backups.commit(["r1.cfg", "r3.cfg"], "Update {files}")
    assert git("show", "--format=%s", "--name-only").split() == [
        "Update",
        "r1.cfg,",
        "r3.cfg",
        "r1.cfg",
        "r3.cfg",
    ]
    assert git("status", "--porcelain").split("\n") == [" M r2.cfg", "A  staged", "?? .gitignore"]
    assert backups.unchanged([*files, "other.cfg"]) == ["r1.cfg", "r3.cfg"]


def test_removed_file_is_removed_by_the_commit(git: Git, tmp_path: Path) -> None:
    backups = Repository(str(tmp_path / "backups"))
    assert backups.unchanged(["r1.cfg"]) == []
    files = store(tmp_path, r1="a\n", r2="a\n")
    backups.commit(files, "Update")
    (tmp_path / "backups/r1.cfg").unlink()
    assert backups.commit([*files, "never.cfg"], "Remove {files}")
    assert git("ls-files") == "r2.cfg"
    assert backups.text("r1.cfg", "HEAD~1") == "a\n"


def test_two_runs_at_the_same_time_both_commit(git: Git, tmp_path: Path) -> None:
    backups, commits = Repository(str(tmp_path / "backups")), []
    backups.commit(store(tmp_path, r0="a"), "Update")
    files = store(tmp_path, r1="a", r2="a", r3="a")

    def commit(file: str) -> None:
        commits.append(backups.commit([file], "Update {files}"))

    threads = [threading.Thread(target=commit, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(commits)) == 3
    assert sorted(git("log", "-3", "--format=%s").split("\n")) == [f"Update {file}" for file in files]


@pytest.mark.parametrize(
    ("revision", "message"),
    [("HEAD~9", "git cat-file failed: fatal: "), ("", "no revision ''"), ("--all", "no revision '--all'")],
)
def test_unknown_revision_raises_error(revision: str, message: str, git: Git, tmp_path: Path) -> None:
    backups = Repository(str(tmp_path / "backups"))
    backups.commit(store(tmp_path, r1="a"), "Update")
    with pytest.raises(BackupError, match=message) as caught:
        backups.text("r1.cfg", revision)
    assert caught.value.hint == f"`git -C {tmp_path}/backups log --oneline` lists the revisions."


def test_hook_that_refuses_the_commit_raises_error(git: Git, tmp_path: Path) -> None:
    backups = Repository(str(tmp_path / "backups"))
    git("init", "-q", ".")
    hook = tmp_path / "backups/.git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 3\n")
    hook.chmod(0o700)
    with pytest.raises(BackupError, match="backups: git commit failed: exit status "):
        backups.commit(store(tmp_path, r1="a"), "Update")
    hook.unlink()
    assert backups.commit(["r1.cfg"], "Update")


def test_hook_that_hangs_raises_error(git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "_LIMIT", 0.0)
    with pytest.raises(BackupError, match="git init took longer than 0 s"):
        Repository(str(tmp_path / "backups")).commit(store(tmp_path, r1="a"), "Update")


def test_missing_git_raises_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match=r"The program git is missing .* Install git") as caught:
        Repository(str(tmp_path)).commit(["r1.cfg"], "Update")
    assert caught.value.reached is True  # the hosts were


def test_lock_that_cannot_be_written_raises_error(git: Git, tmp_path: Path) -> None:
    git("init", "-q", ".")
    (tmp_path / "backups/.git/pyco.lock").mkdir()
    with pytest.raises(BackupError, match="cannot be written: Is a directory"):
        Repository(str(tmp_path / "backups")).commit(["r1.cfg"], "Update")


@pytest.mark.parametrize("author", ["", "ann", "<ann@example.org>", "Ann <ann> <x>", "Ann <>"])
def test_author_without_name_and_address_raises_error(author: str) -> None:
    with pytest.raises(InvalidParameter, match=r"author: expected NAME <ADDRESS>, got"):
        Repository("/nowhere", author)
