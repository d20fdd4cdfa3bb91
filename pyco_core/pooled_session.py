# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session in the pool of the broker, and the target by which it is found."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from .device import Device
from .models.command import Command
from .models.driver_change import DriverChange
from .models.endpoint import Route
from .models.lines import Lines, Typed
from .models.observer import Observer
from .models.reply import Reply
from .models.settings import Settings
from .models.status import SessionStatus
from .shell.traces import leaves_trace
from .transport.cancel import Cancel

MOST_LINES = 1000  # that a user may type before they are read; more count as a trace


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
        self._cancel = Cancel()  # of a login that has perhaps not begun
        self._typed: list[str] = []  # by the current user; read after its use, which has to wait for nothing
        self._has_trace = False
        self._reader: Callable[[str], bool] | None = None  # of typed lines
        self._observer: Observer | None = None  # of the current user

    @property
    def due(self) -> float:
        """Return the time at which an unused session is closed."""
        return self.used + self.persist

    @property
    def route(self) -> Route | None:
        """Return the route in use, None if the session is not open."""
        return (*self.device.hops, self.device.endpoint) if self.device.is_logged_in else None

    @property
    def is_reusable(self) -> bool:
        """Return True if the session may stay open for the next user."""
        is_open = bool(self.persist) and not self._retired and self.device.is_logged_in
        return is_open and not self._is_safe

    @property
    def _is_safe(self) -> bool:
        """Return True in a safe mode: leaving it keeps its lines, ending the session undoes them."""
        how = self.device.driver.configure if self.device.is_altered else None
        return how is not None and bool(how.safe) and self.device.mode == how.safe

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

    def connect(self, persist: float, programs: bool = False) -> None:
        """Log in if the session is not open and alive. persist: seconds. Raises PycoError.

        A session that has changed while nobody used it is handed over again. programs: leave it closed if
        programs need none.
        """
        self.persist = persist
        try:
            with self._cancel.active():
                if programs:
                    self.device.log_in()
                    return
                self.device.connect()
                if self.device.is_altered:
                    self.device.hand_over(is_setup_undone=False)
                    self.device.connect()
        finally:
            self.mode = self.device.mode

    def abort(self) -> None:
        """Cut the session, or end its login, from another thread than its user's. Never raises."""
        self._cancel.set()
        self.device.abort()

    def enter(self, mode: str) -> None:
        """Enter a mode; "" opens the session if that is not done. Raises PycoError."""
        try:
            if mode:
                self.device.enter(mode)
            else:
                self.device.connect()
        finally:
            self.mode = self.device.mode

    def send(self, command: Command) -> Reply:
        """Send one command. Raises PycoError."""
        self._record(command)
        try:
            return self.device(command)
        finally:
            self.mode = self.device.mode

    def type_lines(self, lines: Lines) -> Typed:
        """Type lines one after the other. Raises PycoError."""
        for command in lines.commands:
            self._record(command)
        try:
            return self.device.type_lines(lines)
        finally:
            self.mode = self.device.mode

    def _record(self, command: Command) -> None:
        """Keep a line that is typed for `has_trace`."""
        self._typed.append(command.text)
        # The password of become is answered before the command; other answers may be typed into anything.
        if (command.prompt and not command.answer_until) or len(self._typed) > MOST_LINES:
            self._has_trace = True
            self._typed.clear()

    @property
    def has_trace(self) -> bool:
        """Return True if the next user might see something that the current one did. Takes no round trip."""
        if self._typed and not self._has_trace and self.device.connected:
            if self._reader is None:
                driver = self.device.driver  # it looks at the driver's file: once for a session
                self._reader = driver.may_undo_setup if driver.network else leaves_trace
            self._has_trace = any(map(self._reader, self._typed))
        self._typed.clear()
        return self._has_trace or self.device.is_altered

    def hand_over(self) -> None:
        """Remove the traces of the last user. The session is not reusable if that fails. Never raises."""
        self.device.hand_over(is_setup_undone=self._has_trace)
        self._has_trace = False
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
