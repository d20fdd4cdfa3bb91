# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions that the broker holds: who may use which, and how each of them ends.

A session is in use by one client at a time, and by nobody else while it is being left: the next
login to the same device begins when the last one is over. Only a session whose client went away in
the middle of something is not waited for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

from .device import Device
from .errors import ConnectTimedOut
from .models.endpoint import Endpoint
from .models.settings import Settings
from .ssh_pool import SshPool

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
    """One session. None of its fields is a secret in clear.

    busy: somebody uses it or leaves it. persist: seconds it stays open unused. mode: for the status,
    as the device has it.
    """

    def __init__(self, key: Hashable, device: Device) -> None:
        self.key = key
        self.device = device
        self.busy = True
        self.mode = ""
        self.persist = 0.0
        self.used = time.monotonic()

    @property
    def due(self) -> float:
        """When it was unused too long."""
        return self.used + self.persist


class Sessions:
    """All sessions, by route and settings. Thread-safe.

    due: when the next one was unused too long, on the clock of time.monotonic. ended: called after
    the end of each.
    """

    def __init__(self, ended: Callable[[], None]) -> None:
        self.due = FOREVER
        self._tell = ended
        self._pool = SshPool()
        self._changed = threading.Condition()
        self._held: dict[Hashable, Held] = {}
        self._ending = False

    def take(self, route: tuple[Endpoint, ...], settings: Settings) -> Held:
        """The session for this route, not necessarily connected; `give_back` has to follow.

        Waits while another client uses it. Raises ConnectTimedOut after settings.connect_timeout,
        Ending when all are being ended.
        """
        deadline = time.monotonic() + settings.connect_timeout
        key = _key(route, settings)
        with self._changed:
            while True:
                if self._ending:
                    raise Ending
                held = self._held.get(key)
                if held is None:
                    held = self._held[key] = Held(key, self._device(route, settings))
                    return held
                if not held.busy:
                    held.busy = True
                    held.device.use_settings(settings)
                    return held
                if not self._changed.wait(deadline - time.monotonic()):
                    raise ConnectTimedOut(
                        "Another task used this device's session for all of the connect time-out.",
                        endpoint=str(route[-1]),
                    )

    def give_back(self, held: Held) -> None:
        """Let the next one use it; it is ended where it is of no more use."""
        if not held.persist or not held.device.connected or self._held.get(held.key) is not held:
            self._leave(held)
            return
        with self._changed:
            held.used = time.monotonic()
            held.busy = False
            self.due = min(self.due, held.due)
            self._changed.notify_all()

    def abandon(self, held: Held, thread: int | None) -> None:
        """Cut a session whose user went away in the middle of something; nobody waits for it.

        thread: the one that is in the middle, perhaps of a login that others wait for too.
        """
        self._forget(held)
        held.device.abort()
        self._pool.abandon(thread)

    def end(self, route: tuple[Endpoint, ...], settings: Settings) -> bool:
        """Leave the device of this route; False where no session for it was open. Raises as `take`."""
        with self._changed:
            if _key(route, settings) not in self._held:
                return False
        held = self.take(route, settings)
        was_open = held.device.connected
        self._leave(held)
        return was_open

    def expire(self) -> None:
        """End what was unused too long, each in a thread: leaving politely may take its time."""
        now = time.monotonic()
        if now < self.due:
            return
        with self._changed:
            idle = [held for held in self._held.values() if not held.busy]
            late = [held for held in idle if held.due <= now]
            self.due = min((held.due for held in idle if held.due > now), default=FOREVER)
            for held in late:
                held.busy = True
        for held in late:
            background(self._leave, held)

    def end_all(self) -> None:
        """Leave every device; what is still in use after GRACE seconds is cut."""
        with self._changed:
            self._ending = True
            everything = list(self._held.values())
            self._changed.notify_all()
        threads = [threading.Thread(target=self._finish, args=(held,), daemon=True) for held in everything]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def status(self) -> dict[str, Any]:
        """What is open, as plain data, passwords masked: `sessions`, and `logins` shared by them."""
        now = time.monotonic()
        with self._changed:
            held = list(self._held.values())
        sessions = [
            {
                "device": one.device.endpoint.url,
                "hops": [hop.url for hop in one.device.hops],
                "driver": one.device.driver_name,
                "mode": one.mode,
                "idle": now - one.used,
                "busy": one.busy,
            }
            for one in held
        ]
        return {"sessions": sessions, "logins": self._pool.status()}

    def __len__(self) -> int:
        return len(self._held)

    def _device(self, route: tuple[Endpoint, ...], settings: Settings) -> Device:
        return Device(route[-1], settings=settings, hops=route[:-1], pool=self._pool)

    def _leave(self, held: Held) -> None:
        try:
            held.device.close()
        finally:
            self._forget(held)

    def _forget(self, held: Held) -> None:
        with self._changed:
            if self._held.get(held.key) is held:
                del self._held[held.key]
                self._changed.notify_all()
        self._tell()

    def _finish(self, held: Held) -> None:
        with self._changed:
            is_idle = self._changed.wait_for(lambda: not held.busy, GRACE)
            held.busy = True
        if is_idle:
            self._leave(held)
        else:
            self.abandon(held, None)


def _key(route: tuple[Endpoint, ...], settings: Settings) -> Hashable:
    # Time-outs may change from task to task; all else makes another session.
    return route, replace(settings, connect_timeout=1.0, command_timeout=1.0)
