# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions of drivers at random: mostly of the types in the table of keys, sometimes anything."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pyco_core.driver.key import BOOLEAN, MAPPING, MAPPINGS, NUMBER, STRING, STRINGS, Key, Type
from pyco_core.driver.keys import children
from pyco_core.fsm.machine import CHANGE_STATES, LOGIN_STATES

TEXTS = st.sampled_from(
    [
        *("user", "enable", "a", "*", "quiet", "prompt", "more", "", *LOGIN_STATES, *CHANGE_STATES),
        *("{hostname}#", "{hostname}{hostname}>", "(", "a{999999999999}", "(?u)x", "x*", "\\u1234", "\\n"),
        *("(?i)x", "(?P<hostname>x)", "(?P<before>.*)x", "send: x", "deny", "deny: x", "send_password"),
        *("ssh {host}", "{host", "{piece!q}", "{host!r}", "common", "null", "yes", "no", "1.5", "-1"),
        *("\ud7ff", "\x00", "a\nb", "\t"),
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.dates() | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.integers(), inner, max_size=3),
    max_leaves=4,
)
_PLAIN: dict[Type, st.SearchStrategy[Any]] = {
    STRING: TEXTS,
    STRINGS: TEXTS | st.lists(TEXTS, max_size=3),
    BOOLEAN: st.booleans() | st.sampled_from(["on", "off"]),
    NUMBER: st.floats(0.1, 900),
}


def definitions(*, parent: bool = True) -> st.SearchStrategy[Any]:
    """Return definitions of a whole driver; parent: whether they may have a parent."""
    return _sometimes_anything(_mapping("", () if parent else ("parent",)))


def _value(key: Key) -> st.SearchStrategy[Any]:
    if key.type is MAPPING:
        return _sometimes_anything(_mapping(key.path))
    if key.type is MAPPINGS:
        return _sometimes_anything(st.lists(_sometimes_anything(_mapping(key.path)), max_size=3))
    return _sometimes_anything(_PLAIN[key.type])


def _mapping(path: str, without: tuple[str, ...] = ()) -> st.SearchStrategy[Any]:
    keys = {name: key for name, key in children(path).items() if name not in without}
    if "*" in keys:
        return st.dictionaries(TEXTS, _value(keys["*"]), max_size=3)
    return st.fixed_dictionaries({}, optional={name: _value(key) for name, key in keys.items()})


def _sometimes_anything(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 59).flatmap(lambda number: ANYTHING if number == 59 else usual)
