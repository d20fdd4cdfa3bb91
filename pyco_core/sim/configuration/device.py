# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated device with a configuration, shared by all its sessions."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from ...tape import Tape
from ..faults import Faults
from .dialogue import CommandLine, Dialogue


@dataclass(frozen=True, slots=True)
class Timer:
    """An action at a time of the device's clock."""

    due: float
    act: Callable[[], None]


class SimulatedDevice(ABC):
    """The base class of devices with a configuration.

    tape: the device's commands outside of the configuration. running, startup, candidate: read what the
    device holds; candidate is None on a device without one. clock: returns seconds; the timers of `commit
    confirmed` and the like run on it and are looked at before each line and each reading. lock: held while a
    session carries out a line. reloads: number of restarts.
    """

    def __init__(self, tape: Tape, faults: Faults, clock: Callable[[], float] = monotonic) -> None:
        self.tape = tape
        self.lock = Lock()
        self.reloads = 0
        self.typed: list[str] = []
        self._faults = faults
        self._clock = clock
        self._timers: dict[str, Timer] = {}

    @property
    def running(self) -> str:
        """Return the running configuration as text."""
        self.tick()
        return self._running()

    @property
    def startup(self) -> str:
        """Return the saved configuration as text, "" if there is none."""
        self.tick()
        return self._startup()

    @property
    def candidate(self) -> str | None:
        """Return the candidate configuration as text, None without one."""
        self.tick()
        return self._candidate()

    @property
    @abstractmethod
    def hostname(self) -> str:
        """Return the host name in the prompt."""

    @property
    def is_reachable(self) -> bool:
        """Return whether the path of the sessions is up, see `Faults.down` and `Faults.needed`."""
        lines = self._paths() if self._faults.down or self._faults.needed else []
        return not any(_matches(pattern, lines) for pattern in self._faults.down) and all(
            _matches(pattern, lines) for pattern in self._faults.needed
        )

    @property
    def time(self) -> float:
        """Return the time of the device's clock."""
        return self._clock()

    @abstractmethod
    def open(self, dialogue: Dialogue) -> CommandLine:
        """Return the command line of a new session."""

    def start_timer(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        """Run an action later; a timer with the same name is replaced."""
        self._timers[name] = Timer(self._clock() + seconds, act)

    def stop_timer(self, name: str) -> bool:
        """Stop a timer; return whether it was running."""
        return self._timers.pop(name, None) is not None

    def run_timer(self, name: str) -> None:
        """Run the action of a timer at once. Raises KeyError if it is not running."""
        self._timers.pop(name).act()

    def remaining(self, name: str) -> float | None:
        """Return the seconds until a timer ends, None if it is not running."""
        timer = self._timers.get(name)
        return None if timer is None else max(timer.due - self._clock(), 0.0)

    def tick(self) -> None:
        """Run the actions whose time has come."""
        due = sorted((timer.due, name) for name, timer in self._timers.items() if timer.due <= self._clock())
        for _due, name in due:
            self._timers.pop(name).act()

    def receive(self, line: str) -> bool:
        """Record a line of the configuration; return whether the connection is cut after it."""
        self.typed.append(line)
        return len(self.typed) == self._faults.cut

    def refuses(self, line: str) -> bool:
        """Return whether a fault refuses the line."""
        return any(re.search(pattern, line) for pattern in self._faults.refuse)

    def restart(self) -> None:
        """Restart with the saved configuration, which ends all sessions."""
        self.reloads += 1
        self._timers.clear()
        self._restart()

    @abstractmethod
    def _running(self) -> str:
        """Return the running configuration."""

    @abstractmethod
    def _startup(self) -> str:
        """Return the saved configuration."""

    def _candidate(self) -> str | None:
        return None

    @abstractmethod
    def _restart(self) -> None:
        """Start with the saved configuration."""

    @abstractmethod
    def _paths(self) -> list[str]:
        """Return each line of the running configuration with the lines above it."""


def _matches(pattern: str, lines: list[str]) -> bool:
    return any(re.search(pattern, line) for line in lines)
