# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What README.md and the other pages say is what the repository has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *ROOT.glob("docs/**/*.md"),
    *ROOT.glob("tests/*/README.md"),
]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)


def test_the_demo_runs_the_playbook_that_the_readme_prints() -> None:
    assert blocks("yaml")[0] == (ROOT / "demo/playbook.yml").read_text("utf-8")


@pytest.mark.parametrize("block", blocks("yaml"))
def test_a_yaml_example_can_be_read(block: str) -> None:
    assert yaml.safe_load(block)


@pytest.mark.parametrize("block", blocks("python"))
def test_a_python_example_has_no_syntax_error(block: str) -> None:
    compile(block, "README.md", "exec")


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {
        name
        for page in PAGES
        for name in re.findall(r"(?:^|`)make (?:-C \S+ )?([a-z-]+)", page.read_text("utf-8"), re.M)
    }
    assert {"demo", "test"} <= named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_link_to_a_file_leads_there(page: Path) -> None:
    links = re.findall(r"\]\((?!\w+:)([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
