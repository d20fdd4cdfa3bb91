# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP connections with one deadline for the name and all its addresses."""

from __future__ import annotations

import errno
import select
import socket
import struct
from collections.abc import Callable
from time import monotonic
from typing import Any

from ..errors import ConnectError, ConnectionRefused, ConnectTimedOut, HostUnreachable, NameNotResolved
from . import bounded
from .base import TimedOut

# A peer that vanished is noticed after a minute, whether or not something is being sent.
_KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 60_000}
_QUICKACK = getattr(socket, "TCP_QUICKACK", None)  # Linux
SLICE = 1.0  # seconds that a read waits before it looks how much time is left
_INET = (socket.AF_INET, socket.AF_INET6)
_FIREWALL = "A firewall may drop the packets, or the host is down."
_Address = tuple[int, tuple[Any, ...]]


def connect(host: str, port: int, deadline: float) -> socket.socket:
    """A connected socket with TCP_NODELAY and keepalive; all addresses of host are tried in turn.

    Raises NameNotResolved, ConnectionRefused, ConnectTimedOut, HostUnreachable.
    """
    addresses = _resolve(host, port, deadline)
    failures: list[ConnectError] = []
    for index, (family, address) in enumerate(addresses):
        # An equal share of the time for each, so that a dead IPv6 way does not use up IPv4's.
        share = (deadline - monotonic()) / (len(addresses) - index)
        try:
            return _connect(family, address, share)
        except OSError as exc:
            failures.append(_named(exc, host, port))
            failures[-1].__cause__ = exc
    # The address that came nearest to an answer tells most.
    order = (ConnectionRefused, ConnectTimedOut, HostUnreachable)
    raise min(failures, key=lambda failure: order.index(type(failure)))


def _connect(family: int, address: tuple[Any, ...], seconds: float) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(max(seconds, 0.001))
        sock.connect(address)
        sock.settimeout(None)
        tune(sock)
    except OSError:
        sock.close()
        raise
    return sock


def tune(sock: socket.socket) -> None:
    """Switch on TCP_NODELAY and keepalive, with what the platform has of the latter's times."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name in _KEEPALIVE.keys() & vars(socket).keys():
        sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), _KEEPALIVE[name])


def hurry(sock: object) -> Callable[[], None] | None:
    """What lets all that has come be acknowledged now; None for what is no TCP socket, and off Linux.

    A host that has two small segments to send often waits for the first one's acknowledgement before it
    sends the second (RFC 896): telnetd, a vty, an sshd that only forwards. The kernel would keep that
    back for 40 ms. It counts for what has come so far only, so it is said before every read.
    """
    if _QUICKACK is None or not isinstance(sock, socket.socket) or sock.family not in _INET:
        return None
    protocol, option, say = socket.IPPROTO_TCP, _QUICKACK, sock.setsockopt

    def now() -> None:
        try:
            say(protocol, option, 1)
        except OSError:  # closed: the read will tell
            return

    return now


def limit(sock: socket.socket, seconds: float) -> None:
    """Let no read and no write take longer than this: BlockingIOError then.

    The kernel counts. Python's own time-out asks before every call whether it would wait: two system
    calls for one, and a thread among hundreds has to get the interpreter back after each.
    """
    sock.settimeout(None)
    span = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        sock.setsockopt(socket.SOL_SOCKET, option, span)


class Direct:
    """A connected socket that is read and written with as few system calls as it takes."""

    def __init__(self, sock: socket.socket) -> None:
        limit(sock, SLICE)
        self._sock = sock
        self._hurry = hurry(sock) or _nothing
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(sock, select.POLLIN)
        self._writable.register(sock, select.POLLOUT)

    def recv(self, size: int, seconds: float) -> bytes | None:
        """What comes, b"" at the end; None where nothing came so far, though there is still time.

        Raises TimedOut, OSError.
        """
        if seconds:
            self._hurry()
        if seconds < SLICE and not self._is(self._readable, seconds):
            raise TimedOut
        try:
            return self._sock.recv(size)
        except BlockingIOError:
            return None

    def send(self, data: bytes, seconds: float) -> int:
        """How many bytes of data were sent, at least one. Raises TimedOut, OSError."""
        while True:
            try:
                return self._sock.send(data, socket.MSG_DONTWAIT)
            except BlockingIOError:
                if not self._is(self._writable, seconds):
                    raise TimedOut from None

    def idle(self) -> bool:
        """Whether there is nothing to read, not even the end."""
        return self._sock.fileno() >= 0 and not self._readable.poll(0)

    def _is(self, poll: select.poll, seconds: float) -> bool:
        # Once it is closed, its number may be another one's.
        return self._sock.fileno() < 0 or bool(poll.poll(seconds * 1000))


def _nothing() -> None:
    """What lets the kernel acknowledge when it likes."""


def _resolve(host: str, port: int, deadline: float) -> list[_Address]:
    try:
        found = _lookup(host, port, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        found = _resolve_name(host, port, deadline)
    return found


def _lookup(host: str, port: int, flags: int = 0) -> list[_Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [(entry[0], entry[4]) for entry in found]


def _resolve_name(host: str, port: int, deadline: float) -> list[_Address]:
    # getaddrinfo takes no time-out, and a dead name server holds it for many seconds.
    try:
        return bounded.call(lambda: _lookup(host, port), deadline, (OSError, UnicodeError))
    except TimedOut as exc:
        raise ConnectTimedOut(
            f"The name {host} was not resolved in time.", hint="The name servers do not answer."
        ) from exc
    except socket.gaierror as exc:
        raise NameNotResolved(
            f"The name {host} was not resolved: {exc.strerror}.",
            hint="Check the spelling, or give an address.",
        ) from exc
    except UnicodeError as exc:
        raise NameNotResolved(f"{host} cannot be a host name.", hint="Check the spelling.") from exc


def _named(exc: OSError, host: str, port: int) -> ConnectError:
    where = f"{host} port {port}"
    if isinstance(exc, ConnectionRefusedError):
        return ConnectionRefused(f"{where} refused the connection.", hint="Nothing listens there.")
    if isinstance(exc, TimeoutError) or exc.errno == errno.ETIMEDOUT:
        return ConnectTimedOut(f"{where} did not answer in time.", hint=_FIREWALL)
    return HostUnreachable(
        f"{where} cannot be reached: {exc.strerror or exc}.", hint="Check the address and the routes to it."
    )
