# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes to a transport beside the reader of its answers.

A program may write much before it reads: if the session waited for the end of its own write, both would wait.
"""

from __future__ import annotations

import threading
from queue import SimpleQueue

from ..transport.base import Closed, TimedOut, Transport

_FOREVER = 2_000_000.0  # seconds


class Writer:
    """Writes in the order of the calls, in a thread that the first one starts."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._queue: SimpleQueue[bytes] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def post(self, data: bytes) -> None:
        """Write without waiting. The reader finds the errors."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="pyco writer", daemon=True)
            self._thread.start()
        self._queue.put(data)

    def stop(self) -> None:
        """End the thread after what is posted; it ends at once if the transport is closed."""
        if self._thread is not None:
            self._queue.put(b"")

    def finish(self) -> None:
        """Wait until everything is written."""
        self.stop()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while data := self._queue.get():
            try:
                self._transport.write(data, _FOREVER)
            except (Closed, TimedOut, OSError):  # the reader finds the same
                return
