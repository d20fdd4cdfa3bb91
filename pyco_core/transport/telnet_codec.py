# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The telnet protocol without I/O: received bytes in, data and answers out.

RFC 854 (commands, CR NUL), 855 (options), 856 (binary), 857 (echo), 858 (suppress go-ahead), 1073 (window
size), 1091 (terminal type); every other option is refused, the environment too. We never request an option
and answer only requests that change an option's state, so negotiation cannot loop (RFC 1143).
"""

# Own code. telnetlib3 5.0 is bound to asyncio; standard-telnetlib 3.13 reads its socket itself, drops every
# NUL and answers no option without a callback; telnetio 0.4 (sans-IO) creates an object for each byte, turns
# CR LF into LF and discards the answers of its client.

from __future__ import annotations

import re
from collections.abc import Callable

from .base import COLUMNS, LINES, TERMINAL

SE, SB, WILL, WONT, DO, DONT, IAC = 240, 250, 251, 252, 253, 254, 255
BINARY, ECHO, SGA, TTYPE, NAWS = 0, 1, 3, 24, 31
IS, SEND = 0, 1
NUL, CR = 0, 13

_FIRST_COMMAND = 236  # EOF, the lowest command
_THEIRS = frozenset({BINARY, ECHO, SGA})  # options that the other side may switch on
_OURS = frozenset({BINARY, SGA, TTYPE, NAWS})  # options that we switch on when asked
_MAX_SUBNEGOTIATION = 64  # bytes kept; those we understand have two
_ESCAPE = bytes([IAC])
_BARE_CR = re.compile(rb"\r(?!\n)")


class Codec:
    """One side of a telnet connection: `feed` received bytes, send `answers()`, `encode` data to send.

    replies: the answers that are still to be sent. negotiated: number of received bytes that were commands.
    """

    def __init__(self) -> None:
        self._step: Callable[[int], None] | None = None  # for the next byte; None for data
        self._out = bytearray()
        self.replies = bytearray()
        self.negotiated = 0
        self._after_cr = False
        self._verb = 0
        self._subject = bytearray()
        self._theirs: set[int] = set()
        self._ours: set[int] = set()
        self._size = COLUMNS.to_bytes(2, "big") + LINES.to_bytes(2, "big")

    def feed(self, data: bytes) -> bytes:
        """Return the data in received bytes, without commands; b"" if there were only commands."""
        # Searching a number is ten times faster than searching bytes, and all data passes here.
        if self._step is None and IAC not in data and NUL not in data:
            self._after_cr = data[-1:] == b"\r"
            return data
        position = 0
        while position < len(data):
            if self._step is None:
                end = data.find(_ESCAPE, position)
                end = len(data) if end < 0 else end
                self._text(data[position:end])
                if end < len(data):
                    self._step = self._command
                position = end + 1
            else:
                self._step(data[position])
                position += 1
                self.negotiated += 1
        clean = bytes(self._out)
        self._out.clear()
        return clean

    def answers(self) -> bytes:
        """Return and clear the answers that must be sent; b"" if there are none."""
        answers = bytes(self.replies)
        self.replies.clear()
        return answers

    def encode(self, data: bytes) -> bytes:
        """Return data in the form to send: IAC doubled, a bare CR as CR NUL; LF and CR LF are unchanged."""
        if IAC in data:
            data = data.replace(_ESCAPE, _ESCAPE * 2)
        if CR in data and BINARY not in self._ours:
            data = _BARE_CR.sub(b"\r\0", data)
        return data

    def resize(self, columns: int, lines: int) -> None:
        """Announce the size of the terminal in `replies` if the other side wants to know it."""
        self._size = columns.to_bytes(2, "big") + lines.to_bytes(2, "big")
        if NAWS in self._ours:
            self._send_subject(NAWS, self._size)

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
            # An urgent data mark loses its own byte if a hop does not keep urgent bytes in line. Its IAC
            # remains, and the next byte is data.
            self._after_cr = byte == CR
            self._out.append(byte)

    def _option(self, option: int) -> None:
        self._step = None
        if self._verb in (WILL, WONT):
            self._answer(option, self._verb == WILL, self._theirs, _THEIRS, DO, DONT)
        elif self._answer(option, self._verb == DO, self._ours, _OURS, WILL, WONT) and option == NAWS:
            self._send_subject(NAWS, self._size)

    def _answer(
        self, option: int, on: bool, active: set[int], accepted: frozenset[int], agree: int, refuse: int
    ) -> bool:
        """Answer a request that changes the state; return True if it switched the option on."""
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
        elif len(self._subject) < _MAX_SUBNEGOTIATION:
            self._subject.append(byte)

    def _subnegotiation_command(self, byte: int) -> None:
        self._step = self._subnegotiation
        if byte == SE:
            self._step = None
            if self._subject == bytes([TTYPE, SEND]) and TTYPE in self._ours:
                self._send_subject(TTYPE, bytes([IS]) + TERMINAL.encode())
        elif byte == IAC and len(self._subject) < _MAX_SUBNEGOTIATION:
            self._subject.append(byte)

    def _send_subject(self, option: int, value: bytes) -> None:
        doubled = value.replace(_ESCAPE, _ESCAPE * 2)
        self.replies += bytes([IAC, SB, option]) + doubled + bytes([IAC, SE])
