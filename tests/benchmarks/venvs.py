# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments: one for pyco, Ansible and network_cli, one for each other peer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

_REQUIREMENTS = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line[:1].isalpha()]

# The package `ansible` contains the collections, so that Galaxy is not needed.
ANSIBLE = "ansible"
PACKAGES = {
    ANSIBLE: ("ansible", "ansible-pylibssh", *_REQUIREMENTS),
    "netmiko": ("netmiko",),
    # Releases after 2026.2 have no paramiko transport.
    "scrapli": ("scrapli[paramiko]<2026.3",),
    # Importing unicon loads plugins that need pyats and genie, which are not among its dependencies.
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


def folder(name: str) -> Path:
    """Return the folder of an environment, which may not exist yet."""
    return ROOT / f".venv-bench-{name}"


def python(name: str) -> Path:
    """Return the Python of an environment; make the environment if it is missing or outdated."""
    path = folder(name)
    ready = path / ".ready"
    content = f"{sys.version}\n{PACKAGES[name]}\n"
    if not ready.exists() or ready.read_text() != content:
        print(f"Making {path.name} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", path], check=True)
        pip = (path / "bin/pip", "install", "-qq", "--disable-pip-version-check")
        subprocess.run([*pip, *PACKAGES[name]], check=True)
        ready.write_text(content)
    return path / "bin/python"


def versions(name: str) -> dict[str, str]:
    """Return the versions of the main packages of an environment."""
    code = (
        "import json, sys, importlib.metadata as m\n"
        "found = {d.metadata['Name'].lower(): d.version for d in m.distributions()}\n"
        "print(json.dumps({name: found[name] for name in sys.argv[1:] if name in found}))"
    )
    process = subprocess.run([python(name), "-c", code, *_SHOWN], check=True, capture_output=True, text=True)
    versions: dict[str, str] = json.loads(process.stdout)
    return versions
