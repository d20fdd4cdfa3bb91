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
from pyco_core.driver.compiler import load
from pyco_core.driver.files import BUILT_IN, names

ALL = sorted(names([BUILT_IN]))


def test_every_driver_is_listed_with_its_modes_and_tapes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drivers"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "tapes", "modes", "description"]
    assert [row.split()[0] for row in rows] == ALL
    ios = next(row.split() for row in rows if row.startswith("cisco_ios "))
    assert int(ios[1]) >= 1
    assert ios[2 : 2 + len(load("cisco_ios").modes)] == list(load("cisco_ios").modes)


def test_the_list_for_programs_has_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drivers", "--format", "json"]) == 0
    found = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert sorted(found) == ALL
    frr = load("frr")
    assert found["frr"] == {
        "name": "frr",
        "description": frr.description,
        "modes": list(frr.modes),
        "network_os": list(frr.network_os),
        "aliases": list(frr.aliases),
        "tapes": found["frr"]["tapes"],
        "source": list(frr.source),
        "file": frr.file,
    }
    assert found["frr"]["tapes"] >= 1


def test_the_list_for_a_page_is_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "acme.yml").write_text("description: this | that\naliases: [a, b]\n")
    assert main(["drivers", "--format", "markdown", "--path", str(tmp_path)]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert "| `acme` | this \\| that | `prompt` | `a`, `b` |  |" in rows
    assert all(row.replace("\\|", "").count("|") == 6 for row in rows)


def test_a_folder_of_ones_own_is_looked_at_and_its_tapes_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "acme.yml").write_text("description: Acme\n")
    (tmp_path / "tapes/acme").mkdir(parents=True)
    (tmp_path / "tapes/acme/one.yml").write_text("")
    assert main(["drivers", "--path", str(tmp_path)]) == 0
    assert "Acme" in [
        row.split()[-1] for row in capsys.readouterr().out.splitlines() if row.split()[1] == "1"
    ]


def test_a_wrong_driver_is_told_of_and_the_others_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "acme.yml").write_text("mods: {}\n")
    assert main(["drivers", "--path", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert err == f"{tmp_path}/acme.yml:1: mods: unknown key. Similar: modes.\n"
    assert [row.split()[0] for row in out.splitlines()[1:]] == ALL


@pytest.mark.parametrize("name", ALL)
def test_one_driver_is_printed_with_its_parents_words(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drivers", name]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == load(name).export()


def test_a_driver_that_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drivers", "linuks"]) == 1
    assert capsys.readouterr().err == "unknown driver 'linuks'. Similar: linux, dlink_ds, f5_linux.\n"


@pytest.mark.parametrize("command", ["drivers", "schema", "drivers --format json"])
def test_a_reader_that_goes_early_is_no_error(command: str) -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "pyco_core", *command.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert run.stdout is not None
    assert run.stderr is not None
    run.stdout.close()
    assert run.stderr.read() == b""
    run.stderr.close()
    assert run.wait(20) == 1
