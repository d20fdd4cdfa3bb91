# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run an example playbook against simulated hosts: `python -m examples.playbook NAME [OPTION...]`.

Further options go to ansible-playbook, for example -v. A second inventory replaces the addresses of
inventory.yml by those of the simulated hosts; everything else is as you would write it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from examples.simulated import ROOT, Network, network

FOLDER = ROOT / "examples"


def run(name: str, options: Sequence[str] = ()) -> int:
    """Run one playbook; returns the exit status of ansible-playbook."""
    with tempfile.TemporaryDirectory(prefix="pyco-example-") as folder, network() as simulated:
        addresses = Path(folder, "simulated.json")
        addresses.write_text(json.dumps(_inventory(simulated)), "utf-8")
        command = [
            *(_ansible_playbook(), str(FOLDER / f"{name}.yml")),
            *("-i", str(FOLDER / "inventory.yml"), "-i", str(addresses)),
            *("-e", json.dumps({"transcripts": folder}), *options),
        ]
        return subprocess.run(command, cwd=ROOT, env=_environment(folder), check=False).returncode


def _inventory(simulated: Network) -> dict[str, object]:
    hosts = {
        name: {
            "ansible_host": "127.0.0.1",
            "ansible_port": port,
            "ansible_pyco_known_hosts": simulated.known_hosts,
        }
        for name, port in simulated.ports.items()
    }
    return {"all": {"hosts": hosts}}


def _environment(folder: str) -> dict[str, str]:
    """Return an environment without the user's ssh configuration and without a broker."""
    config = str(ROOT / "ansible.cfg")
    own = {"HOME": folder, "PYCO_HOME": folder, "PYCO_PERSIST": "0", "ANSIBLE_CONFIG": config}
    return {**os.environ, **own}


def _ansible_playbook() -> str:
    beside = Path(sys.executable).with_name("ansible-playbook")
    return str(beside) if beside.exists() else shutil.which("ansible-playbook") or "ansible-playbook"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        playbooks = sorted(path.stem for path in FOLDER.glob("*.yml") if path.stem != "inventory")
        sys.exit(
            f"usage: python -m examples.playbook NAME [OPTION...]\nNAME is one of {', '.join(playbooks)}"
        )
    sys.exit(run(sys.argv[1], sys.argv[2:]))
