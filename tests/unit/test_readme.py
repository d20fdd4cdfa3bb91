# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""README.md and the other pages agree with the repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROOTS = (ROOT, ROOT / "pyco_core", ROOT / "plugins")  # pages leave the first folder out
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/**/*.md"),
    ROOT / "examples/README.md",
    *ROOT.glob("tests/*/README.md"),
]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)


def test_readme_prints_playbook_of_demo() -> None:
    assert (ROOT / "demo/playbook.yml").read_text("utf-8") in blocks("yaml")


@pytest.mark.parametrize("block", blocks("yaml"))
def test_yaml_example_in_readme_is_valid(block: str) -> None:
    assert yaml.safe_load(block)


@pytest.mark.parametrize("block", blocks("python"))
def test_python_example_in_readme_compiles(block: str) -> None:
    compile(block, "README.md", "exec")


def test_make_targets_named_in_pages_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    mentioned = {
        name
        for page in PAGES
        for name in re.findall(r"(?:^|`)make (?:-C \S+ )?([a-z-]+)", page.read_text("utf-8"), re.M)
    }
    assert {"demo", "test"} <= mentioned <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_link_to_file_in_page_exists(page: Path) -> None:
    links = re.findall(r"\]\((?!\w+:)([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_source_files_named_in_architecture_exist() -> None:
    names = re.findall(r"`((?:[\w.-]+/)*[\w.-]+\.py)`", (ROOT / "docs/architecture.md").read_text("utf-8"))
    assert [name for name in names if not any((root / name).exists() for root in ROOTS)] == []
