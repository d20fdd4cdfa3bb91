# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A paramiko Transport that keeps the server's own messages and needs few system calls.

When the server refuses a channel or hangs up, paramiko logs the reason and raises an exception without it. It
keeps one exception for all threads, and takes a channel that the server closes at once for a refused one.
Here the answers are kept by channel.
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

from .base import CHUNK, ByteSocket, Closed, TimedOut
from .spawn import FOREVER
from .tcp_stream import quickack, set_kernel_timeout

# All exceptions of a broken stream: a socket's, those of paramiko's packetizer, and paramiko's own.
STREAM_ERRORS = (OSError, EOFError, paramiko.SSHException)

LOG = "pyco.paramiko"
# paramiko's thread logs a traceback for every misbehaving server. Callers get an exception instead.
logging.getLogger(LOG).addHandler(logging.NullHandler())
logging.getLogger(LOG).propagate = False

# Messages that a server sends in several small packets, one after the other (see `quickack`).
_IN_PAIRS = (MSG_GLOBAL_REQUEST, MSG_CHANNEL_OPEN_SUCCESS, MSG_CHANNEL_DATA)
_MAX_GREETING = 200  # characters
_ORIGIN = ("127.0.0.1", 0)  # of a forwarded connection, as the server logs it


@dataclass(slots=True)
class Refused(Exception):
    """The server refused to open a channel. code: the reason of RFC 4254. reason: the server's text."""

    code: int
    reason: str


class ReadAhead:
    """A buffered stream for paramiko, which reads the head of a packet and then the rest.

    Both reads are answered from one system call; in a call, a thread waits for hundreds of others.
    quickack: acknowledge at once, so that the server does not wait for it. An sshd with an open terminal does
    not wait, and long output is faster without.
    """

    def __init__(self, sock: Any) -> None:
        self.send, self.close = sock.send, sock.close
        self.quickack = True
        self._sock = sock
        self._data = b""
        self._position = 0
        self._acknowledge = quickack(sock)
        self.is_forwarded = self._acknowledge is None

    def recv(self, size: int) -> bytes:
        if self._position == len(self._data):
            if self.quickack and self._acknowledge:
                self._acknowledge()
            self._data, self._position = b"", 0  # a timeout must not return the old data again
            try:
                self._data = self._sock.recv(CHUNK)
            except BlockingIOError as exc:  # see set_kernel_timeout
                raise TimeoutError from exc
        start, self._position = self._position, min(self._position + size, len(self._data))
        return self._data[start : self._position]

    def stop_quickack(self) -> None:
        """Leave acknowledgements to the kernel."""
        self.quickack = False


class LenientMessage(paramiko.Message):
    """A message with texts in any encoding.

    RFC 4251 requires UTF-8, but some devices send Latin-1. paramiko would end the connection.
    """

    def __init__(self, content: bytes, seqno: int = 0) -> None:
        super().__init__(content)
        self.seqno = seqno  # paramiko's

    def get_text(self) -> str:
        """Return the next text; bytes that are not UTF-8 are replaced."""
        return self.get_string().decode(errors="replace")


class _Packetizer(Packetizer):
    """A packetizer that keeps the lines before the ssh banner, such as the greeting of another protocol."""

    def __init__(self, sock: Any) -> None:
        self.stream = ReadAhead(sock)
        stream: Any = self.stream  # paramiko uses its recv, send and close only
        super().__init__(stream)
        self.greeting = ""

    def read_message(self) -> tuple[int, paramiko.Message]:
        kind, message = super().read_message()
        if self.stream.quickack and self.stream.is_forwarded and kind in _IN_PAIRS:
            # The TCP connection of a forwarded stream belongs to the hop, whose kernel we cannot configure.
            # But data that we send carries the acknowledgement.
            ignored = paramiko.Message()
            ignored.add_byte(cMSG_IGNORE)
            ignored.add_string(b"")
            self.send_message(ignored)
        if kind == MSG_CHANNEL_DATA:
            return kind, message
        return kind, LenientMessage(message.asbytes(), message.seqno)

    def write_all(self, out: Any) -> None:
        try:
            super().write_all(out)
        except EOFError:
            # Our version is sent first. If the server has hung up already, its message is still unread.
            if not out.startswith(b"SSH-"):
                raise

    def readline(self, timeout: float) -> str:
        try:
            line = super().readline(timeout)
        except UnicodeDecodeError as exc:
            line = exc.object.decode(errors="replace")
        if not line.startswith("SSH-"):
            self.greeting = f"{self.greeting} {line.strip()}".strip()[:_MAX_GREETING]
        return line


class ParamikoTransport(paramiko.Transport):
    """The client side of one ssh connection. Owns the socket.

    farewell: the server's message when it disconnected. offer: the algorithms of the server, by paramiko's
    names of the lists.
    """

    packetizer: _Packetizer
    # Seconds between two checks of paramiko's thread. With its default of 0.1, hundreds of idle sessions keep
    # a processor busy. Ending the connection shuts the socket, which wakes the thread.
    _active_check_timeout = 5.0

    def __init__(self, sock: ByteSocket) -> None:
        stream: Any = sock  # a socket or a channel
        super().__init__(stream, packetizer_class=_Packetizer)
        if isinstance(sock, socket.socket):
            set_kernel_timeout(sock, self._active_check_timeout)
        # The caller's alarm is the only timeout; paramiko's own would end a slow login before the deadline.
        self.banner_timeout = self.handshake_timeout = self.auth_timeout = FOREVER
        self.set_log_channel(LOG)
        self.farewell = ""
        self.offer: dict[str, list[str]] = {}
        # The channels being opened, by number: None until the server answers.
        self._opening: dict[int, paramiko.Channel | Refused | None] = {}
        self._requested: dict[int, int] = {}  # by thread, the number of the channel that it opens

    def open(
        self, kind: str, deadline: float, destination: tuple[str, int] | None = None
    ) -> paramiko.Channel:
        """Open a channel; several threads may do so at the same time. Raises Refused, Closed, TimedOut."""
        failure = None
        try:
            self.open_channel(kind, destination, _ORIGIN, timeout=deadline - monotonic())
        except STREAM_ERRORS as exc:
            failure = exc
        number = self._requested.pop(threading.get_ident(), -1)
        answer = self._opening.pop(number, None)
        if isinstance(answer, paramiko.Channel):
            return answer
        raise answer or (TimedOut() if self.is_active() else Closed()) from failure

    @property
    def greeting(self) -> str:
        """Return the server's text before its ssh banner, or in its place."""
        return self.packetizer.greeting

    def stop_quickack(self) -> None:
        """Leave acknowledgements to the kernel, for the rest of the connection."""
        self.packetizer.stream.stop_quickack()

    def shut(self) -> None:
        """End the connection, its thread and its socket. Never raises; a second call does nothing."""
        if isinstance(self.sock, socket.socket):
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)  # wakes the thread, which reads with a timeout
        with suppress(*STREAM_ERRORS):
            self.close()
        with suppress(*STREAM_ERRORS):
            self.sock.close()
        if self.is_alive():
            self.join(1)
        self.packetizer.complete_handshake()  # ends a timer thread that paramiko would leave behind

    # Called by paramiko: the first one in the thread that opens a channel, the others in paramiko's own
    # thread. Its type stubs do not have them.

    def _next_channel(self) -> int:
        base: Any = super()
        number = int(base._next_channel())
        self._requested[threading.get_ident()] = number
        self._opening[number] = None
        return number

    def _parse_channel_open_failure(self, m: paramiko.Message) -> None:
        base: Any = super()
        number = m.get_int()
        if number in self._opening:
            self._opening[number] = Refused(m.get_int(), m.get_text())
        m.rewind()
        base._parse_channel_open_failure(m)

    def _parse_channel_open_success(self, m: paramiko.Message) -> None:
        base: Any = super()
        this: Any = self
        number, theirs = m.get_int(), m.get_int()
        if number not in self._opening:
            # The request timed out. paramiko would leave the channel open on the server.
            close = paramiko.Message()
            close.add_byte(cMSG_CHANNEL_CLOSE)
            close.add_int(theirs)
            base._send_message(close)
            return
        self._opening[number] = this._channels.get(number)
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
