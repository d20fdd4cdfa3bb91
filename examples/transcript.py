# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A transcript: everything that was sent and received, with the secrets masked.

Run it against simulated hosts: python -m examples.transcript
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from examples.simulated import network
from pyco_core.device import device


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, network() as simulated:
        settings = replace(simulated.settings, transcript=folder)
        with device(simulated.branch1, settings=settings, become_password="demo-enable") as router:
            router("show clock", mode="enable")
        for file in Path(folder).iterdir():
            text = file.read_text("utf-8")
            print(text)
            assert "demo-login" not in text


if __name__ == "__main__":
    main()
