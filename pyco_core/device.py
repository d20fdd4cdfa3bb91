# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facade: a device is a URL, perhaps hops, and something that can be called with a command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from threading import RLock
from types import TracebackType
from typing import Any

from .driver import edit
from .driver.compiler import load
from .driver.model import Driver
from .errors import InvalidParameter, SessionError
from .fsm.machine import Step
from .fsm.matcher import Pattern
from .models.checks import check_type
from .models.command import Command, as_command
from .models.driver_change import ChangeableDriver, DriverChange
from .models.endpoint import Endpoint, Route, as_endpoint
from .models.observer import Callback, CallbackObserver, Observer
from .models.reply import Reply
from .models.settings import Settings
from .route.connection import Connection
from .route.fallback import Hops, Routed, as_routes
from .route.plan import plan
from .session import modes
from .session.masker import Masker
from .session.probe import Probed, probe
from .session.recognize import AUTO
from .session.send import send
from .session.session import Session, clock
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

    parts: fields of Endpoint that override those of the URL: host, port, user, password, driver,
    private_key_file, passphrase, become_password. A string for a secret becomes a Secret.
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


class Device(Routed, ChangeableDriver):
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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

    @property
    def mode(self) -> str:
        """Return the current mode, "" if not connected."""
        session = self._session
        return session.mode if session else ""

    @property
    def home(self) -> str:
        """Return the mode that the login ended in, "" if not connected."""
        session = self._session
        return session.home if session else ""

    @property
    def hostname(self) -> str:
        """Return the name in the prompt, "" if not connected or if the prompt has none."""
        session = self._session
        return session.hostname if session else ""

    @property
    def connected(self) -> bool:
        """Return True if a session is open that accepts commands."""
        session = self._session
        return session is not None and not session.closed_reason

    @property
    def prompt(self) -> str:
        """Return the learned prompt as it is now; "" if the driver describes its prompts."""
        session = self._session
        return session.prompt if session else ""

    @property
    def prompts(self) -> tuple[Pattern, ...]:
        """Return the patterns of the learned prompts, () if the driver describes its prompts."""
        session = self._session
        return session.learned_prompts if session else ()

    @property
    def trace(self) -> tuple[Step, ...]:
        """Return the last steps of the machine as (event, from, to), () if not connected."""
        session = self._session
        return session.trace if session else ()

    def use_settings(self, settings: Settings) -> None:
        """Replace the settings. An open session keeps its own; the timeouts apply from the next command.

        Raises InvalidParameter.
        """
        check_type("The settings", settings, (Settings,), "Settings", _SETTINGS)
        self.settings = settings

    def add_observer(self, observer: Observer) -> None:
        """Notify an observer of the events of all sessions on the route, also of an open one.

        The session waits for it; an exception of the observer ends the session and reaches the caller.
        """
        self._observers.append(observer)

    def remove_observer(self, observer: Observer) -> None:
        """Stop notifying an observer."""
        self._observers.remove(observer)

    def mask(self, text: str) -> str:
        """Return the text with `********` in place of each secret of the route."""
        return self._masker.mask(text)

    def on_event(self, callback: Callback) -> None:
        """Call a function at every step of this device's machine.

        callback: receives the event, the old state, the new state and the names of the actions; also of the
        internal events (`sent`, `entered`, `timeout` ...) that have no transition. The session waits for it;
        an exception of the callback ends the session and reaches the caller.
        """
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
        """Send one command and return its output: no echo, no prompt, LF line ends.

        options: fields of Command, such as `mode`, `timeout`, `prompt` and `answer`.

        Raises PycoError; its `reached` is True if the device's prompt had been reached.
        """
        command = as_command(command, options)
        with self._lock:
            session = self._open()
            seconds = self.settings.command_timeout if command.timeout is None else command.timeout
            deadline = clock() + seconds
            if command.mode:
                modes.enter(session, command.mode, deadline)
            return send(session, command, deadline, ready=not command.mode)

    def probe(self, command: str) -> Probed:
        """Send a command that only shows something, also through a pager that no driver describes.

        Raises PycoError.
        """
        with self._lock:
            return probe(self._open(), command, clock() + self.settings.command_timeout)

    def enter(self, mode: str) -> None:
        """Enter a mode, such as enable or config. Raises ModeError and SessionError, and as `connect`."""
        with self._lock:
            modes.enter(self._open(), mode, clock() + self.settings.command_timeout)

    def close(self) -> None:
        """Log out of the device and every hop. Never raises."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def _open(self) -> Session:
        """Return the session, ready for a command; a dead session is replaced."""
        connection, session = self._connection, self._session
        if connection is not None and session is not None:
            connection.end_if_silent(clock() + self.settings.connect_timeout)
            try:
                session.make_ready(clock() + self.settings.command_timeout)
                return session
            except SessionError:
                self.close()
        return self.connect_first(self._log_in, self._is_wanted)

    def _log_in(self) -> Session:
        """Log in over the route in use. Raises PycoError."""
        deadline = clock() + self.settings.connect_timeout
        hops = plan(self.endpoint, self.hops, self.settings, deadline)
        self._connecting = Connection(
            hops, self.driver, self.settings, self._pool, self._observers, self._masker
        )
        session = self._connecting.connect(deadline)
        self._connection = self._connecting
        return session

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
        """Return True for the number of the target's login, False for that of a hop."""
        return self._connecting is not None and hop == len(self._connecting.hops)
