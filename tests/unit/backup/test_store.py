# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of backups."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.backup import store
from pyco_core.errors import BackupError


@pytest.mark.parametrize(
    ("host", "group", "name"),
    [("r1", "", "r1.cfg"), ("r1", "core/north/", "core/north/r1.cfg"), ("../r1", "", "_._r1.cfg")],
)
def test_file_is_named_after_host_and_group(host: str, group: str, name: str) -> None:
    assert store.file_name(host, group) == name


@pytest.mark.parametrize("group", ["..", "a/../../b", ".git", "/etc"])
def test_group_outside_of_folder_raises_error(group: str) -> None:
    with pytest.raises(BackupError, match="is not a subfolder of the backups"):
        store.file_name("r1", group)


def test_file_and_new_folders_are_private(tmp_path: Path) -> None:
    path = tmp_path / "a/b/r1.cfg"
    store.write(str(path), "hostname r\udce4\r\n text")
    assert path.read_bytes() == b"hostname r\xe4\r\n text\n"
    assert store.read(str(path)) == "hostname r\udce4\r\n text\n"
    assert [one.stat().st_mode & 0o777 for one in (path, path.parent, path.parent.parent)] == [
        0o600,
        0o700,
        0o700,
    ]
    assert [one.name for one in path.parent.iterdir()] == ["r1.cfg"]


def test_missing_file_has_no_text(tmp_path: Path) -> None:
    assert store.read(str(tmp_path / "r1.cfg")) is None


def test_folder_in_place_of_file_raises_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "r1.cfg").mkdir()
    path = str(tmp_path / "r1.cfg")
    for action, arguments in ((store.read, ()), (store.write, ("text",)), (store.remove, ())):
        with pytest.raises(BackupError, match=r"r1.cfg cannot be (?:read|written|removed): Is a directory"):
            action(path, *arguments)
    assert [one.name for one in tmp_path.iterdir()] == ["r1.cfg"]


def test_folder_that_cannot_be_made_raises_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupError, match="cannot be written: Not a directory"):
        store.write(str(tmp_path / "file/r1.cfg"), "text")


def test_files_of_removed_and_moved_hosts_are_obsolete(tmp_path: Path) -> None:
    for name in ("r1.cfg", "core/r1.cfg", "r2.cfg", "gone.cfg", "notes.txt", ".git/x.cfg", ".pyco-x.cfg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text")
    assert store.obsolete(str(tmp_path), {"r1": "core/r1.cfg"}, ["r1", "r2"]) == ["gone.cfg", "r1.cfg"]
