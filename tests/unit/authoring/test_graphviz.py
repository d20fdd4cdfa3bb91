# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pyco_core.authoring.graphviz import svg
from pyco_core.driver.compiler import load
from pyco_core.driver.draw_dot import dot
from pyco_core.driver.files import BUILT_IN, names
from pyco_core.errors import MissingLibrary


def install_dot(folder: Path, script: str) -> None:
    """Write a program `dot`."""
    file = folder / "dot"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_dot_program_draws_svg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_dot(tmp_path, 'echo "$@"; /bin/cat')
    monkeypatch.setenv("PATH", str(tmp_path))
    assert svg("digraph {}") == "-Tsvg\ndigraph {}"


@pytest.mark.parametrize("script", ["", "exit 1"])
def test_missing_or_failing_dot_program_is_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    if script:
        install_dot(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingLibrary, match="The program dot, which draws SVG, cannot be run"):
        svg("digraph {}")


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_real_graphviz_accepts_every_driver() -> None:
    graphs = "".join(dot(load(name)) for name in names([BUILT_IN]))
    result = subprocess.run(["dot", "-Tdot"], input=graphs.encode(), capture_output=True, check=True)
    assert result.stdout.count(b"digraph driver {") == len(names([BUILT_IN]))
    assert result.stderr == b""
