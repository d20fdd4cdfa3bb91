# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions that the broker holds: who may use which, and how each of them ends.

A session is in use by one client at a time. Whoever ends a session does so while holding its lock,
so that the next login to the same device begins when the last one has left it; only a session whose
client went away in the middle of something is not waited for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

from ..device import Device
from ..endpoint import Endpoint, Settings
from ..errors import ConnectTimedOut
from ..pool import Pool

FOREVER = float("inf")
GRACE = 5.0  # seconds that commands may still take when the broker is told to end


class Ending(Exception):
    """No session is given any more."""


def background(function: Callable[..., None], *args: object) -> None:
    """Call the function in a thread of its own; in this one where the system has no more threads."""
    thread = threading.Thread(target=function, args=args, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        function(*args)


class Held:
    """One session and its lock. Its fields are changed by who holds the lock.

    persist: seconds it stays open unused. mode: for the status, as the device has it. None of it is
    a secret in clear.
    """

    def __init__(self, key: Hashable, device: Device) -> None:
        self.key = key
        self.device = device
        self.lock = threading.Lock()
        self.mode = ""
        self.persist = 0.0
        self.used = time.monotonic()


class Sessions:
    """All sessions, by route and settings. Thread-safe.

    due: when the next one was unused too long, on the clock of time.monotonic. ended: called after
    the end of each.
    """

    def __init__(self, ended: Callable[[], None]) -> None:
        self._tell = ended
        self.due = FOREVER
        self._pool = Pool()
        self._lock = threading.Lock()
        self._held: dict[Hashable, Held] = {}
        self._ended = False

    def take(self, route: tuple[Endpoint, ...], settings: Settings) -> Held:
        """The session for this route, not necessarily connected; `give_back` has to follow.

        Waits while another client uses it. Raises ConnectTimedOut after settings.connect_timeout,
        Ending when all are being ended.
        """
        deadline = time.monotonic() + settings.connect_timeout
        key = _key(route, settings)
        while True:
            with self._lock:
                if self._ended:
                    raise Ending
                held = self._held.get(key)
                if held is None:
                    held = self._held[key] = Held(key, self._device(route, settings))
                    held.lock.acquire()
                    return held
            if not held.lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
                raise ConnectTimedOut(
                    "Another task used this device's session for all of the connect time-out.",
                    endpoint=str(route[-1]),
                )
            if self._is_current(held):
                held.device.settings = settings
                return held
            held.lock.release()  # it was ended while we waited for it

    def give_back(self, held: Held) -> None:
        """Let the next one use it; it is ended where it is of no more use."""
        try:
            if not held.persist or not held.device.connected or not self._is_current(held):
                held.device.close()
                self._forget(held)
        finally:
            held.used = time.monotonic()
            held.lock.release()
        with self._lock:
            self.due = min(self.due, held.used + held.persist)

    def abandon(self, held: Held) -> None:
        """Cut a session whose user went away in the middle of something; nobody waits for it."""
        self._forget(held)
        held.device.abort()

    def end(self, route: tuple[Endpoint, ...], settings: Settings) -> bool:
        """Leave the device of this route; False where no session for it was open. Raises as `take`."""
        with self._lock:
            if _key(route, settings) not in self._held:
                return False
        held = self.take(route, settings)
        was_open = held.device.connected
        held.persist = 0.0
        self.give_back(held)
        return was_open

    def expire(self) -> None:
        """End what was unused too long, each in a thread: leaving politely may take its time."""
        now = time.monotonic()
        if now < self.due:
            return
        late = []
        with self._lock:
            self.due = FOREVER
            for held in self._held.values():
                if held.lock.locked():
                    continue  # giving it back sets `due`
                if held.used + held.persist <= now and held.lock.acquire(blocking=False):
                    late.append(held)
                else:
                    self.due = min(self.due, held.used + held.persist)
        for held in late:
            background(self._leave, held)

    def end_all(self) -> None:
        """Leave every device; what is still in use after GRACE seconds is cut."""
        with self._lock:
            self._ended = True
            everything = list(self._held.values())
        threads = [threading.Thread(target=self._finish, args=(held,), daemon=True) for held in everything]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def status(self) -> dict[str, Any]:
        """What is open, as plain data, passwords masked: `sessions`, and `logins` shared by them."""
        now = time.monotonic()
        with self._lock:
            held = list(self._held.values())
        sessions = [
            {
                "device": one.device.endpoint.url,
                "hops": [hop.endpoint.url for hop in one.device.hops],
                "mode": one.mode,
                "idle": now - one.used,
                "busy": one.lock.locked(),
            }
            for one in held
        ]
        return {"sessions": sessions, "logins": self._pool.status()}

    def __len__(self) -> int:
        return len(self._held)

    def _device(self, route: tuple[Endpoint, ...], settings: Settings) -> Device:
        device = Device(route[-1], settings=settings, pool=self._pool)
        device.hops = [Device(hop, settings=settings) for hop in route[:-1]]
        return device

    def _is_current(self, held: Held) -> bool:
        with self._lock:
            return self._held.get(held.key) is held

    def _forget(self, held: Held) -> None:
        with self._lock:
            if self._held.get(held.key) is held:
                del self._held[held.key]
        self._tell()

    def _leave(self, held: Held) -> None:
        held.device.close()
        self._forget(held)
        held.lock.release()

    def _finish(self, held: Held) -> None:
        if held.lock.acquire(timeout=GRACE):
            self._leave(held)
        else:
            self.abandon(held)


def _key(route: tuple[Endpoint, ...], settings: Settings) -> Hashable:
    # Time-outs may change from task to task; all else makes another session.
    return route, replace(settings, connect_timeout=1.0, command_timeout=1.0)
