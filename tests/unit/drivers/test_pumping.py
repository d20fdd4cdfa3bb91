# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular expressions against text of a hostile device: the time of a search grows with the text only."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator

import pytest

import pyco_core
from pyco_core.driver.compiler import load
from pyco_core.driver.files import BUILT_IN, names
from pyco_core.driver.model import Driver
from pyco_core.fsm.names import with_any_name

from .pumping import Slow, pumps, slow_search

SIZE = 2048  # characters, as of the longest line that is searched for a prompt

PACKAGES = ("pyco_core.authoring.", "pyco_core.fsm.", "pyco_core.session.")

# Applied to regular expressions and commands of the user.
OF_USERS = ("_ESCAPE_OR_SET", "_PLACEHOLDER", "_FLAGS", "_LITERAL", "_OPENERS", "_READERS")

# Parts of prompts, questions and messages, repeated as text for every expression.
UNITS = (
    *(
        "> ",
        "@:",
        "a@",
        "% ",
        ": ",
        "r1(",
        "r1#",
        "r1 ",
        "(yes/no",
        "system is ",
        "^% Bad ",
        "--More--",
        " --More-- ",
    ),
    *("password ", "password: ", "password:", "login:", "login: ", "last ", "user ", "username"),
    *("permission denied", "login disabled on line ", "[pyco ", "[pyco c0ffee42 0] ", "No ", "all "),
    *("ssh: ", "not found", "telnet: 0: ", "host key"),
)

FULL, MATCH, SEARCH = "fullmatch", "match", "search"

AnyPattern = re.Pattern[bytes] | re.Pattern[str]
Used = tuple[AnyPattern, str]  # and the method of its search


def used_by(driver: Driver) -> Iterator[Used]:
    """Yield the expressions that a driver applies to text of a device, and to commands."""
    for patterns in driver.sets.values():
        for pattern in (*patterns.tail, *patterns.lines):
            yield pattern.regex, FULL if pattern.whole else SEARCH
            if pattern.whole:
                yield with_any_name(pattern.regex), FULL
            if pattern.above is not None:
                yield pattern.above, FULL
    regexes = [*driver.errors, *(regex for _kind, regex in driver.connect.errors)]
    regexes += [driver.renames] if driver.renames is not None else []
    for group in (*driver.detect.values(), *(mode.partial for mode in driver.modes.values())):
        regexes += group
    yield from ((regex, SEARCH) for regex in regexes)


def constants() -> Iterator[tuple[str, Used]]:
    """Yield the expressions that modules apply to text of a device, with their names."""
    for info in pkgutil.walk_packages(pyco_core.__path__, "pyco_core."):
        if info.name.startswith(PACKAGES) or info.name.endswith(".patterns"):
            module = importlib.import_module(info.name)
            source = inspect.getsource(module)
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern) and name not in OF_USERS:
                    methods = (one for one in (FULL, MATCH) if f"{name}.{one}" in source)
                    yield f"{info.name}.{name}", (value, next(methods, SEARCH))


def all_used() -> dict[Used, str]:
    """Return the distinct expressions, each with the name of a driver or module that uses it."""
    by_driver = {used: name for name in names([BUILT_IN]) for used in used_by(load(name))}
    return by_driver | {used: name for name, used in constants()}


def slow(used: Used, size: int = SIZE) -> Slow | None:
    """Return a text for which an expression takes too long. size: of the text, in characters."""
    regex, method = used
    pattern = regex.pattern
    units = {("", unit) for unit in UNITS}
    if isinstance(pattern, bytes):
        texts = pumps(pattern.decode("latin-1"), regex.flags) | units
        return slow_search(
            lambda text: getattr(regex, method)(text.encode("latin-1", "replace")), texts, size
        )
    return slow_search(getattr(regex, method), pumps(pattern, regex.flags) | units, size)


def test_search_for_any_pattern_is_linear() -> None:
    found = {name: (used[0].pattern, text) for used, name in all_used().items() if (text := slow(used))}

    assert not found, "\n".join(f"{name}: {regex!r} with {text}" for name, (regex, text) in found.items())


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:a+)+b",
        r"(?:a|aa)+b",
        r"(?:\w{1,9}-?){1,9}(?:\w{1,9}-?){1,9}b",
        r"[\w.]+(?:[ -][\w/.:-]+)*#",
        r"a@[\w:]+:[^#]*#",
        r" +.*b",
        r"x(?=(?:\d+)+y)",
        r"(?P<a>x)(?:(?P=a)|[^y]+)+b",
        r"[^\W\d]+\w+#",
    ],
)
def test_slow_pattern_is_found(pattern: str) -> None:
    assert slow((re.compile(pattern), SEARCH), 4 * SIZE) is not None  # for a fast machine, too


@pytest.mark.parametrize("pattern", [r"a+b", r"\A\w+(?:-\w+)*b", r"^[^#]*#", r"(?i)press any key\W{0,12}\Z"])
def test_linear_pattern_is_not_slow(pattern: str) -> None:
    assert slow((re.compile(pattern, re.MULTILINE), FULL)) is None
