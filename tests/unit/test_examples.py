# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file of examples/ runs against the simulator, has a header and is listed on their page."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples"
HELPERS = {"__init__", "simulated", "playbook"}
SCRIPTS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in HELPERS)
PLAYBOOKS = sorted(path.stem for path in FOLDER.glob("*.yml") if path.stem != "inventory")

# A line that a script prints, as evidence that it did its job.
PRINTED = {
    "change_driver": "no question is left open, in the mode enable",
    "configure": "rejected: 'descripton uplink'",
    "console_server": "branch1, on its console: *08:30:12.417 UTC Mon Mar 3 2025",
    "errors": "after the next login: *08:30:12.417 UTC Mon Mar 3 2025",
    "hops": "branch2 through the bastion and branch1: *08:30:12.417 UTC Mon Mar 3 2025",
    "many_devices": "PermissionDenied",
    "observe": "the last step: ('enable', 'BECOME_SENT', 'enable')",
    "one_device": "4 interfaces in the configuration",
    "own_driver": "recognized: acme_os",
    "questions": "counters cleared, still in the mode enable",
    "transcript": "> show clock",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_example_script_prints_expected_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    importlib.import_module(f"examples.{name}").main()
    assert PRINTED[name] in capsys.readouterr().out


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_example_playbook_succeeds_on_simulated_hosts(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "examples.playbook", name],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failed=0" in done.stdout


def test_playbook_runner_without_name_lists_playbooks() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "examples.playbook"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"NAME is one of {', '.join(PLAYBOOKS)}" in done.stderr


@pytest.mark.parametrize("name", SCRIPTS)
def test_example_script_header_has_its_command(name: str) -> None:
    assert (
        f"Run it against simulated hosts: python -m examples.{name}\n" in (FOLDER / f"{name}.py").read_text()
    )


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_example_playbook_header_has_its_command(name: str) -> None:
    header = f"# Run it against simulated hosts: python -m examples.playbook {name}\n"
    assert header in (FOLDER / f"{name}.yml").read_text()


def test_page_of_examples_lists_every_example() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    files = [*(f"{name}.py" for name in SCRIPTS), *(f"{name}.yml" for name in PLAYBOOKS)]
    assert [name for name in files if f"[{name}]({name})" not in page] == []
