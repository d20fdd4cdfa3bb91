# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a driver file may say: its keys, what may stand at each, and the check of a file against that."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidDriver, suggestion

_HALF_PAIR = re.compile("[\ud800-\udfff]")

TEXT, TEXTS, FLAG, NUMBER = "a text", "a list of texts", "true or false", "a number above 0"
EVENT = {"pattern": TEXTS, "line": TEXTS, "state": TEXTS, "action": TEXTS, "next": TEXT}
MODE = {"prompt": TEXT, "from": TEXTS, "enter": TEXT, "leave": TEXT, "setup": TEXTS, "logout": TEXT}
CONNECT_ERRORS = dict.fromkeys(
    (
        "resolve",
        "refused",
        "timed_out",
        "unreachable",
        "key_changed",
        "key_unknown",
        "missing",
        "denied",
        "closed",
    ),
    TEXTS,
)
TRANSITION = {"event": TEXT, "state": TEXTS, "action": TEXTS, "next": TEXT, "remove": FLAG}
# At each key a kind, the keys of a mapping, or {"*": the keys of each named entry}.
FORM: dict[str, Any] = {
    "description": TEXT,
    "source": TEXTS,
    "parent": TEXT,
    "aliases": TEXTS,
    "network": FLAG,
    "network_os": TEXTS,
    "detect": {"*": TEXTS},
    "modes": {"*": MODE},
    "above": TEXT,
    "user": TEXT,
    "home": TEXT,
    "become_mode": TEXT,
    "setup": TEXTS,
    "renames": TEXTS,
    "logout": TEXT,
    "errors": TEXTS,
    "newline": TEXT,
    "long": {"size": NUMBER, "append": TEXT, "run": TEXT},
    "echo": FLAG,
    "quiet": NUMBER,
    "settle": NUMBER,
    "wake": FLAG,
    "events": {"*": EVENT},
    "transitions": [TRANSITION],
    "connect": {"ssh": TEXT, "ssh_unchecked": TEXT, "telnet": TEXT, "wake": FLAG, "errors": CONNECT_ERRORS},
    "configure": {"mode": TEXT, "running": TEXT, "save": TEXT, "commit": TEXT, "negate": TEXT},
}
FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Section(dict[str, Any]):
    """A mapping that knows where each of its keys stands: `locations[key]` is `FILE:LINE`."""

    def __init__(self) -> None:
        super().__init__()
        self.locations: dict[str, str] = {}

    def place(self, key: str, file: str) -> str:
        """`FILE:LINE: key`; for a key that is not there, the line of the first that is, else the file."""
        where = self.locations.get(key) or next(iter(self.locations.values()), file)
        return f"{where}: {key}"

    def put(self, key: str, value: Any, location: str) -> None:
        self[key] = value
        self.locations[key] = location


def from_code(words: Mapping[str, Any], where: str) -> Section:
    """Words that come from code, in the form that a file is read in; where: what messages name.

    Raises InvalidDriver.
    """
    marked = Section()
    for key, value in words.items():
        if not isinstance(key, str):
            raise InvalidDriver(f"{where}: {reprlib.repr(key)}: a key is a text.")
        marked.put(key, _as_read(value, f"{where}: {key}"), where)
    return marked


def _as_read(value: Any, where: str) -> Any:
    """A file's flags and numbers are texts until it is known what their keys ask for."""
    if isinstance(value, Mapping):
        return from_code(value, where)
    if isinstance(value, (list, tuple)):
        return [_as_read(entry, where) for entry in value]
    if isinstance(value, (bool, int, float)):
        return str(value)
    return value


def plain(value: Any) -> Any:
    """What `from_code` takes: the words of checked data as YAML's own kinds, without their places."""
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def merge(parent: Section, child: Section) -> Section:
    """The child's words over the parent's; what is null is left out."""
    merged = Section()
    for key, value in child.items():
        if isinstance(value, Section):
            old = parent.get(key)
            value = merge(old if isinstance(old, Section) else Section(), value)
        if value is not None:
            merged.put(key, value, child.locations[key])
    for key, value in parent.items():
        if key not in child:
            merged.put(key, value, parent.locations[key])
    return merged


def checked(data: Section, file: str, form: Mapping[str, Any] | None = None) -> Section:
    """The data with every value of the kind that its key asks for; null stays. Raises InvalidDriver."""
    form = FORM if form is None else form
    found = Section()
    for key, value in data.items():
        wanted = form.get(key, form.get("*"))
        if wanted is None:
            raise InvalidDriver(f"{data.place(key, file)}: unknown key.", hint=suggestion(key, form))
        made = None if value is None else _made(value, wanted, data.place(key, file), file)
        found.put(key, made, data.locations[key])
    return found


def _made(value: object, wanted: Any, place: str, file: str) -> Any:
    if isinstance(wanted, Mapping):
        if not isinstance(value, Section):
            raise InvalidDriver(
                f"{place}: here stands a mapping, not {reprlib.repr(value)}.", hint=_keys(wanted)
            )
        return checked(value, file, wanted)
    if isinstance(wanted, list):
        if not isinstance(value, list) or not all(isinstance(entry, Section) for entry in value):
            raise InvalidDriver(f"{place}: here stands a list of mappings.", hint=_keys(wanted[0]))
        return [merge(Section(), checked(entry, file, wanted[0])) for entry in value]
    made = _KINDS[wanted](value)
    if made is None:
        raise InvalidDriver(f"{place}: here stands {wanted}, not {reprlib.repr(value)}.")
    return made


def _keys(form: Mapping[str, Any]) -> str:
    return "" if "*" in form else f"Its keys are {', '.join(form)}."


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and not _HALF_PAIR.search(value) else None


def _texts(value: object) -> tuple[str, ...] | None:
    listed = value if isinstance(value, list) else [value]
    made = tuple(text for text in map(_text, listed) if text is not None)
    return made if len(made) == len(listed) else None


def _flag(value: object) -> bool | None:
    return FLAGS.get(value.lower()) if isinstance(value, str) else None


def _number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, str) else 0.0
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None


_KINDS = {TEXT: _text, TEXTS: _texts, FLAG: _flag, NUMBER: _number}
