# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and writing a TCP socket with few system calls and without waiting for delayed acknowledgements."""

from __future__ import annotations

import select
import socket
import struct
from collections.abc import Callable

from .base import TimedOut

PROBE = 5  # seconds without a segment, until the kernel asks the peer for one
MISSED = 3  # seconds for the answer: three of these questions, or as many repetitions of data
KERNEL_TIMEOUT = 1.0  # seconds of one read, before the deadline is checked again

_INFO = getattr(socket, "TCP_INFO", -1)  # Linux
# tcp_info of linux/tcp.h: tcpi_retransmits at 2, tcpi_last_ack_recv (milliseconds) at 56
_INFO_FORMAT = struct.Struct("@2xB53xI")
_QUICKACK = getattr(socket, "TCP_QUICKACK", None)  # Linux
_INET = (socket.AF_INET, socket.AF_INET6)


def quickack(sock: object) -> Callable[[], None] | None:
    """Return a function that acknowledges all received segments at once, or None if that is unsupported.

    A host with two small segments to send often waits for the acknowledgement of the first one (RFC 896):
    telnetd, a vty, an sshd that only forwards. The kernel would delay it by up to 40 ms. TCP_QUICKACK applies
    to the segments received so far, so the function is called before every read.
    """
    if _QUICKACK is None or not isinstance(sock, socket.socket) or sock.family not in _INET:
        return None
    protocol, option, set_option = socket.IPPROTO_TCP, _QUICKACK, sock.setsockopt

    def acknowledge() -> None:
        try:
            set_option(protocol, option, 1)
        except OSError:  # the socket is closed; the read will report it
            return

    return acknowledge


def set_kernel_timeout(sock: socket.socket, seconds: float) -> None:
    """Limit each read and write; it then raises BlockingIOError.

    Python's own timeout polls before every call: two system calls instead of one, and a thread among hundreds
    has to get the interpreter back after each.
    """
    sock.settimeout(None)
    interval = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        sock.setsockopt(socket.SOL_SOCKET, option, interval)


class TcpStream:
    """A connected socket, read and written with a timeout for each call."""

    def __init__(self, sock: socket.socket) -> None:
        set_kernel_timeout(sock, KERNEL_TIMEOUT)
        self._sock = sock
        self._acknowledge = quickack(sock) or _no_acknowledge
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(sock, select.POLLIN)
        self._writable.register(sock, select.POLLOUT)

    def recv(self, size: int, seconds: float) -> bytes | None:
        """Return at most size bytes, b"" at the end; None if there are none yet, but time is left.

        Raises TimedOut, OSError.
        """
        if seconds:
            self._acknowledge()
        if seconds < KERNEL_TIMEOUT and not self._wait(self._readable, seconds):
            raise TimedOut
        try:
            return self._sock.recv(size)
        except BlockingIOError:
            return None

    def send(self, data: bytes, seconds: float) -> int:
        """Write some of data and return the number of bytes, at least one. Raises TimedOut, OSError."""
        while True:
            try:
                return self._sock.send(data, socket.MSG_DONTWAIT)
            except BlockingIOError:
                if not self._wait(self._writable, seconds):
                    raise TimedOut from None

    def idle(self) -> bool:
        """Return True if there is nothing to read, not even the end."""
        return self._sock.fileno() >= 0 and not self._readable.poll(0)

    @property
    def is_silent(self) -> bool:
        """Return True if the peer has acknowledged nothing for too long; the kernel asks it all the time."""
        try:
            info = self._sock.getsockopt(socket.IPPROTO_TCP, _INFO, _INFO_FORMAT.size)
        except OSError:  # the socket is closed, or it is not TCP of Linux
            return False
        repetitions, milliseconds = _INFO_FORMAT.unpack(info)
        return bool(repetitions >= MISSED or milliseconds > (PROBE + MISSED) * 1000)

    def _wait(self, poll: select.poll, seconds: float) -> bool:
        # After a close, the kernel may have given the descriptor to another file.
        return self._sock.fileno() < 0 or bool(poll.poll(seconds * 1000))


def _no_acknowledge() -> None:
    """Do nothing, on platforms without TCP_QUICKACK."""
