# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker: one process that keeps a user's sessions open between tasks and `ansible` runs.

It has a thread for each client, because each waits for one device at a time, and paramiko has a thread for
each connection anyway. Measured with 1 and with 20 clients that send small commands over telnet: 0.40 and
0.41 ms of CPU for each, and 0.46 and 0.50 ms if an event loop reads the requests and hands them to a pool of
threads.

The main thread waits for new clients, for disconnects during a request, and for sessions that were unused too
long. It alone opens and closes the clients' sockets, so that a watched descriptor never belongs to another
client.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from ..errors import BrokerLost
from ..session_pool import GRACE, SessionPool, background
from . import memory, paths, sockets
from .conversation import Conversation
from .defer import defer
from .lock import remove_socket
from .messages import StatusAnswer
from .turns import Turns

IDLE_TIMEOUT = 60.0  # seconds without a client and a session after which the broker ends itself
LONGEST_WAIT = 3600.0  # seconds that the main thread waits at most
ACCEPT_PAUSE = 1.0  # seconds without new clients after descriptors or threads ran out
DESCRIPTORS = 65536  # that the broker may use, if the system allows so many
LARGE_REQUESTS = 2  # of up to REQUEST_LIMIT bytes, that are read at the same time
# Thread switch interval (sys.setswitchinterval), seconds. At Python's 5 ms each waiting thread checks that
# often for the interpreter: with 200 busy sessions this is a third of all switches between threads.
SWITCH_INTERVAL = 0.02
# A client's disconnect: Linux reports a half-closed peer at once, other systems a closed one.
_DISCONNECT = getattr(select, "POLLRDHUP", 0) | select.POLLHUP


class Broker:
    """All sessions of one user. `run` serves until `stop`, or until it was idle for a while.

    path: the path of `listening`, a unix socket. idle: seconds. drivers: the only folders of driver paths
    whose Python files may run in this process.
    """

    def __init__(
        self,
        path: Path,
        listening: socket.socket,
        idle: float = IDLE_TIMEOUT,
        drivers: Sequence[str] = (),
    ) -> None:
        self.identity = path.stem
        self.drivers = tuple(drivers)
        self.pool = SessionPool(self._wake)
        self._turns = Turns(LARGE_REQUESTS)
        self._path = path
        self._listening = listening
        self._idle = idle
        self._clients: dict[int, Conversation] = {}  # by descriptor
        self._ended: deque[Conversation] = deque()  # their threads have ended
        self._started = self._used = time.monotonic()
        self._stopping = self._accept_paused = False
        self._poll = select.poll()
        self._waker, self._woken = socket.socketpair()
        for sock in (listening, self._waker, self._woken):
            sock.setblocking(False)

    def run(self) -> None:
        """Serve. Closes the sessions before it returns, and removes the socket."""
        self._poll.register(self._listening, select.POLLIN)
        self._poll.register(self._woken, select.POLLIN)
        while not self._done():
            events = self._poll.poll(self._timeout() * 1000)
            if self._accept_paused:
                self._accept_paused = False
                self._poll.register(self._listening, select.POLLIN)
            for number, _event in events:
                if number == self._listening.fileno():
                    self._accept()
                elif number != self._woken.fileno():
                    self._on_disconnect(self._clients[number])
            self._reap()  # after the events, which may be of these clients
            self.pool.expire()
        self._end()

    def stop(self) -> None:
        """Make `run` return. May be called from any thread and from a signal handler."""
        self._stopping = True
        self._wake()

    def status(self) -> StatusAnswer:
        """Return the open sessions and the resources in use, for a client that asks."""
        return StatusAnswer(
            pid=os.getpid(),
            uptime=time.monotonic() - self._started,
            memory=_memory(),
            clients=len(self._clients) - 1,
            sessions=self.pool.sessions(),
            logins=self.pool.logins(),
            outages=self.pool.outages(),
            drivers=self.drivers,
        )

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full, which wakes as well, or closed at the end
            self._waker.send(b"w")

    def _timeout(self) -> float:
        """Return the seconds until the main thread has something to do."""
        now = time.monotonic()
        until = min(self.pool.due, now + (ACCEPT_PAUSE if self._accept_paused else LONGEST_WAIT))
        if self._is_unused():
            until = min(until, self._used + self._idle)
        return max(0.0, until - now)

    def _is_unused(self) -> bool:
        return not self._clients and not len(self.pool)

    def _done(self) -> bool:
        if self._stopping:
            return remove_socket(self._path, self._listening)
        if not self._is_unused() or time.monotonic() < self._used + self._idle:
            return False
        return remove_socket(self._path, self._listening, unless_wanted=True)

    def _end(self) -> None:
        self._listening.close()
        self._turns.close()
        clients = list(self._clients.values())
        for client in clients:
            client.finish()
        self.pool.close()
        until = time.monotonic() + GRACE
        for client in clients:
            client.close(max(0.0, until - time.monotonic()))
        self._waker.close()
        self._woken.close()

    def _accept(self) -> None:
        try:
            sock, _address = self._listening.accept()
        except OSError:
            self._pause_accept()
            return
        sock.setblocking(True)
        if not sockets.has_own_peer(sock):
            sock.close()
            return
        client = Conversation(sock, self, self._turns, self._on_end)
        self._clients[sock.fileno()] = client  # before its thread counts the clients
        try:
            client.start()
        except RuntimeError:  # no thread is left
            del self._clients[sock.fileno()]
            sock.close()
            self._pause_accept()
            return
        self._poll.register(sock, _DISCONNECT)

    def _pause_accept(self) -> None:
        self._poll.unregister(self._listening)
        self._accept_paused = True

    def _on_disconnect(self, client: Conversation) -> None:
        self._poll.unregister(client.sock)
        client.on_disconnect()

    def _on_end(self, client: Conversation) -> None:
        """Note that a client's thread has ended; called by the thread."""
        self._ended.append(client)
        self._wake()

    def _reap(self) -> None:
        """Close the sockets of clients whose threads have ended."""
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(1 << 16)
            self._used = time.monotonic()
        while self._ended:
            client = self._ended.popleft()
            del self._clients[client.sock.fileno()]
            with contextlib.suppress(KeyError):
                self._poll.unregister(client.sock)
            client.close()


def _memory() -> int:
    """Return the bytes that the broker has in memory, 0 if the system cannot tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def main(arguments: Sequence[str]) -> None:
    """Serve on a listening socket that was handed over.

    arguments: its path, its descriptor, and the folders of the Python drivers that may run.
    """
    memory.protect()
    path, number = Path(arguments[0]), int(arguments[1])
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    descriptors = DESCRIPTORS if most == resource.RLIM_INFINITY else min(DESCRIPTORS, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, most))
    sys.setswitchinterval(SWITCH_INTERVAL)
    # paramiko imports it for `Match exec` in ~/.ssh/config; it takes 5 MB and two fifths of the time.
    defer("invoke")
    broker = Broker(path, socket.socket(fileno=number), drivers=arguments[2:])
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_rest: broker.stop())
    background(_remove_stale_sockets, path)
    broker.run()


def _remove_stale_sockets(path: Path) -> None:
    """Remove the files of killed brokers of other versions. path: the socket of this broker."""
    with contextlib.suppress(BrokerLost):
        for other in paths.all_socket_paths():
            if other != path:
                remove_socket(other)
