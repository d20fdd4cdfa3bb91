# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook on simulated devices, through a broker of its own."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from .ctl import ROOT, Run

TIMEOUT = 240.0  # seconds for a playbook


def play(
    folder: Path,
    home: str,
    hosts: Mapping[str, Any],
    collections: Path | None = None,
    timeout: float = TIMEOUT,
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Run play.yml of a folder on these hosts, and return the results.

    home: folder of the broker, with a short path. collections: folder of further collections. timeout: in
    seconds. environment: further variables for Ansible.
    """
    inventory = {"all": {"hosts": dict(hosts), "vars": {"ansible_connection": "pyco.cli.pyco"}}}
    (folder / "inventory.yml").write_text(yaml.safe_dump(inventory), "utf-8")
    variables = {
        **os.environ,
        "ANSIBLE_HOME": home,
        "PYCO_HOME": home,
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "RECORD_FILE": str(folder / "record"),
        **(environment or {}),
    }
    if collections is not None:
        variables["ANSIBLE_COLLECTIONS_PATH"] = f"{collections}:{ROOT / '.collections'}"
    ansible = str(Path(sys.executable).parent / "ansible-playbook")
    command = [ansible, "-i", str(folder / "inventory.yml"), str(folder / "play.yml")]
    options: dict[str, Any] = {"cwd": ROOT, "env": variables, "capture_output": True, "text": True}
    done = subprocess.run(command, timeout=timeout, check=False, **options)
    subprocess.run([sys.executable, "-m", "pyco_core", "broker", "stop"], check=True, **options)
    return Run.read(done.returncode, done.stdout + done.stderr, folder / "record")


def examples(plugin: str) -> str:
    """Return the examples of a plugin, as ansible-doc shows them. plugin: its file below plugins/."""
    source = ast.parse((ROOT / f"plugins/{plugin}.py").read_text("utf-8"))
    [text] = [
        node.value
        for node in source.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if node.targets[0].id == "EXAMPLES"
    ]
    return str(ast.literal_eval(text))
