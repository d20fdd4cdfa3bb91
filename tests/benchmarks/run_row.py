# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one benchmark in its own process: `ROW FILE SHARE [PEER...]` writes its samples to FILE."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from .bench import Bench
from .rows import ROWS


def main(name: str, file: str, share: str, *peers: str) -> None:
    with tempfile.TemporaryDirectory() as folder, Bench(Path(folder), float(share), peers) as bench:
        samples = ROWS[name].measure(bench)
    facts = asdict(samples) | {
        "figure_a": samples.figure_a,
        "figure_b": samples.figure_b,
        "ratio": samples.ratio,
    }
    Path(file).write_text(json.dumps(facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
