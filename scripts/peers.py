# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the collections that pyco is compared with, from PyPI: python scripts/peers.py FOLDER."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
# The collections of each file's package `ansible`, whose other collections would take 500 MB.
NAMES = {
    "requirements-peers.txt": (
        "ansible/netcommon",
        "ansible/utils",
        "arista/eos",
        "cisco/ios",
        "cisco/iosxr",
        "cisco/nxos",
        "community/ciscosmb",
        "community/routeros",
        "dellemc/enterprise_sonic",
        "vyos/vyos",
    ),
    "requirements-peers-older.txt": ("cisco/asa", "community/network", "junipernetworks/junos"),
}


def main(folder: str) -> None:
    """Extract the plugins of the collections."""
    for file, names in NAMES.items():
        with tempfile.TemporaryDirectory() as temporary:
            # The newest package needs a newer Python than its collections do.
            pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"]
            options = ["--only-binary", ":all:", "--python-version", "3.13", "--dest", temporary]
            subprocess.run([*pip, *options, "-r", str(TESTS / file)], check=True)
            [wheel] = Path(temporary).glob("*.whl")
            prefixes = tuple(f"ansible_collections/{name}/" for name in names)
            with zipfile.ZipFile(wheel) as archive:
                members = [name for name in archive.namelist() if name.startswith(prefixes)]
                archive.extractall(folder, [name for name in members if "/tests/" not in name])


if __name__ == "__main__":
    main(sys.argv[1])
