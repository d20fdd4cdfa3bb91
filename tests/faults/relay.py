# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP relays on loopback with faults that are injected into open and new connections."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from types import TracebackType

ADDRESS = "127.0.0.1"
_CHUNK = 1 << 16
_QUEUE = 128
_TIMEOUT = 20.0  # seconds for the thread to do its work; no test should reach it


class Kind(Enum):
    """A kind of fault."""

    REFUSED = "refused"  # new connections are refused
    BLACK_HOLE = "black hole"  # new connections get no answer, open ones are frozen
    DROP = "drop"  # the connection is closed on both sides
    HANG = "hang"  # no further byte passes, in either direction
    DRIP = "drip"  # one byte in each pause
    PAUSE = "pause"  # one pause; then everything passes
    GARBAGE = "garbage"  # additional bytes; then everything passes


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, and the place in the server's bytes at which it begins.

    at: the fault begins behind this text; b"" for none. after: or behind this number of bytes. Both count
    from the injection, and for a new connection from its start. pause: in seconds. garbage: the bytes that
    are added.
    """

    kind: Kind
    at: bytes = b""
    after: int = 0
    pause: float = 0.1
    garbage: bytes = b""


class _Stream:
    """The bytes from the server on one connection, up to the fault."""

    def __init__(self, fault: Fault | None) -> None:
        self.is_frozen = False
        self.arm(fault)

    def arm(self, fault: Fault | None) -> None:
        """Count from here to the fault."""
        self.fault = fault
        self._passed = b""

    def split(self, data: bytes) -> tuple[bytes, bytes, Fault | None]:
        """Return the bytes before and behind the fault, and the fault if it begins here."""
        fault = self.fault
        if fault is None or fault.kind is Kind.REFUSED:
            return data, b"", None
        before = len(self._passed)
        self._passed += data
        end = self._passed.find(fault.at) + len(fault.at) if fault.at in self._passed else -1
        if not fault.at:
            end = fault.after if len(self._passed) > fault.after else -1
        if end < 0:
            return data, b"", None
        self.fault = None
        at = max(0, end - before)
        return data[:at], data[at:], fault


class Relay:
    """A relay to one port. Every method but the constructor runs in the thread of its `Relays`.

    port: the listening port. faulty: number of connections that a fault has hit. choose: returns the fault of
    each new connection.
    """

    def __init__(self, target: int, choose: Callable[[], Fault | None]) -> None:
        self.faulty = 0
        self._target = target
        self._choose = choose
        self._listener = _listener(0)
        self.port: int = self._listener.getsockname()[1]
        self._streams: set[_Stream] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._copies: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._fillers: list[socket.socket] = []

    def start(self) -> None:
        """Accept connections."""
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def inject(self, fault: Fault | None) -> None:
        """Inject a fault into open and new connections; None heals the relay."""
        self._choose = lambda: fault
        for stream in self._streams:
            stream.arm(fault)
        kind = fault.kind if fault else None
        self._open_listener()
        if kind is Kind.REFUSED:
            self._pause_accept()
            self._listener.close()
        elif kind is Kind.BLACK_HOLE:
            self._pause_accept()
            self._fill_queue()

    def freeze(self) -> None:
        """Let no further byte pass on the open connections; new ones are not affected."""
        for stream in self._streams:
            stream.arm(Fault(Kind.HANG))
            stream.is_frozen = True

    def cut(self) -> None:
        """Close every connection."""
        for task in self._copies:
            task.cancel()

    async def close(self) -> None:
        """Close every connection and the listener."""
        self._is_closed = True
        self._pause_accept()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for sock in (*self._fillers, self._listener):
            sock.close()

    def _open_listener(self) -> None:
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()
        self._pause_accept()
        self._listener.close()
        self._listener = _listener(self.port)
        self.start()

    def _pause_accept(self) -> None:
        if self._listener.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._listener)

    def _fill_queue(self) -> None:
        """Let the queue of the listener be full: the kernel drops further requests for a connection."""
        self._listener.listen(0)
        for _ in range(2):
            filler = socket.socket()
            filler.setblocking(False)
            with suppress(BlockingIOError):
                filler.connect((ADDRESS, self.port))
            self._fillers.append(filler)

    def _accept(self) -> None:
        with suppress(OSError):
            sock, _peer = self._listener.accept()
            task = asyncio.ensure_future(self._serve(sock))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = _Stream(self._choose())
        near_reader, near = await asyncio.open_connection(sock=sock)
        try:
            far_reader, far = await asyncio.open_connection(ADDRESS, self._target)
        except OSError:
            near.close()
            return
        self._streams.add(stream)
        tasks = {
            asyncio.ensure_future(self._copy_up(near_reader, far, stream)),
            asyncio.ensure_future(self._copy_down(far_reader, near, stream)),
        }
        self._copies |= tasks
        if not self._is_closed:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        self._copies -= tasks
        self._streams.discard(stream)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in (near, far):
            writer.close()
        await asyncio.gather(near.wait_closed(), far.wait_closed(), return_exceptions=True)

    async def _copy_up(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stream: _Stream
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                if not stream.is_frozen:
                    writer.write(data)
                    await writer.drain()

    async def _copy_down(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stream: _Stream
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                before, rest, fault = stream.split(data)
                writer.write(before)
                await writer.drain()
                if fault is not None:
                    self.faulty += 1
                    if not await self._strike(fault, stream, rest, reader, writer):
                        return

    async def _strike(
        self,
        fault: Fault,
        stream: _Stream,
        rest: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        """Perform a fault; return False if the connection ends by it."""
        never = asyncio.Event()
        if fault.kind is Kind.DROP:
            return False
        if fault.kind in (Kind.HANG, Kind.BLACK_HOLE):
            stream.is_frozen = True
            await never.wait()  # until the client closes the connection
        if fault.kind is Kind.PAUSE:
            await _wait(never, fault.pause)
        writer.write(fault.garbage)
        while fault.kind is Kind.DRIP and rest:
            for byte in rest:
                writer.write(bytes([byte]))
                await writer.drain()
                await _wait(never, fault.pause)
            rest = await reader.read(_CHUNK)
        writer.write(rest)
        await writer.drain()
        return True


def _listener(port: int) -> socket.socket:
    listener = socket.create_server((ADDRESS, port), backlog=_QUEUE)
    listener.setblocking(False)
    return listener


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError, asyncio.TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


class Relays:
    """A context manager that runs relays in one thread. Thread-safe."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._relays: list[Relay] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def add(self, target: int, choose: Callable[[], Fault | None] = lambda: None) -> Relay:
        """Start a relay to a port of loopback. choose: returns the fault of each new connection."""
        relay = Relay(target, choose)
        self._relays.append(relay)
        self._call(relay.start)
        return relay

    def inject(self, relay: Relay, fault: Fault | None) -> None:
        """Inject a fault into open and new connections of a relay; None heals it."""
        self._call(relay.inject, fault)

    def freeze(self, relay: Relay) -> None:
        """Let no further byte pass on the open connections of a relay."""
        self._call(relay.freeze)

    def cut(self, relay: Relay) -> None:
        """Close the open connections of a relay."""
        self._call(relay.cut)

    def heal(self) -> None:
        """Remove the faults of all relays."""
        for relay in self._relays:
            self.inject(relay, None)

    @property
    def faulty(self) -> int:
        """Return the number of connections that a fault has hit."""
        return sum(relay.faulty for relay in self._relays)

    def close(self) -> None:
        """Close all relays and end the thread."""
        for relay in self._relays:
            asyncio.run_coroutine_threadsafe(relay.close(), self._loop).result(_TIMEOUT)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_TIMEOUT)
        self._loop.close()

    def __enter__(self) -> Relays:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        async def call() -> None:
            function(*arguments)

        asyncio.run_coroutine_threadsafe(call(), self._loop).result(_TIMEOUT)
