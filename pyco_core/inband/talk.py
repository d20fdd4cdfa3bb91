# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One script on the terminal of a session, from the line that starts it to the next prompt."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import OutOfStep, ProgramsRefused, PycoError
from ..fsm.machine import SENT
from ..session.expectation import SETTLE
from ..session.hop_guard import HopPromptReturned
from ..session.session import Session, clock
from ..transport.base import Closed, TimedOut
from . import scripts
from .frames import ACCEPTED, STATUS, TEXT, TEXT64, Damaged, Encoding, Event, Frames
from .writer import Writer

_KEPT = 1 << 16  # bytes of other text


class Talk:
    """A script on the terminal of a session, and its answers.

    seconds: for the start, and for the prompt after the end. shown: the text for transcripts and errors.
    has_ended: True after the exit status, when the session accepts commands again.
    """

    def __init__(self, session: Session, seconds: float, shown: str, encoding: Encoding = TEXT64) -> None:
        self.has_ended = self._has_started = False
        self._session = session
        self._seconds = seconds
        self._shown = session.failure.mask(shown)
        token = f"@{secrets.token_hex(5)}"
        self._line = scripts.start_line(token)
        self._frames = Frames(token.encode(), encoding)
        self._events: deque[Event] = deque()
        self._writer = Writer(session.channel.transport)

    def start(self, script: str) -> None:
        """Start the script. Raises PycoError; the session is closed unless the shell shows its prompt."""
        channel = self._session.channel
        deadline = clock() + self._seconds
        with self.closing():
            channel.fire(SENT)
            channel.write(self._line + channel.ends.current, self._shown, deadline)
            while all(event[0] != ACCEPTED for event in self._events):
                self._receive(deadline)
            self._events.clear()  # nothing follows before the script is written
            self._has_started = True
            channel.transport.write(scripts.lines(script), deadline)

    def post(self, data: bytes) -> None:
        """Write input without waiting."""
        self._writer.post(data)

    def take(self) -> Event | None:
        """Return the next answer of those that have arrived, None if there is none. Raises PycoError."""
        with self.closing():
            while not self._events and not self.has_ended and self._session.channel.transport.pending():
                self._receive(clock() + self._seconds)
            return self._next()

    def wait(self, seconds: float) -> Event | None:
        """Return the next answer, None if there is none after so many seconds. Raises PycoError."""
        deadline = clock() + seconds
        with self.closing():
            try:
                while not self._events and not self.has_ended:
                    self._receive(deadline)
            except TimedOut:
                return None
            return self._next()

    def _next(self) -> Event | None:
        event = self._events.popleft() if self._events else None
        if event is not None and event[0] == STATUS:
            self._finish()
        return event

    def _receive(self, deadline: float) -> None:
        """Read once. Raises Closed, TimedOut, Damaged, ProgramsRefused."""
        for event in self._frames.feed(self._session.channel.transport.read(deadline)):
            if event[0] == TEXT:
                self._keep(event[1])
            self._events.append(event)

    def _keep(self, text: bytes) -> None:
        """Keep text that is no answer, for errors. Raises HopPromptReturned, ProgramsRefused."""
        channel = self._session.channel
        if channel.size > _KEPT:
            channel.clear()
        channel.take_over(text)
        hops = [hop for hop, pattern in channel.guard.prompts if channel.ends_with(pattern)]
        if hops and not channel.transport.pending():
            raise HopPromptReturned(hops[0])
        if channel.token in channel.unread_text():
            raise self._refusal()

    def _refusal(self) -> PycoError:
        """Return the error for a prompt of the shell before the end of the script.

        If the script has started, it has left the terminal in raw mode, and the session is closed.
        """
        session = self._session
        if self._has_started:
            message = "The program has ended the script that passes its output on."
            return session.failure.close_with(OutOfStep(message, command=self._shown))
        match = session.read_prompt(clock() + self._seconds)
        text = session.channel.output(match, self._line).strip().rpartition("\n")[2]
        session.channel.clear()
        self.has_ended = True
        ending = f": {session.failure.mask(text)}" if text else "."
        return session.failure.with_context(
            ProgramsRefused(f"The shell did not run /bin/sh{ending}", command=self._shown)
        )

    def _finish(self) -> None:
        """Read the prompt behind the last answer."""
        session = self._session
        self._writer.finish()
        session.channel.clear()
        session.channel.take_over(self._frames.rest)
        session.read_prompt(clock() + self._seconds, None, session.channel.expect(self._line))
        session.channel.clear()
        self.has_ended = True

    def error(self, exc: Exception, seconds: float) -> PycoError:
        """Close the session, and return the error for Closed or TimedOut."""
        return self._session.failure.stream_error(exc, repr(self._shown), seconds, self._shown)

    def out_of_step(self, error: OutOfStep) -> PycoError:
        """Close the session because of this error, and return the error with context."""
        return self._session.failure.close_with(error)

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Close the session at each exception that leaves the block, unless the shell shows its prompt."""
        is_done = False
        try:
            yield
            is_done = True
        except Damaged as exc:
            raise self._damage(exc) from None
        except (Closed, TimedOut) as exc:
            raise self.error(exc, self._seconds) from exc
        finally:
            if not is_done and not self.has_ended:
                self.abandon()

    def abandon(self) -> None:
        """Close the session, because the state of its terminal is not known."""
        self._session.failure.close(f"it was interrupted in the middle of {self._shown!r}.")
        self._writer.stop()

    def _damage(self, damaged: Damaged) -> PycoError:
        """Return the error for text within a stream, perhaps the prompt of a hop or of the shell."""
        session, channel = self._session, self._session.channel
        channel.clear()
        try:
            self._keep(damaged.text[-_KEPT:])
            while True:
                self._keep(channel.transport.read(clock() + SETTLE))
        except PycoError as exc:
            return exc
        except TimedOut:
            return session.failure.close_with(
                OutOfStep(
                    "Other text appeared on the terminal within the output of a program.",
                    hint="Messages of the kernel or of other users: run `dmesg -n 1` and `mesg n`.",
                    command=self._shown,
                )
            )
        except Closed as exc:
            return self.error(exc, self._seconds)
