# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the generated pages of docs/: errors, machines, drivers and the driver file.

With --check nothing is written, and the exit status is 1 if a page is stale. A page without a new driver is
not stale, so that a new driver changes no other file.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

from pyco_core import errors
from pyco_core.authoring.catalog import entry, markdown
from pyco_core.driver import reference
from pyco_core.driver.compiler import load
from pyco_core.driver.draw_mermaid import mermaid
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

Every failure is one of these classes of `pyco_core.errors`. An error has the login (`endpoint`, `hop`,
`driver`), the state of the session (`state`, `mode`, `command`), the end of the device's output
(`last_output`) and, for a failed login, its transitions (`trace`). A failed task returns these fields in
`pyco`, with the name of the class as `error`. No field contains a secret.

A task is *unreachable* if the error came before the device's prompt was reached, and *failed* afterwards.
A wrong parameter of the task is always *failed*, even if no login was needed to find it; a wrong variable of
the connection is *unreachable*.

| error | parent | meaning | remedy | result of a task |
|---|---|---|---|---|
"""
MACHINES = """# Machines

A driver is one state machine: the states of the login, the modes, and the transitions between them. Most
drivers inherit from the ones below. `pyco draw NAME` draws any driver, also as SVG.

An arrow is labelled `event / actions`, or with the command that is typed. `expire` and other actions that
raise an error lead to an end. A white box lists the transitions that keep their state.
"""
DRIVERS = """# Drivers

`pyco drivers` lists the drivers, with the number of recorded dialogues (tapes) that test each;
`--path DIR` adds your own directories. `pyco drivers NAME` prints all keys of one driver. A
driver can be selected by its other names, too.

The column *evidence* names the sources of a driver's prompts, dialogues and messages: tests with `real
programs` or a `real device`, a `recording` or public `reports` of others, an `emulator`, the definitions of
`other tools`, the vendor's `documentation`. Most tapes are written by hand from the same sources: a driver
without a real device, a recording or a report may meet a dialogue that it does not know.

"""
FAMILIES = ("common", "linux", "cisco_ios", "juniper_junos", "huawei_vrp", "nokia_sros", "mikrotik_routeros")


def errors_page(_old: str) -> str:
    """Return the exception tree, each class below its parent."""
    classes = [
        error for _name, error in inspect.getmembers(errors, inspect.isclass) if issubclass(error, PycoError)
    ]
    classes.sort(key=lambda error: inspect.getsourcelines(error)[1])
    return ERRORS + "".join(map(error_row, classes[1:]))


def error_row(error: type[PycoError]) -> str:
    """Return the row of an error in the table."""
    meaning = " ".join((inspect.getdoc(error) or "").split())
    parent = error.__mro__[1].__name__
    cells = (f"`{error.__name__}`", f"`{parent}`", meaning, error.remedy, error.shown_as)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def machines_page(old: str) -> str:
    """Return the diagrams of the driver families; of those on the old page if it is not empty."""
    existing = names([BUILT_IN])
    chosen = [line[3:] for line in old.splitlines() if line.startswith("## ")] or FAMILIES
    diagrams = (f"\n## {one}\n\n```mermaid\n{mermaid(load(one))}```\n" for one in chosen if one in existing)
    return MACHINES + "".join(diagrams)


def drivers_page(old: str) -> str:
    """Return the table of drivers; of those on the old page if it is not empty."""
    existing = sorted(names([BUILT_IN]).items())
    listed = {line.split("`")[1] for line in old.splitlines() if line.startswith("| `")}
    return DRIVERS + markdown(entry(one, file) for one, file in existing if one in listed or not old)


def driver_file_page(_old: str) -> str:
    """Return the keys of a driver file, and the actions."""
    return reference.page()


PAGES: dict[str, Callable[[str], str]] = {
    "errors.md": errors_page,
    "machines.md": machines_page,
    "drivers.md": drivers_page,
    "driver_file.md": driver_file_page,
}


def main(arguments: list[str]) -> int:
    """Write or check the pages; arguments: a directory instead of docs/, and `--check`."""
    check = "--check" in arguments
    folder = Path(next((argument for argument in arguments if argument != "--check"), ROOT / "docs"))
    stale = []
    for page, generate in PAGES.items():
        file = folder / page
        old = file.read_text("utf-8") if check else ""
        new = HEAD + generate(old)
        if not check:
            file.parent.mkdir(exist_ok=True)
            file.write_text(new, "utf-8")
        elif new != old:
            stale.append(str(file))
    architecture = folder / "architecture.md"
    if layers.update(architecture, check=check) and check:
        stale.append(str(architecture))
    if stale:
        print(f"{', '.join(stale)}: stale. Run `make docs`.", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
