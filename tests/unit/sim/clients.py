# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A raw TCP client, and the types of the client fixtures."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Protocol, TypeAlias

import paramiko

from pyco_core.sim import SshHost

TIMEOUT = 10.0
LOGIN = b"demo\r\0demo-login\r\0"
USERS = {"pyco": "secret"}
Ends: TypeAlias = tuple[socket.socket, socket.socket]


class Client:
    """A raw TCP client: bytes out, bytes in."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.unread = b""

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def until(self, end: bytes) -> bytes:
        """Return the bytes up to and with `end`."""
        while end not in self.unread:
            data = self.sock.recv(4096)
            assert data, f"closed before {end!r}: {self.unread!r}"
            self.unread += data
        before, end, self.unread = self.unread.partition(end)
        return before + end

    def rest(self) -> bytes:
        """Return the bytes up to the end of the connection."""
        while data := self.sock.recv(4096):
            self.unread += data
        return self.unread


Connect: TypeAlias = Callable[[int], Client]


class SshLogin(Protocol):
    """Logs in to an ssh host."""

    def __call__(
        self,
        host: SshHost,
        user: str = "pyco",
        *,
        password: str | None = None,
        pkey: paramiko.PKey | None = None,
    ) -> paramiko.SSHClient: ...


class Broken:
    """A stream whose connection is lost."""

    def recv(self, size: int) -> bytes:
        raise ConnectionResetError

    def sendall(self, data: bytes) -> None:
        raise BrokenPipeError

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        pass


def read_until(channel: paramiko.Channel, end: bytes) -> bytes:
    """Return the bytes up to and with `end`."""
    channel.settimeout(TIMEOUT)
    data = b""
    while not data.endswith(end):
        received = channel.recv(4096)
        assert received, f"closed before {end!r}: {data!r}"
        data += received
    return data
