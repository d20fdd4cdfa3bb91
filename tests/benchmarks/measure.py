# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples of two things that are measured in turns, and what is read from them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Timed = Callable[[], float]


@dataclass(frozen=True)
class Samples:
    """What was measured, in the order in which it was.

    a and b are compared; others are what else took its turn, by name. scale: what b is multiplied with.
    b_name: what b is, where that comes out by measuring. notes: further figures, for the JSON file.
    """

    a: list[float]
    b: list[float]
    others: dict[str, list[float]] = field(default_factory=dict)
    scale: float = 1.0
    b_name: str = ""
    notes: dict[str, object] = field(default_factory=dict)

    @property
    def figure_a(self) -> float:
        return statistics.median(self.a)

    @property
    def figure_b(self) -> float:
        return statistics.median(self.b) * self.scale

    @property
    def ratio(self) -> float:
        return self.figure_a / self.figure_b


def alternate(a: Timed, b: Timed, times: int, warm: int = 1) -> Samples:
    """Call a and b in turns, each `times` times, after `warm` calls of each that do not count.

    The order changes from pair to pair (a b, b a, ...), so that neither always comes second.
    """
    for _ in range(warm):
        a()
        b()
    first: list[float] = []
    second: list[float] = []
    for number in range(times):
        if number % 2:
            second.append(b())
            first.append(a())
        else:
            first.append(a())
            second.append(b())
    return Samples(first, second)


def in_turns(things: dict[str, Timed], times: int, warm: int = 1) -> dict[str, list[float]]:
    """Call all things in turns, in an order that moves on by one each time; their samples by name.

    After each round of that the order is turned round, so that none always comes behind the same one: what
    waits long leaves the next one a cold processor.
    """
    names = list(things)
    found: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-warm, times):
        turn = names[number % len(names) :] + names[: number % len(names)]
        for name in reversed(turn) if number // len(names) % 2 else turn:
            seconds = things[name]()
            if number >= 0:
                found[name].append(seconds)
    return found


def timed(function: Callable[[], object]) -> float:
    """Seconds that function takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started
