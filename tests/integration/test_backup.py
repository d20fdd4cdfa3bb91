# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles for backups on a real FRRouting router, which is asked with vtysh on the spot."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.lab import lab

from .ctl import Ctl

pytestmark = pytest.mark.lab

BACKUP = """
- hosts: near
  gather_facts: false
  roles: [pyco.cli.backup]
"""
CHANGE = """
- hosts: near
  gather_facts: false
  tasks:
    - name: Change
      pyco.cli.pyco_config: {parents: interface lo, lines: [description changed]}
"""
RESTORE = """
- hosts: near
  gather_facts: false
  roles: [pyco.cli.restore]
"""


def vtysh(*commands: str) -> str:
    """Return the output of commands on the router."""
    words = [word for command in commands for word in ("-c", command)]
    done = subprocess.run(lab.inside("near", "vtysh", *words), capture_output=True, text=True, check=True)
    return done.stdout


def test_backup_is_committed_once_and_restored(ctl: Ctl, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    options = ("-e", json.dumps({"backup_folder": str(folder), "backup_git": True}))
    before = vtysh("show running-config")
    try:
        run = ctl.playbook(BACKUP + CHANGE + BACKUP + BACKUP, *options)
        reports = [result.data for result in run.results if result.task.endswith("Commit the changes")]
        assert [report["hosts"]["near"] for report in reports] == ["new", "changed", "unchanged"], run.out
        assert [len(report["commits"]) for report in reports] == [1, 1, 0]
        assert reports[1]["report"][0] == "1 changed: near"
        changed = vtysh("show running-config")
        assert "description changed" in changed
        assert (folder / "near.cfg").read_text("utf-8").strip() in changed
        restored = ctl.playbook(RESTORE, *options, "-e", "restore_revision=HEAD~1")
        shown = restored.of("near", "pyco.cli.restore : Show the difference").data["diff"]["prepared"]
        assert "- description changed" in shown
        assert vtysh("show running-config") == before
    finally:
        vtysh("configure terminal", "interface lo", "no description")
