# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environments: one for pyco beside Ansible and its own network_cli, one for each other peer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

_REQUIREMENTS = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line[:1].isalpha()]

# The package `ansible` brings ansible-core and the collections, also where Galaxy cannot be reached.
ANSIBLE = "ansible"
PACKAGES = {
    ANSIBLE: ("ansible", "ansible-pylibssh", *_REQUIREMENTS),
    "netmiko": ("netmiko",),
    # The releases after 2026.2 have a core of their own and no paramiko.
    "scrapli": ("scrapli[paramiko]<2026.3",),
    # Its plugins for IOS XE, which it loads when it is imported, need pyats and genie and do not say so.
    "unicon": ("pyats[library]", "unicon", "setuptools<81"),
}
_SHOWN = (
    "ansible",
    "ansible-core",
    "ansible-pylibssh",
    "paramiko",
    "pexpect",
    "netmiko",
    "scrapli",
    "unicon",
)


def python(name: str) -> Path:
    """The Python of an environment, which is made where it is missing or asks for other packages now."""
    folder = ROOT / f".venv-bench-{name}"
    ready = folder / ".ready"
    wanted = f"{sys.version}\n{PACKAGES[name]}\n"
    if not ready.exists() or ready.read_text() != wanted:
        print(f"Making {folder.name} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = (folder / "bin/pip", "install", "-qq", "--disable-pip-version-check")
        subprocess.run([*pip, *PACKAGES[name]], check=True)
        ready.write_text(wanted)
    return folder / "bin/python"


def versions(name: str) -> dict[str, str]:
    """The versions of what an environment has, as far as a reader of the table wants to know."""
    code = (
        "import json, sys, importlib.metadata as m\n"
        "found = {d.metadata['Name'].lower(): d.version for d in m.distributions()}\n"
        "print(json.dumps({name: found[name] for name in sys.argv[1:] if name in found}))"
    )
    done = subprocess.run([python(name), "-c", code, *_SHOWN], check=True, capture_output=True, text=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found
