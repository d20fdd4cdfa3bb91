# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder for the user's files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pyco_core import home


def test_home_is_the_folder_of_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYCO_HOME", str(tmp_path))
    assert home.path() == str(tmp_path)


def test_relative_home_is_returned_as_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYCO_HOME", "pyco")
    assert home.path() == str(tmp_path / "pyco")


@pytest.mark.parametrize("value", [None, ""])
def test_home_without_variable_is_below_the_home_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    if value is None:
        monkeypatch.delenv("PYCO_HOME", raising=False)
    else:
        monkeypatch.setenv("PYCO_HOME", value)
    assert home.path() == str(tmp_path / ".ansible" / "pyco")


def test_user_without_home_has_an_empty_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYCO_HOME", "~no-such-user-of-pyco/pyco")
    assert home.path() == ""


def test_folder_is_private_if_only_its_owner_has_access(tmp_path: Path) -> None:
    folder = tmp_path / "pyco"
    folder.mkdir(mode=0o700)
    assert home.is_private(str(folder))
    folder.chmod(0o750)
    assert not home.is_private(str(folder))


def test_made_folders_are_private_whatever_the_umask(tmp_path: Path) -> None:
    folder = tmp_path / "pyco" / "cache"
    old = os.umask(0)
    try:
        home.make_folder(str(folder))
        home.make_folder(str(folder))
    finally:
        os.umask(old)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)] == [0o700, 0o700]


def test_relative_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    home.make_folder("a/b")
    assert (tmp_path / "a" / "b").is_dir()


def test_file_in_place_of_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        home.make_folder(str(tmp_path / "file"))
    with pytest.raises(NotADirectoryError):
        home.make_folder(str(tmp_path / "file" / "below"))


def test_private_file_with_a_second_name_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    os.link(file, tmp_path / "second")
    with pytest.raises(OSError, match="single name"):
        home.open_private(str(file), os.O_WRONLY)


def test_link_and_file_are_not_private_folders(tmp_path: Path) -> None:
    folder, link, file = tmp_path / "pyco", tmp_path / "link", tmp_path / "file"
    folder.mkdir(mode=0o700)
    link.symlink_to(folder)
    file.touch(mode=0o600)
    assert not home.is_private(str(link))
    assert not home.is_private(str(file))


def test_missing_folder_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        home.is_private(str(tmp_path / "missing"))


def test_private_file_has_mode_0600_even_if_it_existed(tmp_path: Path) -> None:
    file = tmp_path / "file"
    for text in ("one", "two"):
        with os.fdopen(home.open_private(str(file), os.O_WRONLY | os.O_APPEND), "w") as stream:
            stream.write(text)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.chmod(0o644)
    assert file.read_text("utf-8") == "onetwo"


def test_private_file_is_not_opened_through_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="it is a symbolic link"):
        home.open_private(str(tmp_path / "link"), os.O_WRONLY)
    assert not (tmp_path / "other").exists()


def test_pipe_is_not_opened_as_private_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(OSError, match="it is not a file of this user"):
        home.open_private(str(tmp_path / "pipe"), os.O_WRONLY)
    os.close(reader)
