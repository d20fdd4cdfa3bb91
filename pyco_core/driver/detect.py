# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index that the driver `auto` uses: the `detect` keys and prompts of all drivers.

A hundred files take half a second to read. The index is therefore one text that can be cached, with the
versions of the files in it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from ..fsm.machine import LOGIN_STATES
from ..fsm.matcher import Pattern
from . import files, reader
from .actions import ACTIONS
from .edit import extended
from .model import Driver
from .patterns import compile_output
from .reader import File
from .schema import Section

LOGIN = "login"  # the key of a login's text among the commands of `detect`
FORMAT = 2  # of the index; a cached index in another format is built again


@dataclass(frozen=True, slots=True)
class Candidate:
    """A driver with the key `detect`.

    parents: names of the drivers that it inherits from. detect: regular expressions by command, `login` for
    the text of a login. prompts: regular expressions of its modes. above: regular expression of lines above
    them. errors: regular expressions of error messages. events: questions that only this platform asks during
    a login, as in its file.
    """

    name: str
    parents: tuple[str, ...]
    detect: Mapping[str, tuple[str, ...]]
    prompts: tuple[str, ...]
    above: str
    errors: tuple[str, ...]
    events: Mapping[str, Mapping[str, Any]]

    def error_length(self, text: str) -> int:
        """Return the length of this platform's longest error message in the text. Raises InvalidDriver."""
        matches = (compile_output(regex).search(text) for regex in self.errors)
        return max((len(match[0]) for match in matches if match), default=0)

    def matches(self, command: str, text: str) -> bool:
        """Return True if the text is this platform's output of the command. Raises InvalidDriver."""
        return any(compile_output(regex).search(text) for regex in self.detect.get(command, ()))


def index(folders: tuple[str, ...], cached: str = "") -> str:
    """Return the index of the drivers in these directories.

    cached: an index built earlier; it is returned if the files are the same. Raises InvalidDriver.
    """
    versions = [(name, file, *reader.stamp(file)) for name, file in files.entries(folders)]
    version = hashlib.sha256(repr((FORMAT, versions)).encode()).hexdigest()
    if cached.startswith(f'{{"version": "{version}"'):
        return cached
    return _build(version, tuple(folder for folder in folders if os.path.isdir(folder)))


@lru_cache(maxsize=8)
def _build(version: str, folders: tuple[str, ...]) -> str:
    """Return the index of this version of the files. Raises InvalidDriver."""
    names = {name for name, file in files.entries(folders) if reader.may_contain(file, "detect:")}
    chains = {name: files.chain(name, folders) for name in sorted(names)}
    definitions = {name: files.inherited(chain) for name, chain in chains.items()}
    usual = files.inherited(files.chain("common", folders)).get("events", {}) if definitions else {}
    drivers = [asdict(_candidate(name, chains[name], data, usual)) for name, data in definitions.items()]
    return json.dumps({"version": version, "drivers": [driver for driver in drivers if driver["detect"]]})


@lru_cache(maxsize=8)
def candidates(index: str) -> tuple[Candidate, ...]:
    """Return the drivers of an index."""
    return tuple(
        Candidate(
            data["name"],
            tuple(data["parents"]),
            {command: tuple(regexes) for command, regexes in data["detect"].items()},
            tuple(data["prompts"]),
            data["above"],
            tuple(data["errors"]),
            data["events"],
        )
        for data in json.loads(index)["drivers"]
    )


def _candidate(name: str, chain: tuple[File, ...], data: Section, usual: Mapping[str, Any]) -> Candidate:
    """Return a driver of the index. data: its definition. usual: the events of `common`."""
    names = [os.path.splitext(os.path.basename(file))[0] for file, _stamp in chain]
    modes = data.get("modes", {})
    is_network = data.get("network", True)  # the output of a shell is no question of a login
    return Candidate(
        name,
        tuple(parent for parent in names if parent != name),
        dict(data.get("detect", {})),
        tuple(mode.get("prompt", "") for mode in modes.values()),
        data.get("above", ""),
        data.get("errors", ()),
        {f"{name} {event}": keys for event, keys in _questions(data, usual)} if is_network else {},
    )


def _questions(data: Section, usual: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of a login that `common` lacks, if they work in any driver."""
    for name, event in data.get("events", {}).items():
        states = [state for state in event.get("state", ()) if state in LOGIN_STATES]
        actions = {text.partition(":")[0].strip() for text in event.get("action", ())}
        next_state = event.get("next", LOGIN_STATES[0])
        patterns = {key: event[key] for key in ("pattern", "line") if event.get(key)}
        is_portable = actions <= ACTIONS.keys() and next_state in LOGIN_STATES
        if states and patterns and event != usual.get(name) and is_portable:
            following = {"next": next_state} if "next" in event else {}
            typed = [_with_newline(text, data.get("newline", "\n")) for text in event.get("action", ())]
            yield name, {**patterns, **following, "action": typed, "state": states}


def _with_newline(action: str, newline: str) -> str:
    """Return the action with this platform's line end in its argument."""
    name, _colon, text = action.partition(":")
    return f"send: {text.removeprefix(' ')}{newline}" if name.strip() == "sendline" else action


def with_login_events(driver: Driver, index: str) -> Driver:
    """Return the driver with the login questions of all drivers in the index. Raises InvalidDriver.

    They count after the idle timeout, as a text that waits for any key does: one may be the beginning of
    another. If several match, the one that covers most of the text counts.
    """
    events = {name: keys for candidate in candidates(index) for name, keys in candidate.events.items()}
    late = {name: _after_silence(keys) for name, keys in events.items()}
    driver = extended(driver, {"events": late}, "detect")

    def shared(pattern: Pattern) -> Pattern:
        is_late = pattern.event == "press" or (pattern.event in late and pattern.likely)
        return replace(pattern, shared=True, likely=True) if is_late else pattern

    sets = {
        state: replace(patterns, tail=tuple(map(shared, patterns.tail)))
        for state, patterns in driver.sets.items()
    }
    return replace(driver, sets=sets)


def _after_silence(keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event whose patterns count after the idle timeout."""
    return {"likely" if key == "pattern" else key: value for key, value in keys.items()}
