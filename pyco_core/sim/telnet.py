# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The telnet protocol (RFC 854, 855, 857, 858, 1073, 1091) over a stream, for server and client."""

from __future__ import annotations

import struct

from .pipe import Pipe
from .session import Session

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
ECHO, SGA, TTYPE, NAWS = 1, 3, 24, 31
CR, LF, NUL = 13, 10, 0
NAMES = {DO: "DO", DONT: "DONT", WILL: "WILL", WONT: "WONT"}
OPTIONS = {ECHO: "ECHO", SGA: "SGA", TTYPE: "TTYPE", NAWS: "NAWS"}
IS, SEND = 0, 1
_SERVER = (frozenset({ECHO, SGA}), frozenset({TTYPE, NAWS, SGA}))
_CLIENT = (frozenset({TTYPE, NAWS, SGA}), frozenset({ECHO, SGA}))


class Telnet:
    """A pipe of plain bytes over a pipe of telnet.

    It negotiates options, doubles IAC, and reads CR NUL as CR, for a server also CR LF. A server
    immediately offers ECHO and SGA and requests TTYPE and NAWS, like a router; a client only answers. The
    session records the terminal type, the window size and the options of the other side.
    """

    def __init__(self, pipe: Pipe, session: Session, *, server: bool = True) -> None:
        self._pipe = pipe
        self._session = session
        self._local, self._remote = _SERVER if server else _CLIENT
        self._on: set[tuple[int, int]] = set()
        self._asked: set[tuple[int, int]] = set()
        self._inbound = bytearray()
        self._after_cr = False
        # A client keeps the LF of CR LF, because it prints the text; a server reads both as Enter.
        self._dropped = (LF, NUL) if server else (NUL,)
        self.fileno = pipe.fileno
        self.close = pipe.close
        if server:
            offer = [(WILL, ECHO), (WILL, SGA), (DO, TTYPE), (DO, NAWS)]
            self._asked.update(offer)
            pipe.sendall(b"".join(bytes((IAC, verb, option)) for verb, option in offer))

    def recv(self, size: int) -> bytes:
        """Return plain bytes, b"" at the end. Raises BlockingIOError if only negotiation arrived."""
        data = self._pipe.recv(size)
        if not data:
            return b""
        self._inbound += data
        plain = self._decode()
        if not plain:
            raise BlockingIOError
        return plain

    def sendall(self, data: bytes) -> None:
        """Write plain bytes."""
        escaped = data.replace(b"\xff", b"\xff\xff")
        # A carriage return without a line feed is CR NUL (RFC 854).
        self._pipe.sendall(escaped.replace(b"\r", b"\r\0").replace(b"\r\0\n", b"\r\n"))

    def echoes(self) -> bool:
        """Return whether this side echoes: yes, unless the other side refused."""
        return (WILL, ECHO) in self._asked | self._on

    def _decode(self) -> bytes:
        plain = bytearray()
        while self._inbound:
            if self._inbound[0] != IAC:
                self._take_plain(self._inbound.pop(0), plain)
                continue
            length = self._take_option()
            if not length:
                break
            if length == 2 and self._inbound[1] == IAC:
                plain.append(IAC)
            del self._inbound[:length]
        return bytes(plain)

    def _take_plain(self, byte: int, plain: bytearray) -> None:
        if not (self._after_cr and byte in self._dropped):
            plain.append(byte)
        self._after_cr = byte == CR

    def _take_option(self) -> int:
        """Handle the telnet command at the start of the input; return its length, 0 if it is incomplete."""
        data = self._inbound
        if len(data) < 2:
            return 0
        if data[1] == SB:
            end = data.find(bytes((IAC, SE)))
            if end < 0:
                return 0
            self._subnegotiated(data[2], bytes(data[3:end]).replace(b"\xff\xff", b"\xff"))
            return end + 2
        if data[1] not in (DO, DONT, WILL, WONT):
            return 2
        if len(data) < 3:
            return 0
        self._negotiated(data[1], data[2])
        return 3

    def _negotiated(self, verb: int, option: int) -> None:
        self._session.options.append((NAMES[verb], OPTIONS.get(option, str(option))))
        yes, no, supported = (WILL, WONT, self._local) if verb in (DO, DONT) else (DO, DONT, self._remote)
        state = (yes, option)
        accepted = verb in (DO, WILL) and option in supported
        asked = state in self._asked
        self._asked.discard(state)
        was_on = state in self._on
        if accepted:
            self._on.add(state)
        else:
            self._on.discard(state)
        refused = verb in (DO, WILL) and not accepted
        if refused or (accepted != was_on and not asked):
            self._pipe.sendall(bytes((IAC, yes if accepted else no, option)))
        if accepted and not was_on:
            self._agreed(yes, option)

    def _agreed(self, verb: int, option: int) -> None:
        if (verb, option) == (DO, TTYPE):
            self._pipe.sendall(bytes((IAC, SB, TTYPE, SEND, IAC, SE)))
        elif (verb, option) == (WILL, NAWS):
            size = struct.pack("!HH", self._session.columns or 80, self._session.lines or 24)
            self._pipe.sendall(bytes((IAC, SB, NAWS)) + size.replace(b"\xff", b"\xff\xff") + bytes((IAC, SE)))

    def _subnegotiated(self, option: int, data: bytes) -> None:
        if option == NAWS and len(data) == 4:
            self._session.resize(*struct.unpack("!HH", data))
        elif option == TTYPE and data[:1] == bytes((IS,)):
            self._session.set_terminal(data[1:].decode("ascii", "replace"))
        elif option == TTYPE and data[:1] == bytes((SEND,)):
            name = (self._session.terminal or "vt100").encode()
            self._pipe.sendall(bytes((IAC, SB, TTYPE, IS)) + name + bytes((IAC, SE)))
