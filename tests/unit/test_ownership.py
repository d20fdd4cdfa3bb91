# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of owner and mode of files that decide about commands."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyco_core import ownership
from pyco_core.ownership import weakness

NOBODY = 65534
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file to another user")


@pytest.fixture(autouse=True)
def strict_umask() -> Iterator[None]:
    old = os.umask(0o077)
    yield
    os.umask(old)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "drivers" / "acme.py"
    path.parent.mkdir()
    path.touch()
    return path


def test_file_of_this_user_is_safe(file: Path) -> None:
    assert weakness(str(file)) is None
    assert weakness("/") is None


def test_missing_file_is_safe_in_safe_folder_only(tmp_path: Path) -> None:
    missing = str(tmp_path / "none" / "acme.yml")
    assert weakness(missing) is None
    tmp_path.chmod(0o777)
    assert weakness(missing) is not None


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("bits", [0o002, 0o022])
def test_file_or_parent_that_others_may_write_is_weak(file: Path, level: int, bits: int) -> None:
    path = (file, file.parent, file.parent.parent)[level]
    path.chmod(stat.S_IMODE(path.stat().st_mode) | bits)
    weak = weakness(str(file))
    assert weak is not None
    assert str(weak) == f"{path} can be written by other users"
    assert weak.remedy == f"Run: chmod go-w {path}"


def test_name_with_null_byte_is_safe_because_nobody_can_read_it(tmp_path: Path) -> None:
    assert weakness(f"{tmp_path}/a\0b") is None


def test_sticky_parent_is_safe_but_sticky_folder_itself_is_not(file: Path) -> None:
    file.parent.chmod(0o1777)
    assert weakness(str(file)) is None
    assert weakness(str(file.parent)) is not None


def test_relative_path_is_checked_up_to_the_root(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.parent.parent.chmod(0o777)
    monkeypatch.chdir(file.parent)
    weak = weakness("acme.py")
    assert weak is not None
    assert weak.path == str(file.parent.parent)


@pytest.mark.parametrize("target", ["{}/drivers", "../{name}/drivers/.", "drivers/"])
def test_folders_of_target_of_link_are_checked(file: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "link").symlink_to(target.format(tmp_path, name=tmp_path.name))
    assert weakness(str(tmp_path / "link" / "acme.py")) is None
    file.parent.chmod(0o777)
    weak = weakness(str(tmp_path / "link" / "acme.py"))
    assert weak is not None
    assert weak.path == str(file.parent)


def test_folder_of_second_link_is_checked(file: Path, tmp_path: Path) -> None:
    others = tmp_path / "others"
    others.mkdir()
    (others / "second").symlink_to(file)
    (tmp_path / "first").symlink_to(others / "second")
    assert weakness(str(tmp_path / "first")) is None
    others.chmod(0o777)
    weak = weakness(str(tmp_path / "first"))
    assert weak is not None
    assert weak.path == str(others)


def test_loop_of_links_is_safe_because_nobody_can_read_it(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert weakness(str(tmp_path / "loop")) is None


@as_root
@pytest.mark.parametrize("level", [0, 1])
def test_file_or_parent_of_another_user_is_weak(file: Path, level: int) -> None:
    path = (file, file.parent)[level]
    os.chown(path, NOBODY, NOBODY)
    weak = weakness(str(file))
    assert weak is not None
    assert str(weak) == f"{path} belongs to another user"
    assert weak.remedy == f"Run: chown 0 {path}"


@as_root
@pytest.mark.parametrize(
    ("caller", "is_safe"), [(str(NOBODY), True), (str(NOBODY + 1), False), ("", False), ("x", False)]
)
def test_file_of_caller_of_sudo_is_safe(
    file: Path, monkeypatch: pytest.MonkeyPatch, caller: str, is_safe: bool
) -> None:
    os.chown(file, NOBODY, NOBODY)
    monkeypatch.setenv("SUDO_UID", caller)
    assert (weakness(str(file)) is None) is is_safe


@as_root
def test_link_of_another_user_is_weak(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(file)
    os.lchown(link, NOBODY, NOBODY)
    weak = weakness(str(link))
    assert weak is not None
    assert weak.path == str(link)


# A group of this user alone.

ME = pwd.struct_passwd(("me", "x", 1000, 1000, "", "/home/me", "/bin/sh"))
OTHER = pwd.struct_passwd(("other", "x", 1001, 1001, "", "/home/other", "/bin/sh"))


@pytest.mark.parametrize(
    ("group", "users", "is_safe"),
    [
        (("me", "x", 1000, []), [ME, OTHER], True),
        (("me", "x", 1000, ["me"]), [ME, OTHER], True),
        (("me", "x", 1000, ["other"]), [ME, OTHER], False),
        (("me", "x", 1000, []), [ME, pwd.struct_passwd(("guest", "x", 1002, 1000, "", "/", ""))], False),
        (("team", "x", 1000, []), [ME], False),
        (("me", "x", 2000, []), [ME], False),
        (None, [ME], False),
    ],
)
def test_group_that_may_write_is_safe_if_it_is_of_this_user_alone(
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    group: tuple[str, str, int, list[str]] | None,
    users: list[pwd.struct_passwd],
    is_safe: bool,
) -> None:
    def getgrgid(_gid: int) -> grp.struct_group:
        if group is None:
            raise KeyError
        return grp.struct_group(group)

    def check() -> bool:
        with monkeypatch.context() as patched:
            patched.setattr(pwd, "getpwuid", lambda _uid: ME)
            patched.setattr(pwd, "getpwall", lambda: users)
            patched.setattr(grp, "getgrgid", getgrgid)
            gid = group[2] if group else 1000
            return ownership._is_own(str(file), gid)

    assert check() is is_safe


def test_group_does_not_count_for_file_with_access_control_list(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pwd, "getpwuid", lambda _uid: ME)
    monkeypatch.setattr(pwd, "getpwall", lambda: [ME])
    monkeypatch.setattr(grp, "getgrgid", lambda _gid: grp.struct_group(("me", "x", 1000, [])))
    assert ownership._is_own(str(file), 1000)
    monkeypatch.setattr(os, "getxattr", lambda _path, _name: b"list")
    assert not ownership._is_own(str(file), 1000)
