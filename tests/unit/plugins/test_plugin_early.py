# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

CODE = """\
import json, sys
from ansible import constants
from ansible.plugins.loader import action_loader, init_plugin_loader
init_plugin_loader()
assert action_loader.get("pyco.cli.pyco_command", class_only=True)
name = "ansible_collections.pyco.cli.plugins."
print(json.dumps({
    "loaded": [short for short in ("connection.pyco", "lookup.via") if name + short in sys.modules],
    "defined": [
        kind for kind in ("connection", "lookup")
        if any(plugin.startswith(name + kind) for plugin in constants.config._plugins.get(kind, {}))
    ],
    "client": "ansible_collections.pyco.cli.pyco_core.broker.client" in sys.modules,
    "paramiko": "paramiko" in sys.modules,
}))
"""


def test_plugins_are_loaded_before_fork_without_paramiko(tmp_path: Path) -> None:
    """The strategy of Ansible loads the class of the action before it forks."""
    environment = {**os.environ, "ANSIBLE_CONFIG": str(tmp_path / "none"), "HOME": str(tmp_path)}
    environment["ANSIBLE_COLLECTIONS_PATH"] = str(ROOT / ".collections")
    command = [sys.executable, "-c", CODE]
    process = subprocess.run(
        command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )
    assert json.loads(process.stdout.splitlines()[-1]) == {
        "loaded": ["connection.pyco", "lookup.via"],
        "defined": ["connection", "lookup"],
        "client": True,
        "paramiko": False,
    }
