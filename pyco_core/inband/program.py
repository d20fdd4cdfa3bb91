# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on the terminal of a session, with the interface of one on a channel of its own."""

from __future__ import annotations

import re
from contextlib import suppress
from time import monotonic

from ..errors import PycoError
from ..shell.base import CHUNK
from .frames import ACCEPTED, ENDED, ERR, OUT, STATUS, TEXT, Event
from .talk import Talk
from .tools import Tools

GRACE = 5.0  # seconds for a program that is ended by the end of its input
_END = b"0\n"


class TypedProgram:
    """Implements shell.base.Program. talk: with a script of `scripts` that runs a program.

    leave: the input after the end of the program; b"" if the end of its input is enough.
    question: pattern of the question for a password of a program that may ask on the terminal itself; text
    on the terminal becomes stderr then. "" if it asks for none; None for any other program.
    """

    def __init__(self, talk: Talk, tools: Tools, leave: bytes = b"", question: str | None = None) -> None:
        self.status = 0
        self._leave = leave
        self._talk = talk
        self._tools = tools
        self._question = re.compile(question.encode()) if question else None
        self._asks = question is not None
        self._is_asked = False  # on the terminal itself
        self._piped = b""  # the end of stderr before the answer
        self._under_way = 0
        self._is_open = self._is_running = True
        self._is_end_due = False
        self._out, self._err = bytearray(), bytearray()

    def send(self, data: bytes | memoryview) -> int:
        """As Program.send. Input for a program that has ended is dropped, as ssh does."""
        if not (self._is_open and self._is_running):
            return len(data)
        if self._is_asked:
            self._is_asked = False
            self._talk.post(bytes(data))
            return len(data)
        if self._under_way >= self._tools.window:
            return 0
        piece = bytes(data[:CHUNK])
        text = self._tools.text(piece)
        self._talk.post(b"%d\n" % len(text) + text)
        self._under_way += 1
        return len(piece)

    def end_input(self) -> None:
        """As Program.end_input. A program that reads ahead takes what follows for its own."""
        if self._is_open:
            self._is_open = False
            self._is_end_due = True
            self._post_end()

    def _post_end(self) -> None:
        if self._is_end_due and self._under_way < self._tools.window:
            self._is_end_due = False
            self._talk.post(_END)

    def receive(self) -> tuple[bytes, bytes]:
        """As Program.receive."""
        while len(self._out) + len(self._err) < CHUNK and (event := self._talk.take()) is not None:
            self._handle(event)
        return _take(self._out), _take(self._err)

    def wait(self, seconds: float) -> bool:
        """As Program.wait."""
        event = self._talk.wait(max(0.0, seconds))
        if event is not None:
            self._handle(event)
        return event is not None or self._talk.has_ended

    def _handle(self, event: Event) -> None:
        kind, content = event
        if kind == OUT:
            self._asks = self._is_asked = False  # the success marker, or the command itself
            self._out += content
        elif kind == ERR:
            self._err += content
            self._note(content)
        elif kind == TEXT and self._asks:
            self._is_asked = True
            self._err += content
        elif kind == ACCEPTED:
            self._under_way -= 1
            self._post_end()
        elif kind == ENDED:
            self._is_running = self._is_asked = False
            if self._leave:
                self._talk.post(self._leave)
            else:
                self.end_input()
        elif kind == STATUS:
            self.status = int(content)

    def _note(self, stderr: bytes) -> None:
        """Find a question in stderr. Other output may arrive behind a question on the terminal."""
        if self._question is not None and self._asks:
            self._piped = (self._piped + stderr)[-CHUNK:]
            if self._question.search(self._piped):
                self._is_asked = False

    @property
    def has_ended(self) -> bool:
        """As Program.has_ended."""
        return self._talk.has_ended and not (self._out or self._err)

    def close(self) -> None:
        """End the input of a program that still runs, and close the session if the program goes on."""
        deadline = monotonic() + GRACE
        with suppress(PycoError):  # the session is closed then
            while not self._talk.has_ended and (left := deadline - monotonic()) > 0:
                self._end(left)
        if not self._talk.has_ended:
            self._talk.abandon()

    def _end(self, seconds: float) -> None:
        """Give a program no further input, and drop its output for so many seconds."""
        if self._is_asked:
            self._is_asked = False
            self._talk.post(b"\n")  # an empty password
        elif self._is_running:
            self.end_input()
        event = self._talk.wait(seconds)
        if event is not None:
            self._handle(event)
        self._out.clear()
        self._err.clear()


def _take(buffer: bytearray) -> bytes:
    """Remove the first CHUNK bytes, and return them."""
    data = bytes(buffer[:CHUNK])
    del buffer[:CHUNK]
    return data
