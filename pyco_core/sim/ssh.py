# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ssh server of one connection: password and key authentication, shells, and TCP forwarding."""

from __future__ import annotations

import hmac
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_CONNECT_FAILED,
    OPEN_FAILED_UNKNOWN_CHANNEL_TYPE,
    OPEN_SUCCEEDED,
)

from .pipe import BROKEN, Pipe
from .session import Session

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_TIMEOUT = 10.0  # seconds to open a channel or to connect onward

Serve = Callable[[paramiko.Channel, Session], None]


@dataclass(slots=True)
class Logins:
    """The accounts of a host, and the attempts to log in.

    users: passwords by user name. keys: accepted for every user. accepted, rejected: user names in order.
    """

    users: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[paramiko.PKey, ...] = ()
    accepted: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)

    def check_password(self, user: str, password: str) -> int:
        """Return paramiko's code for a password."""
        expected = self.users.get(user, "")
        return self._result(
            user, bool(expected) and hmac.compare_digest(expected.encode(), password.encode())
        )

    def check_key(self, user: str, key: paramiko.PKey) -> int:
        """Return paramiko's code for a key."""
        return self._result(user, user in self.users and key in self.keys)

    def _result(self, user: str, is_right: bool) -> int:
        (self.accepted if is_right else self.rejected).append(user)
        return AUTH_SUCCESSFUL if is_right else AUTH_FAILED


class SshServer(paramiko.ServerInterface):
    """The server side of one connection.

    open_session: creates the record of a shell. serve: serves one shell until its end. forwards: the list
    that requested destinations are added to, None if TCP forwarding is prohibited; only loopback addresses
    are connected.
    """

    def __init__(
        self,
        logins: Logins,
        open_session: Callable[[], Session],
        serve: Serve,
        forwards: list[tuple[str, int]] | None = None,
    ) -> None:
        self._logins = logins
        self._open_session = open_session
        self._serve = serve
        self._forwards = forwards
        self._sessions: dict[int, Session] = {}
        self._onward: dict[int, socket.socket] = {}
        # paramiko keeps weak references to channels and closes one without another reference.
        self._channels: dict[int, paramiko.Channel] = {}
        self._accepting = Lock()
        self._granted: list[tuple[paramiko.Channel, Session]] = []
        self._threads: list[Thread] = []

    def run(self, sock: socket.socket, host_key: paramiko.PKey) -> None:
        """Serve the connection until it ends, with its threads and forwarded sockets."""
        wire: Any = _Wire(sock, self._start_shells)
        self._transport = paramiko.Transport(wire)
        self._transport.add_server_key(host_key)
        try:
            self._transport.start_server(server=self)
            self._transport.join()
        except (paramiko.SSHException, EOFError):
            self._transport.close()
        for thread in self._threads:
            thread.join()
        for onward in self._onward.values():
            onward.close()

    def get_allowed_auths(self, username: str) -> str:
        return "publickey,password" if self._logins.keys else "password"

    def check_auth_password(self, username: str, password: str) -> int:
        return self._logins.check_password(username, password)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._logins.check_key(username, key)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if kind != "session":
            return OPEN_FAILED_UNKNOWN_CHANNEL_TYPE
        session = self._open_session()
        session.set_user(self._transport.get_username() or "")
        self._sessions[chanid] = session
        self._start(self._accept)
        return OPEN_SUCCEEDED

    def check_channel_pty_request(
        self,
        channel: paramiko.Channel,
        term: bytes,
        width: int,
        height: int,
        pixelwidth: int,
        pixelheight: int,
        modes: bytes,
    ) -> bool:
        session = self._sessions[channel.get_id()]
        session.set_terminal(term.decode("ascii", "replace"))
        session.resize(width, height)
        return True

    def check_channel_window_change_request(
        self, channel: paramiko.Channel, width: int, height: int, pixelwidth: int, pixelheight: int
    ) -> bool:
        self._sessions[channel.get_id()].resize(width, height)
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        self._granted.append((channel, self._sessions[channel.get_id()]))
        return True

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        if self._forwards is None or destination[0] not in _LOOPBACK:
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        self._forwards.append(destination)
        try:
            sock = socket.create_connection(destination, timeout=_TIMEOUT)
        except OSError:
            return OPEN_FAILED_CONNECT_FAILED
        sock.settimeout(None)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._onward[chanid] = sock
        self._start(self._accept)
        return OPEN_SUCCEEDED

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _start_shells(self) -> None:
        while self._granted:
            self._start(self._serve, *self._granted.pop(0))

    def _accept(self) -> None:
        """Accept the channel that was just granted, and relay a forwarded one until its end."""
        # With two waiting threads, paramiko may wake one for the channel that the other one accepts.
        with self._accepting:
            channel = self._transport.accept(_TIMEOUT)
        if channel is None:
            return
        self._channels[channel.get_id()] = channel
        sock = self._onward.pop(channel.get_id(), None)
        if sock is not None:
            self._start(_copy_to_socket, channel, sock)
            _copy_to_channel(sock, channel)
            self._channels.pop(channel.get_id(), None)


class _Wire:
    """A socket that calls `before_read` before each read.

    paramiko answers a request after its handler has returned, in the thread that reads. A shell that starts
    before the next read therefore cannot send output before that answer.
    """

    def __init__(self, sock: socket.socket, before_read: Callable[[], None]) -> None:
        self._sock = sock
        self._before_read = before_read

    def recv(self, size: int) -> bytes:
        self._before_read()
        return self._sock.recv(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def _copy_to_socket(channel: paramiko.Channel, sock: socket.socket) -> None:
    try:
        while data := channel.recv(65536):
            sock.sendall(data)
        # The end of one direction keeps the other one open; a closed channel ends both.
        sock.shutdown(socket.SHUT_RDWR if channel.closed else socket.SHUT_WR)
    except OSError:
        close(channel)


def _copy_to_channel(sock: socket.socket, channel: Pipe) -> None:
    with sock:
        try:
            while data := sock.recv(65536):
                channel.sendall(data)
        except BROKEN:
            pass
        close(channel)


def close(channel: Pipe) -> None:
    """Close a channel, also if its connection has ended."""
    try:
        channel.close()
    except BROKEN:
        return
