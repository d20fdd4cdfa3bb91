# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface of a POSIX shell on a host: programs, files and streams, whatever way leads there."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from ..errors import PycoError
from ..models.execute import MODE, PLAIN, Execute, Executed, Output, Start

CHUNK = 256 * 1024  # bytes of one read or write of a file
SCP = "scp"  # the protocol for files of a network device, if no other one is named
CHECK = 15.0  # seconds without an event after which the servers on the route are asked for a sign of life


class Stream(Protocol):
    """The standard input and output of a started program, of 8 bits in both directions.

    Its stderr is dropped. Deadlines are absolute, on the clock of `time.monotonic`.
    """

    def write(self, data: bytes, deadline: float) -> None:
        """Write all of data. Raises SessionClosed, SessionTimedOut."""

    def read(self, size: int, deadline: float) -> bytes:
        """Return one to size bytes, or b"" at the end. Raises SessionClosed, SessionTimedOut."""

    def close(self) -> None:
        """End the program's input and output. Never raises; a second call does nothing."""


class Shell(Protocol):
    """A shell of one login. One thread at a time uses it; the results do not depend on the way to the host.

    Each method raises PycoError. Nothing is started twice.
    """

    def execute(self, order: Execute, on_output: Output | None = None) -> Executed:
        """Start a program, and return its result after its end.

        on_output: receives the output as it is produced; the result has none of it then.
        """

    def put(self, source: BinaryIO, path: str, mode: int = MODE) -> None:
        """Write the rest of source to a file on the host. A transfer that fails leaves the old file.

        path: of a file, or of a link to one; relative to the home folder. mode: permissions of a new file,
        before the umask; an old one keeps its own.
        """

    def fetch(self, path: str, sink: BinaryIO) -> None:
        """Write the content of a file on the host to sink."""

    @property
    def is_parallel(self) -> bool:
        """Return True if a stream stays open beside further programs."""

    def stream(self, command: str) -> Stream:
        """Start a program for a conversation. No other program may run meanwhile unless `is_parallel`."""


class Program(Protocol):
    """A program that was started on a channel of its own. No method waits but `wait`.

    All but `close` raise Closed if the connection is lost.
    """

    def send(self, data: bytes | memoryview) -> int:
        """Write as much as the other side takes now, and return the number of bytes."""

    def end_input(self) -> None:
        """Send the end of the standard input."""

    def receive(self) -> tuple[bytes, bytes]:
        """Return the bytes of stdout and stderr that have arrived, at most CHUNK of each."""

    def wait(self, seconds: float) -> bool:
        """Wait until bytes arrive, or can be written again, or the end; return False if nothing happens.

        After the end it returns True at once.
        """

    @property
    def has_ended(self) -> bool:
        """Return True if the program has ended and all of its output was received."""

    @property
    def status(self) -> int:
        """Return the exit status, 255 for a signal; only after the end."""

    def close(self) -> None:
        """Close the channel. Never raises; a second call does nothing."""


class Starter(Protocol):
    """The connection that starts programs."""

    @property
    def is_parallel(self) -> bool:
        """Return True if programs run beside each other, False if each has the terminal alone."""

    def program(
        self, command: bytes, deadline: float, start: Start = PLAIN
    ) -> AbstractContextManager[Program]:
        """Start a program, and close its channel at the end of the block. Raises PycoError."""

    def error(self, exc: Exception, seconds: float) -> PycoError:
        """Return the error for Closed, or TimedOut after these seconds, with the hop at fault."""

    def check(self) -> None:
        """Raise PycoError if a server on the route does not answer any more."""
