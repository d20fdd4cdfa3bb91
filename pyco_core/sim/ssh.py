# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ssh server for one connection: password or key login, shells on a pty, and TCP forwarding."""

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

from .pipe import BROKEN
from .record import Session

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_TIMEOUT = 10.0

Serve = Callable[[paramiko.Channel, Session], None]


@dataclass(slots=True)
class Logins:
    """Who may log in, and who did: users by name and password, keys for every user."""

    users: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[paramiko.PKey, ...] = ()
    accepted: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)

    def password(self, user: str, password: str) -> int:
        wanted = self.users.get(user, "")
        return self._noted(user, bool(wanted) and hmac.compare_digest(wanted.encode(), password.encode()))

    def key(self, user: str, key: paramiko.PKey) -> int:
        return self._noted(user, user in self.users and key in self.keys)

    def _noted(self, user: str, right: bool) -> int:
        (self.accepted if right else self.rejected).append(user)
        return AUTH_SUCCESSFUL if right else AUTH_FAILED


class SshServer(paramiko.ServerInterface):
    """One client's connection and what it may do there.

    serve: plays one shell and returns when that is over. forwards: None where TCP forwarding is
    prohibited, else the list that each destination is added to; only loopback addresses are
    connected to, whoever asks.
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
        # paramiko itself holds channels weakly: one that nobody holds is closed.
        self._channels: dict[int, paramiko.Channel] = {}
        self._accepting = Lock()
        self._granted: list[tuple[paramiko.Channel, Session]] = []
        self._threads: list[Thread] = []

    def run(self, sock: socket.socket, host_key: paramiko.PKey) -> None:
        """Serve the connection on sock until it ends; then everything it started has ended too."""
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
        return self._logins.password(username, password)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._logins.key(username, key)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if kind != "session":
            return OPEN_FAILED_UNKNOWN_CHANNEL_TYPE
        self._sessions[chanid] = self._open_session()
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
        session.terminal, session.columns, session.lines = term.decode("ascii", "replace"), width, height
        return True

    def check_channel_window_change_request(
        self, channel: paramiko.Channel, width: int, height: int, pixelwidth: int, pixelheight: int
    ) -> bool:
        session = self._sessions[channel.get_id()]
        session.columns, session.lines = width, height
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
        """Take over the channel that was just granted; a forwarded one is relayed until its end."""
        # Of two threads that wait, paramiko may wake one for the channel that the other has taken.
        with self._accepting:
            channel = self._transport.accept(_TIMEOUT)
        if channel is None:
            return
        self._channels[channel.get_id()] = channel
        sock = self._onward.pop(channel.get_id(), None)
        if sock is not None:
            self._start(_send_on, channel, sock)
            _bring_back(sock, channel)
            self._channels.pop(channel.get_id(), None)


class _Wire:
    """The socket as paramiko gets it; before each read, `before_read` is called.

    paramiko answers a request after its handler has returned, in the thread that reads: by the next
    read the answer is out, and a shell that starts then cannot overtake it.
    """

    def __init__(self, sock: socket.socket, before_read: Callable[[], None]) -> None:
        self._sock = sock
        self._before_read = before_read

    def recv(self, size: int) -> bytes:
        self._before_read()
        return self._sock.recv(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def _send_on(channel: paramiko.Channel, sock: socket.socket) -> None:
    try:
        while data := channel.recv(65536):
            sock.sendall(data)
        # The end of one direction leaves the other open; a closed channel ends both.
        sock.shutdown(socket.SHUT_RDWR if channel.closed else socket.SHUT_WR)
    except OSError:
        close(channel)


def _bring_back(sock: socket.socket, channel: paramiko.Channel) -> None:
    with sock:
        try:
            while data := sock.recv(65536):
                channel.sendall(data)
        except BROKEN:
            pass
        close(channel)


def close(channel: paramiko.Channel) -> None:
    """Close a channel, whose connection may have ended just now."""
    try:
        channel.close()
    except BROKEN:
        return
