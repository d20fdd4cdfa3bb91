# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facade: a device is a URL, perhaps hops, and something that can be called with a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import reduce
from types import TracebackType
from typing import Any

from .driver.compiler import load
from .driver.model import Driver, Texts
from .errors import InvalidParameter, PycoError, SessionClosed, SessionError
from .fsm.machine import Step, Watcher
from .fsm.matcher import Pattern
from .models.command import Command
from .models.endpoint import Endpoint, parse_url
from .models.reply import Reply
from .models.secret import Secret
from .models.settings import Settings, check_seconds
from .route.connection import Connection
from .route.plan import plan
from .session import modes
from .session.probe import Probed, probe
from .session.recognize import AUTO
from .session.send import send
from .session.session import Session, clock
from .session.transcript import Transcript
from .ssh_pool import SshPool
from .transport.base import Closed, TimedOut

_SECRETS = ("password", "passphrase", "become_password")
_shared = SshPool()


def device(url: str | Endpoint, *, settings: Settings | None = None, **parts: Any) -> Device:
    """A device by its URL `[protocol://][user[:password]@]host[:port][/driver]`; nothing is connected yet.

    parts: fields of Endpoint that go before what the URL says: host, port, user, password, driver,
    private_key_file, passphrase, become_password. A text given for a secret becomes one.

    >>> device("telnet://cisco:secret@r1/cisco_ios").endpoint.url
    'telnet://cisco:********@r1:23/cisco_ios'

    Raises EndpointError.
    """
    endpoint = parse_url(url) if isinstance(url, str) else url
    known = {field.name for field in fields(Endpoint)}
    for name, value in parts.items():
        if name not in known:
            raise InvalidParameter(f"A device has no {name!r}.", hint=f"It has {', '.join(sorted(known))}.")
        if name in _SECRETS and isinstance(value, str):
            parts[name] = Secret(value)
    return Device(replace(endpoint, **parts), settings=settings or Settings())


def path(devices: Sequence[Device]) -> Device:
    """The last of the devices, with the ones before it as its hops, in this order.

    Raises InvalidParameter where there is none.
    """
    if not devices:
        raise InvalidParameter("A path has at least one device.")
    *hops, target = devices
    target.hops = hops
    return target


class Device:
    """One device, connected when it is first used. A context manager: leaving it closes it.

    hops: the devices that are passed through, in order; only their endpoints are used, and their
    ssh logins are shared with every other device of the process that has the same way. watch: set before it
    connects, is told all that its session sends and sees; nothing is sent then that was not asked for.
    """

    def __init__(self, endpoint: Endpoint, *, settings: Settings, pool: SshPool | None = None) -> None:
        self.endpoint = endpoint
        self.settings = settings
        self.hops: Sequence[Device] = ()
        self._pool = pool or _shared
        self._connection: Connection | None = None
        self._connecting: Connection | None = None  # what abort has to end while the login is under way
        self.watch: Transcript | None = None
        self._changes: list[Callable[[Driver], Driver]] = []
        self._driver: tuple[Driver, Driver] | None = None  # as loaded, and with the changes
        self._watchers: list[Watcher] = []

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
        """The driver, with what was changed in code; of `auto` the one it found. Raises DriverError."""
        session = self._session
        if session is not None and self.endpoint.driver == AUTO:
            return session.driver
        loaded = load(self.endpoint.driver or "common", self.settings.driver_path)
        if self._driver is None or self._driver[0] is not loaded:
            self._driver = loaded, reduce(lambda driver, change: change(driver), self._changes, loaded)
        return self._driver[1]

    @property
    def driver_name(self) -> str:
        """The name of its driver: where that is `auto`, of the one that was found when it was connected."""
        session = self._session
        return session.driver.name if session else self.endpoint.driver or "common"

    @property
    def mode(self) -> str:
        """The mode it is in, "" where it is not connected."""
        session = self._session
        return session.mode if session else ""

    @property
    def home(self) -> str:
        """The mode that its login ended in, "" where it is not connected."""
        session = self._session
        return session.home if session else ""

    @property
    def hostname(self) -> str:
        """The name in its prompt, "" where it is not connected or its prompt has none."""
        session = self._session
        return session.hostname if session else ""

    @property
    def connected(self) -> bool:
        """Whether a session is open that a command can be sent on."""
        session = self._session
        return session is not None and not session.closed_reason

    @property
    def prompt(self) -> str:
        """The prompt that was found, as it stands there now; "" where the driver names its prompts."""
        session = self._session
        return session.prompt if session else ""

    @property
    def prompts(self) -> tuple[Pattern, ...]:
        """The patterns of the prompts that were learnt, () where the driver names them."""
        session = self._session
        return session.learnt.patterns if session and session.learnt else ()

    @property
    def trace(self) -> tuple[Step, ...]:
        """The last steps of its machine as (event, from, to), () where it is not connected."""
        session = self._session
        return tuple(session.machine.trace) if session else ()

    def on_event(self, callback: Watcher) -> None:
        """Call it with (event, from, to, names of the actions) at every step of this device's machine.

        Among them are the events that no text shows (`sent`, `entered`, `timeout` ...), also where nothing is
        said about them. The session waits for it; an exception of its own goes through to the
        caller, and ends the session.
        """
        self._watchers.append(callback)

    def extend(self, words: Mapping[str, Any]) -> None:
        """Say words of a driver file over those of the driver, before it connects, see `Driver.extended`.

        >>> r1.extend({"modes": {"shell": {"prompt": "[$]", "from": "user", "enter": "start shell"}}})

        Raises UnknownAction, InvalidDriver.
        """
        self._change(lambda driver: driver.extended(words))

    def add_event(self, name: str, **words: Any) -> None:
        """Add an event to this device's machine before it connects, in the words of `Driver.with_event`.

        >>> r1.add_event("username", pattern=r"Username: ", state="GROUND", action="send_username")

        Raises UnknownAction, InvalidDriver.
        """
        self._change(lambda driver: driver.with_event(name, **words))

    def remove_event(self, name: str) -> None:
        """Take an event and its transitions away, before it connects."""
        self._change(lambda driver: driver.without_event(name))

    def add_transition(self, event: str, state: Texts, *, action: Texts = (), next_state: str = "") -> None:
        """Say what an event does in a state, before it connects, see `Driver.with_transition`.

        Raises UnknownAction, InvalidDriver.
        """
        self._change(
            lambda driver: driver.with_transition(event, state, action=action, next_state=next_state)
        )

    def remove_transition(self, event: str, state: Texts) -> None:
        """Let an event mean nothing in a state, before it connects. Raises InvalidDriver."""
        self._change(lambda driver: driver.without_transition(event, state))

    def _change(self, change: Callable[[Driver], Driver]) -> None:
        change(self.driver)
        self._changes.append(change)
        self._driver = None

    def connect(self) -> None:
        """Log in to the hops and the device; nothing to do where that is done. Raises PycoError."""
        self._open()

    def __call__(
        self,
        command: str,
        *,
        mode: str = "",
        timeout: float | None = None,
        prompt: str | Sequence[str] = (),
        answer: str | Secret | Sequence[str | Secret] = (),
        newline: bool = True,
        sendonly: bool = False,
        check_all: bool = False,
        check: bool = True,
    ) -> Reply:
        """Send one command and return what it printed: no echo, no prompt, LF line ends.

        mode: go to this mode first; "" stays. timeout: seconds for the command, default
        settings.command_timeout. prompt, answer, newline, check_all: what it may ask and what is
        typed then, see `Command`. sendonly: do not wait for its end; the session is closed by the
        next use. check: raise CommandError where the device says that it is wrong.

        Raises PycoError; its `reached` says whether the device's prompt had been reached.
        """
        seconds = self.settings.command_timeout if timeout is None else timeout
        check_seconds("timeout", seconds)
        session = self._open()
        deadline = clock() + seconds
        words = Command(
            command,
            prompt=(prompt,) if isinstance(prompt, str) else tuple(prompt),
            answer=(answer,) if isinstance(answer, (str, Secret)) else tuple(answer),
            newline=newline,
            sendonly=sendonly,
            check_all=check_all,
            check=check,
        )
        try:
            if mode:
                modes.enter(session, mode, deadline)
            return send(session, words, deadline, ready=not mode)
        except PycoError as exc:
            self._blame(exc)
            raise

    def probe(self, command: str) -> Probed:
        """Send a command that only shows something, and go on through a pager that no driver describes.

        Raises PycoError.
        """
        session = self._open()
        try:
            return probe(session, command, clock() + self.settings.command_timeout)
        except (Closed, TimedOut) as exc:
            broken = session.broken(exc, repr(command))
            self._blame(broken)
            raise broken from exc

    def enter(self, mode: str) -> None:
        """Go to a mode, such as enable or config. Raises ModeError, SessionError and what connect raises."""
        session = self._open()
        try:
            modes.enter(session, mode, clock() + self.settings.command_timeout)
        except PycoError as exc:
            self._blame(exc)
            raise

    def close(self) -> None:
        """Leave the device and every hop by its logout word. Never raises."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _open(self) -> Session:
        """The session, in step and with nothing unread; one that is found dead is replaced."""
        session = self._session
        if session is not None:
            try:
                session.ready(clock() + self.settings.command_timeout)
                return session
            except SessionError:
                self.close()
        hops = plan(self.endpoint, [hop.endpoint for hop in self.hops], self.settings)
        self._connecting = Connection(
            hops, self.driver, self.settings, self._pool, self._watchers, self.watch
        )
        session = self._connecting.connect(clock() + self.settings.connect_timeout)
        self._connection = self._connecting
        return session

    def abort(self) -> None:
        """Cut the connection at once, from another thread than the one that uses it: the caller is gone."""
        connection = self._connection or self._connecting
        if connection is not None:
            connection.abort()

    @property
    def _session(self) -> Session | None:
        return self._connection.session if self._connection else None

    def _blame(self, error: PycoError) -> None:
        """Say in the error that the device had been reached, and name the hop that died where one did."""
        error.reached = True
        dead = self._connection.lost_hop() if self._connection and isinstance(error, SessionClosed) else None
        if dead is not None:
            error.hop, error.endpoint = dead
            error.message = "The ssh connection to this hop was lost, and with it all behind it."
