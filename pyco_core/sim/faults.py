# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deliberate faults of a device as data, and the pipe that splits its writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle
from threading import Event

from .pipe import Pipe


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of one device; by default none.

    chunk: sizes in bytes of the pieces that all output is split into, in turn; () sends whole writes. pause:
    seconds between two pieces, default 0; without a pause the kernel may join them again. cut_prompts:
    whether each prompt and question is sent in two pieces, with the pause between them, split one character
    further each time. delay: seconds before each answer to a command, default 0. silent: commands without an
    answer. drop: number of characters by command; the connection closes after that many characters of its
    output. mute: whether the host accepts connections and never sends a byte.

    On a device with a configuration: cut: number of typed lines of configuration, over all sessions, after
    which the connection closes once, without an answer to the last of them; None for no cut. refuse: regular
    expressions; the device refuses lines of configuration that match one. uncommittable: regular expressions
    for statements that only a commit refuses. down, needed: regular expressions for lines of the running
    configuration, with the lines above them (`interface Vlan1 shutdown`). While one of `down` matches, or one
    of `needed` does not, every session ends and new ones end at once, as after a change that cuts the path.
    """

    chunk: tuple[int, ...] = ()
    pause: float = 0.0
    cut_prompts: bool = False
    delay: float = 0.0
    silent: tuple[str, ...] = ()
    drop: Mapping[str, int] = field(default_factory=dict)
    mute: bool = False
    cut: int | None = None
    refuse: tuple[str, ...] = ()
    uncommittable: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


class Chunked:
    """A pipe that splits its writes into pieces of the given sizes."""

    def __init__(self, pipe: Pipe, faults: Faults, stopped: Event) -> None:
        self._pipe = pipe
        self._sizes = cycle(faults.chunk)
        self._pause = faults.pause
        self._stopped = stopped
        self.recv = pipe.recv
        self.fileno = pipe.fileno
        self.close = pipe.close

    def sendall(self, data: bytes) -> None:
        """Write the data in pieces."""
        while data:
            size = next(self._sizes)
            self._pipe.sendall(data[:size])
            data = data[size:]
            if self._pause:
                self._stopped.wait(self._pause)
