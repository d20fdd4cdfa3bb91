# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reading of a text by a driver, as data and as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..fsm.machine import Action


@dataclass(frozen=True, slots=True)
class PatternMatch:
    """A pattern of a driver file and the text that it matches.

    key: the key of the pattern, such as "prompt", "line" or "errors". source: file and line, or a sentence
    for a pattern without a file.
    """

    key: str
    pattern: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the machine.

    match: None for the idle timeout, which is not read from text; idle_timeout: its seconds. state: the next
    state, "" if the actions end the login.
    """

    event: str
    actions: tuple[Action, ...]
    state: str
    match: PatternMatch | None = None
    idle_timeout: float = 0.0

    def lines(self) -> Iterator[str]:
        """Return the lines for a terminal."""
        if self.match is None:
            yield f"  {self.event}: after {self.idle_timeout:g} s without output"
        else:
            yield f"  {self.event}: {self.match.key} '{self.match.pattern}' matches {self.match.text!r}"
            yield f"    {self.match.source}"
        names = [
            action.name if action.argument is None else f"{action.name} {action.argument!r}"
            for action in self.actions
        ]
        does = f"runs {', '.join(names)}" if names else "no action"
        yield f"    {does}; next state: {self.state}" if self.state else f"    {does}; the login ends"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A prompt pattern that does not match the last line.

    matching: its longest part that matches, "" for none; missing: the rest of the pattern. text: the part
    of the line that matches. rest: the part of the line after it.
    """

    mode: str
    matching: str
    missing: str
    text: str
    rest: str

    def line(self) -> str:
        """Return the line for a terminal."""
        if not self.matching:
            return f"  {self.mode}: '{self.missing}' does not match the beginning of {self.rest!r}"
        end = f"but not {self.rest!r}" if self.rest else "and the line ends there"
        return f"  {self.mode}: '{self.matching}' matches {self.text!r} {end}; missing: '{self.missing}'"


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reading of a text by a driver.

    steps: groups of states with the same steps; no steps if the states ignore the text. errors: patterns
    that make the text, as the output of a command, an error. near_misses: for each mode, the closest first;
    empty if any state has a step.
    """

    steps: tuple[tuple[tuple[str, ...], tuple[Step, ...]], ...]
    errors: tuple[PatternMatch, ...]
    near_misses: tuple[NearMiss, ...] = ()

    @property
    def has_steps(self) -> bool:
        """Return whether the text is an event in any state."""
        return any(steps for _states, steps in self.steps)

    def lines(self) -> Iterator[str]:
        """Return the lines for a terminal."""
        for states, steps in self.steps:
            yield f"in {', '.join(states)}:"
            yield from (line for step in steps for line in step.lines())
            if not steps:
                yield "  no event"
        for match in self.errors:
            yield "as command output: an error"
            yield f"  {match.key}: '{match.pattern}' matches {match.text!r}"
            yield f"    {match.source}"
        if self.near_misses:
            yield "the last line matches no prompt:"
            yield from (miss.line() for miss in self.near_misses)
