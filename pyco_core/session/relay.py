# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The byte stream of a logged-in session, for a person at a terminal."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ..fsm.matcher import Matcher
from ..models.observer import Observer
from ..transport.base import TimedOut, Transport
from .hop_guard import HopGuard
from .terminal import last_line

PAUSE = 3600.0  # seconds of the longest read and write
_KEPT = 4096  # bytes of a line without end that are searched for the prompt of a hop


class Relay:
    """Passes bytes on as they are, and detects the end of a session that was typed into a hop.

    One thread reads, another one may write, resize and cut. Observers receive the bytes of the device, but
    not those of the person, which may be passwords that nobody can mask.
    """

    def __init__(
        self, transport: Transport, guard: HopGuard, observers: Sequence[Observer], hop: int
    ) -> None:
        self._transport = transport
        self._matcher = Matcher({}, last_line)
        self._guard = guard
        self._observers = observers
        self._hop = hop

    def read(self) -> bytes:
        """Wait for bytes. Raises Closed; HopPromptReturned if a hop shows its prompt again."""
        if self._guard.prompts:
            self._guard.check(self._matcher, self._transport)
        data = self._wait()
        for observer in tuple(self._observers):
            observer.received(self._hop, data)
        self._keep(data)
        return data

    def write(self, data: bytes) -> None:
        """Type bytes. Raises Closed, TimedOut."""
        self._transport.write(data, time.monotonic() + PAUSE)

    def resize(self, columns: int, lines: int) -> None:
        """Tell the device the size of the terminal, if the protocol can. Raises Closed, TimedOut."""
        self._transport.resize(columns, lines)

    def cut(self) -> None:
        """Close the stream; a read that waits raises Closed."""
        self._transport.close()

    def _wait(self) -> bytes:
        while True:
            try:
                return self._transport.read(time.monotonic() + PAUSE)
            except TimedOut:
                continue

    def _keep(self, data: bytes) -> None:
        """Keep the last line, with the line end in front of it."""
        text = (self._matcher.take() + data)[-_KEPT:]
        self._matcher.feed(text[max(0, text.rfind(b"\n")) :])
