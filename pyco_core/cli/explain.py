# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`explain DRIVER TEXT`: which event a text shows, in which state, why, and what is done then."""

from __future__ import annotations

import argparse
import re
import sys
import warnings
from collections.abc import Iterator

from ..driver.actions import ENDING
from ..driver.compiler import load
from ..driver.model import Driver
from ..driver.patterns import compile_event, compile_line, compile_prompt
from ..errors import InvalidDriver, InvalidParameter, suggestion
from ..fsm.machine import QUIET, Action, Machine, explicit
from ..fsm.matcher import Match, Matcher, Pattern
from ..session.terminal import decode, last_line, render, strip_escapes
from .drivers import add_path

TOKEN = b"c0ffee42"  # stands for the token that a session makes for itself
STEPS = 32  # a machine that goes round in a circle is followed so far
_ESCAPES = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"b": b"\b", b"e": b"\x1b", b"\\": b"\\"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    text = r"what the device printed, with \r \n \t \b \e \xNN; - reads it, as it is, from the input; "
    text += "one that begins with a dash stands behind --"
    parser.add_argument("driver")
    parser.add_argument("text", help=text)
    parser.add_argument("--state", default="", help="only this state of the machine; without it all")
    add_path(parser)


def run(options: argparse.Namespace) -> int:
    """Print what happens in each state; 1 where nothing does in any. Raises DriverError, InvalidParameter."""
    driver = load(options.driver, tuple(options.path))
    data = sys.stdin.buffer.read() if options.text == "-" else unescaped(options.text)
    if options.state and options.state not in driver.sets:
        hint = suggestion(options.state, driver.sets)
        raise InvalidParameter(f"There is no state {options.state!r}.", hint=hint)
    told: dict[tuple[str, ...], list[str]] = {}
    for state in [options.state] if options.state else driver.sets:
        told.setdefault(tuple(_happens(driver, data, state)), []).append(state)
    lines: list[str] = []
    for happens, states in sorted(told.items(), key=lambda one: not one[0]):
        lines += [f"in {', '.join(states)}:", *(happens or ["  nothing"])]
    lines += _refusals(driver, data)
    if not any(told):
        lines += _nearly(driver, data)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0 if any(told) else 1


def unescaped(text: str) -> bytes:
    r"""The bytes that a text with \r, \n, \t, \b, \e, \xNN stands for; every other text is itself."""

    def one(found: re.Match[bytes]) -> bytes:
        return _ESCAPES.get(found[1]) or bytes.fromhex(found[1][1:].decode())

    return re.sub(rb"\\([rntbe\\]|x[0-9a-fA-F]{2})", one, text.encode("utf-8", "surrogateescape"))


def _happens(driver: Driver, data: bytes, state: str) -> Iterator[str]:
    """What the machine does with the text from this state on, up to a mode."""
    machine, matcher = Machine(driver.table, state), Matcher(driver.sets, last_line)
    matcher.bindings["token"] = TOKEN
    matcher.feed(data)
    for _rest in range(STEPS):
        before, seen = machine.state, matcher.next(machine.state)
        if seen is not None:
            yield from _why(driver, matcher, before, seen)
            matcher.consume(seen)
            actions = machine.process(seen.event)
        elif explicit(driver.table, QUIET, before) and matcher.unfinished().strip():
            yield f"  {QUIET}: where no more comes for {driver.quiet:g} s"
            actions = machine.fire_internal(QUIET)
        else:
            return
        does = f"does {', '.join(map(_told, actions))}" if actions else "does nothing"
        if ENDING & {action.name for action in actions}:
            yield f"    {does}, which ends the login"
            return
        yield f"    {does}, and is then in {machine.state}"
        if machine.state in driver.modes or seen is None:
            return


def _why(driver: Driver, matcher: Matcher, state: str, seen: Match) -> Iterator[str]:
    shown = last_line(bytes(matcher.buffer[seen.start : seen.end]).strip(b"\r\n"))
    tried = driver.sets[state].lines if seen.line else driver.sets[state].tail
    of_event = (pattern for pattern in tried if pattern.event == seen.event)
    fits, *_rest = (one for one in of_event if (one.regex.search(shown) if seen.line else matcher.peek(one)))
    kind, words, where = _said(driver, fits, seen.line)
    yield f"  {seen.event}: its {kind} '{words}' fits {decode(shown)!r}"
    yield f"    {where}"


def _said(driver: Driver, pattern: Pattern, line: bool) -> tuple[str, str, str]:
    """The key that a pattern comes from, its words in the file, and where they stand."""
    if pattern.event in driver.modes:
        said = driver.definition.get("modes", {}).get(pattern.event)
        where = said.locations["prompt"] if said else "the prompt of any platform that no driver describes"
        return "prompt", driver.modes[pattern.event].prompt, where
    said, key, compiled = driver.definition["events"][pattern.event], *_KINDS[line]
    words = next(words for words in said[key] if compiled(pattern.event, words) == pattern)
    return key, words, said.locations[key]


_KINDS = {True: ("line", compile_line), False: ("pattern", compile_event)}


def _told(action: Action) -> str:
    return action.name if action.argument is None else f"{action.name} {action.argument!r}"


def _refusals(driver: Driver, data: bytes) -> Iterator[str]:
    """What says that the text, as the output of a command, means a wrong one."""
    text = render(decode(strip_escapes(data)))
    for pattern, words in zip(driver.errors, driver.definition.get("errors", ()), strict=True):
        if found := pattern.search(text):
            yield "as the output of a command: an error"
            yield f"  errors: '{words}' fits {found[0]!r}"
            yield f"    {driver.definition.locations['errors']}"


def _nearly(driver: Driver, data: bytes) -> Iterator[str]:
    """How far the prompt of each mode fits the unfinished last line, the nearest first."""
    found = [_near(mode.name, mode.prompt, data) for mode in driver.modes.values()]
    yield "the last line is no prompt:"
    yield from (f"  {line}" for _rest, line in sorted(found, key=lambda one: -one[0]))


def _near(mode: str, prompt: str, data: bytes) -> tuple[int, str]:
    line = last_line(data[data.rfind(b"\n") + 1 :])
    for end in range(len(prompt) - 1, 0, -1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is cut off makes a regex look odd
            try:
                fits = compile_prompt(mode, prompt[:end]).regex.match(line)
            except InvalidDriver:
                continue
        if fits and fits.end():
            rest = decode(line[fits.end() :])
            stops = f"stops at {rest!r}" if rest else "reaches its end"
            begins = f"{mode}: '{prompt[:end]}' fits {decode(fits[0])!r}"
            return end, f"{begins} and {stops}; then it wants '{prompt[end:]}'"
    return 0, f"{mode}: '{prompt}' does not begin to fit {decode(line)!r}"
