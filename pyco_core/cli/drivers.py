# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`drivers [NAME]`: the drivers that there are, or all that one of them says."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from ..driver import files
from ..driver.compiler import load
from ..errors import DriverError

COLUMNS = ("name", "tapes", "modes", "description")  # of the table for a terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", help="print this driver, its parents' words included, as YAML")
    add_path(parser)
    parser.add_argument("--format", choices=FORMATS, default="table")


def add_path(parser: argparse.ArgumentParser) -> None:
    """The option that every command about drivers has."""
    parser.add_argument(
        "--path", action="append", default=[], metavar="DIR", help="look here for drivers first"
    )


def run(options: argparse.Namespace) -> int:
    """Print the list, or the driver. Raises DriverError; in the list a wrong file is told of and left out."""
    path = tuple(options.path)
    if options.name:
        said = load(options.name, path).export()
        text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True, default_flow_style=None, width=2**20)
        sys.stdout.write(text)
        return 0
    found: list[dict[str, Any]] = []
    wrong: list[str] = []
    for name, file in sorted(files.names(files.folders(path)).items()):
        try:
            found.append(row(name, file, path))
        except DriverError as exc:
            wrong.append(f"{exc}\n")
    sys.stdout.write(FORMATS[options.format](found))
    sys.stderr.write("".join(wrong))
    return 1 if wrong else 0


def row(name: str, file: str, path: tuple[str, ...]) -> dict[str, Any]:
    """What the list says of a driver. Raises DriverError."""
    driver = load(name, path)
    return {
        "name": name,
        "description": driver.description,
        "modes": list(driver.modes),
        "network_os": list(driver.network_os),
        "aliases": list(driver.aliases),
        "tapes": len(tapes(name, file)),
        "source": list(driver.source),
        "file": file,
    }


def tapes(name: str, file: str) -> list[Path]:
    """The tapes of a driver: in `tapes/NAME` beside its file, or in `tests/tapes/NAME` of its project."""
    folder = Path(file).parent
    return sorted(
        tape
        for place in (folder / "tapes", folder.parent / "tests" / "tapes")
        for tape in (place / name).glob("*.yml")
    )


def _table(found: Iterable[dict[str, Any]]) -> str:
    rows = [COLUMNS, *(tuple(_cell(entry[column]) for column in COLUMNS) for entry in found)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) for cells in rows
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _markdown(found: Iterable[dict[str, Any]]) -> str:
    return "".join(f"{line}\n" for line in markdown(found))


def markdown(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The lines of a table for a page."""
    yield "| driver | for | modes | other names | `ansible_network_os` |"
    yield "|---|---|---|---|---|"
    for entry in found:
        names = (", ".join(f"`{word}`" for word in entry[key]) for key in ("modes", "aliases", "network_os"))
        description = entry["description"].replace("|", "\\|")
        yield f"| `{entry['name']}` | {description} | {' | '.join(names)} |"


def _json(found: Iterable[dict[str, Any]]) -> str:
    return f"{json.dumps(list(found), indent=2)}\n"


def _cell(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)


FORMATS = {"table": _table, "json": _json, "markdown": _markdown}
