# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line under the names that users run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pyco_core import __main__ as command_line
from pyco_core.program import program
from pyco_core.version import version

ROOT = Path(__file__).resolve().parents[2]


def test_program_of_checkout_is_script() -> None:
    assert program() == str(ROOT / "scripts" / "pyco")


def test_program_of_wheel_is_on_path(tmp_path: Path) -> None:
    assert program(tmp_path) == "pyco"


@pytest.mark.parametrize(
    "start", [f"#!{sys.executable}\n", f"#!/bin/sh\n'''exec' {sys.executable} \"$0\" \"$@\"\n"]
)
def test_script_runs_with_python_of_ansible(tmp_path: Path, start: str) -> None:
    (tmp_path / "ansible").write_text(start)
    (tmp_path / "ansible").chmod(0o755)
    (tmp_path / "link").symlink_to(ROOT / "scripts" / "pyco")
    environment = {**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"}
    line = [str(tmp_path / "link"), "--version"]
    assert subprocess.check_output(line, env=environment, text=True, cwd=tmp_path) == f"pyco {version()}\n"


def test_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    monkeypatch.delitem(sys.modules, "pyco_core.cli.drivers", raising=False)
    assert command_line.main(["drivers"]) == 1
    assert "The Python package yaml is missing. Install it with: " in capsys.readouterr().err
