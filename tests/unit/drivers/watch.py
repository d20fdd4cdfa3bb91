# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A driver's machine on what a device says, without a session: which events it sees, and where it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from pyco_core.driver.model import Driver
from pyco_core.fsm.machine import GROUND, Machine
from pyco_core.fsm.matcher import Matcher
from pyco_core.session.terminal import last_line

TOKEN = b"c0ffee42"
THE_END = {"deny", "deny_become", "expire", "refuse", "ask_host_key"}


@dataclass(frozen=True)
class Way:
    """The events in their order, the actions that they led to, and the state at the end."""

    events: tuple[str, ...]
    actions: tuple[str, ...]
    state: str


def walk(driver: Driver, feeds: Iterable[bytes], state: str = GROUND, hostname: bytes = b"") -> Way:
    """Feed the driver and take every event at once; an action that ends a login, and a mode, end the way."""
    matcher = watcher(driver, hostname)
    machine = Machine(driver.table, state)
    events: list[str] = []
    actions: list[str] = []
    for data in feeds:
        matcher.feed(data)
        while seen := matcher.next(machine.state):
            matcher.use(seen)
            events.append(seen.event)
            actions += [action.name for action in machine.process(seen.event)]
            if THE_END & set(actions) or machine.state in driver.modes:
                return Way(tuple(events), tuple(actions), machine.state)
    return Way(tuple(events), tuple(actions), machine.state)


def watcher(driver: Driver, hostname: bytes = b"") -> Matcher:
    matcher = Matcher(driver.sets, last_line)
    matcher.known["token"] = TOKEN
    if hostname:
        matcher.known["hostname"] = hostname
    return matcher


def each_byte(data: bytes) -> Iterator[bytes]:
    return (data[at : at + 1] for at in range(len(data)))


def splits(steps: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The steps byte by byte, and cut at each single place.

    What a device says after it was answered never comes with what it said before.
    """
    yield [byte for step in steps for byte in each_byte(step)]
    for number, step in enumerate(steps):
        for at in range(1, len(step)):
            yield [*steps[:number], step[:at], step[at:], *steps[number + 1 :]]


def split(steps: Sequence[bytes]) -> st.SearchStrategy[list[bytes]]:
    """The steps cut anywhere, as above."""
    return st.tuples(*map(_cut, steps)).map(lambda feeds: [feed for step in feeds for feed in step])


def _cut(step: bytes) -> st.SearchStrategy[list[bytes]]:
    def at(places: set[int]) -> list[bytes]:
        edges = [*sorted(places), len(step)]
        return [step[start:end] for start, end in zip([0, *edges], edges, strict=False)]

    return st.sets(st.integers(0, len(step))).map(at)


def ever_seen(driver: Driver, state: str, data: bytes, hostname: bytes = b"") -> set[str]:
    """All events that this state sees in data, however it is split."""
    matcher = watcher(driver, hostname)
    events = set()
    for byte in each_byte(data):
        matcher.feed(byte)
        while (seen := matcher.next(state)) and seen.line:
            events.add(seen.event)
        if seen:
            events.add(seen.event)
    return events


def prompt(driver: Driver, state: str, data: bytes, hostname: bytes = b"") -> tuple[str, str] | None:
    """The event that data ends with in this state, and the name that it shows."""
    matcher = watcher(driver, hostname)
    matcher.feed(data)
    seen = matcher.next(state)
    return None if seen is None else (seen.event, seen.groups.get("hostname", b"").decode())
