# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that are made from the code say what the code says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pyco_core.errors import AFTER, BEFORE, EITHER, NOWHERE
from scripts.docs import DRIVERS, PAGES, ROOT, main
from tests.unit.test_errors import CLASSES


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    for page in PAGES:
        shutil.copy(ROOT / "docs" / page, tmp_path)
    return tmp_path


def test_no_page_is_stale() -> None:
    assert main(["--check"]) == 0


def test_the_pages_are_made_whole(tmp_path: Path) -> None:
    assert main([str(tmp_path / "docs")]) == 0
    assert main(["--check", str(tmp_path / "docs")]) == 0


@pytest.mark.parametrize(
    ("page", "is_so", "is_not"),
    [
        ("errors.md", "than ssh and telnet", "than ssh or telnet"),
        ("machines.md", "send_username", "send_user"),
        ("drivers.md", "Cisco IOS and IOS XE", "Cisco IOS"),
        ("drivers.md", "| `common` |", "| `uncommon` |"),
        ("machines.md", "## common", "## uncommon"),
    ],
)
def test_what_is_not_so_is_found(
    pages: Path, page: str, is_so: str, is_not: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (pages / page).read_text("utf-8")
    assert is_so in text
    (pages / page).write_text(text.replace(is_so, is_not, 1), "utf-8")
    assert main(["--check", str(pages)]) == 1
    assert capsys.readouterr().err == f"{pages / page}: not what the code says. Run make docs.\n"


def test_a_driver_that_a_page_does_not_have_yet_is_no_fault(pages: Path) -> None:
    lines = (pages / "drivers.md").read_text("utf-8").splitlines(keepends=True)
    (pages / "drivers.md").write_text("".join(line for line in lines if "| `frr` |" not in line), "utf-8")
    assert main(["--check", str(pages)]) == 0
    assert DRIVERS in "".join(lines)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_says_what_to_do_and_what_a_task_is(kind: type) -> None:
    assert kind.remedy.endswith(".")
    assert kind.shown_as in (BEFORE, AFTER, EITHER, NOWHERE)
    if kind.__subclasses__() == [] and kind.shown_as != NOWHERE:
        assert "remedy" in vars(kind), "it says the same as the whole family"
