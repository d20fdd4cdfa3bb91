# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from pathlib import Path

import pytest

from pyco_core.cli import output
from pyco_core.errors import CommandError, ConnectTimedOut, InvalidParameter, PermissionDenied, PycoError


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


@pytest.mark.parametrize("is_there", [True, False])
def test_file_is_private_and_replaces_content(tmp_path: Path, is_there: bool) -> None:
    file = tmp_path / "tape.yml"
    if is_there:
        file.write_text("longer content of an earlier run")
        file.chmod(0o644)
    output.write(str(file), "new")
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("new", 0o600)


def test_file_with_a_second_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("old")
    os.link(tmp_path / "other", tmp_path / "tape.yml")
    with pytest.raises(InvalidParameter, match="not a file of this user with a single name"):
        output.write(str(tmp_path / "tape.yml"), "new")
    assert (tmp_path / "other").read_text() == "old"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file to another user")
def test_file_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tape.yml").write_text("old")
    os.chown(tmp_path / "tape.yml", 65534, 65534)
    with pytest.raises(InvalidParameter, match="not a file of this user with a single name"):
        output.write(str(tmp_path / "tape.yml"), "new")
    assert (tmp_path / "tape.yml").read_text() == "old"


def test_symbolic_link_is_refused_before_and_while_writing(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for use in (output.check, lambda file: output.write(file, "new")):
        with pytest.raises(InvalidParameter, match="cannot be written: It is a symbolic link"):
            use(str(tmp_path / "link"))
    assert (tmp_path / "target").read_text() == "old"


def test_device_is_written_as_it_is() -> None:
    output.write("/dev/null", "text")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (PermissionDenied("Wrong.", setting="password"), "Wrong. Option: --password-file.\n"),
        (ConnectTimedOut("Late."), "Late.\n"),
        (
            ConnectTimedOut("Late.", last_output="a\nb", setting="connect_timeout"),
            "Late. Option: --timeout.\nThe end of its output:\n  a\n  b\n",
        ),
        (CommandError("Refused.", last_output="% Invalid"), "Refused.\n"),
    ],
)
def test_report_names_argument_and_shows_last_output(
    error: PycoError, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    output.report(error)
    assert capsys.readouterr() == ("", text)
