# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP connections with one deadline for the name and all its addresses."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from time import monotonic
from typing import Any

from ..errors import ConnectError, ConnectionRefused, ConnectTimedOut, HostUnreachable, NameNotResolved
from . import bounded
from .base import TimedOut

# A peer that vanished is noticed after a minute, whether or not something is being sent.
_KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 60_000}
_QUICKACK = getattr(socket, "TCP_QUICKACK", None)  # Linux
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


def quickack(sock: object) -> bool:
    """Let what has come be acknowledged now; False for what is no TCP socket, and where the system cannot.

    A host that has two small segments to send often waits for the first one's acknowledgement before it
    sends the second (RFC 896): telnetd, a vty, an sshd that only forwards. The kernel would keep that
    back for 40 ms. It counts for what has come so far only, so it is said before every read.
    """
    if _QUICKACK is None or not isinstance(sock, socket.socket) or sock.family not in _INET:
        return False
    with suppress(OSError):  # closed: the read will tell
        sock.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
    return True


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
