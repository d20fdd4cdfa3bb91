# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device may do wrong on purpose, as data, and the pipe that cuts its writes into pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle
from threading import Event

from .pipe import Pipe


@dataclass(frozen=True, slots=True)
class Faults:
    """The ways in which one device misbehaves; by default in none.

    chunk: sizes in bytes of the pieces that everything sent is cut into, used in turn; () sends
    whole writes. pause: seconds between two pieces; without one the kernel may join them again.
    cut_prompts: each prompt and question comes in two pieces with the pause between them, cut one place
    further each time. delay: seconds before each answer to a command. silent: commands that are never
    answered. drop: command to number of characters of its output after which the connection is closed.
    mute: the device accepts the connection and says nothing.
    """

    chunk: tuple[int, ...] = ()
    pause: float = 0.0
    cut_prompts: bool = False
    delay: float = 0.0
    silent: tuple[str, ...] = ()
    drop: Mapping[str, int] = field(default_factory=dict)
    mute: bool = False


class Chunked:
    """A pipe whose writes leave in pieces of the given sizes."""

    def __init__(self, pipe: Pipe, faults: Faults, stopped: Event) -> None:
        self._pipe = pipe
        self._sizes = cycle(faults.chunk)
        self._pause = faults.pause
        self._stopped = stopped
        self.recv = pipe.recv
        self.fileno = pipe.fileno
        self.close = pipe.close

    def sendall(self, data: bytes) -> None:
        while data:
            size = next(self._sizes)
            self._pipe.sendall(data[:size])
            data = data[size:]
            if self._pause:
                self._stopped.wait(self._pause)
