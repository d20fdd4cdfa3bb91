# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Driver files as checked plain data: found, read, inherited, every value with its file and line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ..errors import DriverNotFound, InvalidDriver

_HERE = Path(__file__).resolve().parent.parent
# A checkout and the collection hold the drivers beside pyco_core, a wheel inside it.
BUILT_IN = next((str(p) for p in (_HERE.parent / "drivers", _HERE / "drivers") if p.is_dir()), "")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")

TEXT, TEXTS, FLAG, NUMBER = "a text", "a list of texts", "true or false", "a number"
EVENT = {"pattern": TEXTS, "line": TEXTS, "state": TEXTS, "action": TEXTS, "next": TEXT}
MODE = {"prompt": TEXT, "from": TEXT, "enter": TEXT, "leave": TEXT}
CONNECT_ERRORS = dict.fromkeys(
    ("resolve", "refused", "timed_out", "unreachable", "key_changed", "key_unknown", "missing", "denied"),
    TEXTS,
)
TRANSITION = {"event": TEXT, "state": TEXTS, "action": TEXTS, "next": TEXT}
# What a driver file may say: a kind, the keys of a mapping, or {"*": the keys of each named entry}.
FORM: dict[str, Any] = {
    "description": TEXT,
    "parent": TEXT,
    "network": FLAG,
    "network_os": TEXTS,
    "modes": {"*": MODE},
    "home": TEXT,
    "become_mode": TEXT,
    "setup": TEXTS,
    "renames": TEXT,
    "logout": TEXT,
    "errors": TEXTS,
    "newline": TEXT,
    "echo": FLAG,
    "quiet": NUMBER,
    "events": {"*": EVENT},
    "transitions": [TRANSITION],
    "connect": {"ssh": TEXT, "ssh_unchecked": TEXT, "telnet": TEXT, "errors": CONNECT_ERRORS},
    "configure": {"mode": TEXT, "running": TEXT, "save": TEXT, "negate": TEXT},
}


class Marked(dict[str, Any]):
    """A mapping that knows where each of its keys stands: `where[key]` is `FILE:LINE`."""

    def __init__(self) -> None:
        super().__init__()
        self.where: dict[str, str] = {}

    def place(self, key: str, file: str) -> str:
        """`FILE:LINE: key`, or the file alone for a key that is not there."""
        return f"{self.where[key]}: {key}" if key in self.where else f"{file}: {key}"


class _Loader(yaml.SafeLoader):
    file = ""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Marked:
    marked = Marked()
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        where = f"{loader.file}:{key_node.start_mark.line + 1}"
        if key in marked:
            raise InvalidDriver(f"{where}: {key} is said a second time.")
        marked[key] = loader.construct_object(value_node, deep=True)
        marked.where[key] = where
    return marked


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def folders(extra: Iterable[str] = ()) -> tuple[str, ...]:
    """Where drivers are looked for, in order: extra, $PYCO_HOME/drivers, the built-in ones."""
    home = os.environ.get("PYCO_HOME", "")
    return (*extra, *((os.path.join(home, "drivers"),) if home else ()), BUILT_IN)


def names(where: Iterable[str]) -> dict[str, str]:
    """Every driver's name and its file; a folder earlier in where hides the same name in a later one."""
    found: dict[str, str] = {}
    for folder in where:
        if os.path.isdir(folder):
            for entry in sorted(os.listdir(folder)):
                if entry.endswith(".yml"):
                    found.setdefault(entry[:-4], os.path.join(folder, entry))
    return found


def find(name: str, where: Iterable[str]) -> str:
    """The file of the driver of this name. Raises DriverNotFound, which names the nearest."""
    known = names(where)
    if not _NAME.fullmatch(name) or name not in known:
        near = get_close_matches(name, known, 1, 0.5)
        hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(sorted(known))}."
        raise DriverNotFound(f"There is no driver {name!r}.", hint=hint)
    return known[name]


def chain(name: str, where: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """The files of a driver and its parents, the driver first, each with its time of change.

    A file that has its parent's name hides it in a later folder: a user's own `linux` may say
    `parent: linux`. Raises DriverNotFound and InvalidDriver (a circle of parents).
    """
    files: list[tuple[str, int]] = []
    seen: set[str] = set()
    while name:
        searched = [folder for folder in where if os.path.join(folder, f"{name}.yml") not in seen]
        try:
            file = find(name, searched)
        except DriverNotFound as exc:
            if not files:
                raise
            child = read(*files[-1])
            raise InvalidDriver(
                f"{child.place('parent', files[-1][0])}: {exc.message}", hint=exc.hint
            ) from exc
        seen.add(file)
        files.append((file, os.stat(file).st_mtime_ns))
        name = read(*files[-1]).get("parent") or ""
    return tuple(files)


@lru_cache(maxsize=256)
def read(file: str, _changed: int) -> Marked:
    """One driver file as checked data. _changed: its time of change, so that an edit is seen.

    Raises InvalidDriver with file, line, key and the nearest right key.
    """
    try:
        text = Path(file).read_text("utf-8")
        loader = _Loader(text)
        loader.file = file
        data = loader.get_single_data()
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 1
        raise InvalidDriver(f"{file}:{line}: this is not YAML: {exc.problem}.") from exc
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        raise InvalidDriver(f"{file}: the file cannot be read: {exc}.") from exc
    if data is None:
        data = Marked()
    if not isinstance(data, Marked):
        raise InvalidDriver(f"{file}:1: a driver file is a mapping of keys.")
    _check(data, FORM, file)
    return data


def inherited(files: tuple[tuple[str, int], ...]) -> Marked:
    """The files of a chain as one: a child's word goes before its parent's, and null removes it."""
    merged = Marked()
    for file, changed in reversed(files):
        merged = _merge(merged, read(file, changed))
    return merged


def _merge(parent: Marked, child: Marked) -> Marked:
    merged = Marked()
    for source in (parent, child):
        for key, value in source.items():
            old = merged.get(key)
            if isinstance(old, Marked) and isinstance(value, Marked):
                merged[key] = _merge(old, value)
            else:
                merged[key] = value
            merged.where[key] = source.where[key]
            if value is None:
                del merged[key]
    return merged


def _check(data: Marked, form: Mapping[str, Any], file: str) -> None:
    for key, value in data.items():
        where = data.place(key, file)
        wanted = form.get(key, form.get("*"))
        if wanted is None:
            near = get_close_matches(key, form, 1, 0.5)
            hint = f"Did you mean {near[0]!r}?" if near else f"Here stand {', '.join(form)}."
            raise InvalidDriver(f"{where}: there is no such key.", hint=hint)
        if value is None:
            continue
        if isinstance(wanted, Mapping):
            if not isinstance(value, Marked):
                raise InvalidDriver(f"{where}: here stands a mapping.", hint=_keys(wanted))
            _check(value, wanted, file)
        elif isinstance(wanted, list):
            if not isinstance(value, list) or not all(isinstance(entry, Marked) for entry in value):
                raise InvalidDriver(f"{where}: here stands a list of mappings.", hint=_keys(wanted[0]))
            for entry in value:
                _check(entry, wanted[0], file)
        elif not _fits(value, wanted):
            raise InvalidDriver(f"{where}: here stands {wanted}, not {value!r}.")


def _keys(form: Mapping[str, Any]) -> str:
    return "" if "*" in form else f"Its keys are {', '.join(form)}."


def _fits(value: object, kind: str) -> bool:
    if kind == TEXTS:
        return isinstance(value, str) or (
            isinstance(value, list) and all(isinstance(entry, str) for entry in value)
        )
    if kind == FLAG:
        return isinstance(value, bool)
    if kind == NUMBER:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, str)


def texts(value: str | list[str] | None) -> tuple[str, ...]:
    """A text or a list of texts as a tuple."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
