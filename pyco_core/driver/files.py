# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Driver files as checked plain data: found, read, inherited, every value with its file and line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ..errors import DriverNotFound, InvalidDriver, suggestion
from .schema import Section, checked, merge

_HERE = Path(__file__).resolve().parent.parent
# A checkout and the collection hold the drivers beside pyco_core, a wheel inside it.
BUILT_IN = next((str(p) for p in (_HERE.parent / "drivers", _HERE / "drivers") if p.is_dir()), "")
PROTOCOLS = ("_ssh", "_telnet", "_serial")  # what netmiko hangs on a name, one for all platforms
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
DEEPEST = 16  # mappings and lists within each other, more than a driver file needs
_PLAIN = re.compile(r"\w[\w-]*")  # a name that leads to no other folder
_NULL = "tag:yaml.org,2002:null"
OWN = {"description", "source", "aliases", "network_os", "detect"}

# A file and what tells one version of it from the next: time of change (ns), size, inode.
File = tuple[str, tuple[int, int, int]]


class _Loader(yaml.BaseLoader):
    """YAML without guesses: a scalar is the text that stands there, so that `no` is no boolean.

    Only null is told apart; what else a text means is known where the key is.
    """

    file = ""
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        if parent is not None and self.depth > DEEPEST:
            line = parent.start_mark.line + 1
            raise InvalidDriver(f"{self.file}:{line}: this is nested too deep.")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_scalar(self, node: yaml.ScalarNode) -> Any:
        return None if node.tag == _NULL else super().construct_scalar(node)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        marked = Section()
        for key_node, value_node in node.value:
            where = f"{self.file}:{key_node.start_mark.line + 1}"
            if not isinstance(key_node, yaml.ScalarNode):
                raise InvalidDriver(f"{where}: a key is a text.")
            key = str(key_node.value)
            if key in marked:
                raise InvalidDriver(f"{where}: {key} is said a second time.")
            marked.put(key, self.construct_object(value_node, deep=True), where)
        return marked


_Loader.add_implicit_resolver(_NULL, re.compile(r"(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])


def folders(extra: Iterable[str] = ()) -> tuple[str, ...]:
    """Where drivers are looked for, in order: extra, $PYCO_HOME/drivers, the built-in ones."""
    home = os.path.expanduser(os.environ.get("PYCO_HOME", ""))
    return (*extra, *((os.path.join(home, "drivers"),) if home else ()), BUILT_IN)


def entries(where: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every driver file as (name, file), folder by folder. Raises InvalidDriver."""
    for folder in where:
        if os.path.isdir(folder):
            try:
                listed = sorted(os.listdir(folder))
            except OSError as exc:
                raise InvalidDriver(f"{folder}: the folder cannot be read: {exc.strerror}.") from exc
            for entry in listed:
                if entry.endswith(".yml") and not entry.startswith("."):  # an editor's own files
                    yield entry[:-4], os.path.join(folder, entry)


def names(where: Iterable[str]) -> dict[str, str]:
    """Every driver's name and its file; a folder earlier in where hides the same name in a later one."""
    found: dict[str, str] = {}
    for name, file in entries(where):
        found.setdefault(name, file)
    return found


def find(name: str, where: Iterable[str]) -> str:
    """The file of the driver of this name, or else of the one that lists it as another name of its own.

    netmiko's names for a protocol (`cisco_ios_telnet`) mean the platform. Raises DriverNotFound, which names
    the nearest, and InvalidDriver.
    """
    where = tuple(where)
    for folder in where if _PLAIN.fullmatch(name) else ():  # every login asks; most names need no list of all
        file = os.path.join(folder, f"{name}.yml")
        if os.path.isfile(file):
            return file
    known = names(where)
    if name in known:
        return known[name]
    for entry, file in entries(where):
        if may_hold(file, name) and name in (*listed(file, "aliases"), *listed(file, "network_os")):
            return known[entry]
    for suffix in PROTOCOLS:
        if name.endswith(suffix):
            with suppress(DriverNotFound):
                return find(name.removesuffix(suffix), where)
    hint = suggestion(name, sorted(known), COMMON)
    if known and not hint:
        hint = "List the drivers with: python -m pyco_core drivers"
    raise DriverNotFound(f"unknown driver {name!r}.", hint=hint)


def may_hold(file: str, word: str) -> bool:
    """Whether a file can list this word: reading its text first keeps a hundred files from being parsed."""
    return word in _text_of(file, stamp(file))


@lru_cache(maxsize=512)
def _text_of(file: str, _stamp: tuple[int, int, int]) -> str:
    return text_of(file)


def chain(name: str, where: tuple[str, ...]) -> tuple[File, ...]:
    """The files of a driver and its parents, the driver first.

    A file that has its parent's name hides it in a later folder: a user's own `linux` may say
    `parent: linux`. Raises DriverNotFound and InvalidDriver (among it a circle of parents).
    """
    files: list[File] = []
    way: list[str] = []
    while True:
        been = {file for file, _rest in files}
        try:
            file = find(name, [folder for folder in where if os.path.join(folder, f"{name}.yml") not in been])
        except DriverNotFound as exc:
            if not files:
                raise
            raise _no_parent(read(*files[-1]).place("parent", files[-1][0]), name, way, exc) from exc
        way.append(name)
        files.append((file, stamp(file)))
        name = read(*files[-1]).get("parent") or ""
        if not name:
            return tuple(files)


def _no_parent(place: str, name: str, way: list[str], missing: DriverNotFound) -> InvalidDriver:
    if name in way:
        circle = " -> ".join((*way[way.index(name) :], name))
        return InvalidDriver(f"{place}: the parents go in a circle: {circle}.")
    return InvalidDriver(f"{place}: {missing.message}", hint=missing.hint)


def stamp(file: str) -> tuple[int, int, int]:
    """What tells this version of the file from the next. Raises InvalidDriver."""
    try:
        found = os.stat(file)
    except OSError as exc:
        raise InvalidDriver(f"{file}: the file cannot be read: {exc.strerror}.") from exc
    return found.st_mtime_ns, found.st_size, found.st_ino


def text_of(file: str) -> str:
    """What a driver file holds. Raises InvalidDriver."""
    try:
        return Path(file).read_bytes().decode()
    except OSError as exc:
        raise InvalidDriver(f"{file}: the file cannot be read: {exc.strerror}.") from exc
    except UnicodeDecodeError as exc:
        line = exc.object.count(b"\n", 0, exc.start) + 1
        raise InvalidDriver(f"{file}:{line}: this is not UTF-8.") from exc


@lru_cache(maxsize=256)
def read(file: str, _stamp: tuple[int, int, int]) -> Section:
    """One driver file as checked data. _stamp: see `File`; it makes an edit seen.

    Raises InvalidDriver with file, line, key and the nearest right key.
    """
    text = text_of(file)
    try:
        loader = _Loader(text)
        loader.file = file
        data = loader.get_single_data()
    except yaml.MarkedYAMLError as exc:
        line = getattr(exc.problem_mark, "line", 0) + 1
        raise InvalidDriver(
            f"{file}:{line}: this is not YAML: {exc.problem}.",
            hint="A text stands in quotes where it holds ': ' or ' #' or starts with one of %@&*!|>{[`.",
        ) from exc
    except yaml.reader.ReaderError as exc:
        line = text.count("\n", 0, exc.position) + 1
        raise InvalidDriver(f"{file}:{line}: this is not YAML: {exc.reason}.") from exc
    if data is None:
        data = Section()
    if not isinstance(data, Section):
        raise InvalidDriver(f"{file}:1: a driver file is a mapping of keys.")
    return checked(data, file)


def current(file: str) -> Section:
    """The file as it is now, see `read`."""
    return read(file, stamp(file))


def listed(file: str, key: str) -> tuple[str, ...]:
    """What the file itself lists under this key, its parents aside. Raises InvalidDriver."""
    return current(file).get(key) or ()


def inherited(files: tuple[File, ...]) -> Section:
    """The files of a chain as one: a child's word goes before its parent's, and null removes it.

    What names one platform, `OWN`, is not a parent's to say.
    """
    merged = Section()
    name = ""
    for file in reversed(files):
        if os.path.basename(file[0]) != name:
            for key in OWN & merged.keys():
                del merged[key]
        name = os.path.basename(file[0])
        merged = extended(merged, read(*file))
    return merged


def extended(parent: Section, child: Section) -> Section:
    """A driver's words over its parent's. Transitions are added; those of an event that is removed go."""
    merged = merge(parent, child)
    events = parent.get("events", {}).keys() - merged.get("events", {}).keys()
    if "transitions" in merged:
        own = child.get("transitions") or []
        others = parent.get("transitions", [])
        merged["transitions"] = [*(said for said in others if said.get("event") not in events), *own]
    return merged
