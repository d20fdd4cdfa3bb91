# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker: one process that keeps a user's sessions open between tasks and `ansible` runs.

A thread for each client, since each waits for one device at a time, and paramiko has a thread for
each connection of its own whatever we do: in a trial an event loop before it only added a hand-over
for every command. The main thread waits for new clients, for clients that go away while their
command runs, and for sessions that were unused too long.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..device import Device
from ..endpoint import Secret
from ..errors import BrokerLost, ConnectTimedOut, InvalidParameter, PycoError
from ..pool import Pool
from .folder import peer_is_me
from .wire import Decoder, Message, encode, endpoint_in, error_out, settings_in

IDLE = 60.0  # seconds without a client and a session after which the broker ends itself
CHUNK = 1 << 20
# A client that went away: Linux tells of a half-closed peer at once, others of a closed one.
_GONE = getattr(select, "POLLRDHUP", 0) | select.POLLHUP


class Held:
    """One session, held by at most one client at a time. None of its fields is a secret in clear."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.lock = threading.Lock()
        self.used = time.monotonic()
        self.persist = 0.0


class Client:
    """One connection of a task."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.held: Held | None = None
        self.greeted = False


class Broker:
    """All sessions of one user. `run` serves until `stop` or until nothing was used for a while."""

    def __init__(self, listening: socket.socket, identity: str) -> None:
        self._listening = listening
        self._identity = identity
        self._lock = threading.Lock()
        self._held: dict[Any, Held] = {}
        self._clients: dict[int, Client] = {}
        self._pool = Pool()
        self._started = self._used = time.monotonic()
        self._stopping = False
        self._wake_out, self._wake_in = os.pipe()
        os.set_blocking(self._wake_out, False)
        os.set_blocking(self._wake_in, False)

    def run(self) -> None:
        """Serve. Ends its sessions before it returns."""
        poll = select.poll()
        poll.register(self._listening, select.POLLIN)
        poll.register(self._wake_out, select.POLLIN)
        watched: set[int] = set()
        while not self._stopping:
            with self._lock:
                now = set(self._clients)
            for number in now - watched:
                poll.register(number, _GONE)
            for number in watched - now:
                with contextlib.suppress(KeyError):
                    poll.unregister(number)
            watched = now
            for number, event in poll.poll(self._patience()):
                if number == self._listening.fileno():
                    self._accept()
                elif number == self._wake_out:
                    with contextlib.suppress(BlockingIOError):
                        os.read(self._wake_out, CHUNK)
                else:
                    watched.discard(number)
                    poll.unregister(number)
                    self._gone(number, event)
            self._expire()
        self._listening.close()
        self._end_all()

    def stop(self) -> None:
        """Make `run` return. May be called from any thread and from a signal handler."""
        self._stopping = True
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_in, b"w")

    # Clients.

    def _accept(self) -> None:
        sock, _ = self._listening.accept()
        if not peer_is_me(sock):
            sock.close()
            return
        client = Client(sock)
        with self._lock:
            self._clients[sock.fileno()] = client
            self._used = time.monotonic()
        threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _gone(self, number: int, _: int) -> None:
        """A client went away. If its command still runs, end its session: nobody will read the rest."""
        with self._lock:
            client = self._clients.get(number)
            held = client.held if client else None
        if held is not None:
            held.device.abort()

    def _serve(self, client: Client) -> None:
        decoder = Decoder()
        try:
            while True:
                data = client.sock.recv(CHUNK)
                if not data:
                    break
                message = decoder.feed(data)
                if message is not None:
                    client.sock.sendall(self._answer(client, message))
        except (OSError, BrokerLost):
            pass  # it went away, or is no client of ours
        finally:
            self._leave(client)

    def _leave(self, client: Client) -> None:
        with self._lock:
            self._clients.pop(client.sock.fileno(), None)
            self._used = time.monotonic()
        self._release(client)
        client.sock.close()
        self._wake()

    def _answer(self, client: Client, message: Message) -> bytes:
        try:
            return encode(self._do(client, message))
        except PycoError as exc:
            return encode(error_out(exc))

    def _do(self, client: Client, message: Message) -> Message:
        operation = message.get("op")
        if operation == "hello":
            client.greeted = message.get("identity") == self._identity
        if not client.greeted:
            raise BrokerLost(
                "The broker is of another version.", hint="Run the task again; it starts a new one."
            )
        if operation == "hello":
            return {"pid": os.getpid()}
        if operation == "status":
            return self._status()
        if operation == "stop":
            self.stop()
            return self._status()
        if operation == "open":
            return self._open(client, message)
        if client.held is None:
            raise InvalidParameter("No session was taken from the broker.")
        return _use(client.held.device, message)

    # Sessions.

    def _open(self, client: Client, message: Message) -> Message:
        self._release(client)
        settings = settings_in(message["settings"])
        route = tuple(endpoint_in(data) for data in message["route"])
        # Time-outs may change from task to task; all else makes another session.
        key = (route, replace(settings, connect_timeout=1.0, command_timeout=1.0))
        deadline = time.monotonic() + settings.connect_timeout
        while True:
            with self._lock:
                held = self._held.get(key)
                if held is None:
                    held = self._held[key] = Held(Device(route[-1], settings=settings, pool=self._pool))
                    held.device.hops = [Device(hop, settings=settings) for hop in route[:-1]]
            if not held.lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
                raise ConnectTimedOut(
                    "Another task used this device's session for all of the connect time-out.",
                    endpoint=str(route[-1]),
                )
            with self._lock:
                if self._held.get(key) is held:
                    client.held = held
                    break
            held.lock.release()  # it was ended while we waited for it
        held.persist = float(message["persist"])
        held.device.settings = settings
        try:
            held.device.connect()
        except PycoError:
            self._release(client)
            raise
        return {**_facts(held.device), "driver": _driver(held.device)}

    def _release(self, client: Client) -> None:
        held, client.held = client.held, None
        if held is None:
            return
        held.used = time.monotonic()
        if not held.device.connected or not held.persist:
            self._forget(held)
            held.device.close()
        held.lock.release()
        self._wake()

    def _forget(self, held: Held) -> None:
        with self._lock:
            for key in [key for key, value in self._held.items() if value is held]:
                del self._held[key]

    # Time.

    def _patience(self) -> float:
        """Milliseconds until the next session, or the broker itself, was unused too long."""
        with self._lock:
            ends = [held.used + held.persist for held in self._held.values() if not held.lock.locked()]
            if not self._held and not self._clients:
                ends.append(self._used + IDLE)
        if not ends:
            return IDLE * 1000
        return max(0.0, min(ends) - time.monotonic()) * 1000 + 1

    def _expire(self) -> None:
        now = time.monotonic()
        with self._lock:
            late = [key for key, held in self._held.items() if held.used + held.persist <= now]
            ended = [self._held.pop(key) for key in late if self._held[key].lock.acquire(blocking=False)]
            if not self._held and not self._clients and now >= self._used + IDLE:
                self._stopping = True
            if ended:
                self._used = now
        for held in ended:
            # Leaving a device politely may take its time.
            threading.Thread(target=held.device.close, daemon=True).start()

    def _end_all(self) -> None:
        with self._lock:
            everything = list(self._held.values())
            self._held.clear()
        threads = [threading.Thread(target=held.device.close, daemon=True) for held in everything]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5.0)

    # What it says of itself.

    def _status(self) -> Message:
        now = time.monotonic()
        with self._lock:
            held = list(self._held.values())
            clients = len(self._clients)
        return {
            "pid": os.getpid(),
            "uptime": now - self._started,
            "memory": _memory(),
            "clients": clients,
            "sessions": [
                {
                    "device": one.device.endpoint.url,
                    "hops": [hop.endpoint.url for hop in one.device.hops],
                    "mode": one.device.mode,
                    "idle": now - one.used,
                    "busy": one.lock.locked(),
                }
                for one in held
            ],
            "logins": self._pool.status(),
        }


def _use(device: Device, message: Message) -> Message:
    """Do what a client asks of the session that it holds. Raises PycoError."""
    operation = message.get("op")
    if operation == "send":
        return _send(device, message)
    if operation == "enter":
        device.enter(message["mode"])
        return _facts(device)
    if operation == "end":
        device.close()
        return {}
    raise InvalidParameter(f"The broker knows no operation {operation!r}.")


def _send(device: Device, message: Message) -> Message:
    secret = message["secret"]
    reply = device(
        message["command"],
        mode=message["mode"],
        timeout=message["timeout"],
        prompt=tuple(message["prompt"]),
        answer=tuple(Secret(text) if secret[n] else text for n, text in enumerate(message["answer"])),
        newline=message["newline"],
        sendonly=message["sendonly"],
        check_all=message["check_all"],
        check=message["check"],
    )
    return {"text": str(reply), "elapsed": reply.elapsed, "status": reply.status, **_facts(device)}


def _facts(device: Device) -> Message:
    return {"mode": device.mode, "home": device.home, "hostname": device.hostname}


def _driver(device: Device) -> Message:
    driver = device.driver
    return {
        "name": driver.name,
        "network": driver.network,
        "become_mode": driver.become_mode,
        "modes": list(driver.modes),
    }


def _memory() -> int:
    """Bytes that the broker holds in memory, 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """`PATH IDENTITY FD`: serve on the listening socket that was handed over, in a process of its own."""
    path, identity, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if os.fork():
        os._exit(0)
    listening = socket.socket(fileno=number)
    broker = Broker(listening, identity)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: broker.stop())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        broker.run()
    finally:
        for file in (Path(path), Path(path).with_suffix(".lock"), Path(path).with_suffix(".log")):
            file.unlink(missing_ok=True)
