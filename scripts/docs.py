# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the pages of docs/ that are made from the code: errors, machines, drivers and the driver file.

With --check nothing is written: it fails where a page says what is not so. A driver that a page does not have
yet is no fault, so that adding one changes no other file.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from pyco_core import errors
from pyco_core.authoring.catalog import entry, markdown
from pyco_core.driver import reference
from pyco_core.driver.compiler import load
from pyco_core.driver.draw import mermaid
from pyco_core.driver.files import BUILT_IN, names
from pyco_core.errors import PycoError
from scripts import layers

ROOT = Path(__file__).resolve().parent.parent
HEAD = """<!--
Copyright: the pyco contributors
SPDX-License-Identifier: GPL-3.0-or-later
Made by `make docs`: change the code, not this page.
-->
"""
ERRORS = """# Errors

Whatever a network can do to a session ends in one of these classes, all of them of `pyco_core.errors`. Each
names the login (`endpoint`, `hop`, `driver`), where it was (`state`, `mode`, `command`), what was seen last
(`last_output`), and for a failed login the states that it went through (`trace`). A failed task has them in
`pyco`, with the name of the class as `error`; no secret is in any of them.

A task is *unreachable* where the device's prompt had not been reached, and *failed* after that.

| error | is a | means | what to do | a task is |
|---|---|---|---|---|
"""
MACHINES = """# Machines

What a driver says is one machine: states of the login, modes, and what leads from one to the other. These
are the ones that most others are made from; `python -m pyco_core draw NAME` draws any, also as SVG.

A note tells what happens in a group without leaving it; `event / action` is what is seen and what is done.
"""
DRIVERS = """# Drivers

`python -m pyco_core drivers` lists them with their tapes, those of your own folders too (`--path DIR`), and
`python -m pyco_core drivers NAME` prints all that one of them says. Its other names serve as well as its own.

"""
FAMILIES = ("common", "linux", "cisco_ios", "juniper_junos", "huawei_vrp", "nokia_sros", "mikrotik_routeros")


def errors_page(_old: str) -> str:
    """The exception tree, each class under the one that it is a kind of."""
    kinds = [
        kind for _name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, PycoError)
    ]
    kinds.sort(key=lambda kind: inspect.getsourcelines(kind)[1])
    cells = (
        (name(kind), name(kind.__mro__[1]), meaning(kind), kind.remedy, kind.shown_as) for kind in kinds[1:]
    )
    return ERRORS + lines(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in one)} |" for one in cells
    )


def name(kind: type) -> str:
    return f"`{kind.__name__}`"


def meaning(kind: type[PycoError]) -> str:
    return " ".join((inspect.getdoc(kind) or "").split())


def machines_page(old: str) -> str:
    """A picture of each family; those of the old page where there is one."""
    there = names([BUILT_IN])
    chosen = [line[3:] for line in old.splitlines() if line.startswith("## ")] or FAMILIES
    pictures = (f"\n## {one}\n\n```mermaid\n{mermaid(load(one))}```\n" for one in chosen if one in there)
    return MACHINES + "".join(pictures)


def drivers_page(old: str) -> str:
    """The table of drivers; of those in the old page where there is one."""
    there = sorted(names([BUILT_IN]).items())
    listed = {line.split("`")[1] for line in old.splitlines() if line.startswith("| `")}
    return DRIVERS + markdown(entry(one, file) for one, file in there if one in listed or not old)


def driver_file_page(_old: str) -> str:
    """Return the keys of a driver file, and the actions."""
    return reference.page()


def lines(texts: Iterable[str]) -> str:
    return "".join(f"{text}\n" for text in texts)


PAGES: dict[str, Callable[[str], str]] = {
    "errors.md": errors_page,
    "machines.md": machines_page,
    "drivers.md": drivers_page,
    "driver_file.md": driver_file_page,
}


def main(arguments: list[str]) -> int:
    folder = Path(next((word for word in arguments if word != "--check"), ROOT / "docs"))
    stale = []
    for page, make in PAGES.items():
        file = folder / page
        old = file.read_text("utf-8") if "--check" in arguments else ""
        new = HEAD + make(old)
        if "--check" not in arguments:
            file.parent.mkdir(exist_ok=True)
            file.write_text(new, "utf-8")
        elif new != old:
            stale.append(str(file))
    check, architecture = "--check" in arguments, folder / "architecture.md"
    if layers.update(architecture, check=check) and check:
        stale.append(str(architecture))
    if stale:
        print(f"{', '.join(stale)}: not what the code says. Run make docs.", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
