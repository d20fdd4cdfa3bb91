# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pyco_core.__main__ import main
from pyco_core.driver.compiler import load
from pyco_core.driver.draw import dot, mermaid
from pyco_core.driver.files import BUILT_IN, names


def program(folder: Path, script: str) -> None:
    """A dot of our own."""
    file = folder / "dot"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_a_picture_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "frr"]) == 0
    assert capsys.readouterr().out == mermaid(load("frr"))
    assert main(["draw", "frr", "--format", "dot"]) == 0
    assert capsys.readouterr().out == dot(load("frr"))


def test_a_driver_of_ones_own_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "acme.yml").write_text("description: Acme\n")
    assert main(["draw", "acme", "--path", str(tmp_path)]) == 0
    assert "Acme" in capsys.readouterr().out


def test_graphviz_makes_the_svg(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(tmp_path, 'echo "$@"; /bin/cat')
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["draw", "frr", "--format", "svg"]) == 0
    assert capsys.readouterr().out == f"-Tsvg\n{dot(load('frr'))}"


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_the_real_graphviz_takes_every_picture() -> None:
    graphs = "".join(dot(load(name)) for name in names([BUILT_IN]))
    drawn = subprocess.run(["dot", "-Tdot"], input=graphs.encode(), capture_output=True, check=True)
    assert drawn.stdout.count(b"digraph driver {") == len(names([BUILT_IN]))
    assert drawn.stderr == b""


@pytest.mark.parametrize("script", [None, "exit 1"])
def test_where_graphviz_does_not_run_one_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], script: str | None
) -> None:
    if script:
        program(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["draw", "frr", "--format", "svg"]) == 1
    assert capsys.readouterr() == (
        "",
        "The program dot, which draws SVG, cannot be run. Install Graphviz, or draw Mermaid.\n",
    )
