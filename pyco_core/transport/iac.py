# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The telnet protocol without I/O: bytes of the wire in, clean bytes and answers out.

RFC 854 (commands, CR NUL), 855 (options), 856 (binary), 857 (echo), 858 (suppress go-ahead), 1073 (window
size), 1091 (terminal type); every other option is refused, environment included. We never ask for an
option ourselves and answer only what changes an option's state, so negotiation cannot loop (RFC 1143).
"""

# Own code. telnetlib3 5.0 is bound to asyncio; standard-telnetlib 3.13 reads its socket itself, drops every
# NUL and answers no option without a callback; telnetio 0.4 (sans-IO) makes an object of every byte, turns
# CR LF into LF and throws its client's answers away.

from __future__ import annotations

import re
from collections.abc import Callable

from .base import COLUMNS, LINES, TERMINAL

SE, SB, WILL, WONT, DO, DONT, IAC = 240, 250, 251, 252, 253, 254, 255
BINARY, ECHO, SGA, TTYPE, NAWS = 0, 1, 3, 24, 31
IS, SEND = 0, 1
NUL, CR = 0, 13

_FIRST_COMMAND = 236  # EOF; what is below is no command
_THEIRS = frozenset({BINARY, ECHO, SGA})  # what the other side may do
_OURS = frozenset({BINARY, SGA, TTYPE, NAWS})  # what we do when asked
_LONGEST = 64  # of a subnegotiation: of those we understand, none has more than two bytes
_ESCAPE = bytes([IAC])
_BARE_CR = re.compile(rb"\r(?!\n)")


class Codec:
    """One side of one telnet connection. `feed` what came, send `answers()`, `encode` what goes.

    replies: the answers so far, to see whether there are any.
    """

    def __init__(self) -> None:
        self._step: Callable[[int], None] | None = None  # None: in the data
        self._out = bytearray()
        self.replies = bytearray()
        self._after_cr = False
        self._verb = 0
        self._subject = bytearray()
        self._theirs: set[int] = set()
        self._ours: set[int] = set()

    def feed(self, data: bytes) -> bytes:
        """The data in what came, commands taken out; b"" when it held nothing but commands."""
        # A byte is looked for as a number: ten times faster than as bytes, in the loop that all pass through.
        if self._step is None and IAC not in data and NUL not in data:
            self._after_cr = data[-1:] == b"\r"
            return data
        at = 0
        while at < len(data):
            if self._step is None:
                end = data.find(_ESCAPE, at)
                end = len(data) if end < 0 else end
                self._text(data[at:end])
                if end < len(data):
                    self._step = self._command
                at = end + 1
            else:
                self._step(data[at])
                at += 1
        clean = bytes(self._out)
        self._out.clear()
        return clean

    def answers(self) -> bytes:
        """What must be sent because of what was fed; b"" for nothing. The next call starts anew."""
        answers = bytes(self.replies)
        self.replies.clear()
        return answers

    def encode(self, data: bytes) -> bytes:
        """data as it goes over the wire: IAC doubled; a bare CR becomes CR NUL, LF and CR LF stay."""
        if IAC in data:
            data = data.replace(_ESCAPE, _ESCAPE * 2)
        if CR in data and BINARY not in self._ours:
            data = _BARE_CR.sub(b"\r\0", data)
        return data

    def _text(self, data: bytes) -> None:
        if BINARY in self._theirs or not data:
            self._out += data
            return
        after_cr, self._after_cr = self._after_cr, data.endswith(b"\r")
        if after_cr and data.startswith(b"\0"):
            data = data[1:]
        self._out += data.replace(b"\r\0", b"\r")

    def _command(self, byte: int) -> None:
        self._step = None
        if byte in (WILL, WONT, DO, DONT):
            self._verb, self._step = byte, self._option
        elif byte == SB:
            self._subject.clear()
            self._step = self._subnegotiation
        elif byte == IAC or byte < _FIRST_COMMAND:
            # A data mark sent as urgent loses its own byte where a hop on the way does not keep urgent
            # bytes in line; the IAC is left, and the byte that follows it is data.
            self._after_cr = byte == CR
            self._out.append(byte)

    def _option(self, option: int) -> None:
        self._step = None
        if self._verb in (WILL, WONT):
            self._answer(option, self._verb == WILL, self._theirs, _THEIRS, DO, DONT)
        elif self._answer(option, self._verb == DO, self._ours, _OURS, WILL, WONT) and option == NAWS:
            self._send_subject(NAWS, COLUMNS.to_bytes(2, "big") + LINES.to_bytes(2, "big"))

    def _answer(
        self, option: int, on: bool, active: set[int], accepted: frozenset[int], agree: int, refuse: int
    ) -> bool:
        """Answer a change of state; whether the option was switched on by it."""
        if on and option not in accepted:
            self.replies += bytes([IAC, refuse, option])
        elif on and option not in active:
            active.add(option)
            self.replies += bytes([IAC, agree, option])
            return True
        elif not on and option in active:
            active.remove(option)
            self.replies += bytes([IAC, refuse, option])
        return False

    def _subnegotiation(self, byte: int) -> None:
        if byte == IAC:
            self._step = self._subnegotiation_command
        elif len(self._subject) < _LONGEST:
            self._subject.append(byte)

    def _subnegotiation_command(self, byte: int) -> None:
        self._step = self._subnegotiation
        if byte == SE:
            self._step = None
            if self._subject == bytes([TTYPE, SEND]) and TTYPE in self._ours:
                self._send_subject(TTYPE, bytes([IS]) + TERMINAL.encode())
        elif byte == IAC and len(self._subject) < _LONGEST:
            self._subject.append(byte)

    def _send_subject(self, option: int, value: bytes) -> None:
        doubled = value.replace(_ESCAPE, _ESCAPE * 2)
        self.replies += bytes([IAC, SB, option]) + doubled + bytes([IAC, SE])
