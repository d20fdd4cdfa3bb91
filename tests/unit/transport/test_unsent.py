# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes to ssh connections whose other side does not read: each ends at its own deadline."""

from __future__ import annotations

import hashlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from time import monotonic

import paramiko
import pytest

from pyco_core.transport.base import CHUNK, Closed, TimedOut
from pyco_core.transport.ssh import SshConnection
from pyco_core.transport.ssh_shell import SshShell
from pyco_core.transport.telnet import Telnet
from pyco_core.transport.unsent import MAX_REST, UnsentToSocket

from .conftest import UNCHECKED, login, soon
from .ssh_server import SshServer

LARGE = b"0123456789abcdef" * 500_000
# A socket that is closed so resets its connection. A writer that waits for it to read notices another end
# only at its next probe of the window, which the kernel sends more and more rarely.
RESET = struct.pack("ii", 1, 0)
LATE = 4.0  # seconds after its deadline at which a write has ended; the kernel would end it after 5


class Valve:
    """A relay to a port that stops reading from its client. Its buffers are small."""

    def __init__(self, target: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.port = int(self._listener.getsockname()[1])
        self._open = threading.Event()
        self._open.set()
        self._target = target
        self._socks: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def shut(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def stop(self) -> None:
        self.open()
        self.cut()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()
        for sock in self._socks:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            sock.close()
        self._listener.close()

    def cut(self) -> None:
        for sock in self._socks:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        near = self._listener.accept()[0]
        far = socket.create_connection(("127.0.0.1", self._target))
        self._socks += [near, far]
        self._threads.append(threading.Thread(target=self._copy, args=(far, near, threading.Event())))
        self._threads[-1].start()
        self._copy(near, far, self._open)

    def _copy(self, source: socket.socket, target: socket.socket, gate: threading.Event) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                if source is self._socks[0]:
                    gate.wait()
                target.sendall(data)


@pytest.fixture
def valves() -> Iterator[Callable[[int], Valve]]:
    valves: list[Valve] = []

    def start(target: int) -> Valve:
        valves.append(Valve(target))
        return valves[-1]

    yield start
    for valve in valves:
        valve.stop()


def connect(server: SshServer, valve: Valve) -> SshConnection:
    sock = socket.create_connection(("127.0.0.1", valve.port))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    return SshConnection.open(login(server), sock=sock, settings=UNCHECKED, deadline=soon())


def digest(received: dict[str, str], done: threading.Event) -> Callable[[paramiko.Channel], None]:
    """Return a shell that reads up to the end of a line, and keeps its digest."""

    def serve(channel: paramiko.Channel) -> None:
        hashed = hashlib.sha256()
        with suppress(OSError, EOFError):
            while data := channel.recv(65536):
                hashed.update(data)
                if data.endswith(b"\n"):
                    break
        received["digest"] = hashed.hexdigest()
        done.set()

    return serve


def is_late(write: Callable[[bytes, float], None], seconds: float) -> bool:
    """Return True if a write of much data ends later than it should; it has to time out."""
    deadline = monotonic() + seconds
    with pytest.raises(TimedOut):
        write(LARGE, deadline)
    return monotonic() > deadline + LATE


def test_write_to_hop_that_does_not_read_ends_at_deadline_of_each_writer(
    ssh_server: Callable[..., SshServer], valves: Callable[[int], Valve]
) -> None:
    server = ssh_server()
    valve = valves(server.port)
    with closing(connect(server, valve)) as connection, socket.create_server(("127.0.0.1", 0)) as device:
        shells = [connection.shell(soon()) for _ in range(2)]
        telnet = Telnet(connection.forward("127.0.0.1", device.getsockname()[1], soon()))
        valve.shut()
        long = threading.Thread(target=write_until_closed, args=(shells[0],))
        long.start()

        assert not is_late(shells[1].write, 0.3)
        assert not is_late(telnet.write, 0.3)
        connection.ask(0.0)  # a keepalive is kept, too
        assert long.is_alive()
        valve.cut()
        long.join()


def write_until_closed(shell: SshShell) -> None:
    with pytest.raises(Closed):
        shell.write(LARGE, monotonic() + 600)


def test_kept_bytes_arrive_in_order_as_soon_as_hop_reads(
    ssh_server: Callable[..., SshServer], valves: Callable[[int], Valve]
) -> None:
    received: dict[str, str] = {}
    done = threading.Event()
    server = ssh_server(serve=digest(received, done))
    valve = valves(server.port)
    with closing(connect(server, valve)) as connection:
        shell = connection.shell(soon())
        valve.shut()
        timer = threading.Timer(0.3, valve.open)
        timer.start()
        shell.write(LARGE[:1_000_000], soon())
        shell.write(b"\n", soon())
        assert done.wait(20)
        timer.join()
    assert received["digest"] == hashlib.sha256(LARGE[:1_000_000] + b"\n").hexdigest()


@pytest.mark.parametrize("stuck", [0, 1])
def test_write_behind_hop_that_does_not_read_ends_at_deadline(
    ssh_server: Callable[..., SshServer], valves: Callable[[int], Valve], stuck: int
) -> None:
    hop, host = ssh_server(), ssh_server()
    valve = valves((hop, host)[stuck].port)
    with closing(connect(hop, valve) if stuck == 0 else opened(hop)) as outer:
        port = host.port if stuck == 0 else valve.port
        stream = outer.forward("127.0.0.1", port, soon())
        target = replace(login(host), port=port)
        with closing(SshConnection.open(target, sock=stream, settings=UNCHECKED, deadline=soon())) as inner:
            shells = [inner.shell(soon()) for _ in range(4)]  # together they fill the window of the stream
            valve.shut()

            assert not any(is_late(shell.write, 0.3) for shell in shells)
            if stuck == 1:  # others on the hop are not affected
                other = outer.shell(soon())
                assert other.read(soon()) == b"host$ "


def opened(server: SshServer) -> SshConnection:
    return SshConnection.open(login(server), settings=UNCHECKED, deadline=soon())


def test_waiting_write_raises_closed_if_hop_hangs_up(
    ssh_server: Callable[..., SshServer], valves: Callable[[int], Valve]
) -> None:
    server = ssh_server()
    valve = valves(server.port)
    with closing(connect(server, valve)) as connection:
        shell = connection.shell(soon())
        valve.shut()
        timer = threading.Timer(0.2, valve.cut)
        timer.start()
        with pytest.raises(Closed):
            shell.write(LARGE, soon())
        timer.join()


class Gone(UnsentToSocket):
    """A socket that takes nothing, and then has ended."""

    answers = iter((None, 0))

    def _write(self, data: bytes) -> int:
        answer = next(self.answers)
        if answer is None:
            raise BlockingIOError
        return answer


def test_end_of_stream_while_bytes_are_kept_is_an_error() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        unsent = Gone(ours)
        assert unsent.send(b"x") == 1
        assert not unsent.is_empty
        with pytest.raises(EOFError):
            unsent.flush(0.0)


def test_kept_bytes_are_written_in_order_once_they_fit() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        unsent = UnsentToSocket(ours)
        size = 0
        while unsent.is_empty:  # the buffers are full then
            size += unsent.send(bytes(1000))
        assert unsent.send(b"last") == 4
        assert not unsent.flush(0.0)
        received = theirs.recv(size - 1000, socket.MSG_WAITALL)
        assert unsent.flush(soon())
        received += theirs.recv(1004, socket.MSG_WAITALL)
    assert received == bytes(size) + b"last"


def test_other_side_that_takes_nothing_does_not_fill_the_memory(
    sockets: tuple[socket.socket, socket.socket],
) -> None:
    unsent = UnsentToSocket(sockets[0])
    while unsent.is_empty:
        unsent.send(bytes(CHUNK))
    unsent.send(bytes(MAX_REST))
    with pytest.raises(EOFError):
        unsent.send(b"x")
