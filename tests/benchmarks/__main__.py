# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare pyco with raw loops, Ansible's own cost and other libraries. See README.md."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from tests.lab import lab

from . import sandbox, venvs

OPTIONAL = ("unicon",)
INSIDE = "--inside"


def main(arguments: list[str]) -> int:
    """Make the environments, then run the benchmarks in a sandbox, with the Python of one of them."""
    inside = INSIDE in arguments
    options = _options([argument for argument in arguments if argument != INSIDE])
    if inside:
        return _measure(options)
    if reason := lab.missing():
        print(reason, file=sys.stderr)
        return 2
    for name in _environments(options):
        venvs.python(name)
    return sandbox.enter("tests.benchmarks", venvs.python(venvs.ANSIBLE), [INSIDE, *arguments])


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows of the table; default: all")
    parser.add_argument("--list", action="store_true", help="list the rows")
    parser.add_argument("--peers", nargs="*", default=[], choices=OPTIONAL, help="additional peers")
    parser.add_argument("--share", type=float, default=1.0, help="factor of the usual number of samples")
    parser.add_argument("--json", type=Path, default=venvs.ROOT / "build/benchmarks.json")
    return parser.parse_args(arguments)


def _environments(options: argparse.Namespace) -> list[str]:
    return [name for name in venvs.PACKAGES if name not in OPTIONAL or name in options.peers]


def _measure(options: argparse.Namespace) -> int:
    from . import report  # imports pyco_core, which may not work with the Python outside
    from .rows import ROWS

    names = options.rows or list(ROWS)
    if options.list or (unknown := [name for name in names if name not in ROWS]):
        print("\n".join(f"{name:15} {row.title}" for name, row in ROWS.items()))
        return 0 if options.list else _complain(f"unknown row {', '.join(unknown)}; see the list")
    measured: dict[str, Any] = {}
    facts: dict[str, Any] = {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": report.machine(),
        "versions": report.versions(_environments(options)),
        "rows": measured,
    }
    with sandbox.with_lab():
        rows, faults = _rows(names, options)
    for name, row in rows.items():
        measured[name] = row | {"target": ROWS[name].target, "met": ROWS[name].met(row["ratio"])}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(facts, indent=1) + "\n")
    print(report.table(rows))
    print(f"\n{facts['date']}, load {facts['machine']['load']}; all samples: {options.json}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults or not all(row["met"] for row in measured.values()) else 0


def _rows(names: list[str], options: argparse.Namespace) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Run the rows. Return the samples by row, and the faults."""
    from . import report
    from .rows import ROWS

    rows: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    before = sandbox.inventory()
    for name in names:
        file = sandbox.FOLDER / f"{name}.json"
        row = (name, str(file), str(options.share), *options.peers)
        status = sandbox.run_in_ctl(sys.executable, "-m", "tests.benchmarks.run_row", *row)
        if status:
            faults.append(f"{name}: exit status {status}")
        else:
            rows[name] = json.loads(file.read_text())
            print("  ".join((name, *report.line(ROWS[name], rows[name])[1:])), file=sys.stderr)
        if left := sandbox.leftovers(before):
            faults.append(f"{name} left behind:\n  " + "\n  ".join(left))
            before |= set(left)
    return rows, faults


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
