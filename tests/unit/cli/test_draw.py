# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.__main__ import main
from pyco_core.driver.compiler import load
from pyco_core.driver.draw_dot import dot
from pyco_core.driver.draw_mermaid import mermaid


def test_driver_is_drawn_in_each_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dot").write_text("#!/bin/sh\necho drawn\n")
    (tmp_path / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    frr = load("frr")
    for arguments, drawing in (
        ([], mermaid(frr)),
        (["--format", "dot"], dot(frr)),
        (["--format", "svg"], "drawn\n"),
    ):
        assert main(["draw", "frr", *arguments]) == 0
        assert capsys.readouterr().out == drawing


def test_driver_in_own_directory_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "acme.yml").write_text("description: Acme\n")
    assert main(["draw", "acme", "--path", str(tmp_path)]) == 0
    assert "Acme" in capsys.readouterr().out


def test_missing_graphviz_is_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["draw", "frr", "--format", "svg"]) == 1
    assert capsys.readouterr() == (
        "",
        "The program dot, which draws SVG, cannot be run. Install Graphviz, or draw Mermaid.\n",
    )
