# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that are imported on first use."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from pyco_core.broker.defer import defer

ROOT = Path(__file__).resolve().parents[3]
NAME = "pyco_seldom_used"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a module that writes one line to the returned file for each import."""
    file = tmp_path / "runs"
    file.touch()
    code = f"""
with open({str(file)!r}, "a") as file:
    print("run", file=file)

def run(word):
    return word * 2
"""
    (tmp_path / f"{NAME}.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    yield file
    sys.modules.pop(NAME, None)


def lines(file: Path) -> int:
    return len(file.read_text().splitlines())


def imported() -> ModuleType:
    return importlib.import_module(NAME)


def test_deferred_module_is_imported_on_first_use(runs: Path) -> None:
    defer(NAME)
    module = imported()
    assert lines(runs) == 0
    assert module.run("ab") == "abab"
    assert lines(runs) == 1
    assert imported().run is module.run
    assert lines(runs) == 1


def test_deferred_module_is_imported_once_by_threads(runs: Path) -> None:
    defer(NAME)
    module = imported()
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(module.run, ["a"] * 20)) == ["aa"] * 20
    assert lines(runs) == 1


def test_missing_attribute_of_deferred_module_is_error(runs: Path) -> None:
    defer(NAME)
    with pytest.raises(AttributeError, match="walk"):
        imported().walk("ab")


def test_imported_module_is_not_deferred(runs: Path) -> None:
    before = imported()
    defer(NAME)
    assert imported() is before


def test_missing_module_is_not_deferred() -> None:
    defer("pyco_is_not_there")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("pyco_is_not_there")
