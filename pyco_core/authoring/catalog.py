# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of drivers, as data, as a table for a terminal, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ..driver import files
from ..driver.compiler import load
from ..errors import DriverError

_COLUMNS = ("name", "tapes", "modes", "description")  # of the table for a terminal


@dataclass(frozen=True, slots=True)
class Entry:
    """A driver in the list.

    tapes: number of tapes. source: the manuals or devices that the driver was written from. evidence: the
    kinds of evidence, such as `documentation`. file: its path.
    """

    name: str
    description: str
    modes: tuple[str, ...]
    network_os: tuple[str, ...]
    aliases: tuple[str, ...]
    tapes: int
    source: tuple[str, ...]
    evidence: tuple[str, ...]
    file: str


def catalog(driver_path: tuple[str, ...] = ()) -> tuple[list[Entry], list[DriverError]]:
    """Return the entries of all valid drivers by name, and the errors of the others.

    driver_path: directories that are searched before the usual ones.
    """
    entries: list[Entry] = []
    errors: list[DriverError] = []
    for name, file in sorted(files.names(files.folders(driver_path)).items()):
        try:
            entries.append(entry(name, file, driver_path))
        except DriverError as exc:
            errors.append(exc)
    return entries, errors


def entry(name: str, file: str, driver_path: tuple[str, ...] = ()) -> Entry:
    """Return the entry of one driver. Raises DriverError."""
    driver = load(name, driver_path)
    return Entry(
        name,
        driver.description,
        tuple(driver.modes),
        tuple(driver.network_os),
        tuple(driver.aliases),
        len(tapes(name, file)),
        tuple(driver.source),
        tuple(driver.evidence),
        file,
    )


def tapes(name: str, file: str) -> list[Path]:
    """Return the tapes of a driver: `tapes/NAME` next to its file, and `tests/tapes/NAME` of its project."""
    folder = Path(file).parent
    return sorted(
        tape
        for parent in (folder / "tapes", folder.parent / "tests" / "tapes")
        for tape in (parent / name).glob("*.yml")
    )


def table(entries: Iterable[Entry]) -> str:
    """Return a table with aligned columns."""
    rows = [
        _COLUMNS,
        *((each.name, str(each.tapes), " ".join(each.modes), each.description) for each in entries),
    ]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def markdown(entries: Iterable[Entry]) -> str:
    """Return a table for a page."""
    return "".join(f"{line}\n" for line in _markdown_lines(entries))


def as_json(entries: Iterable[Entry]) -> str:
    """Return a list of objects with the fields of `Entry`."""
    return f"{json.dumps([asdict(each) for each in entries], indent=2)}\n"


def _markdown_lines(entries: Iterable[Entry]) -> Iterator[str]:
    yield "| driver | for | modes | other names | `ansible_network_os` | evidence |"
    yield "|---|---|---|---|---|---|"
    for each in entries:
        lists = (each.modes, each.aliases, each.network_os)
        cells = " | ".join(", ".join(f"`{name}`" for name in names) for names in lists)
        description = each.description.replace("|", "\\|")
        yield f"| `{each.name}` | {description} | {cells} | {', '.join(each.evidence)} |"
