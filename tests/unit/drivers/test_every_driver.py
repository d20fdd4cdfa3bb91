# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of every built-in driver."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.driver.compiler import load
from pyco_core.driver.files import BUILT_IN, names
from pyco_core.driver.graph import steps
from pyco_core.driver.patterns import find_errors
from pyco_core.driver.platforms import for_network_os
from pyco_core.fsm.machine import AUTHENTICATED, GROUND, LOGIN_STATES, Transition
from pyco_core.parsing.limit import cpu_timer

from .machine_runs import events_in, matcher_for, prompt

DRIVERS = sorted(names([BUILT_IN]))


@pytest.mark.parametrize("name", DRIVERS)
def test_driver_has_description(name: str) -> None:
    assert load(name).description


@pytest.mark.parametrize("name", DRIVERS)
def test_table_refers_to_existing_states_and_actions(name: str) -> None:
    driver = load(name)
    for (_, state), transition in driver.table.items():
        assert state in {"*", *driver.sets}
        assert transition.next_state in {"", *driver.sets}
        assert all(action.name in driver.actions for action in transition.actions)


@pytest.mark.parametrize("name", DRIVERS)
def test_network_os_selects_driver(name: str) -> None:
    assert all(for_network_os(network_os) == name for network_os in load(name).network_os)


@pytest.mark.parametrize("name", DRIVERS)
def test_modes_can_be_entered_and_left(name: str) -> None:
    driver = load(name)
    entered = [mode for mode in driver.modes.values() if mode.parents]
    assert all(mode.enter for mode in entered)
    if driver.become_mode:
        home = driver.home or next(mode.name for mode in driver.modes.values() if not mode.parents)
        assert steps(driver, home, driver.become_mode)
        assert steps(driver, driver.become_mode, home)


@given(st.sampled_from(DRIVERS), st.binary(max_size=80), st.data())
def test_matcher_accepts_any_bytes_in_any_state(name: str, data: bytes, draw: st.DataObject) -> None:
    driver = load(name)
    matcher = matcher_for(driver)
    matcher.feed(data)
    state = draw.draw(st.sampled_from(sorted(driver.sets)))
    match = matcher.next(state)
    assert match is None or 0 <= match.start <= match.end <= len(data)


@pytest.mark.parametrize("name", DRIVERS)
@pytest.mark.parametrize(
    "banner",
    [
        b"*** Authorized users only! Disconnect NOW if you are not one of them. ***\r\n",
        b"#########################\r\n#  r1.example.net -> x  #\r\n#########################\r\n",
        b"This system is monitored [24/7]. Contact: noc@example.net (phone 0123) > 9am\r\n",
        b"Kerberos:\tNo default realm defined for Kerberos!\r\n",
        b"\r\n\r\nUser Access Verification\r\n\r\n",
        b"\x1b[2J\x1b[H\x07\x00\r\r\nWelcome\x1b[0m\r\n",
        b"Use of this system implies consent. Your login and password are yours alone.\r\n",
        "Zugang nur für Befugte: Größe, ¿qué?\r\n".encode("latin-1"),
        b"Trying 192.0.2.1...\r\nConnected to r1.\r\nEscape character is '^]'.\r\n",
        b"Trying r1 (192.0.2.1)... Open\r\n",
    ],
)
def test_banner_has_no_event(name: str, banner: bytes) -> None:
    assert events_in(load(name), GROUND, banner) == set()


@pytest.mark.parametrize("name", DRIVERS)
@pytest.mark.parametrize(
    "line",
    [
        b"Last login: Sun Nov 22 23:11:31 UTC 2026 from 192.0.2.1 on pts/0\r\n",
        b"Last failed login: Sun Nov 22 23:11:31 UTC 2026 on ssh:notty\r\n",
        b"Last unsuccessful login: Fri Mar  6 10:10:10 2026 on /dev/pts/0 from r1\r\n",
        b"There were 3 failed login attempts since the last successful login.\r\n",
        b"Login failures: 0, login failed attempts: 0\r\n",
        b"Login failed attempts: 0\r\n",
        b"Your password will expire in 5 days.\r\n",
        b"Warning: your login is recorded\r\n",
        b"Users logged in:       1\r\n",
        b"-bash: /etc/profile.d/own.sh: Permission denied\r\n",
        b"/etc/profile.d/own.sh: Permission denied\r\n",
        b"No mail.\r\n",
    ],
)
def test_message_after_login_is_neither_question_nor_refusal(name: str, line: bytes) -> None:
    driver = load(name)
    for state in LOGIN_STATES:
        for event in events_in(driver, state, line) - set(driver.modes):
            # A question that nobody answers may be the start of the message.
            assert driver.table[event, state] == Transition(()), (state, event)


@contextmanager
def cpu_seconds(seconds: float) -> Iterator[None]:
    """Fail when this process has used this much CPU time."""

    def fail(_number: int, _frame: FrameType | None) -> None:
        pytest.fail("a pattern's cost grows faster than the line")

    with cpu_timer(seconds, fail):
        yield


@pytest.mark.parametrize("name", DRIVERS)
def test_no_pattern_matches_empty_line(name: str) -> None:
    for of in load(name).sets.values():
        assert not [pattern for pattern in of.tail if re.fullmatch(pattern.regex, b"")]


BLANK_LINES = ["\n", " \n", "\t\n", "\r\n", "\n  "]


@pytest.mark.parametrize("name", DRIVERS)
def test_blank_lines_are_searched_in_linear_time(name: str) -> None:
    driver = load(name)
    patterns = {*driver.errors, *(pattern for _, pattern in driver.connect.errors)}
    patterns |= {pattern for command in driver.detect.values() for pattern in command}
    for unit in BLANK_LINES:
        text = unit * 2**14 + "!"
        with cpu_seconds(1):
            for pattern in patterns:
                pattern.search(text)


@pytest.mark.parametrize("name", DRIVERS)
def test_counter_is_no_error_message(name: str) -> None:
    kinds = (
        "Error",
        "Errors",
        "ERROR",
        "Failure",
        "Failed",
        "Invalid",
        "Unknown",
        "Bad",
        "Incomplete",
        "Rejected",
    )
    shapes = (
        "{}: 0",
        " {}: 0",
        "  {} : 12 packets",
        "{}:0",
        "{}s: 0, {}: 3",
        "    {}....... 4",
        "{}   0",
        "% {}: 0",
    )
    output = "\n".join(shape.format(kind, kind) for kind in kinds for shape in shapes)
    for pattern in load(name).errors:
        assert not [match[0] for match in find_errors(pattern, output)], pattern.pattern


@pytest.mark.parametrize(
    ("name", "line", "mode"),
    [
        ("ruijie_os", "ruijie_2F1##", "enable"),
        ("ruijie_os", "ruijie_2F1#(config)#", "config"),
        ("extreme_ers", "ERS-4826>#", "enable"),
        ("extreme_ers", "typ:user@host>#", "enable"),
        ("nokia_isam", "typ:user@host>#", "exec"),
        ("cisco_nxos", "module-1# ", "module"),
    ],
)
def test_unusual_prompt_has_mode(name: str, line: str, mode: str) -> None:
    found = prompt(load(name), AUTHENTICATED, line.encode())
    assert found is not None
    assert found[0] == mode


def test_name_that_ends_like_prompt_is_learned_whole() -> None:
    driver = load("ruijie_os")
    assert prompt(driver, AUTHENTICATED, b"ruijie_2F1##") == ("enable", "ruijie_2F1#")
    assert prompt(driver, "enable", b"ruijie_2F1#", b"ruijie_2F1#") is None
