# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a driver's machine on bytes, without a session: the events it sees and the state it ends in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from pyco_core.driver.model import Driver
from pyco_core.fsm.machine import GROUND, Machine
from pyco_core.fsm.matcher import Matcher
from pyco_core.session.terminal import last_line

TOKEN = b"c0ffee42"
FINAL_ACTIONS = {"deny", "deny_become", "expire", "refuse", "ask_host_key", "deny_repeated", "ask_secret"}


@dataclass(frozen=True)
class Run:
    """The events in order, the actions they led to, and the last state."""

    events: tuple[str, ...]
    actions: tuple[str, ...]
    state: str


def run(driver: Driver, feeds: Iterable[bytes], state: str = GROUND, hostname: bytes = b"") -> Run:
    """Feed the driver and process each event at once, until a mode or an action that ends a login."""
    matcher = matcher_for(driver, hostname)
    machine = Machine(driver.table, state)
    events: list[str] = []
    actions: list[str] = []
    for data in feeds:
        matcher.feed(data)
        while match := matcher.next(machine.state):
            matcher.consume(match)
            events.append(match.event)
            actions += [action.name for action in machine.process(match.event)]
            if FINAL_ACTIONS & set(actions) or machine.state in driver.modes:
                return Run(tuple(events), tuple(actions), machine.state)
    return Run(tuple(events), tuple(actions), machine.state)


def matcher_for(driver: Driver, hostname: bytes = b"") -> Matcher:
    matcher = Matcher(driver.sets, last_line)
    matcher.bindings["token"] = TOKEN
    if hostname:
        matcher.bindings["hostname"] = hostname
    return matcher


def each_byte(data: bytes) -> Iterator[bytes]:
    return (data[at : at + 1] for at in range(len(data)))


def every_split(steps: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield the steps byte by byte, then cut at each single position.

    Output that follows an answer never arrives together with the output before it.
    """
    yield [byte for step in steps for byte in each_byte(step)]
    for number, step in enumerate(steps):
        for at in range(1, len(step)):
            yield [*steps[:number], step[:at], step[at:], *steps[number + 1 :]]


def random_split(steps: Sequence[bytes]) -> st.SearchStrategy[list[bytes]]:
    """Return a strategy that cuts the steps anywhere; each step stays separate."""
    return st.tuples(*map(_cut, steps)).map(lambda feeds: [feed for step in feeds for feed in step])


def _cut(step: bytes) -> st.SearchStrategy[list[bytes]]:
    def cut_at(positions: set[int]) -> list[bytes]:
        edges = [*sorted(positions), len(step)]
        return [step[start:end] for start, end in zip([0, *edges], edges, strict=False)]

    return st.sets(st.integers(0, len(step))).map(cut_at)


def events_in(driver: Driver, state: str, data: bytes, hostname: bytes = b"") -> set[str]:
    """Return every event that this state sees in data, fed byte by byte."""
    matcher = matcher_for(driver, hostname)
    events = set()
    for byte in each_byte(data):
        matcher.feed(byte)
        while (match := matcher.next(state)) and match.is_line:
            events.add(match.event)
        if match:
            events.add(match.event)
    return events


def prompt(driver: Driver, state: str, data: bytes, hostname: bytes = b"") -> tuple[str, str] | None:
    """Return the event at the end of data in this state, and its hostname; None without an event."""
    matcher = matcher_for(driver, hostname)
    matcher.feed(data)
    match = matcher.next(state)
    return None if match is None else (match.event, match.groups.get("hostname", b"").decode())
