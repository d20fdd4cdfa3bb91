# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The compiler of drivers: from a name, over files and their parents, to a Driver.

Drivers are kept and compiled again only if one of their files changed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..errors import DriverNotFound
from ..fsm.machine import ANY, CHANGE_STATES, INTERNAL, LOGIN_STATES
from ..models.configure import Configure
from . import files, plugins, reader, schema
from .actions import Function
from .keys import defaults
from .locator import Locator
from .model import DISCOVERED, Connect, Driver, Long, Mode
from .outputs import getters, parsing
from .patterns import LIKELY_PROMPT, compile_output
from .schema import Section
from .template import fill
from .transitions import MachineBuilder

KINDS = ("indented", "set", "flat", "exec", "edit")

# Names that no mode can have: they are states of a login, events, or have a meaning of their own.
RESERVED = ("", ANY, DISCOVERED, *INTERNAL, *LOGIN_STATES, *CHANGE_STATES)


def load(name: str, driver_path: tuple[str, ...] = ()) -> Driver:
    """Return the driver of this name; driver_path: folders to search before the usual ones.

    Raises DriverNotFound, InvalidDriver and UnknownAction, with file, line and key in the message.
    """
    try:
        chain = files.chain(name, files.folders(driver_path))
    except DriverNotFound as exc:
        raise files.searched(exc, driver_path) from None
    return _load(chain, plugins.beside(chain))


@lru_cache(maxsize=256)
def _load(chain: tuple[reader.File, ...], code_files: tuple[reader.File, ...]) -> Driver:
    name, file = os.path.splitext(os.path.basename(chain[0][0]))[0], chain[0][0]
    data = files.inherited(chain)
    built_in = next((path for path, _stamp in chain if os.path.dirname(path) == files.BUILT_IN), file)
    if built_in != file and "textfsm" not in data.get("parse", ()):
        # A driver of the user's own is for a platform like that of its parent.
        parent = os.path.splitext(os.path.basename(built_in))[0]
        parse = schema.merge(data.get("parse", Section()), Section())
        parse.put("textfsm", (name, *data.get("aliases", ()), parent), file)
        data.put("parse", parse, file)
    return compile_driver(name, file, data, plugins.actions(code_files))


def compile_driver(name: str, file: str, data: Section, actions: Mapping[str, Function]) -> Driver:
    """Return the driver of a checked definition.

    file: named in the driver, and in error messages about a key without a line of its own. actions: the
    functions that transitions may name. Raises InvalidDriver and UnknownAction.
    """
    locator = Locator(file)
    modes = _modes(data, locator)
    table, patterns = MachineBuilder(data, modes, actions, locator).build()
    values = _values(data, "")
    for key in ("parent", "inherit_facts"):
        del values[key]
    values.update(
        user=_template(data, "user", "It may contain {user}.", locator, user="") or "{user}",
        home=_mode_name(data, "home", modes, locator),
        become_mode=_mode_name(data, "become_mode", modes, locator),
        renames=next(iter(_compiled(data, "renames", locator)), None),
        errors=_compiled(data, "errors", locator),
    )
    return Driver(
        name=name,
        file=file,
        detect=_detect(data, locator),
        modes=modes,
        long=_long(data, locator),
        connect=_connect(data, locator),
        configure=_configure(data, modes, locator),
        parse=parsing(name, data, locator),
        facts=getters(data, locator),
        table=table,
        sets=patterns,
        definition=data,
        actions=actions,
        **values,
    )


def _values(section: Section, path: str) -> dict[str, Any]:
    """Return the values of all keys that a section can have, defaults included, without mappings."""
    return {name: section.get(name, default) for name, default in defaults(path).items()}


def _section(data: Section, key: str) -> Section:
    section: Section = data.get(key, Section())
    return section


def _modes(data: Section, locator: Locator) -> dict[str, Mode]:
    """Return the modes, or the one mode of a driver that learns its prompt."""
    section = _section(data, "modes")
    modes = {}
    for name, keys in section.items():
        if name in RESERVED:
            raise locator.error(section, name, "no mode can have this name.")
        if "prompt" not in keys:
            raise locator.error(section, name, "the mode has no prompt.")
        values = _values(keys, "modes.*")
        values["partial"] = _compiled(keys, "partial", locator)
        modes[name] = Mode(name=name, parents=values.pop("from"), **values)
    for mode in modes.values():
        for parent in mode.parents:
            if parent not in modes:
                raise locator.unknown(section[mode.name], "from", "mode", parent, modes)
    return modes or {DISCOVERED: Mode(DISCOVERED, LIKELY_PROMPT)}


def _mode_name(section: Section, key: str, modes: Mapping[str, Mode], locator: Locator) -> str:
    """Return the name of a mode that is the value of a key, "" if there is none."""
    name: str = section.get(key, "")
    if name and name not in modes:
        raise locator.unknown(section, key, "mode", name, modes)
    return name


def _compiled(section: Section, key: str, locator: Locator) -> tuple[re.Pattern[str], ...]:
    with locator.at(section, key):
        return tuple(compile_output(text) for text in section.get(key, ()))


def _detect(data: Section, locator: Locator) -> dict[str, tuple[re.Pattern[str], ...]]:
    section = _section(data, "detect")
    return {command: _compiled(section, command, locator) for command in section}


def _long(data: Section, locator: Locator) -> Long:
    section = _section(data, "long")
    values = _values(section, "long")
    long = Long(size=int(values.pop("size")), **values)
    hint = "append contains {piece!q} and fits into size with one character, run runs the pieces."
    try:
        widest, other = (fill(long.append, piece=piece) for piece in "'x")
    except (KeyError, ValueError) as exc:
        raise locator.error(section, "append", f"invalid placeholder in {long.append!r}.", hint) from exc
    is_split = "append" in section or "run" in section
    if is_split and (widest == other or len(widest.encode()) > long.size or not long.run):
        raise locator.error(data, "long", "a long command cannot be typed with these keys.", hint)
    return long


def _connect(data: Section, locator: Locator) -> Connect:
    section = _section(data, "connect")
    values = _values(section, "connect")
    hint = "It may contain {host}, {port} and {user}, each also as {user!q}."
    for key in ("ssh", "ssh_unchecked", "telnet"):
        _template(section, key, hint, locator, host="", port=0, user="")
    errors = _section(section, "errors")
    patterns = ((kind, pattern) for kind in errors for pattern in _compiled(errors, kind, locator))
    return Connect(errors=tuple(patterns), **values)


def _template(section: Section, key: str, hint: str, locator: Locator, **values: str | int) -> str:
    """Return the template at a key, "" if there is none, after a trial with these values."""
    template: str = section.get(key, "")
    try:
        fill(template, **values)
    except (KeyError, ValueError) as exc:
        raise locator.error(section, key, f"invalid placeholder in {template!r}.", hint) from exc
    return template


def _configure(data: Section, modes: Mapping[str, Mode], locator: Locator) -> Configure | None:
    """Return the commands of the configuration, None if the driver has none."""
    section = _section(data, "configure")
    for key in ("mode", "candidate", "safe"):
        _mode_name(section, key, modes, locator)
    for key in ("several", "locked", "volatile"):
        _compiled(section, key, locator)
    for key in ("whole", "unsaved"):
        with locator.at(section, key):
            compile_output(section.get(key, ""))
    _template(section, "comment", "It contains {comment}.", locator, comment="")
    limits = "It contains {minutes}, {seconds} or {clock}."
    for key in ("confirm", "arm"):
        _template(section, key, limits, locator, minutes=1, seconds=1, clock="")
    for key in ("begin", "abandon", "confirmed"):
        _template(section, key, "It contains {name}.", locator, name="")
    if section.get("kind", "set") not in KINDS:
        raise locator.unknown(section, "kind", "kind", section["kind"], KINDS)
    return Configure(**_values(section, "configure")) if section else None
