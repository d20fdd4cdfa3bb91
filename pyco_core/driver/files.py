# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver files: their folders, the search by name, and the chain of a driver and its parents."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ..errors import DriverNotFound, InvalidDriver, suggestion
from ..models.secret import shown
from ..ownership import weakness
from ..program import program
from .reader import File, listed, may_contain, read, stamp
from .schema import Section, inherit

_HERE = Path(__file__).resolve().parent.parent
# A checkout and the collection have the drivers beside pyco_core, a wheel inside it.
BUILT_IN = next((str(p) for p in (_HERE.parent / "drivers", _HERE / "drivers") if p.is_dir()), "")
PROTOCOLS = ("_ssh", "_telnet", "_serial")  # netmiko's suffixes; one driver serves all protocols
# The most common platforms, in this order: they come first among the names similar to a wrong one.
COMMON = (
    "cisco_ios",
    "cisco_nxos",
    "linux",
    "juniper_junos",
    "arista_eos",
    "cisco_xr",
    "cisco_asa",
    "huawei_vrp",
    "mikrotik_routeros",
    "hp_comware",
    "hp_procurve",
    "fortinet",
    "paloalto_panos",
    "nokia_sros",
    "dell_os10",
    "vyos",
    "frr",
)
# Keys that are not inherited.
OWN = {"description", "source", "aliases", "network_os", "detect", "interfaces", "facts", "inherit_facts"}
_FACTS = {"interfaces", "facts"}  # those that `inherit_facts` keeps
# Keys below `configure` that are not inherited: of the device itself, not of its command line.
OWN_CONFIGURE = (
    "window",
    "begin",
    "sessions",
    "abandon",
    "clear",
    "replace",
    "checkpoint",
    "restore",
    "forget",
)
_PLAIN = re.compile(r"\w[\w-]*")  # a name that leads to no other folder


def folders(extra: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the folders to search, in order: extra, $PYCO_HOME/drivers, the built-in drivers.

    PYCO_HOME is ~/.ansible/pyco if it is not set. Raises InvalidDriver for a folder that another user may
    write: a driver types commands, and may have Python code beside it.
    """
    home = os.path.expanduser(os.environ.get("PYCO_HOME") or "~/.ansible/pyco")
    own = (*extra, os.path.join(home, "drivers"))
    _check_owners(own)
    return (*own, BUILT_IN)


def _check_owners(paths: Iterable[str]) -> None:
    """Raise InvalidDriver if another user may write one of these files or folders. A missing one is safe."""
    for path in paths:
        weak = weakness(path)
        if weak is not None:
            raise InvalidDriver(f"{weak}, and a driver may contain commands and code.", hint=weak.remedy)


def entries(search_path: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield every driver file as (name, file), folder by folder. Raises InvalidDriver."""
    for folder in search_path:
        if os.path.isdir(folder):
            try:
                file_names = sorted(os.listdir(folder))
            except OSError as exc:
                raise InvalidDriver(f"{folder}: cannot read the folder: {exc.strerror}.") from exc
            for file_name in file_names:
                if file_name.endswith(".yml") and not file_name.startswith("."):  # an editor's own files
                    yield file_name[:-4], os.path.join(folder, file_name)


def names(search_path: Iterable[str]) -> dict[str, str]:
    """Return every driver's name and file; an earlier folder hides the same name in a later one."""
    by_name: dict[str, str] = {}
    for name, file in entries(search_path):
        by_name.setdefault(name, file)
    return by_name


def find(name: str, search_path: Iterable[str]) -> str:
    """Return the file of the driver of this name, or else of the driver that lists it as another name.

    netmiko's names for a protocol, as `cisco_ios_telnet`, mean the platform. Raises DriverNotFound with
    similar names, and InvalidDriver.
    """
    search_path = tuple(search_path)
    # Every login calls this, and most names need no list of all drivers.
    for folder in search_path if _PLAIN.fullmatch(name) else ():
        file = os.path.join(folder, f"{name}.yml")
        if os.path.isfile(file):
            return file
    by_name = names(search_path)
    if name in by_name:
        return by_name[name]
    for entry, file in entries(search_path):
        if may_contain(file, name) and name in (*listed(file, "aliases"), *listed(file, "network_os")):
            return by_name[entry]
    for suffix in PROTOCOLS:
        if name.endswith(suffix):
            with suppress(DriverNotFound):
                return find(name.removesuffix(suffix), search_path)
    hint = suggestion(name, sorted(by_name), COMMON)
    if by_name and not hint:
        hint = f"List the drivers with: {program()} drivers"
    raise DriverNotFound(f"unknown driver {shown(name)}.", hint=hint)


def searched(missing: DriverNotFound, driver_path: tuple[str, ...]) -> DriverNotFound:
    """Return the error with the folders of the driver path, and whether they exist; without one unchanged."""
    if not driver_path:
        return missing
    names = ", ".join(
        folder if os.path.isdir(folder) else f"{folder} (no such folder)" for folder in driver_path
    )
    return DriverNotFound(f"{missing.message} Searched first: {names}.", hint=missing.hint)


def chain(name: str, search_path: tuple[str, ...]) -> tuple[File, ...]:
    """Return the files of a driver and its parents, the driver first.

    A file hides the file of the same name in a later folder but may have it as its parent: a user's own
    `linux` may contain `parent: linux`. Raises DriverNotFound, and InvalidDriver (also if a
    driver is its own parent, or another user may write one of the files).
    """
    files: list[File] = []
    visited: list[str] = []
    while True:
        used = {file for file, _stamp in files}
        try:
            file = find(
                name, [folder for folder in search_path if os.path.join(folder, f"{name}.yml") not in used]
            )
        except DriverNotFound as exc:
            if not files:
                raise
            place = read(*files[-1]).place("parent", files[-1][0])
            raise _missing_parent(place, name, visited, exc) from exc
        visited.append(name)
        if os.path.dirname(file) != BUILT_IN:
            _check_owners((file, f"{file.removesuffix('.yml')}.py"))
        files.append((file, stamp(file)))
        name = read(*files[-1]).get("parent") or ""
        if not name:
            return tuple(files)


def _missing_parent(place: str, name: str, visited: list[str], missing: DriverNotFound) -> InvalidDriver:
    if name in visited:
        circle = " -> ".join((*visited[visited.index(name) :], name))
        return InvalidDriver(f"{place}: the driver is its own parent: {circle}.")
    return InvalidDriver(f"{place}: {missing.message}", hint=missing.hint)


def inherited(files: tuple[File, ...]) -> Section:
    """Return the files of a chain as one definition; the keys in `OWN` are not inherited."""
    merged = Section()
    name = ""
    for file in reversed(files):
        own = read(*file)
        # A user's file that hides a driver of the same name describes the same platform.
        if os.path.basename(file[0]) != name:
            kept = _FACTS if own.get("inherit_facts") else frozenset()
            for key in (OWN - kept) & merged.keys():
                del merged[key]
            for key in OWN_CONFIGURE:
                (merged.get("configure") or {}).pop(key, None)
        name = os.path.basename(file[0])
        merged = inherit(merged, own)
    return merged
