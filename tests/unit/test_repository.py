# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the repository that must agree with each other."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    *(
        path
        for folder in ("pyco_core", "plugins", "tests", "scripts")
        for path in (ROOT / folder).rglob("*.py")
    ),
    *ROOT.joinpath("drivers").glob("*.py"),
]

# Files that may lie in a checkout.
STRAY = {
    "inventory/hosts.yml",
    "inventory.ini",
    "notes.txt",
    "vault.yml",
    "docs/secret.ini",
    ".env",
    "plugins/x.log",
}


def requirements(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")}


def test_pip_and_ansible_require_same_packages() -> None:
    dependencies = re.search(r"^dependencies = \[(.*?)\]", (ROOT / "pyproject.toml").read_text(), re.M | re.S)
    assert dependencies
    by_pip = {name for name in re.findall(r'"([^"]+)"', dependencies[1]) if not name.startswith("PyYAML")}
    assert by_pip == requirements((ROOT / "requirements.txt").read_text())


def test_action_group_contains_every_module() -> None:
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())
    modules = {path.stem for path in (ROOT / "plugins/modules").glob("*.py")}
    assert set(runtime["action_groups"]["pyco"]) == modules


def test_every_module_has_action_plugin() -> None:
    actions = {path.stem for path in (ROOT / "plugins/action").glob("*.py")}
    assert actions == {path.stem for path in (ROOT / "plugins/modules").glob("*.py")}


def test_checkout_is_importable_as_collection() -> None:
    assert (ROOT / ".collections/ansible_collections/pyco/cli").resolve() == ROOT


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_source_file_has_licence_header(path: Path) -> None:
    head = path.read_text("utf-8").splitlines()[:4]
    assert not head or "# SPDX-License-Identifier: GPL-3.0-or-later" in head


def test_scripts_are_executable() -> None:
    files = subprocess.check_output(["git", "ls-files", "--stage"], cwd=ROOT, text=True).splitlines()
    modes = {line.split("\t")[1]: line.split()[0] for line in files}
    scripts = [name for name in modes if (ROOT / name).is_file() and (ROOT / name).read_bytes()[:2] == b"#!"]
    assert [name for name in scripts if modes[name] != "100755"] == []


def test_pre_commit_hooks_run_commands_of_make_lint_and_types() -> None:
    recipes = re.findall(r"^(?:lint|types): .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.M)
    commands = [
        line.strip().replace("$(BIN)", ".venv/bin") for recipe in recipes for line in recipe.splitlines()
    ]
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [hook["entry"] for repo in config["repos"] for hook in repo["hooks"]] == commands


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the files of the archive that is built in a checkout with files that do not belong to it."""
    folder = tmp_path_factory.mktemp("archive")
    checkout = folder / "checkout"
    for name in subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines():
        if (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, checkout / name)
    for name in STRAY:
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).write_text("password: secret\n")
    galaxy = Path(sys.executable).with_name("ansible-galaxy")
    build = [str(galaxy), "collection", "build", "--output-path", str(folder), str(checkout)]
    subprocess.run(build, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as content:
        return {member.name for member in content if not member.isdir()}


def test_archive_has_no_file_that_is_not_listed(archived: set[str]) -> None:
    assert STRAY & archived == set()
    tops = {name.partition("/")[0] for name in archived}
    folders = {"changelogs", "docs", "drivers", "meta", "plugins", "pyco_core", "roles", "scripts", "tests"}
    assert {name for name in tops if "." not in name} == {*folders, "LICENSE"}


def test_archive_has_every_file_that_is_used_at_run_time(archived: set[str]) -> None:
    tracked = subprocess.check_output(
        [
            "git",
            "ls-files",
            "drivers",
            "meta",
            "plugins",
            "pyco_core",
            "roles",
            "requirements.txt",
            "tests/config.yml",
        ],
        cwd=ROOT,
        text=True,
    )
    present = {name for name in tracked.splitlines() if (ROOT / name).exists()}
    assert present - archived == set()


def test_actions_of_workflows_are_pinned_by_hash() -> None:
    used = [
        line.split("uses:")[1]
        for path in ROOT.glob(".github/workflows/*.yml")
        for line in path.read_text().splitlines()
        if "uses:" in line
    ]
    assert [action for action in used if not re.fullmatch(r" [\w/-]+@[0-9a-f]{40} # v[\d.]+", action)] == []
    assert used
