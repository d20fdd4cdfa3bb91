# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP connections, with one deadline for the name lookup and all addresses."""

from __future__ import annotations

import errno
import socket
from contextlib import ExitStack, suppress
from functools import partial
from time import monotonic
from typing import Any

from ..errors import (
    ConnectError,
    ConnectionRefused,
    ConnectTimedOut,
    HostUnreachable,
    NameNotResolved,
    TooManyOpenFiles,
)
from .base import TimedOut
from .cancel import current
from .deadline import call_until
from .descriptors import are_exhausted, exhausted
from .tcp_stream import PROBE

# An idle peer is asked by the kernel after PROBE seconds, and each second from then on if it does not answer.
# A connection without an answer ends after a minute, also while nothing is sent.
_KEEPALIVE = {"TCP_KEEPIDLE": PROBE, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 55, "TCP_USER_TIMEOUT": 60_000}
_BEST_FIRST = (
    TooManyOpenFiles,
    ConnectionRefused,
    ConnectTimedOut,
    HostUnreachable,
)  # the most specific one first
_Address = tuple[int, tuple[Any, ...]]


def connect(host: str, port: int, deadline: float) -> socket.socket:
    """Return a connected socket with TCP_NODELAY and keepalive. All addresses of the host are tried in turn.

    Raises NameNotResolved, ConnectionRefused, ConnectTimedOut, HostUnreachable, TooManyOpenFiles;
    ConnectionClosed if the login is cancelled.
    """
    addresses = _resolve(host, port, deadline)
    failures: list[tuple[ConnectError, OSError]] = []
    for index, (family, address) in enumerate(addresses):
        # An equal share of the time for each, so that a dead IPv6 route leaves time for IPv4.
        share = (deadline - monotonic()) / (len(addresses) - index)
        try:
            return _connect(family, address, share)
        except OSError as exc:
            failures.append((_connect_error(exc, host, port), exc))
    error, cause = min(failures, key=lambda failure: _BEST_FIRST.index(type(failure[0])))
    raise error from cause


def _connect(family: int, address: tuple[Any, ...], seconds: float) -> socket.socket:
    with ExitStack() as on_error:
        sock = on_error.enter_context(socket.socket(family, socket.SOCK_STREAM))
        cancel = current()
        try:
            sock.settimeout(max(seconds, 0.001))
            with cancel.calling(partial(_interrupt, sock)):
                cancel.check()
                sock.connect(address)
            cancel.check()
            sock.settimeout(None)
            tune(sock)
        except OSError:
            cancel.check()
            raise
        on_error.pop_all()
    return sock


def _interrupt(sock: socket.socket) -> None:
    """End a wait for the connection, also one that is about to begin."""
    with suppress(OSError):
        sock.settimeout(0.001)  # read after the first packet is sent
        sock.shutdown(socket.SHUT_RDWR)


def tune(sock: socket.socket) -> None:
    """Switch on TCP_NODELAY and keepalive, with the keepalive times that the platform supports."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name in _KEEPALIVE.keys() & vars(socket).keys():
        sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), _KEEPALIVE[name])


def _resolve(host: str, port: int, deadline: float) -> list[_Address]:
    try:
        return _lookup(host, port, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return _resolve_name(host, port, deadline)


def _lookup(host: str, port: int, flags: int = 0) -> list[_Address]:
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [(entry[0], entry[4]) for entry in entries]


def _resolve_name(host: str, port: int, deadline: float) -> list[_Address]:
    # getaddrinfo has no timeout, and blocks for many seconds if the name server is down.
    try:
        return call_until(deadline, lambda: _lookup(host, port), (OSError, UnicodeError))
    except TimedOut as exc:
        raise ConnectTimedOut(
            f"The name {host} was not resolved in time.", hint="The name servers do not answer."
        ) from exc
    except OSError as exc:
        raise (
            exhausted(exc)
            or are_exhausted()
            or NameNotResolved(
                f"The name {host} was not resolved: {exc.strerror}.",
                hint="Check the spelling, or use an address.",
            )
        ) from exc
    except UnicodeError as exc:
        raise NameNotResolved(f"{host} is not a valid host name.", hint="Check the spelling.") from exc


def _connect_error(exc: OSError, host: str, port: int) -> ConnectError:
    name = f"{host} port {port}"
    no_descriptor = exhausted(exc)
    if no_descriptor is not None:
        return no_descriptor
    if isinstance(exc, ConnectionRefusedError):
        return ConnectionRefused(
            f"{name} refused the connection.",
            hint="Nothing listens there. Check the port, and that the service runs.",
            setting="port",
        )
    if isinstance(exc, TimeoutError) or exc.errno == errno.ETIMEDOUT:
        return ConnectTimedOut(
            f"{name} did not answer in time.", hint="A firewall may drop the packets, or the host is down."
        )
    return HostUnreachable(
        f"{name} cannot be reached: {exc.strerror or exc}.", hint="Check the address and the routes to it."
    )
