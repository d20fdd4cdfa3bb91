# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker: one process that keeps a user's sessions open between tasks and `ansible` runs.

A thread for each client, since each waits for one device at a time, and paramiko has a thread for
each connection of its own whatever we do. Measured with 1 and with 20 clients that send small
commands over telnet: 0.40 and 0.41 ms of CPU for each, and 0.46 and 0.50 ms where an event loop
reads the requests and hands them to a pool of threads. The main thread waits for new clients, for
clients that go away while their command runs, and for sessions that were unused too long. It alone
opens and closes the clients' sockets, so that the number of one that is watched is never another
one's.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from ..errors import BrokerLost, InvalidParameter, PycoError
from ..models.endpoint import Endpoint
from ..models.settings import Settings
from ..session_pool import GRACE, Ending, Sessions, background
from . import paths
from .defer import defer
from .framing import (
    REQUEST_LIMIT,
    VERSION,
    Decoder,
    Message,
    Send,
    encode,
    error_out,
    read,
    seconds,
    take,
    wrong,
)
from .handlers import Turn

IDLE = 60.0  # seconds without a client and a session after which the broker ends itself
PATIENCE = 3600.0  # seconds that the main thread waits at most
DEAF = 1.0  # seconds without new clients after there was no descriptor or no thread for one
FILES = 65536  # descriptors that the broker may use, where the system allows so many
CHUNK = 1 << 16
# Seconds a thread may compute while others wait for the interpreter. At Python's 5 ms each of the many that
# wait looks that often whether it is free: with 200 busy sessions a third of all switches between threads.
TURN = 0.02
# A client that went away: Linux tells of a half-closed peer at once, others of a closed one.
_GONE = getattr(select, "POLLRDHUP", 0) | select.POLLHUP


class Client:
    """One connection of a task.

    known: it speaks our version; greeted: it has our identity too. working: its request is being
    done; gone: it went away; these two and turn change under the lock only.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.known = self.greeted = False
        self.lock = threading.Lock()
        self.working = self.gone = False
        self.turn: Turn | None = None
        self.thread = threading.current_thread()


class Broker:
    """All sessions of one user. `run` serves until `stop`, or until nothing was used for a while.

    path: the path that listening, a unix socket, is bound to. idle: seconds.
    """

    def __init__(self, path: Path, listening: socket.socket, idle: float = IDLE) -> None:
        self._path = path
        self._listening = listening
        self._idle = idle
        self._sessions = Sessions(self._wake)
        self._clients: dict[int, Client] = {}
        self._left: deque[Client] = deque()  # clients whose threads have ended
        self._started = self._used = time.monotonic()
        self._stopping = self._deaf = False
        self._poll = select.poll()
        self._waker, self._woken = socket.socketpair()
        for sock in (listening, self._waker, self._woken):
            sock.setblocking(False)

    def run(self) -> None:
        """Serve. Ends its sessions before it returns, and removes the socket."""
        self._poll.register(self._listening, select.POLLIN)
        self._poll.register(self._woken, select.POLLIN)
        while not self._done():
            events = self._poll.poll(self._patience() * 1000)
            if self._deaf:
                self._deaf = False
                self._poll.register(self._listening, select.POLLIN)
            for number, _rest in events:
                if number == self._listening.fileno():
                    self._accept()
                elif number != self._woken.fileno():
                    self._gone(self._clients[number])
            self._bury()  # not before: events may speak of those who left
            self._sessions.expire()
        self._end()

    def stop(self) -> None:
        """Make `run` return. May be called from any thread and from a signal handler."""
        self._stopping = True
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full, which wakes as well, or closed at the end
            self._waker.send(b"w")

    def _patience(self) -> float:
        """Seconds until something has to be done, if nobody says otherwise before."""
        now = time.monotonic()
        until = min(self._sessions.due, now + (DEAF if self._deaf else PATIENCE))
        if not self._clients and not len(self._sessions):
            until = min(until, self._used + self._idle)
        return max(0.0, until - now)

    def _done(self) -> bool:
        unused = not self._clients and not len(self._sessions)
        if self._stopping:
            return paths.retire(self._path, self._listening)
        if not unused or time.monotonic() < self._used + self._idle:
            return False
        return paths.retire(self._path, self._listening, unless_wanted=True)

    def _end(self) -> None:
        self._listening.close()
        clients = list(self._clients.values())
        for client in clients:
            with contextlib.suppress(OSError):  # what is under way may still be answered
                client.sock.shutdown(socket.SHUT_RD)
        self._sessions.end_all()
        until = time.monotonic() + GRACE
        for client in clients:
            client.thread.join(max(0.0, until - time.monotonic()))
            client.sock.close()
        self._waker.close()
        self._woken.close()

    # Clients, in the main thread.

    def _accept(self) -> None:
        try:
            sock, _rest = self._listening.accept()
        except OSError:
            self._deafen()
            return
        sock.setblocking(True)
        if not paths.peer_is_me(sock):
            sock.close()
            return
        client = Client(sock)
        client.thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
        self._clients[sock.fileno()] = client  # before its thread counts the clients
        try:
            client.thread.start()
        except RuntimeError:  # no thread is left
            del self._clients[sock.fileno()]
            sock.close()
            self._deafen()
            return
        self._poll.register(sock, _GONE)

    def _deafen(self) -> None:
        self._poll.unregister(self._listening)
        self._deaf = True

    def _gone(self, client: Client) -> None:
        """A client went away. If its command still runs, end its session: nobody will read the rest."""
        self._poll.unregister(client.sock)
        with client.lock:
            client.gone = True
            working = client.working
        if working:
            background(self._abandon, client)

    def _abandon(self, client: Client) -> None:
        """Cut the session in which a request of this client is being done, if one is."""
        with client.lock:  # until it is cut, the session is nobody else's
            if client.working and client.turn is not None:
                self._sessions.abandon(client.turn.held, client.thread.ident)

    def _bury(self) -> None:
        """Close the sockets of clients whose threads have ended."""
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(CHUNK)
            self._used = time.monotonic()
        while self._left:
            client = self._left.popleft()
            del self._clients[client.sock.fileno()]
            with contextlib.suppress(KeyError):
                self._poll.unregister(client.sock)
            client.sock.close()

    # One client, in a thread of its own.

    def _serve(self, client: Client) -> None:
        decoder = Decoder(REQUEST_LIMIT)
        try:
            while data := client.sock.recv(CHUNK):
                message = decoder.feed(data)
                if message is not None and not self._respond(client, message):
                    break
        except (OSError, BrokerLost, Ending):
            pass  # one side goes away, or it is no client of ours
        finally:
            try:
                self._abandon(client)  # where an error that has no name ended its request in the middle
                self._release(client)
            finally:
                self._left.append(client)
                self._wake()

    def _respond(self, client: Client, message: Message) -> bool:
        with client.lock:
            if client.gone:
                return False
            client.working = True
        answer = self._answer(client, message)
        with client.lock:
            client.working = False
        for piece in answer:
            client.sock.sendall(piece)
        return True

    def _answer(self, client: Client, message: Message) -> tuple[bytes, ...]:
        try:
            return encode(self._do(client, message))
        except PycoError as exc:
            return encode(error_out(exc))

    def _release(self, client: Client) -> None:
        with client.lock:
            turn, client.turn = client.turn, None
        if turn is not None:
            self._sessions.give_back(turn.held)

    def _do(self, client: Client, message: Message) -> Message:
        operation = take(message, "op", str)
        if operation == "hello":
            return self._hello(client, message)
        if not client.known:
            raise BrokerLost(
                "The broker is of another version.", hint="Run the task again; it starts a new one."
            )
        if operation in ("status", "stop"):
            return self._status(operation == "stop")
        if not client.greeted:
            raise BrokerLost(
                "The broker is of another installation.", hint="Run the task again; it starts a new one."
            )
        if operation == "open":
            return self._open(client, message)
        if operation == "reset":
            self._release(client)
            return {"ended": self._sessions.end(*_way(message))}
        return _use(client.turn, operation, message)

    def _hello(self, client: Client, message: Message) -> Message:
        client.known = take(message, "version", int) == VERSION
        client.greeted = client.known and take(message, "identity", str) == self._path.stem
        return {"pid": os.getpid()}

    def _open(self, client: Client, message: Message) -> Message:
        route, settings = _way(message)
        persist = seconds(message, "persist")
        self._release(client)
        turn = Turn(self._sessions.take(route, settings))
        with client.lock:
            client.turn = None if client.gone else turn
        if client.turn is None:  # it went away while it waited for its turn
            self._sessions.give_back(turn.held)
            raise Ending
        try:
            return turn.connect(persist)
        except PycoError:
            self._release(client)
            raise

    def _status(self, stop: bool) -> Message:
        status = {
            "pid": os.getpid(),
            "uptime": time.monotonic() - self._started,
            "memory": _memory(),
            "clients": len(self._clients) - 1,  # without the one that asks
            **self._sessions.status(),
        }
        if stop:
            self.stop()
        return status


def _way(message: Message) -> tuple[tuple[Endpoint, ...], Settings]:
    route = tuple(read(Endpoint, hop) for hop in take(message, "route", list))
    if not route:
        raise wrong("route")
    return route, read(Settings, message.get("settings"))


def _use(turn: Turn | None, operation: str, message: Message) -> Message:
    if turn is None:
        raise InvalidParameter("No session was taken from the broker.")
    if operation == "send":
        return turn.send(read(Send, message))
    if operation == "enter":
        return turn.enter(take(message, "mode", str))
    raise InvalidParameter(f"The broker knows no operation {operation!r}.")


def _memory() -> int:
    """Bytes that the broker holds in memory, 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def main(arguments: Sequence[str]) -> None:
    """`SOCKET NUMBER`: serve on the listening socket of that path and descriptor, which was handed over."""
    path, number = Path(arguments[0]), int(arguments[1])
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    files = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    sys.setswitchinterval(TURN)
    # paramiko imports it for `Match exec` in ~/.ssh/config; it takes 5 MB and two fifths of the time.
    defer("invoke")
    broker = Broker(path, socket.socket(fileno=number))
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_rest: broker.stop())
    background(_sweep, path)
    broker.run()


def _sweep(path: Path) -> None:
    """Remove what brokers of other versions left behind that were killed."""
    with contextlib.suppress(BrokerLost):
        for other in paths.sockets():
            if other != path:
                paths.retire(other)
