# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from pathlib import Path

import pytest

from pyco_core.cli import output
from pyco_core.errors import InvalidParameter


def test_check_creates_no_file(tmp_path: Path) -> None:
    output.check(str(tmp_path / "new"))
    assert list(tmp_path.iterdir()) == []


def test_check_keeps_existing_file(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")
    output.check(str(tmp_path / "old"))
    assert (tmp_path / "old").read_text() == "old"


def test_check_accepts_standard_output() -> None:
    output.check("")


@pytest.mark.parametrize(
    ("file", "reason"), [(".", "Is a directory"), ("none/file", "No such file or directory")]
)
def test_check_refuses_directory_and_missing_parent(tmp_path: Path, file: str, reason: str) -> None:
    with pytest.raises(InvalidParameter, match=f"cannot be written: {reason}"):
        output.check(str(tmp_path / file))


@pytest.mark.parametrize("name", ["new", "old"])
def test_check_refuses_missing_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "old").write_text("old")
    # root may write everywhere, so the test takes the answer of another user.
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(InvalidParameter, match="cannot be written: Permission denied"):
        output.check(str(tmp_path / name))


def test_full_device_is_reported_and_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w") as full:
        monkeypatch.setattr("sys.stdout", full)
        with pytest.raises(InvalidParameter, match="Standard output cannot be written: No space left"):
            output.show("text")
        assert full.closed


def test_write_reports_error_of_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="cannot be written: Is a directory"):
        output.write(str(tmp_path), "text")
