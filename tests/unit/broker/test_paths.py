# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker's folder and the identity of a broker."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pyco_core.broker import paths
from pyco_core.errors import BrokerLost

ROOT = os.getuid() == 0
NOBODY = 65534


# The folder.


def test_folder_is_private_whatever_the_umask(home: Path) -> None:
    old = os.umask(0)
    try:
        path = paths.folder()
    finally:
        os.umask(old)
    assert path == home / "pyco" / "broker"
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert paths.folder() == path


def test_home_defaults_to_folder_in_users_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYCO_HOME")
    assert paths.home() == home / ".ansible" / "pyco"


def test_relative_home_is_made_absolute(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("PYCO_HOME", "there")
    assert paths.home() == home / "there"


def test_missing_home_is_error_with_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYCO_HOME", "~nobody-of-this-name/pyco")
    with pytest.raises(BrokerLost, match=r"no home folder for the broker\. Set HOME or PYCO_HOME"):
        paths.socket_path()


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
def test_folder_that_others_may_enter_is_refused(home: Path, mode: int) -> None:
    path = home / "pyco" / "broker"
    path.mkdir(parents=True)
    path.chmod(mode)
    with pytest.raises(BrokerLost, match="not only for its user"):
        paths.socket_path()


def test_symbolic_link_instead_of_folder_is_refused(home: Path) -> None:
    (home / "elsewhere").mkdir(mode=0o700)
    (home / "pyco").mkdir()
    (home / "pyco" / "broker").symlink_to(home / "elsewhere")
    with pytest.raises(BrokerLost, match="not only for its user"):
        paths.socket_path()


@pytest.mark.skipif(not ROOT, reason="only root can give a folder to another user")
def test_folder_of_another_user_is_refused() -> None:
    os.chown(paths.folder(), NOBODY, NOBODY)
    with pytest.raises(BrokerLost, match="not only for its user"):
        paths.socket_path()


def test_file_instead_of_folder_is_error(home: Path) -> None:
    (home / "pyco").write_text("")
    with pytest.raises(BrokerLost, match=r"cannot be made: Not a directory\. Set PYCO_HOME"):
        paths.socket_path()


def test_folder_in_folder_that_others_may_write_is_refused(home: Path) -> None:
    paths.folder()
    (home / "pyco").chmod(0o777)
    with pytest.raises(BrokerLost, match=f"not safe: {home}/pyco can be written by other users"):
        paths.socket_path()


# The identity.


def test_identity_depends_on_folders_with_python_files_only(tmp_path: Path) -> None:
    drivers, link = tmp_path / "drivers", tmp_path / "link"
    drivers.mkdir()
    link.symlink_to(drivers)
    (drivers / "acme.yml").touch()
    (tmp_path / "file").touch()
    driver_path = [str(path) for path in (drivers, link, tmp_path / "none", tmp_path / "file")]
    assert paths.code_folders(driver_path) == ()
    assert paths.identity(()) == paths.identity()
    (drivers / "acme.py").touch()
    assert paths.code_folders(driver_path) == (str(drivers),)
    assert paths.identity((str(drivers),)) != paths.identity()
    assert paths.socket_path((str(drivers),)) != paths.socket_path()


def test_folder_that_cannot_be_listed_counts_as_one_with_python_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listdir(_folder: str) -> list[str]:
        raise PermissionError

    monkeypatch.setattr(os, "listdir", listdir)
    assert paths.code_folders([str(tmp_path)]) == (str(tmp_path),)


@pytest.mark.parametrize("name", ["SSH_AUTH_SOCK", "HOME"])
def test_identity_depends_on_agent_and_home(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = paths.identity()
    assert paths.identity() == before
    monkeypatch.setenv(name, "/another")
    assert paths.identity() != before


def test_identity_depends_on_newest_source_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = home / "package" / "inner"
    inner.mkdir(parents=True)
    (home / "package" / "__pycache__").mkdir()
    (home / "package" / "py.typed").write_text("")
    for name in ("package/one.py", "package/inner/two.py", "package/__pycache__/three.py"):
        (home / name).write_text("")
        os.utime(home / name, (1, 1))
    monkeypatch.setattr(paths, "PACKAGE", home / "package")
    before = paths.identity()
    os.utime(inner / "two.py", (2, 2))
    assert paths.identity() == before  # imported code does not change any more
    paths.last_change.cache_clear()
    after = paths.identity()
    assert after != before
    os.utime(home / "package" / "__pycache__" / "three.py", (9, 9))
    paths.last_change.cache_clear()
    assert paths.identity() == after


def test_identity_exists_without_network_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    before, real_stat = paths.identity(), os.stat

    def stat_elsewhere(path: str) -> os.stat_result:
        return real_stat(path.replace("/proc", "/no such folder"))

    monkeypatch.setattr(os, "stat", stat_elsewhere)
    assert paths.identity() != before
