# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facade: a device is a URL, perhaps hops, and something that can be called with a command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import reduce
from threading import RLock
from typing import Any

from .configure.configurable import Configurable
from .driver import edit
from .driver.compiler import load
from .driver.model import Driver
from .errors import InvalidParameter, SessionError
from .facts.device_facts import HasFacts
from .inband.starter import TypedStarter
from .models.checks import check_type
from .models.command import Command, as_command
from .models.driver_change import ChangeableDriver, DriverChange
from .models.endpoint import Endpoint, Route, as_endpoint
from .models.lines import Lines, Typed, as_lines
from .models.observer import Callback, CallbackObserver, Observable, Observer
from .models.reply import Reply
from .models.settings import Settings
from .route import handover
from .route.annotated import Annotated
from .route.connection import Connection
from .route.fallback import Hops, Routed, as_routes
from .route.plan import plan
from .session import modes
from .session.has_session import HasSession
from .session.lines import type_lines
from .session.masker import Masker
from .session.probe import Probed, probe
from .session.recognize import AUTO
from .session.send import send
from .session.session import Session, clock
from .shell.base import SCP, Shell
from .shell.choose import shell_of
from .shell.executing import Executing
from .ssh_pool import SshPool

_SETTINGS = "Example: Settings(connect_timeout=60)."
_PATH = "Example: path([device('ssh://jump/linux'), device('telnet://r1/cisco_ios')])."
_shared = SshPool()


def device(
    url: str | Endpoint,
    *,
    settings: Settings | None = None,
    routes: Iterable[Hops] | None = None,
    **parts: Any,
) -> Device:
    """Return the device at `[protocol://][user[:password]@]host[:port][/driver]`; it is not connected yet.

    parts: fields of Endpoint that override those of the URL. A string for a secret becomes a Secret.
    routes: see Device.routes.

    >>> device("telnet://cisco:secret@r1/cisco_ios").endpoint.url
    'telnet://cisco:********@r1:23/cisco_ios'

    Raises EndpointError.
    """
    endpoint = as_endpoint(url, parts)
    (*hops, _target), *fallbacks = as_routes(endpoint, [()] if routes is None else routes)
    settings = Settings() if settings is None else settings
    return Device(endpoint, settings=settings, hops=hops, fallbacks=fallbacks)


def path(devices: Sequence[Device]) -> Device:
    """Return the last of the devices, with the ones before it as its hops, in this order.

    Raises InvalidParameter if the sequence is empty or has anything but devices.
    """
    check_type("path", devices, (list, tuple), "a list of devices", _PATH)
    if not devices:
        raise InvalidParameter("A path has at least one device.", hint=_PATH)
    for position, each in enumerate(devices, 1):
        check_type(f"path, entry {position}", each, (Device,), "a device", _PATH)
    *hops, target = devices
    return target.via(hops)


class Device(Routed, HasSession, Annotated, ChangeableDriver, Observable, Configurable, HasFacts, Executing):
    """One device, connected on first use. Implements Console. A context manager: leaving it closes it.

    Several threads may use it: each call waits for the one before it, and so does `close`.

    hops: endpoints on the way, in order. Their ssh logins are shared with every other device of the process
    that has the same route so far. fallbacks: further routes, each with its target.
    pool: the ssh logins to share; None is the process's own.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        settings: Settings,
        hops: Hops = (),
        changes: Iterable[DriverChange] = (),
        pool: SshPool | None = None,
        fallbacks: Iterable[Route] = (),
    ) -> None:
        super().__init__(endpoint, hops, fallbacks)
        self.use_settings(settings)
        self.changes = tuple(changes)
        self._pool = pool or _shared
        self._connection: Connection | None = None
        self._connecting: Connection | None = None  # abort() ends it during the login
        self._driver: tuple[Driver, Driver] | None = None  # as loaded, and with the changes
        self._observers: list[Observer] = []
        self._masker = Masker()
        self._lock = RLock()  # held by the thread that uses the session

    def __repr__(self) -> str:
        return f"device({self.endpoint.url!r})"

    def __enter__(self) -> Device:
        self.connect()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @property
    def driver(self) -> Driver:
        """Return the driver with its changes; for `auto`, the detected one. Raises DriverError."""
        session = self._session
        if session is not None and self.endpoint.driver == AUTO:
            return session.driver
        loaded = load(self.endpoint.driver or "common", self.settings.driver_path)
        if self._driver is None or self._driver[0] is not loaded:
            self._driver = loaded, reduce(edit.apply, self.changes, loaded)
        return self._driver[1]

    @property
    def driver_name(self) -> str:
        """Return the name of the driver; for `auto`, of the one that was detected at login."""
        session = self._session
        return session.driver.name if session else self.endpoint.driver or "common"

    def use_settings(self, settings: Settings) -> None:
        """Replace the settings; an open session keeps its own but the timeouts. Raises InvalidParameter."""
        check_type("The settings", settings, (Settings,), "Settings", _SETTINGS)
        self.settings = settings

    def mask(self, text: str) -> str:
        """Return the text with `********` in place of each secret of the route."""
        return self._masker.mask(text)

    def on_event(self, callback: Callback) -> None:
        """Call a function with event, old state, new state and actions at every step: see `add_observer`."""
        self.add_observer(CallbackObserver(callback, self._is_target))

    def change_driver(self, change: DriverChange) -> None:
        """Apply one change to the driver of this device. Raises UnknownAction, InvalidDriver."""
        edit.apply(self.driver, change)
        super().change_driver(change)
        self._driver = None

    def connect(self) -> None:
        """Log in to the hops and the device if not connected. Raises PycoError."""
        with self._lock:
            self._open()

    def __call__(self, command: str | Command, **options: Any) -> Reply:
        """Send one command and return its output: no echo, no prompt, LF line ends. Raises PycoError.

        options: fields of Command. `reached` of an error is True if the device's prompt had been reached.
        """
        command = as_command(command, options)
        with self._lock:
            session = self._open()
            seconds = self.settings.command_timeout if command.timeout is None else command.timeout
            deadline = clock() + seconds
            if command.mode:
                modes.enter(session, command.mode, deadline)
            return send(session, command, deadline, ready=not command.mode)

    def type_lines(self, lines: Sequence[str | Command] | Lines) -> Typed:
        """Type lines one after the other until one is refused, see Console. Raises PycoError."""
        lines = as_lines(lines)
        with self._lock:
            return type_lines(self._open(), lines, self.settings.command_timeout)

    def probe(self, command: str) -> Probed:
        """Send a command that only shows something, also through an unknown pager. Raises PycoError."""
        with self._lock:
            return probe(self._open(), command, clock() + self.settings.command_timeout)

    def enter(self, mode: str) -> None:
        """Enter a mode, such as enable or config. Raises ModeError and SessionError, and as `connect`."""
        with self._lock:
            modes.enter(self._open(), mode, clock() + self.settings.command_timeout)

    def twin(self) -> Device:
        """Return another device with the same routes, for a login of its own. It is not connected yet."""
        (*hops, target), *others = self._routes
        shared: Any = {"changes": self.changes, "pool": self._pool}
        return Device(target, settings=self.settings.apart(), hops=hops, fallbacks=others, **shared)

    @property
    def runs_programs(self) -> bool:
        """Return True if programs run on the device that is logged in to; see `execute`."""
        return self._connection is not None and not self.driver.network

    @property
    def is_altered(self) -> bool:
        """Return True if an open session is not as after its login; its commands do not count."""
        return self._session is not None and handover.is_altered(self._session)

    def hand_over(self, *, is_setup_undone: bool) -> None:
        """Prepare the open session for another user, see `route.handover`. Never raises."""
        handover.hand_over(self._connection, is_setup_undone)

    def close(self) -> None:
        """Log out of the device and every hop. Never raises."""
        with self._lock:
            self._end_runners()
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def _open(self) -> Session:
        """Return the session, ready for a command; a dead session is replaced."""
        connection, session = self._connection, self._session
        if connection is not None:
            connection.end_if_silent(clock() + self.settings.connect_timeout)
            if session is None and connection.is_usable:
                return connection.connect(clock() + self.settings.connect_timeout)
            with suppress(SessionError):
                if session is not None:
                    session.make_ready(clock() + self.settings.command_timeout)
                    return session
            self.close()
        return self.connect_first(self._connect, self._is_wanted, self._pool.outages)

    def log_in(self) -> None:
        """Log in to the hops and the device; open no shell before its first use. Raises PycoError."""
        with self._lock:
            self._reach()

    @contextmanager
    def _shell(self, protocol: str = SCP) -> Iterator[Shell]:
        with self._lock:
            ssh, wait = self._reach().programs, self.settings.command_timeout
            yield shell_of(
                ssh, self.driver, wait, lambda: TypedStarter(self._occupied or self._open(), wait), protocol
            )

    def _reach(self) -> Connection:
        """Return a connection that is logged in to the device; one that is lost is replaced."""
        connection = self._connection
        if connection is not None:
            connection.end_if_silent(clock() + self.settings.connect_timeout)
            if connection.is_usable:
                return connection
            self.close()
        return self.connect_first(self._log_in, self._is_wanted, self._pool.outages)

    def _connect(self) -> Session:
        """Log in over the route in use, up to the prompt. Raises PycoError."""
        deadline = clock() + self.settings.connect_timeout
        connection = self._log_in(deadline)
        return connection.session or connection.connect(deadline)

    def _log_in(self, deadline: float = 0.0) -> Connection:
        """Log in over the route in use, without a session if programs need none. Raises PycoError."""
        deadline = deadline or clock() + self.settings.connect_timeout
        hops = plan(self.endpoint, self.hops, self.settings, deadline)
        parts = self.driver, self.settings, self._pool, self._observers, self._masker
        connection = self._connecting = Connection(hops, *parts)
        connection.log_in(deadline)
        if connection.session or self.endpoint.driver == AUTO or self.driver.network:
            connection.connect(deadline)
        self._connection = connection
        return connection

    def _is_wanted(self) -> bool:
        """Return False if the login was cancelled."""
        return self._connecting is None or not self._connecting.aborted

    def abort(self) -> None:
        """Close the connection at once, from another thread than its user's. Never raises."""
        connection = self._connection or self._connecting
        if connection is not None:
            connection.abort()

    @property
    def _session(self) -> Session | None:
        return self._connection.session if self._connection else None

    def _is_target(self, hop: int) -> bool:
        """Return True for the number of the target's login."""
        return self._connecting is not None and hop == len(self._connecting.hops)
