# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile servers in a process of their own, so that a test measures the broker and not its attackers."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Protocol

import paramiko

from tests.unit.transport.ssh_server import Behaviour, SshServer

from .servers import PROMPT, Pipe, TcpServer, forever, log_in, obey, read_line

NICENESS = 10
_SECONDS = 120.0  # for an answer, or the end, of a process with this niceness on a busy machine
LARGE = 7_500_000  # bytes of an output
_STOP_ALL = "stop all"


class Server(Protocol):
    """A server that has started."""

    port: int

    def stop(self) -> None:
        """Close everything."""


class Attackers:
    """The process. Everything that is sent to it has to be picklable."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def tcp(self, script: Callable[[Pipe], None]) -> int:
        """Start a TCP server with a script for each client, and return its port."""
        return self._ask(partial(TcpServer, script))

    def ssh(self, behaviour: Behaviour) -> int:
        """Start an ssh server, and return its port."""
        return self._ask(partial(start_ssh, behaviour))

    def stop_servers(self) -> None:
        """Stop all servers."""
        self._ask(_STOP_ALL)

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join(_SECONDS)
        assert self._process.exitcode == 0

    def _ask(self, request: object) -> int:
        self._pipe.send(request)
        assert self._pipe.poll(_SECONDS), "the process of the attackers does not answer"
        return int(self._pipe.recv())


def _serve(pipe: Connection) -> None:
    os.nice(NICENESS)
    servers: list[Server] = []
    with suppress(EOFError):
        while True:
            request: Any = pipe.recv()
            if request == _STOP_ALL:
                while servers:
                    servers.pop().stop()
                pipe.send(0)
            else:
                servers.append(request())
                pipe.send(servers[-1].port)


def start_ssh(behaviour: Behaviour) -> SshServer:
    """Start an ssh server."""
    return SshServer(behaviour, (paramiko.ECDSAKey.generate(),)).start()


def after_login(chunk: bytes, pipe: Pipe) -> None:
    """Repeat some bytes without end after a command."""
    log_in(pipe)
    obey(pipe, forever(chunk))


def large_output(chunk: bytes, pipe: Pipe) -> None:
    """Repeat some bytes after a command, up to LARGE, and show the prompt."""

    def attack(pipe: Pipe) -> None:
        pipe.sendall(chunk * (LARGE // len(chunk)) + b"\r\n")

    log_in(pipe)
    obey(pipe, attack)


def at_once(chunk: bytes, pipe: Pipe) -> None:
    """Repeat some bytes without end."""
    forever(chunk)(pipe)


def typed_hop(pipe: Pipe) -> None:
    """Be a device with a telnet client."""
    log_in(pipe)
    while not (line := read_line(pipe)).startswith(b"telnet"):
        pipe.sendall(line + b"\r\n" + PROMPT.replace(b"r1", b"hop"))
    pipe.sendall(line + b"\r\nTrying 127.0.0.1 ... Open\r\n")
    with socket.create_connection(("127.0.0.1", int(line.split()[2]))) as onward:
        back = threading.Thread(target=relay, args=(onward, pipe))
        back.start()
        with suppress(OSError):
            relay(pipe, onward)
            onward.shutdown(socket.SHUT_RDWR)
        back.join()


def relay(source: Pipe, target: Pipe) -> None:
    """Pass bytes on until one side hangs up."""
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)


def drip(pipe: Pipe) -> None:
    """Send a byte each tenth of a second, without end."""
    pause = threading.Event()
    while not pause.wait(0.1):
        pipe.sendall(b"x")


def requests(kind: int, fields: bytes, channel: paramiko.Channel) -> None:
    """Show a prompt, and send a request of the ssh connection without end."""
    sender: Any = channel
    with suppress(OSError, EOFError):
        channel.sendall(PROMPT)
        while not channel.closed:
            message = paramiko.Message()
            message.add_byte(bytes([kind]))
            message.add_bytes(fields)
            sender.transport._send_user_message(message)
