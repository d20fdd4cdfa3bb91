# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pyco_core.__main__ import main
from pyco_core.authoring.catalog import as_json, catalog, markdown, table
from pyco_core.driver.compiler import load
from pyco_core.driver.files import BUILT_IN, names

ALL = sorted(names([BUILT_IN]))


def test_list_is_printed_in_each_format(capsys: pytest.CaptureFixture[str]) -> None:
    entries, _errors = catalog()
    for arguments, text in (
        ([], table(entries)),
        (["--format", "json"], as_json(entries)),
        (["--format", "markdown"], markdown(entries)),
    ):
        assert main(["drivers", *arguments]) == 0
        assert capsys.readouterr().out == text


def test_invalid_driver_is_reported_with_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "acme.yml").write_text("mods: {}\n")
    assert main(["drivers", "--path", str(tmp_path), "--format", "json"]) == 1
    out, err = capsys.readouterr()
    assert err == f"{tmp_path}/acme.yml:1: mods: unknown key. Similar: modes.\n"
    assert [row["name"] for row in json.loads(out)] == ALL


@pytest.mark.parametrize("name", ALL)
def test_driver_is_printed_with_keys_of_parents(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drivers", name]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == load(name).export()


def test_unknown_driver_error_suggests_similar_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drivers", "linuks"]) == 1
    assert capsys.readouterr().err.startswith("unknown driver 'linuks'. Similar: linux")


@pytest.mark.parametrize("command", ["drivers", "schema", "drivers --format json"])
def test_closed_pipe_ends_command_without_message(command: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pyco_core", *command.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 1
