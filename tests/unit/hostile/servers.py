# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile and well-behaved devices on loopback, served by threads of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

PROMPT = b"r1#"
LOGIN = b"\r\nUser Access Verification\r\n\r\nPassword: "


class Pipe(Protocol):
    """The methods of sockets and paramiko channels that a device needs."""

    def recv(self, size: int, /) -> bytes: ...
    def sendall(self, data: bytes, /) -> object: ...


Script = Callable[[Pipe], None]


class TcpServer:
    """Plays a script on each connection. sent: bytes that the script has sent, with `Counted`."""

    def __init__(self, script: Script) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.sent = 0
        self._script = script
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _address = self._listener.accept()
                self._open.append(sock)
                self._threads.append(threading.Thread(target=self._serve, args=(sock,)))
                self._threads[-1].start()

    def _serve(self, sock: socket.socket) -> None:
        with suppress(OSError), sock:
            self._script(Counted(sock, self))

    def stop(self) -> None:
        """Close everything, and wait for the threads."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(10)
        for sock in self._open:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()


class Counted:
    """A pipe that adds the bytes that it sends to a server's count."""

    def __init__(self, pipe: Pipe, server: TcpServer) -> None:
        self._pipe, self._server = pipe, server

    def recv(self, size: int, /) -> bytes:
        return self._pipe.recv(size)

    def sendall(self, data: bytes, /) -> None:
        self._pipe.sendall(data)
        self._server.sent += len(data)


def read_line(pipe: Pipe) -> bytes:
    """Return the next typed line without its end. Raises OSError at the end of the stream."""
    line = b""
    while not line.endswith((b"\r", b"\n")):
        byte = pipe.recv(1)
        if not byte:
            raise OSError("the client has hung up")
        line += byte
    return line.strip()


def log_in(pipe: Pipe) -> None:
    """Ask for a password, and show a prompt."""
    pipe.sendall(LOGIN)
    read_line(pipe)
    pipe.sendall(b"\r\n" + PROMPT)


def obey(pipe: Pipe, attack: Callable[[Pipe], None] | None = None) -> None:
    """Answer each command with two lines; `show attack` with the attack."""
    while True:
        line = read_line(pipe)
        pipe.sendall(line + b"\r\n")
        if line == b"show attack" and attack is not None:
            attack(pipe)
        if line.startswith(b"show"):
            pipe.sendall(b"one\r\ntwo\r\n")
        pipe.sendall(PROMPT)


def forever(chunk: bytes) -> Callable[[Pipe], None]:
    """Return an attack that repeats some bytes until the client hangs up."""
    block = chunk * max(1, 65536 // len(chunk))

    def attack(pipe: Pipe) -> None:
        while True:
            pipe.sendall(block)

    return attack


def once(data: bytes) -> Callable[[Pipe], None]:
    """Return an attack that sends some bytes, and then the usual answer."""

    def attack(pipe: Pipe) -> None:
        pipe.sendall(data)

    return attack


def byte_by_byte(data: bytes) -> Callable[[Pipe], None]:
    """Return an attack that sends each byte on its own."""

    def attack(pipe: Pipe) -> None:
        for place in range(len(data)):
            pipe.sendall(data[place : place + 1])

    return attack
