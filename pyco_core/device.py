# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facade: a device is a URL, perhaps hops, and something that can be called with a command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from types import TracebackType
from typing import Any

from .driver.loader import load
from .driver.model import Driver
from .endpoint import Endpoint, Secret, Settings, parse_url
from .errors import InvalidParameter, PycoError, SessionClosed, SessionError
from .fsm.matcher import Pattern
from .pool import Pool
from .reply import Reply
from .route import Line, plan
from .session import modes
from .session.probe import Probed, probe
from .session.recognize import AUTO
from .session.send import Command, send
from .session.session import Session, clock
from .session.transcript import Transcript
from .transport.base import Closed, TimedOut

_SECRETS = ("password", "passphrase", "become_password")
_shared = Pool()


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

    def __init__(self, endpoint: Endpoint, *, settings: Settings, pool: Pool | None = None) -> None:
        self.endpoint = endpoint
        self.settings = settings
        self.hops: Sequence[Device] = ()
        self._pool = pool or _shared
        self._line: Line | None = None
        self._walking: Line | None = None  # what abort has to end while the login is under way
        self.watch: Transcript | None = None
        self._events: list[dict[str, str]] = []

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
        """The driver, with the events that were added; of `auto` the one it found. Raises DriverError."""
        session = self._session
        if session is not None and self.endpoint.driver == AUTO:
            return session.driver
        driver = load(self.endpoint.driver or "common", self.settings.driver_path)
        for event in self._events:
            driver = driver.with_event(**event)
        return driver

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
        return session is not None and not session.given_up

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

    def add_event(
        self, name: str, *, pattern: str, state: str, action: str = "", next_state: str = ""
    ) -> None:
        """Add an event to this device's machine, in the words of a driver file, before it connects.

        >>> r1.add_event("username", pattern=r"Username: ", state="GROUND", action="send_username")

        Raises UnknownAction, InvalidDriver.
        """
        event = {"name": name, "pattern": pattern, "state": state, "action": action, "next_state": next_state}
        self.driver.with_event(**event)
        self._events.append(event)

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
        session = self._open()
        deadline = clock() + (self.settings.command_timeout if timeout is None else timeout)
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
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _open(self) -> Session:
        """The session, in step and with nothing unread; one that is found dead is replaced."""
        session = self._session
        if session is not None:
            try:
                session.ready(clock() + self.settings.command_timeout)
                return session
            except SessionError:
                self.close()
        legs = plan(self.endpoint, [hop.endpoint for hop in self.hops], self.settings)
        self._walking = Line(legs, self.driver, self.settings, self._pool, self.watch)
        session = self._walking.walk(clock() + self.settings.connect_timeout)
        self._line = self._walking
        return session

    def abort(self) -> None:
        """Cut the connection at once, from another thread than the one that uses it: the caller is gone."""
        line = self._line or self._walking
        if line is not None:
            line.abort()

    @property
    def _session(self) -> Session | None:
        return self._line.session if self._line else None

    def _blame(self, error: PycoError) -> None:
        """Say in the error that the device had been reached, and name the hop that died where one did."""
        error.reached = True
        dead = self._line.dead_hop() if self._line and isinstance(error, SessionClosed) else None
        if dead is not None:
            error.hop, error.endpoint = dead
            error.message = "The ssh connection to this hop was lost, and with it all behind it."
