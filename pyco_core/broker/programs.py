# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs and files of a host for one client of the broker, in little memory.

The output of a program goes to the client while it runs. A local file is read and written here, by its
descriptor: its content passes no message.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from ..models.execute import Execute, Executed
from ..pooled_session import PooledSession
from .event_messages import Event, Printed

PIECE = 1 << 18  # bytes of output that are sent at once, if nobody waits for them


class Printer:
    """Sends the output of a program. stream: at once."""

    def __init__(self, send: Callable[[Event], None], stream: bool) -> None:
        self._send = send
        self._least = 0 if stream else PIECE
        self._stdout, self._stderr = bytearray(), bytearray()

    def add(self, stdout: bytes, stderr: bytes) -> None:
        """Add output."""
        self._stdout += stdout
        self._stderr += stderr
        if len(self._stdout) + len(self._stderr) > self._least:
            self.flush()

    def flush(self) -> None:
        """Send the output so far."""
        for buffer, is_error in ((self._stdout, False), (self._stderr, True)):
            if buffer:
                self._send(Printed(bytes(buffer), is_error))
                buffer.clear()


def run(session: PooledSession, order: Execute, printer: Printer) -> Executed:
    """Run a program, and return its result without the output. Raises PycoError."""
    result = session.device.execute(order, printer.add)
    printer.flush()
    return result


def with_data(order: Execute, descriptor: int) -> Execute:
    """Return an order with the content of a local file as its data. The descriptor is closed."""
    with os.fdopen(descriptor, "rb") as file:
        return replace(order, data=file.read())


def put(session: PooledSession, descriptor: int, path: str, mode: int) -> None:
    """Write a file on the host from a local one, whose descriptor is closed. Raises PycoError."""
    with os.fdopen(descriptor, "rb", buffering=0) as source:
        session.device.put(source, path, mode)


def fetch(session: PooledSession, descriptor: int, path: str) -> None:
    """Read a file on the host into a local one, whose descriptor is closed. Raises PycoError."""
    with os.fdopen(descriptor, "wb", buffering=0) as sink:
        session.device.fetch(path, sink)
