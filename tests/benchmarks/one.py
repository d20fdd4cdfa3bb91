# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One benchmark in a process of its own: `ROW FILE SHARE [PEER...]` leaves its samples in FILE."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from .rows import ROWS
from .scene import Scene


def main(name: str, file: str, share: str, *peers: str) -> None:
    with tempfile.TemporaryDirectory() as folder, Scene(Path(folder), float(share), peers) as scene:
        samples = ROWS[name].measure(scene)
    facts = asdict(samples) | {
        "figure_a": samples.figure_a,
        "figure_b": samples.figure_b,
        "ratio": samples.ratio,
    }
    Path(file).write_text(json.dumps(facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
