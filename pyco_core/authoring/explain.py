# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Explains a text of a device: the events of each state, the patterns behind them, and the actions."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from ..driver.actions import ENDING
from ..driver.model import Driver
from ..driver.patterns import compile_event, compile_line, compile_prompt, find_errors
from ..errors import InvalidDriver, InvalidParameter, suggestion
from ..fsm.machine import QUIET, Machine, explicit
from ..fsm.matcher import Match, Matcher, Pattern
from ..session.terminal import decode, last_line, render, strip_escapes
from .explanation import Explanation, NearMiss, PatternMatch, Step

TOKEN = b"c0ffee42"  # in place of the random token of a session
MAX_STEPS = 32  # limit for a machine that runs in a circle
_ESCAPES = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"b": b"\b", b"e": b"\x1b", b"\\": b"\\"}
_KINDS = {True: ("line", compile_line), False: ("pattern", compile_event)}


def explain(driver: Driver, data: bytes, *, state: str = "") -> Explanation:
    """Explain bytes of a device.

    state: only this state of the machine, "" for all.

    Raises InvalidParameter if the driver has no such state.
    """
    if state and state not in driver.sets:
        raise InvalidParameter(
            f"unknown state {state!r} of {driver.name}.", hint=suggestion(state, driver.sets)
        )
    groups: dict[tuple[Step, ...], list[str]] = {}
    for name in [state] if state else driver.sets:
        groups.setdefault(tuple(_steps(driver, data, name)), []).append(name)
    ordered = sorted(groups.items(), key=lambda group: not group[0])
    steps = tuple((tuple(states), steps) for steps, states in ordered)
    near_misses = () if any(groups) else _near_misses(driver, data)
    return Explanation(steps, tuple(_errors(driver, data)), near_misses)


def unescape(text: str) -> bytes:
    r"""Return the bytes of a text with \r, \n, \t, \b, \e, \\ and \xNN. Other backslashes are kept."""

    def replacement(match: re.Match[bytes]) -> bytes:
        return _ESCAPES.get(match[1]) or bytes.fromhex(match[1][1:].decode())

    data = text.encode("utf-8", "surrogateescape")
    return re.sub(rb"\\([rntbe\\]|x[0-9a-fA-F]{2})", replacement, data)


def _steps(driver: Driver, data: bytes, state: str) -> Iterator[Step]:
    """Return the steps of the machine from a state up to a mode, the end of the text or of the login."""
    machine, matcher = Machine(driver.table, state), Matcher(driver.sets, last_line)
    matcher.bind("token", TOKEN)
    matcher.feed(data)
    for _step in range(MAX_STEPS):
        before, seen = machine.state, matcher.next(machine.state)
        match = None
        if seen is not None:
            event, match = seen.event, _match(driver, matcher, before, seen)
            matcher.consume(seen)
            actions = machine.process(event)
        elif explicit(driver.table, QUIET, before) and matcher.unfinished_line().strip():
            event, actions = QUIET, machine.fire_internal(QUIET)
        else:
            return
        ends = bool(ENDING & {action.name for action in actions})
        idle_timeout = 0.0 if match else driver.quiet
        yield Step(event, tuple(actions), "" if ends else machine.state, match, idle_timeout)
        if ends or machine.state in driver.modes or match is None:
            return


def _match(driver: Driver, matcher: Matcher, state: str, seen: Match) -> PatternMatch:
    text = last_line(bytes(matcher.buffer[seen.start : seen.end]).strip(b"\r\n"))
    patterns = driver.sets[state].lines if seen.is_line else driver.sets[state].tail
    of_event = (pattern for pattern in patterns if pattern.event == seen.event)
    pattern = next(
        item for item in of_event if (item.regex.search(text) if seen.is_line else matcher.peek(item))
    )
    key, regex, source = _definition(driver, pattern, seen.is_line)
    return PatternMatch(key, regex, decode(text), source)


def _definition(driver: Driver, pattern: Pattern, is_line: bool) -> tuple[str, str, str]:
    """Return a pattern's key, its regex as written in the driver file, and its file and line."""
    if pattern.event in driver.modes:
        mode = driver.definition.get("modes", {}).get(pattern.event)
        source = mode.locations["prompt"] if mode else "the prompt of an unknown platform"
        return "prompt", driver.modes[pattern.event].prompt, source
    event = driver.definition["events"][pattern.event]
    key, compiled = _KINDS[is_line]
    regex = next(regex for regex in event[key] if compiled(pattern.event, regex) == pattern)
    return key, regex, event.locations[key]


def _errors(driver: Driver, data: bytes) -> Iterator[PatternMatch]:
    output = render(decode(strip_escapes(data)))
    for pattern, regex in zip(driver.errors, driver.definition.get("errors", ()), strict=True):
        if match := next(find_errors(pattern, output), None):
            yield PatternMatch("errors", regex, match[0], driver.definition.locations["errors"])


def _near_misses(driver: Driver, data: bytes) -> tuple[NearMiss, ...]:
    """Compare the last line with the prompt of each mode; the longest match comes first."""
    line = last_line(data[data.rfind(b"\n") + 1 :])
    misses = [_near_miss(mode.name, mode.prompt, line) for mode in driver.modes.values()]
    return tuple(sorted(misses, key=lambda miss: -len(miss.matching)))


def _near_miss(mode: str, prompt: str, line: bytes) -> NearMiss:
    for end in range(len(prompt) - 1, 0, -1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a regex that is cut off may be ambiguous
            try:
                match = compile_prompt(mode, prompt[:end]).regex.match(line)
            except InvalidDriver:
                continue
        if match and match.end():
            return NearMiss(mode, prompt[:end], prompt[end:], decode(match[0]), decode(line[match.end() :]))
    return NearMiss(mode, "", prompt, "", decode(line))
