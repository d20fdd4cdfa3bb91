# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells the platforms apart: the `detect` sections of all drivers, and their prompts, as one index.

A hundred files take half a second to read. So the index is one text that can be kept, and that says
of which versions of the files it was made.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from ..fsm.machine import LOGIN_STATES
from . import files, reader
from .actions import ACTIONS
from .edit import extended
from .model import Driver
from .patterns import compile_output
from .schema import Section

LOGIN = "login"  # what a login shows, among the commands of `detect`


@dataclass(frozen=True, slots=True)
class Candidate:
    """A driver that says how its platform is recognized.

    parents: the drivers that it is made from. looks: regexes by command, `login` for what a login shows.
    prompts: of its modes. above: of lines above them. errors: of what it says of a wrong command. events:
    what only this platform asks during a login, as its file says it.
    """

    name: str
    parents: tuple[str, ...]
    looks: Mapping[str, tuple[str, ...]]
    prompts: tuple[str, ...]
    above: str
    errors: tuple[str, ...]
    events: Mapping[str, Mapping[str, Any]]

    def complains(self, text: str) -> int:
        """How many characters are what this platform says of a wrong command. Raises InvalidDriver."""
        found = (compile_output(regex).search(text) for regex in self.errors)
        return max((len(match[0]) for match in found if match), default=0)

    def matches(self, command: str, text: str) -> bool:
        """Whether this platform prints such a text for the command. Raises InvalidDriver."""
        return any(compile_output(regex).search(text) for regex in self.looks.get(command, ()))


def index(folders: tuple[str, ...], kept: str = "") -> str:
    """The index of the drivers in these folders; kept: one that was made earlier, perhaps of other files.

    Raises InvalidDriver.
    """
    found_files = [(name, file, *reader.stamp(file)) for name, file in files.entries(folders)]
    version = hashlib.sha256(repr(found_files).encode()).hexdigest()
    if kept.startswith(f'{{"version": "{version}"'):
        return kept
    named = {name for name, file, *_rest in found_files if reader.may_contain(file, "detect:")}
    found = [asdict(_candidate(name, folders)) for name in sorted(named)]
    return json.dumps({"version": version, "drivers": [one for one in found if one["looks"]]})


@lru_cache(maxsize=8)
def candidates(index: str) -> tuple[Candidate, ...]:
    """The drivers of an index."""
    return tuple(
        Candidate(
            said["name"],
            tuple(said["parents"]),
            {command: tuple(regexes) for command, regexes in said["looks"].items()},
            tuple(said["prompts"]),
            said["above"],
            tuple(said["errors"]),
            said["events"],
        )
        for said in json.loads(index)["drivers"]
    )


def _candidate(name: str, folders: tuple[str, ...]) -> Candidate:
    chain = files.chain(name, folders)
    data = files.inherited(chain)
    names = [os.path.splitext(os.path.basename(file))[0] for file, _rest in chain]
    modes = data.get("modes", {})
    is_network = data.get("network", True)  # what a shell may print is no question of a login
    return Candidate(
        name,
        tuple(parent for parent in names if parent != name),
        dict(data.get("detect", {})),
        tuple(mode.get("prompt", "") for mode in modes.values()),
        data.get("above", ""),
        data.get("errors", ()),
        {f"{name} {event}": words for event, words in _questions(data, folders)} if is_network else {},
    )


def _questions(data: Section, folders: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a login that `common` does not know, where any driver could have them."""
    usual = files.inherited(files.chain("common", folders)).get("events", {})
    for event, said in data.get("events", {}).items():
        states = [state for state in said.get("state", ()) if state in LOGIN_STATES]
        actions = {text.partition(":")[0].strip() for text in said.get("action", ())}
        following = said.get("next", LOGIN_STATES[0])
        shown = {key: said[key] for key in ("pattern", "line") if said.get(key)}
        is_others = said == usual.get(event) or not actions <= ACTIONS.keys() or following not in LOGIN_STATES
        if states and shown and not is_others:
            goes_on = {"next": following} if "next" in said else {}
            typed = [_typed(text, data.get("newline", "\n")) for text in said.get("action", ())]
            yield event, {**shown, **goes_on, "action": typed, "state": states}


def _typed(action: str, newline: str) -> str:
    """The action with this platform's line end said in it."""
    name, _colon, text = action.partition(":")
    return f"send: {text.removeprefix(' ')}{newline}" if name.strip() == "sendline" else action


def knowing(driver: Driver, index: str) -> Driver:
    """The driver with what all the others know of a login. Raises InvalidDriver."""
    events = [each for candidate in candidates(index) for each in candidate.events.items()]
    # What stands first is tried first: the longest pattern, since it says most.
    events.sort(key=lambda each: -max(map(len, each[1].get("pattern", [""]))))
    return extended(driver, {"events": dict(events)}, "detect")
