# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare rows with an older revision: `python -m tests.benchmarks.compare REVISION ROW...`."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .venvs import ROOT


def main(arguments: list[str]) -> int:
    """Run each row in both trees in turns and print the median ratios. Returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.compare", description=__doc__)
    parser.add_argument("revision", help="the older commit")
    parser.add_argument("rows", nargs="+", metavar="ROW", help="rows of `python -m tests.benchmarks --list`")
    parser.add_argument(
        "--rounds", type=int, default=5, help="runs of each tree and row (default: %(default)s)"
    )
    parser.add_argument("--share", default="0.3", help="share of a row's samples (default: %(default)s)")
    options = parser.parse_args(arguments)
    with checkout(options.revision) as before:
        for row in options.rows:
            ratios: dict[Path, list[float]] = {before: [], ROOT: []}
            for number in range(options.rounds):
                for tree in (before, ROOT) if number % 2 else (ROOT, before):
                    ratios[tree].append(measure(tree, row, options.share))
            old, new = (statistics.median(ratios[tree]) for tree in (before, ROOT))
            samples = " ".join(f"{value:.3f}" for tree in (before, ROOT) for value in ratios[tree])
            print(
                f"{row:15} before {old:.3f}  now {new:.3f}  now/before {new / old:.3f}  [{samples}]",
                flush=True,
            )
    return 0


@contextmanager
def checkout(revision: str) -> Iterator[Path]:
    """Check a revision out below build/, with the environments of this tree, and remove it at the end."""
    folder = ROOT / "build" / "compare"
    subprocess.run(["git", "worktree", "add", "--force", "--detach", folder, revision], cwd=ROOT, check=True)
    try:
        for environment in ROOT.glob(".venv*"):
            (folder / environment.name).symlink_to(environment)
        yield folder
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", folder], cwd=ROOT, check=True)


def measure(tree: Path, row: str, share: str) -> float:
    """Return the ratio of one row to its reference, measured in this tree."""
    file = tree / "build" / "one-row.json"
    command = [sys.executable, "-m", "tests.benchmarks", row, "--share", share, "--json", str(file)]
    subprocess.run(command, cwd=tree, check=False, capture_output=True)  # 1: the target is missed
    ratio: float = json.loads(file.read_text())["rows"][row]["ratio"]
    file.unlink()
    return ratio


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
