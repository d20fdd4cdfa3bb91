# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten thousand driver files that chance wrote: each is a machine that can be said again, or a named error."""

from __future__ import annotations

import json
import random
import re
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.files import BUILT_IN
from pyco_core.driver.model import Driver
from pyco_core.driver.schema import FLAG, FORM, NUMBER, TEXT, TEXTS
from pyco_core.errors import PycoError
from pyco_core.fsm.machine import CHANGE_STATES, INTERNAL, LOGIN_STATES, Machine
from pyco_core.fsm.matcher import Matcher
from pyco_core.session.terminal import last_line

FILES, PARTS = 10_000, 10
AGAIN = 4  # of so many machines one is said again: with its parents' words it is long
MODES = ("user", "enable", "config")
EVENTS = ("more", "password", "sure")
NAMES = (*3 * MODES, *2 * EVENTS, "*", *INTERNAL, *LOGIN_STATES, *CHANGE_STATES)
GOOD = ("{hostname}#", "{hostname}>", r"\(yes/no\)\? ", "(?i)more", "a|b", r"x\ny")
PATTERNS = (*15 * GOOD, "(", "x*", "[", "")
NEEDED = {"modes", "events", "prompt", "pattern", "event"}  # without them nothing is said
ACTIONS = (*3 * ("send: x", "sendline", "erase", "deny", "send_password"), "deny: x", "sned")
WORDS = {
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
SEEN = [b"r1#", b"r1>", b"more", b"password: ", b"a", b"x\r\ny", b"(yes/no)? ", b"\xff\x1b[K\r"]


class Chance:
    """What a driver file says, drawn by one seed: mostly what the form asks for."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def said(self, form: Any, key: str = "") -> Any:
        draw = self._random
        if draw.random() < 0.01:
            return draw.choice([None, "x", 5, [], {}, [[]], {"x": {}}, True, -1.5, [None]])
        if isinstance(form, list):
            return [self.said(form[0], key) for _ in range(draw.randrange(3))]
        if isinstance(form, Mapping):
            if "*" in form:
                names = draw.choices(WORDS.get(key, NAMES), k=draw.randrange(5))
                return {name: self.said(form["*"]) for name in names}
            chosen = draw.sample(sorted(form), draw.randrange(min(4, len(form) + 1)))
            return {name: self.said(form[name], name) for name in (*chosen, *sorted(NEEDED & form.keys()))}
        words = WORDS.get(key, NAMES)
        many = draw.choices(words, k=draw.randrange(1, 3))
        return {TEXT: many[0], TEXTS: many, FLAG: draw.random() < 0.5, NUMBER: draw.choice([1, 0.5, 80])}[
            form
        ]


def loaded(data: Any, folder: Path, name: str) -> Driver | PycoError:
    """What the loader makes of a file that holds this; JSON is YAML, too."""
    file = folder / f"{name}.yml"
    file.write_text(json.dumps(data), "utf-8")
    try:
        return load(name, (str(folder),))
    except PycoError as exc:
        return exc
    finally:
        file.unlink()


def used(driver: Driver, seed: int) -> None:
    """Let the machine see something in each of its states."""
    for state in driver.sets:
        machine, matcher = Machine(driver.table, state), Matcher(driver.sets, last_line)
        matcher.feed(SEEN[seed % len(SEEN)])
        if seen := matcher.next(state):
            assert machine.process(seen.event) is not None
        for event in INTERNAL:
            machine.fire_internal(event)
        assert machine.state in driver.sets


@pytest.mark.parametrize("part", range(PARTS))
def test_any_driver_file_is_a_machine_that_can_be_said_again_or_a_named_error(
    tmp_path: Path, part: int
) -> None:
    machines = 0
    place = re.compile(rf"({tmp_path}/d\d+|{BUILT_IN}/\w+)\.yml:\d+: ")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of regular expressions
        for seed in range(part, FILES, PARTS):
            data = Chance(seed).said(FORM)
            driver = loaded(data, tmp_path, f"d{seed}")
            if isinstance(driver, PycoError):
                assert place.match(driver.message), (seed, data)
                continue
            machines += 1
            used(driver, seed)
            if machines % AGAIN == 0:
                again = loaded(driver.export(), tmp_path, f"again{seed}")
                assert isinstance(again, Driver), (seed, data, again)
                assert replace(again, name=driver.name, file=driver.file) == driver, (seed, data)
    assert FILES / PARTS / 5 < machines < FILES / PARTS * 4 / 5
