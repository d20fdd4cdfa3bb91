# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.benchmarks [ROW...]`: pyco beside what it is compared with. README.md tells how."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from tests.lab import lab

from . import room, venvs

OPTIONAL = ("unicon",)
INSIDE = "--inside"


def main(arguments: list[str]) -> int:
    """Make the environments, then go on in a room, with the Python of one of them."""
    inside = INSIDE in arguments
    options = _options([word for word in arguments if word != INSIDE])
    if inside:
        return _measure(options)
    if reason := lab.missing():
        print(reason, file=sys.stderr)
        return 2
    for name in _environments(options):
        venvs.python(name)
    return room.enter("tests.benchmarks", venvs.python(venvs.ANSIBLE), [INSIDE, *arguments])


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows of the table; all where none is named")
    parser.add_argument("--list", action="store_true", help="tell the rows")
    parser.add_argument("--peers", nargs="*", default=[], choices=OPTIONAL, help="further peers")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of samples: 0.1, 3")
    parser.add_argument("--json", type=Path, default=venvs.ROOT / "build/benchmarks.json")
    return parser.parse_args(arguments)


def _environments(options: argparse.Namespace) -> list[str]:
    return [name for name in venvs.PACKAGES if name not in OPTIONAL or name in options.peers]


def _measure(options: argparse.Namespace) -> int:
    from . import report  # imports pyco_core, which the Python outside may not be able to
    from .rows import ROWS

    names = options.rows or list(ROWS)
    if options.list or (unknown := [name for name in names if name not in ROWS]):
        print("\n".join(f"{name:15} {row.what}" for name, row in ROWS.items()))
        return 0 if options.list else _complain(f"There is no row {', '.join(unknown)}.")
    facts = {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": report.machine(),
        "versions": report.versions(_environments(options)),
        "rows": {},
    }
    with room.furnished():
        found, faults = _rows(names, options)
    for name, row in found.items():
        facts["rows"][name] = row | {"bar": ROWS[name].bar, "met": ROWS[name].met(row["ratio"])}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(facts, indent=1) + "\n")
    print(report.table(found))
    print(f"\n{facts['date']}, load {facts['machine']['load']}; all samples: {options.json}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults or not all(row["met"] for row in facts["rows"].values()) else 0


def _rows(names: list[str], options: argparse.Namespace) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """The samples by row, and what went wrong."""
    from . import report
    from .rows import ROWS

    found: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    before = room.inventory()
    for name in names:
        file = room.ROOM / f"{name}.json"
        words = (name, str(file), str(options.share), *options.peers)
        status = room.run_in_ctl(sys.executable, "-m", "tests.benchmarks.one", *words)
        if status:
            faults.append(f"{name}: ended with status {status}")
        else:
            found[name] = json.loads(file.read_text())
            print("  ".join((name, *report.line(ROWS[name], found[name])[1:])), file=sys.stderr)
        if left := room.left_behind(before):
            faults.append(f"{name} left behind:\n  " + "\n  ".join(left))
            before |= set(left)
    return found, faults


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
