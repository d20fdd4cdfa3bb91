# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples of two functions that are called in turns, with their medians and ratio."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Timer = Callable[[], float]


@dataclass(frozen=True)
class Samples:
    """Samples in seconds (or another unit), in the order of measurement.

    a and b are compared. others: samples of further functions, by name. scale: factor of b. b_name: name of
    b if the measurement selects it. notes: additional figures for the JSON file.
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


def alternate(a: Timer, b: Timer, times: int, warm: int = 1) -> Samples:
    """Call a and b in turns, each `times` times, after `warm` calls of each that are not counted.

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


def in_turns(timers: dict[str, Timer], times: int, warm: int = 1) -> dict[str, list[float]]:
    """Call the timers in turns and return their samples by name. The order rotates by one each time.

    After each full rotation the order is reversed, so that no timer always follows the same one: a timer
    that waits long leaves a cold processor to the next.
    """
    names = list(timers)
    samples: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-warm, times):
        turn = names[number % len(names) :] + names[: number % len(names)]
        for name in reversed(turn) if number // len(names) % 2 else turn:
            seconds = timers[name]()
            if number >= 0:
                samples[name].append(seconds)
    return samples


def timed(function: Callable[[], object]) -> float:
    """Return the seconds that a call of the function takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started
