# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session in the pool of the broker, and the target by which it is found."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, replace

from .device import Device
from .models.command import Command
from .models.driver_change import DriverChange
from .models.endpoint import Route
from .models.observer import Observer
from .models.reply import Reply
from .models.settings import Settings
from .models.status import SessionStatus


@dataclass(frozen=True, slots=True)
class Target:
    """A login to a device: a session serves requests for an equal target, apart from its limits.

    fallbacks: further routes to the device, in order.
    """

    route: Route
    settings: Settings
    changes: tuple[DriverChange, ...] = ()
    fallbacks: tuple[Route, ...] = ()

    @property
    def key(self) -> Hashable:
        """Return a value that is equal for targets that can share a session. Raises InvalidParameter."""
        settings = replace(
            self.settings, connect_timeout=1.0, command_timeout=1.0, session_timeout=1.0, sessions=1
        )
        changes = tuple(change.fingerprint() for change in self.changes)
        return self.route, self.fallbacks, settings, changes

    def routes(self, first: Route | None) -> tuple[Route, ...]:
        """Return the routes in order. first: the route in use, tried before the others; None for none."""
        routes = (self.route, *self.fallbacks)
        return routes if first is None else tuple(sorted(routes, key=lambda route: route != first))


class PooledSession:
    """A session in the pool. It holds no secret in clear.

    `busy`, `used` and the observer change under the pool's lock, the rest belongs to the user of the session.
    persist: seconds it stays open unused. mode: after the last request.
    """

    def __init__(self, key: Hashable, device: Device) -> None:
        self.key = key
        self.device = device
        self.busy = True
        self.mode = ""
        self.persist = 0.0
        self.used = time.monotonic()
        self._retired = False
        self._observer: Observer | None = None  # of the current user

    @property
    def due(self) -> float:
        """Return the time at which an unused session is closed."""
        return self.used + self.persist

    @property
    def route(self) -> Route | None:
        """Return the route in use, None if the session is not open."""
        return (*self.device.hops, self.device.endpoint) if self.device.connected else None

    @property
    def is_reusable(self) -> bool:
        """Return True if the session may stay open for the next user."""
        return bool(self.persist) and not self._retired and self.device.connected

    def acquire(self) -> None:
        """Mark the session as busy."""
        self.busy = True

    def retire(self) -> None:
        """Close the session after its current use."""
        self._retired = True

    def release(self) -> None:
        """Mark the session as unused from now on."""
        self.used = time.monotonic()
        self.busy = False

    def observe(self, observer: Observer) -> None:
        """Notify an observer of the session's events until `end_use`."""
        self._observer = observer
        self.device.add_observer(observer)

    def end_use(self) -> None:
        """Forget the observer of the user."""
        observer, self._observer = self._observer, None
        if observer is not None:
            self.device.remove_observer(observer)

    def connect(self, persist: float) -> None:
        """Log in if the session is not open and alive. persist: seconds. Raises PycoError."""
        self.persist = persist
        try:
            self.device.connect()
        finally:
            self.mode = self.device.mode

    def enter(self, mode: str) -> None:
        """Enter a mode. Raises PycoError."""
        try:
            self.device.enter(mode)
        finally:
            self.mode = self.device.mode

    def send(self, command: Command) -> Reply:
        """Send one command. Raises PycoError."""
        try:
            return self.device(command)
        finally:
            self.mode = self.device.mode

    def status(self, now: float) -> SessionStatus:
        """Return the state of the session."""
        return SessionStatus(
            device=self.device.endpoint.url,
            hops=tuple(hop.url for hop in self.device.hops),
            driver=self.device.driver_name,
            mode=self.mode,
            idle=now - self.used,
            busy=self.busy,
        )
