# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference: minimal loops over a paramiko channel and over a socket.

They use the same terminal as pyco (dumb, 511 columns), a prompt of the same length, and no echo. They read
until the data ends with the prompt, and check nothing else.
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
    """A shell with a terminal on its own ssh connection."""

    def __init__(self, host: str, port: int, user: str, password: str, key: str) -> None:
        """Log in, and read to the first prompt. key: the base64 of the host's key."""
        sock = socket.create_connection((host, port))
        self.transport = paramiko.Transport(sock)
        self.transport.start_client()
        if self.transport.get_remote_server_key().asbytes() != b64decode(key):
            raise ValueError(f"{host} has a different key")
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
        """Return the output of a command, and the prompt."""
        self.channel.sendall(command + b"\n")
        return read(self.channel, PROMPT)

    def close(self) -> None:
        self.transport.close()


class Telnet:
    """A bash behind telnetd. Options are refused; none are negotiated after the login.

    quick: acknowledge data at once. telnetd often sends an answer in two segments, the second after the ACK
    of the first, which the kernel delays by 40 ms unless told otherwise.
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
        """Return the data without option negotiation, which is answered with refusals."""
        at = data.find(IAC)
        while at >= 0:
            verb = data[at + 1]
            if verb == SB:
                end = data.index(bytes([IAC, SE]), at) + 2
            else:
                end = at + (3 if verb > SB else 2)
                if verb in (DO, WILL):
                    refusal = WONT if verb == DO else DONT
                    self.sock.sendall(bytes([IAC, refusal, data[at + 2]]))
            data = data[:at] + data[end:]
            at = data.find(IAC)
        return data


def read(stream: socket.socket | paramiko.Channel | Telnet, end: bytes) -> bytes:
    """Read until the data ends with `end`. Raises EOFError."""
    text = bytearray()
    while not text.endswith(end):
        data = stream.recv(CHUNK)
        if not data:
            raise EOFError(bytes(text))
        text += data
    return bytes(text)
