# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packets of an ssh connection: few system calls, texts in any encoding, and the server's greeting."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import paramiko
from paramiko.common import (
    MSG_CHANNEL_DATA,
    MSG_CHANNEL_OPEN_SUCCESS,
    MSG_GLOBAL_REQUEST,
    MSG_NAMES,
    MSG_REQUEST_FAILURE,
    MSG_REQUEST_SUCCESS,
    cMSG_IGNORE,
)
from paramiko.packet import Packetizer

from .base import CHUNK
from .liveness import Liveness
from .tcp_stream import quickack
from .unsent import unsent

# Messages that a server sends in several small packets, one after the other (see `quickack`).
_IN_PAIRS = (MSG_GLOBAL_REQUEST, MSG_CHANNEL_OPEN_SUCCESS, MSG_CHANNEL_DATA)
# All exceptions of a broken stream: a socket's, those of paramiko's packetizer, and paramiko's own.
STREAM_ERRORS = (OSError, EOFError, paramiko.SSHException)

# paramiko logs the name of a message before it answers an unknown one, and its thread ends without a name.
for _kind in range(256):
    MSG_NAMES.setdefault(_kind, str(_kind))

MAX_LOGIN = 1 << 20  # bytes of a server before the login is complete; usual ones send less than 10 KiB
MAX_PACKET = 1 << 20  # bytes; RFC 4253 demands 35000, and OpenSSH accepts 256 KiB
MAX_MISSING = 20  # fields that a message lacks; old servers leave out the last ones
_MAX_GREETING = 200  # characters
_TELNET = "\ufffd\ufffd"  # IAC and a verb: bytes that are not UTF-8 begin a line of a telnet server


class ReadAhead:
    """A buffered stream for paramiko, which reads the head of a packet and then the rest.

    Both reads are answered from one system call; in a call, a thread waits for hundreds of others.
    quickack: acknowledge at once, so that the server does not wait for it. An sshd with an open terminal does
    not wait, and long output is faster without.
    unsent: the bytes that the server does not take yet. Reading goes on meanwhile.
    is_flooded: True if the server sent too much before the login was complete, or in one packet.
    """

    def __init__(self, sock: Any) -> None:
        self.unsent = unsent(sock)
        self.send, self.close = self.unsent.send, sock.close
        self.quickack = True
        self._sock = sock
        self._data = b""
        self._position = 0
        self._before_login: int | None = 0  # bytes, None after the login
        self.is_flooded = False
        self._acknowledge = quickack(sock)
        self.is_forwarded = self._acknowledge is None

    def recv(self, size: int) -> bytes:
        if self._position == len(self._data):
            if self.quickack and self._acknowledge:
                self._acknowledge()
            self._data, self._position = b"", 0  # a timeout must not return the old data again
            if not self.unsent.is_empty:
                with suppress(OSError, EOFError):  # there may be something to read nevertheless
                    self.unsent.flush(0.0)
            try:
                self._data = self._sock.recv(CHUNK)
            except BlockingIOError as exc:  # see set_kernel_timeout
                raise TimeoutError from exc
            if self._before_login is not None or size > MAX_PACKET:
                self._count(size)
        start, self._position = self._position, min(self._position + size, len(self._data))
        return self._data[start : self._position]

    def _count(self, size: int) -> None:
        self._before_login = (self._before_login or 0) + len(self._data)
        if self._before_login > MAX_LOGIN or size > MAX_PACKET:
            self.is_flooded = True
            raise paramiko.SSHException("The server sends too much.")

    def end_login(self) -> None:
        """Take any number of bytes from now on."""
        self._before_login = None

    def stop_quickack(self) -> None:
        """Leave acknowledgements to the kernel."""
        self.quickack = False


class ReceivedMessage(paramiko.Message):
    """A message with texts in any encoding, and with an end.

    RFC 4251 requires UTF-8, but some devices send Latin-1. paramiko would end the connection. It reads
    as many questions or extensions as the message says, and takes zeros for those behind its end: a number of
    four bytes would fill the memory.
    """

    def __init__(self, content: bytes, seqno: int = 0) -> None:
        super().__init__(content)
        self.seqno = seqno  # paramiko's
        self._size = len(content)
        self._missing = 0

    def get_bytes(self, n: int) -> bytes:
        """Return the next bytes, zeros behind the end. Raises SSHException after too many of those calls."""
        if self.packet.tell() + n > self._size:
            self._missing += 1
            if self._missing > MAX_MISSING:
                raise paramiko.SSHException("A message of the server is incomplete.")
        return super().get_bytes(n)

    def get_text(self) -> str:
        """Return the next text; bytes that are not UTF-8 are replaced."""
        return self.get_string().decode(errors="replace")


class GreetingPacketizer(Packetizer):
    """A packetizer that keeps the lines before the ssh banner, such as the greeting of another protocol.

    is_broken: True from the moment at which no message can be read any more; paramiko closes the channels
    before it marks the connection as ended.
    liveness: the server's signs of life.
    """

    def __init__(self, sock: Any) -> None:
        self.stream = ReadAhead(sock)
        stream: Any = self.stream  # paramiko uses its recv, send and close only
        super().__init__(stream)
        self.greeting = ""
        self.is_broken = False
        self.liveness = Liveness()

    def read_message(self) -> tuple[int, paramiko.Message]:
        try:
            kind, message = super().read_message()
        except STREAM_ERRORS:
            self.is_broken = True
            self.liveness.hear()
            raise
        self.liveness.hear()
        if self.stream.quickack and self.stream.is_forwarded and kind in _IN_PAIRS:
            # The TCP connection of a forwarded stream belongs to the hop, whose kernel we cannot configure.
            # But data that we send carries the acknowledgement.
            ignored = paramiko.Message()
            ignored.add_byte(cMSG_IGNORE)
            ignored.add_string(b"")
            self.send_message(ignored)
        if kind == MSG_CHANNEL_DATA:
            return kind, message
        if kind in (MSG_REQUEST_SUCCESS, MSG_REQUEST_FAILURE):
            self.liveness.hear_reply()
        return kind, ReceivedMessage(message.asbytes(), message.seqno)

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
            if line.startswith(_TELNET):
                raise paramiko.SSHException("The server speaks telnet.")
        return line
