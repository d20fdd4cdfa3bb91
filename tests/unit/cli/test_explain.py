# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from pyco_core.__main__ import main


@pytest.fixture
def acme(tmp_path: Path) -> list[str]:
    """Return the path option for a driver `acme`."""
    (tmp_path / "acme.yml").write_text("modes: {user: {prompt: '{hostname}>'}}\n")
    return ["--path", str(tmp_path)]


def test_matching_text_is_explained_with_status_0(
    acme: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "acme", r"hello\r\nr1>", "--state", "AUTHENTICATED", *acme]) == 0
    assert "  user: prompt '{hostname}>' matches 'r1>'\n" in capsys.readouterr().out


def test_text_without_event_is_explained_with_status_1(
    acme: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "acme", "r1", "--state", "user", *acme]) == 1
    assert "the last line matches no prompt:\n" in capsys.readouterr().out


def test_dash_reads_raw_bytes_from_standard_input(
    acme: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\\n\r\n\x1b[1mr\xe9> \x1b[0m")))
    assert main(["explain", "acme", "-", "--state", "user", *acme]) == 0
    assert "matches 'r\\\\xe9>" in capsys.readouterr().out


def test_text_with_leading_dash_follows_two_dashes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "cisco_ios", "--", "--More--"]) == 0
    assert "matches '--More--'" in capsys.readouterr().out


def test_unknown_state_is_error(acme: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "acme", "x", "--state", "GROND", *acme]) == 1
    assert capsys.readouterr().err.startswith("unknown state 'GROND' of acme. Similar: GROUND")
