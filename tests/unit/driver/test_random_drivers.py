# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of random driver files: each is a driver that can be exported, or an error with its location."""

from __future__ import annotations

import json
import random
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.files import BUILT_IN
from pyco_core.driver.key import BOOLEAN, MAPPING, MAPPINGS, NUMBER, STRING, STRINGS, Key, Type
from pyco_core.driver.keys import children
from pyco_core.driver.model import Driver
from pyco_core.errors import PycoError
from pyco_core.fsm.machine import CHANGE_STATES, INTERNAL, LOGIN_STATES, Machine
from pyco_core.fsm.matcher import Matcher
from pyco_core.session.terminal import last_line

FILES, PARTS = 3_000, 6
EXPORTED = 4  # one of so many drivers is exported and loaded: with its parents' keys it is long
MODES = ("user", "enable", "config")
EVENTS = ("more", "password", "sure")
NAMES = (*3 * MODES, *2 * EVENTS, "*", *INTERNAL, *LOGIN_STATES, *CHANGE_STATES)
GOOD = ("{hostname}#", "{hostname}>", r"\(yes/no\)\? ", "(?i)more", "a|b", r"x\ny")
PATTERNS = (*15 * GOOD, "(", "x*", "[", "")
REQUIRED = {"modes", "events", "prompt", "pattern", "event"}  # without them a driver is almost empty
ACTIONS = (*3 * ("send: x", "sendline", "erase", "deny", "send_password"), "deny: x", "sned")
VALUES = {
    "modes": (*25 * MODES, "more", "GROUND"),
    "events": (*25 * EVENTS, *INTERNAL, "user", "*"),
    "event": (*8 * EVENTS, *INTERNAL, "user", "*"),
    "from": MODES,
    "state": (*5 * LOGIN_STATES, *CHANGE_STATES, *MODES, "*", "nowhere"),
    "next": (*4 * LOGIN_STATES, *CHANGE_STATES, *MODES, "", "*"),
    "home": MODES,
    "become_mode": MODES,
    "parent": ("common", "common", "linux", "nobody", ""),
    "user": ("{user}+x", "{user}", "{nobody}", "{"),
    "action": ACTIONS,
    "prompt": PATTERNS,
    "pattern": PATTERNS,
    "line": PATTERNS,
    "errors": PATTERNS,
    "renames": PATTERNS,
    "above": PATTERNS,
    "ssh": ("ssh {host}", "ssh {user!q}@{host}", "{port", "{x}"),
    "append": ("+{piece!q}", "{piece}", "", "{"),
    "run": ("x", ""),
}
OUTPUT = [b"r1#", b"r1>", b"more", b"password: ", b"a", b"x\r\ny", b"(yes/no)? ", b"\xff\x1b[K\r"]


class RandomDefinition:
    """A definition of a driver drawn by one seed: mostly values of the right types."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def definition(self) -> Any:
        """Return the data of a whole driver file."""
        return self._sometimes_wrong(lambda: self._mapping("", ""))

    def _value(self, key: Key, name: str) -> Any:
        return self._sometimes_wrong(lambda: self._right(key, name))

    def _right(self, key: Key, name: str) -> Any:
        if key.type is MAPPING:
            return self._mapping(key.path, name)
        if key.type is MAPPINGS:
            count = self._random.randrange(3)
            return [self._sometimes_wrong(lambda: self._mapping(key.path, name)) for _ in range(count)]
        texts = self._random.choices(VALUES.get(name, NAMES), k=self._random.randrange(1, 3))
        values: dict[Type, Any] = {
            STRING: texts[0],
            STRINGS: texts,
            BOOLEAN: self._random.random() < 0.5,
            NUMBER: self._random.choice([1, 0.5, 80]),
        }
        return values[key.type]

    def _mapping(self, path: str, name: str) -> dict[str, Any]:
        keys = children(path)
        if "*" in keys:
            names = self._random.choices(VALUES.get(name, NAMES), k=self._random.randrange(5))
            return {one: self._value(keys["*"], "") for one in names}
        chosen = self._random.sample(sorted(keys), self._random.randrange(min(4, len(keys) + 1)))
        return {one: self._value(keys[one], one) for one in (*chosen, *sorted(REQUIRED & keys.keys()))}

    def _sometimes_wrong(self, right: Callable[[], Any]) -> Any:
        if self._random.random() < 0.01:
            return self._random.choice([None, "x", 5, [], {}, [[]], {"x": {}}, True, -1.5, [None]])
        return right()


def load_or_error(data: Any, folder: Path, name: str) -> Driver | PycoError:
    """Return the driver of a file with this data, or its error; JSON is YAML, too."""
    file = folder / f"{name}.yml"
    file.write_text(json.dumps(data), "utf-8")
    try:
        return load(name, (str(folder),))
    except PycoError as exc:
        return exc
    finally:
        file.unlink()


def run_machine(driver: Driver, seed: int) -> None:
    """Feed the machine a text in each of its states."""
    for state in driver.sets:
        machine, matcher = Machine(driver.table, state), Matcher(driver.sets, last_line)
        matcher.feed(OUTPUT[seed % len(OUTPUT)])
        if match := matcher.next(state):
            assert machine.process(match.event) is not None
        for event in INTERNAL:
            machine.fire_internal(event)
        assert machine.state in driver.sets


@pytest.mark.parametrize("part", range(PARTS))
def test_random_file_is_a_driver_that_can_be_exported_or_an_error_with_location(
    tmp_path: Path, part: int
) -> None:
    drivers = 0
    location = re.compile(rf"({tmp_path}/d\d+|{BUILT_IN}/\w+)\.yml:\d+: ")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about regular expressions
        for seed in range(part, FILES, PARTS):
            data = RandomDefinition(seed).definition()
            driver = load_or_error(data, tmp_path, f"d{seed}")
            if isinstance(driver, PycoError):
                assert location.match(driver.message), (seed, data)
                continue
            drivers += 1
            run_machine(driver, seed)
            if drivers % EXPORTED == 0:
                again = load_or_error(driver.export(), tmp_path, f"again{seed}")
                assert isinstance(again, Driver), (seed, data, again)
                # Without an entry of its own, the name of the templates is the name of the driver.
                own = replace(again, name=driver.name, file=driver.file, parse=driver.parse)
                assert own == driver, (seed, data)
    assert FILES / PARTS / 5 < drivers < FILES / PARTS * 4 / 5
