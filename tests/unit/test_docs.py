# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The generated pages agree with the code."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pyco_core.errors import AFTER, BEFORE, EITHER, NOWHERE, PycoError
from scripts.docs import DRIVERS, PAGES, ROOT, main
from tests.unit.test_errors import CLASSES


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    for page in PAGES:
        shutil.copy(ROOT / "docs" / page, tmp_path)
    return tmp_path


def test_generated_pages_are_current() -> None:
    assert main(["--check"]) == 0


def test_pages_are_generated_without_old_ones(tmp_path: Path) -> None:
    assert main([str(tmp_path / "docs")]) == 0
    assert main(["--check", str(tmp_path / "docs")]) == 0


@pytest.mark.parametrize(
    ("page", "current", "stale"),
    [
        ("errors.md", "than ssh, telnet", "than ssh; telnet"),
        ("machines.md", "send_username", "send_user"),
        ("drivers.md", "Cisco IOS and IOS XE", "Cisco IOS"),
        ("drivers.md", "| `common` |", "| `uncommon` |"),
        ("machines.md", "## common", "## uncommon"),
    ],
)
def test_stale_page_is_reported(
    pages: Path, page: str, current: str, stale: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (pages / page).read_text("utf-8")
    assert current in text
    (pages / page).write_text(text.replace(current, stale, 1), "utf-8")
    assert main(["--check", str(pages)]) == 1
    assert capsys.readouterr().err == f"{pages / page}: stale. Run `make docs`.\n"


def test_page_without_new_driver_is_accepted(pages: Path) -> None:
    lines = (pages / "drivers.md").read_text("utf-8").splitlines(keepends=True)
    (pages / "drivers.md").write_text("".join(line for line in lines if "| `frr` |" not in line), "utf-8")
    assert main(["--check", str(pages)]) == 0
    assert DRIVERS in "".join(lines)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_has_remedy_and_task_status(kind: type[PycoError]) -> None:
    assert kind.remedy.endswith(".")
    assert kind.shown_as in (BEFORE, AFTER, EITHER, NOWHERE)
    if kind.__subclasses__() == [] and kind.shown_as != NOWHERE:
        assert "remedy" in vars(kind), "the remedy is inherited from the family"


def test_security_page_names_tests_that_exist() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    for row in rows:
        names = re.findall(r"`(test_\w+)`", row)
        assert names, row
        assert [name for name in names if f"def {name}(" not in tests] == []
