# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""paramiko's Transport, keeping what the server said.

paramiko logs the server's own words when it refuses a channel or hangs up, and then raises an exception
without them; that exception is kept in one place for all threads; and a channel that the server closes at
once is taken for a refused one. `Wire` keeps the answers by channel.
"""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import paramiko
from paramiko.common import (
    MSG_CHANNEL_DATA,
    MSG_CHANNEL_OPEN_SUCCESS,
    MSG_GLOBAL_REQUEST,
    cMSG_CHANNEL_CLOSE,
    cMSG_IGNORE,
)
from paramiko.packet import Packetizer

from . import tcp
from .base import CHUNK, ByteSocket, Closed, TimedOut

# What a stream that broke can raise: a socket, paramiko's packetizer, paramiko itself.
BROKEN = (OSError, EOFError, paramiko.SSHException)

LOG = "pyco.paramiko"
# paramiko's thread logs a traceback for every server that misbehaves; callers get an exception instead.
logging.getLogger(LOG).addHandler(logging.NullHandler())
logging.getLogger(LOG).propagate = False

# What a server sends in small packets, one behind the other (see tcp.hurry).
_IN_PAIRS = (MSG_GLOBAL_REQUEST, MSG_CHANNEL_OPEN_SUCCESS, MSG_CHANNEL_DATA)
_HEARD = 200  # characters
_ADDRESS = ("127.0.0.1", 0)  # where a forwarded connection says it comes from


@dataclass(slots=True)
class Refused(Exception):
    """The server did not open a channel: RFC 4254's reason code, and its own words."""

    code: int
    words: str


class _Ahead:
    """A stream for paramiko, which reads the head of a packet and then the rest: two calls for each.

    They are answered from what came in one; a call is where a thread gives way to hundreds of others.
    hurry: see that the server does not wait for our acknowledgements, see tcp.hurry. An sshd does not
    wait any more once it gave a terminal, and much output comes faster where it is not asked to hurry.
    """

    def __init__(self, sock: Any) -> None:
        self.send, self.close = sock.send, sock.close
        self._sock = sock
        self._came = b""
        self._at = 0
        self.hurry = True
        self._acknowledge = tcp.hurry(sock)
        self.is_inner = self._acknowledge is None

    def recv(self, size: int) -> bytes:
        if self._at == len(self._came):
            if self.hurry and self._acknowledge:
                self._acknowledge()
            self._came, self._at = b"", 0  # a time-out must not bring it again
            try:
                self._came = self._sock.recv(CHUNK)
            except BlockingIOError as exc:  # the kernel's time-out, see tcp.limit
                raise TimeoutError from exc
        at, self._at = self._at, min(self._at + size, len(self._came))
        return self._came[at : self._at]


class _Packetizer(Packetizer):
    """Keeps the lines that came before the ssh banner: what a server said that does not speak ssh."""

    def __init__(self, sock: Any) -> None:
        self.stream = _Ahead(sock)
        stream: Any = self.stream  # paramiko reads, writes and closes it, and asks for nothing else
        super().__init__(stream)
        self.heard = ""

    def read_message(self) -> tuple[int, paramiko.Message]:
        kind, message = super().read_message()
        if self.stream.hurry and self.stream.is_inner and kind in _IN_PAIRS:
            # The TCP connection of a stream inside another ssh connection is a hop's, whose kernel cannot be
            # told; but what we send takes its acknowledgement along.
            nothing = paramiko.Message()
            nothing.add_byte(cMSG_IGNORE)
            nothing.add_string(b"")
            self.send_message(nothing)
        return kind, message

    def write_all(self, out: Any) -> None:
        try:
            super().write_all(out)
        except EOFError:
            # Our version comes first, to one who may have hung up. What he said is still to be read.
            if not out.startswith(b"SSH-"):
                raise

    def readline(self, timeout: float) -> str:
        line = super().readline(timeout)
        if not line.startswith("SSH-"):
            self.heard = f"{self.heard} {line.strip()}".strip()[:_HEARD]
        return line


class Wire(paramiko.Transport):
    """One ssh connection as a client. Owns the socket.

    farewell: what the server said when it hung up. offer: the algorithms it offered, by paramiko's names
    of the lists.
    """

    packetizer: _Packetizer
    # Seconds between two looks whether all is well; with paramiko's 0.1, hundreds of idle sessions keep a
    # processor busy. What ends the connection shuts the socket, which wakes the thread.
    _active_check_timeout = 5.0

    def __init__(self, sock: ByteSocket) -> None:
        stream: Any = sock  # a socket or a channel; its callers know no paramiko
        super().__init__(stream, packetizer_class=_Packetizer)
        if isinstance(sock, socket.socket):
            tcp.limit(sock, self._active_check_timeout)
        self.set_log_channel(LOG)
        self.farewell = ""
        self.offer: dict[str, list[str]] = {}
        # By number, the channels being opened: None until the server answers.
        self._waiting: dict[int, paramiko.Channel | Refused | None] = {}
        self._opening = threading.local()

    def open(
        self, kind: str, deadline: float, destination: tuple[str, int] | None = None
    ) -> paramiko.Channel:
        """Open a channel; many threads may do so at once. Raises Refused, Closed, TimedOut."""
        self._opening.number = -1
        failure = None
        try:
            self.open_channel(kind, destination, _ADDRESS, timeout=deadline - monotonic())
        except BROKEN as exc:
            failure = exc
        answer = self._waiting.pop(self._opening.number, None)
        if isinstance(answer, paramiko.Channel):
            return answer
        raise answer or (TimedOut() if self.is_active() else Closed()) from failure

    @property
    def heard(self) -> str:
        """What the server said before its ssh banner, or instead of one."""
        return self.packetizer.heard

    def shut(self) -> None:
        """End the connection, its thread and its socket. Never raises; may be called twice."""
        if isinstance(self.sock, socket.socket):
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)  # wakes the thread, which reads with a time-out
        with suppress(*BROKEN):
            self.close()
        with suppress(*BROKEN):
            self.sock.close()
        if self.is_alive():
            self.join(1)
        self.packetizer.complete_handshake()  # ends a timer thread that paramiko would leave behind

    # Called by paramiko, the first in the thread that opens a channel, the others in its own thread. Its
    # type stubs do not have them.

    def _next_channel(self) -> int:
        base: Any = super()
        self._opening.number = number = int(base._next_channel())
        self._waiting[number] = None
        return number

    def _parse_channel_open_failure(self, m: paramiko.Message) -> None:
        base: Any = super()
        number = m.get_int()
        if number in self._waiting:
            self._waiting[number] = Refused(m.get_int(), m.get_text())
        m.rewind()
        base._parse_channel_open_failure(m)

    def _parse_channel_open_success(self, m: paramiko.Message) -> None:
        base: Any = super()
        this: Any = self
        number, theirs = m.get_int(), m.get_int()
        if number not in self._waiting:
            # Nobody waits for it any more; paramiko would leave it open on the server.
            close = paramiko.Message()
            close.add_byte(cMSG_CHANNEL_CLOSE)
            close.add_int(theirs)
            base._send_message(close)
            return
        self._waiting[number] = this._channels.get(number)
        m.rewind()
        base._parse_channel_open_success(m)

    def _parse_disconnect(self, m: paramiko.Message) -> None:
        base: Any = super()
        m.get_int()
        self.farewell = m.get_text()
        m.rewind()
        base._parse_disconnect(m)

    def _really_parse_kex_init(self, m: paramiko.Message, *args: Any) -> Any:
        base: Any = super()
        parsed = base._really_parse_kex_init(m, *args)
        self.offer = {name: list(value) for name, value in parsed.items() if isinstance(value, list)}
        return parsed
