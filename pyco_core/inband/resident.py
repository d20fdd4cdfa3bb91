# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program that stays on the terminal of a session, and the programs that it runs beside each other.

It leaves the terminal before the session types its next command.
"""

from __future__ import annotations

import binascii
import re

from ..errors import OutOfStep, PycoError, SessionClosed
from ..session.session import clock
from ..shell.base import CHUNK
from ..transport.base import TimedOut
from .frames import ERR, OUT, STATUS, VALUE, Event
from .talk import Talk
from .tools import WINDOW

_VALUE = re.compile(rb"([0-9]+)(?:(\+)|#([0-9]+))?")
# The letters of orders, see `resident_program`.
_START, _INPUT, _END, _CLOSE, _QUIT = "s", "d", "e", "c", "q"


class Resident:
    """Implements session.session.Occupant. talk: with the script of `scripts.resident`, which has started."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._programs: dict[int, ResidentProgram] = {}
        self._number = 0  # of the last program
        self._current = 0  # number of the program whose output arrives

    @property
    def is_ready(self) -> bool:
        """Return True if it runs programs; nothing is sent to find this out."""
        try:
            while (event := self._talk.take()) is not None:
                self._handle(event)
        except PycoError:
            return False
        return not self._talk.has_ended

    def leave(self, deadline: float) -> None:
        """End it, with its programs, and wait for the prompt of the shell. Raises PycoError."""
        self._programs.clear()
        self._post(0, _QUIT)
        seconds = deadline - clock()
        while not self._talk.has_ended:
            if self._talk.wait(max(0.0, deadline - clock())) is None:
                raise self._talk.error(TimedOut(), seconds)

    def program(self, command: bytes) -> ResidentProgram:
        """Start a command line."""
        self._number += 1
        program = self._programs[self._number] = ResidentProgram(self, self._number)
        self._post(self._number, _START, command)
        return program

    def give(self, number: int, data: bytes) -> None:
        """Write input for a program without waiting."""
        self._post(number, _INPUT, data)

    def end_input(self, number: int) -> None:
        """End the input of a program."""
        self._post(number, _END)

    def close(self, number: int) -> None:
        """End the input and the output of a program, unless it has ended."""
        if self._programs.pop(number, None) is not None:
            self._post(number, _CLOSE)

    def receive(self) -> bool:
        """Handle the next answer of those that have arrived; False if there is none. Raises PycoError."""
        return self._take(self._talk.take())

    def wait(self, seconds: float) -> bool:
        """Wait for the next answer, and handle it; False if there is none in time. Raises PycoError."""
        return self._take(self._talk.wait(max(0.0, seconds)))

    def check(self, number: int) -> None:
        """Raise SessionClosed if a program is none of this terminal any more."""
        if number not in self._programs:
            raise SessionClosed("The program was ended by the next command of its session.")

    def _take(self, event: Event | None) -> bool:
        if event is not None:
            self._handle(event)
        return event is not None

    def _post(self, number: int, letter: str, data: bytes = b"") -> None:
        text = binascii.b2a_base64(data, newline=False)
        self._talk.post(f"{number} {letter} {len(text)}\n".encode() + text)

    def _handle(self, event: Event) -> None:
        kind, content = event
        if kind == VALUE:
            self._value(_VALUE.fullmatch(content))
        elif kind in (OUT, ERR):
            program = self._programs.get(self._current)
            if program is not None:
                program.take(kind, content)
        elif kind == STATUS and self._programs:
            self._programs.clear()
            raise self._talk.out_of_step(OutOfStep("The program that passes output on has ended."))

    def _value(self, match: re.Match[bytes] | None) -> None:
        if match is None:
            return
        number, accepted, status = match.groups()
        self._current = int(number)
        program = self._programs.get(self._current)
        if program is not None and accepted:
            program.accept()
        elif program is not None and status is not None:
            program.end(int(status))
            del self._programs[self._current]


class ResidentProgram:
    """Implements shell.base.Program. number: for the resident."""

    def __init__(self, resident: Resident, number: int) -> None:
        self.status = -1
        self._resident = resident
        self._number = number
        self._under_way = 0  # pieces of input
        self._is_open = True
        self._out, self._err = bytearray(), bytearray()

    # Called by the resident.

    def take(self, kind: bytes, content: bytes) -> None:
        """Take a piece of the output."""
        buffer = self._out if kind == OUT else self._err
        buffer += content

    def accept(self) -> None:
        """Note that a piece of input was passed on."""
        self._under_way -= 1

    def end(self, status: int) -> None:
        """Note the end of the program."""
        self.status = status & 0xFF

    # Program.

    def send(self, data: bytes | memoryview) -> int:
        """As Program.send. Input for a program that has ended is dropped, as ssh does."""
        if self._has_status or not self._is_open:
            return len(data)
        if self._under_way >= WINDOW:
            return 0
        piece = bytes(data[:CHUNK])
        self._resident.give(self._number, piece)
        self._under_way += 1
        return len(piece)

    def end_input(self) -> None:
        """As Program.end_input."""
        if self._is_open and not self._has_status:
            self._resident.end_input(self._number)
        self._is_open = False

    def receive(self) -> tuple[bytes, bytes]:
        """As Program.receive. Raises PycoError."""
        self._check()
        while len(self._out) + len(self._err) < CHUNK and self._resident.receive():
            continue
        return _taken(self._out), _taken(self._err)

    def wait(self, seconds: float) -> bool:
        """As Program.wait. Raises PycoError."""
        self._check()
        return self._has_status or self._resident.wait(seconds)

    @property
    def has_ended(self) -> bool:
        """As Program.has_ended."""
        return self._has_status and not (self._out or self._err)

    def close(self) -> None:
        """As Program.close."""
        self._is_open = False
        self._resident.close(self._number)

    @property
    def _has_status(self) -> bool:
        return self.status >= 0

    def _check(self) -> None:
        if not self._has_status:
            self._resident.check(self._number)


def _taken(buffer: bytearray) -> bytes:
    """Remove the first CHUNK bytes, and return them."""
    data = bytes(buffer[:CHUNK])
    del buffer[:CHUNK]
    return data
