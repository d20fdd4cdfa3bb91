# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that a forked task inherits from Ansible's main process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from .config_modules import ROOT

# `msg` is templated before the task loads its connection.
LOOKUP = """\
import sys
from ansible import constants
from ansible.plugins.lookup import LookupBase

class LookupModule(LookupBase):
    def run(self, terms, variables=None, **options):
        missing = [name for name in terms if f"ansible_collections.{name}" not in sys.modules]
        options = "connection.network_cli" in str(constants.config._plugins)
        return [missing + ([] if options else ["options"])]
"""
MODULES = (
    "pyco.cli.pyco_core.broker.client",
    "pyco.cli.plugins.connection.network_cli",
    "pyco.cli.plugins.lookup.via",
    "acme.box.plugins.cliconf.box",
    "acme.box.plugins.terminal.box",
)


def test_plugins_of_the_first_task_are_inherited_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "lookup_plugins").mkdir()
    (tmp_path / "lookup_plugins/missing.py").write_text(LOOKUP)
    tasks = [{"debug": {"msg": f"missing={{{{ lookup('missing', *{list(MODULES)}) }}}}"}}] * 2
    (tmp_path / "play.yml").write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    variables = {"ansible_connection": "pyco.cli.network_cli", "ansible_network_os": "acme.box.box"}
    hosts = {"all": {"hosts": {"r1": variables, "r2": variables}}}
    (tmp_path / "hosts.json").write_text(json.dumps(hosts))
    collections = (ROOT / ".collections", ROOT / "tests/unit/plugins/collections")
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(tmp_path / "none"),
        "ANSIBLE_HOME": str(tmp_path / "home"),
        "ANSIBLE_COLLECTIONS_PATH": ":".join(map(str, collections)),
        "ANSIBLE_LOG_PATH": str(tmp_path / "log"),
    }
    done = subprocess.run(
        [Path(sys.executable).parent / "ansible-playbook", "-i", "hosts.json", "play.yml"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answers = [line for line in done.stdout.splitlines() if "missing=" in line]
    assert all(name in answers[0] for name in MODULES)
    assert [line for line in answers[2:] if "missing=[]" not in line] == []
    assert done.stderr == ""
    assert "None" not in done.stdout + (tmp_path / "log").read_text()
