# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit: the shortest honest loops over a paramiko channel and over a socket.

They have the terminal that pyco asks for (dumb, 511 columns), a prompt as long as pyco's, and no echo;
they read until the prompt stands at the end, and look at nothing else.
"""

from __future__ import annotations

import socket
from base64 import b64decode

import paramiko

PROMPT = b"[raw. 01234567 0] "  # as many bytes as `[pyco 01234567 0] `
PREPARE = b"unset PROMPT_COMMAND; PS2=; stty -echo; PS1='[raw. 01234567 '\\$?'] '\n"
CHUNK = 65536
IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240


class Shell:
    """A shell with a terminal on a connection of its own."""

    def __init__(self, host: str, port: int, user: str, password: str, key: str) -> None:
        """Log in, and read to the first prompt. key: the base64 of the host's only right key."""
        sock = socket.create_connection((host, port))
        self.transport = paramiko.Transport(sock)
        self.transport.start_client()
        if self.transport.get_remote_server_key().asbytes() != b64decode(key):
            raise ValueError(f"{host} has another key")
        self.transport.auth_password(user, password)
        self.channel = self.transport.open_session()
        self.channel.get_pty("dumb", 511, 48)
        self.channel.invoke_shell()
        read(self.channel, b"$ ")

    def prepare(self) -> None:
        """Switch the echo off, and set the prompt."""
        self.channel.sendall(PREPARE)
        read(self.channel, PROMPT)

    def __call__(self, command: bytes) -> bytes:
        """What a command prints, and the prompt."""
        self.channel.sendall(command + b"\n")
        return read(self.channel, PROMPT)

    def close(self) -> None:
        self.transport.close()


class Telnet:
    """A bash behind telnetd. Options are refused; after the login none comes any more.

    quick: whether what comes is acknowledged at once. telnetd often sends an answer in two segments, and the
    second one when the first one is acknowledged; by itself the kernel keeps that back for 40 ms.
    """

    def __init__(self, host: str, user: str, password: str, quick: bool = True) -> None:
        self._quick = quick
        self.sock = socket.create_connection((host, 23))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._until(b"login: ")
        self.sock.sendall(user.encode() + b"\r\n")
        self._until(b"Password: ")
        self.sock.sendall(password.encode() + b"\r\n")
        self._until(b"$ ")
        self.sock.sendall(PREPARE)
        self._until(PROMPT)

    def __call__(self, command: bytes) -> bytes:
        self.sock.sendall(command + b"\n")
        if self._quick:
            return read(self, PROMPT)
        return read(self.sock, PROMPT)

    def recv(self, size: int) -> bytes:
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return self.sock.recv(size)

    def close(self) -> None:
        self.sock.close()

    def _until(self, end: bytes) -> None:
        text = bytearray()
        while not text.endswith(end):
            data = self.sock.recv(CHUNK)
            if not data:
                raise EOFError(bytes(text))
            text += self._refused(data)

    def _refused(self, data: bytes) -> bytes:
        """The data without the negotiation in it, which is answered by a no."""
        at = data.find(IAC)
        while at >= 0:
            verb = data[at + 1]
            if verb == SB:
                end = data.index(bytes([IAC, SE]), at) + 2
            else:
                end = at + (3 if verb > SB else 2)
                if verb in (DO, WILL):
                    no = WONT if verb == DO else DONT
                    self.sock.sendall(bytes([IAC, no, data[at + 2]]))
            data = data[:at] + data[end:]
            at = data.find(IAC)
        return data


def read(stream: socket.socket | paramiko.Channel | Telnet, end: bytes) -> bytes:
    """Read until end stands at the end. Raises EOFError."""
    text = bytearray()
    while not text.endswith(end):
        data = stream.recv(CHUNK)
        if not data:
            raise EOFError(bytes(text))
        text += data
    return bytes(text)
