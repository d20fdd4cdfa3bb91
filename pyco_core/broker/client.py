# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device whose session the broker holds: the interface of `pyco_core.device`, over a unix socket."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from ..errors import BrokerLost, PycoError
from ..models.checks import LONGEST
from ..models.command import Command, as_command
from ..models.driver_change import ChangeableDriver, DriverChange
from ..models.endpoint import Endpoint, Route
from ..models.observer import Observer
from ..models.reply import Reply
from ..models.secret import MASK
from ..models.settings import Settings
from . import connection as broker_connection
from . import control, protocol
from .connection import IGNORE, BrokerConnection, BrokerGone
from .messages import (
    Enter,
    EnterAnswer,
    Failure,
    Open,
    OpenAnswer,
    RemoteDriver,
    Request,
    Reset,
    ResetAnswer,
    Send,
    SendAnswer,
    SessionState,
    Status,
    StatusAnswer,
    Stop,
)

SPARE = 10.0  # seconds the broker may need beyond the timeouts that it works with

_A = TypeVar("_A")


class RemoteDevice(ChangeableDriver):
    """A session in the broker. Implements Console. No other client gets it until `close` releases it.

    route: the hops in order and the target. persist: seconds the session stays open unused.
    changes: changes of the target's driver. fallbacks: further routes, in order.
    observer: receives the events of the session during requests.
    mode, home, hostname and driver are those of the broker's last answer.
    """

    def __init__(
        self,
        route: Sequence[Endpoint],
        settings: Settings,
        persist: float,
        *,
        changes: Iterable[DriverChange] = (),
        observer: Observer | None = None,
        fallbacks: Iterable[Sequence[Endpoint]] = (),
    ) -> None:
        self.endpoint = route[-1]
        self.driver = RemoteDriver()
        self.changes = tuple(changes)
        self._state = SessionState()
        self.route: tuple[str, ...] = ()
        self._route = _with_absolute_keys(route)
        self._fallbacks = tuple(map(_with_absolute_keys, fallbacks))
        self._settings = _with_absolute_paths(settings)
        self._persist = min(persist, LONGEST)
        self._observer = observer
        self._connection: BrokerConnection | None = None

    @property
    def mode(self) -> str:
        """Return the current mode; right after connecting, the one that the last user left."""
        return self._state.mode

    @property
    def home(self) -> str:
        """Return the mode that the login ended in."""
        return self._state.home

    @property
    def hostname(self) -> str:
        """Return the name in the prompt, "" if there is none."""
        return self._state.hostname

    def change_driver(self, change: DriverChange) -> None:
        """Add one change, for the next login; the broker applies it. Raises InvalidParameter."""
        change.fingerprint()  # it must be plain data
        super().change_driver(change)
        self.close()

    def connect(self) -> None:
        """Acquire the session, which the broker opens if there is none. Raises PycoError."""
        self._acquire()

    def enter(self, mode: str) -> None:
        """Enter a mode. Raises PycoError."""
        answer = self._ask(Enter(mode), EnterAnswer, self._settings.command_timeout)
        self._state = answer.state

    def __call__(self, command: str | Command, **options: Any) -> Reply:
        """Send one command and return its output; options: fields of Command. Raises PycoError."""
        command = as_command(command, options)
        timeout = self._settings.command_timeout if command.timeout is None else command.timeout
        answer = self._ask(Send(command), SendAnswer, timeout)
        self._state = answer.state
        return Reply(
            answer.text,
            command=command.text,
            mode=answer.state.mode,
            elapsed=answer.elapsed,
            status=answer.status,
            notices=answer.notices,
        )

    def close(self) -> None:
        """Return the session to the broker, which keeps it open for a while. Never raises."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def reset(self) -> bool:
        """Close the sessions, for `meta: reset_connection`; return False if none was open.

        A session that another client uses is closed after its use. Does not start a broker. Raises PycoError.
        """
        self.close()
        seconds = self._settings.connect_timeout
        connection = broker_connection.connect_if_running(seconds)
        if connection is None:
            return False
        request = Reset(self._route, self._settings, self.changes, self._fallbacks)
        try:
            answer = self._exchange(connection, request, ResetAnswer, seconds, seconds)
        except BrokerGone:
            return False  # its sessions are gone too
        finally:
            connection.close()
        return answer.ended

    @property
    def _connect_timeout(self) -> float:
        """Return the seconds for trying all routes."""
        return self._settings.connect_timeout * (1 + len(self._fallbacks))

    def _acquire(self) -> BrokerConnection:
        """Return the connection that holds the session; acquire the session if there is none."""
        if self._connection is not None and self._connection.is_open:
            return self._connection
        request = Open(
            self._route,
            self._settings,
            self._persist,
            self.changes,
            observe=self._observer is not None,
            fallbacks=self._fallbacks,
        )
        # All sessions may be in use by other clients first, and then a login follows.
        seconds = self._settings.connect_timeout
        timeout = self._settings.session_timeout + self._connect_timeout
        for _attempt in range(broker_connection.ATTEMPTS):
            connection = broker_connection.connect(seconds)
            try:
                answer = self._exchange(connection, request, OpenAnswer, timeout, seconds)
            except BrokerGone:  # nothing was sent to the device yet
                continue
            except PycoError:
                connection.close()
                raise
            self.driver, self._state, self.route = answer.driver, answer.state, answer.route
            self._connection = connection
            return connection
        raise self._locate(BrokerLost("The broker ended."), request)

    def _ask(self, request: Request, kind: type[_A], timeout: float) -> _A:
        """Send a request for the session. It is never sent twice."""
        connection = self._acquire()
        # A dead session is replaced first.
        longest = timeout + self._connect_timeout + self._settings.command_timeout
        try:
            return self._exchange(connection, request, kind, longest, timeout, reached=True)
        except BrokerGone as exc:
            lost = BrokerLost(
                "The broker ended; the effect of this request is unknown.",
                hint="Repeat it if that is safe; a new broker is started.",
                reached=True,
            )
            raise self._locate(lost, request) from exc

    def _exchange(
        self,
        connection: BrokerConnection,
        request: Request,
        kind: type[_A],
        timeout: float,
        checked: float,
        reached: bool = False,
    ) -> _A:
        checked = max(checked, broker_connection.SHORTEST)
        try:
            answer = connection.exchange(request, kind, timeout + SPARE, self._observer or IGNORE, checked)
        except BrokerLost as exc:
            if reached:
                exc.mark_reached()
            self._locate(exc, request)
            raise
        if isinstance(answer, Failure):
            raise protocol.error_of(answer)
        return answer

    def _locate(self, error: BrokerLost, request: Request) -> BrokerLost:
        command = request.command.text if isinstance(request, Send) else ""
        routes = (self._route, *self._fallbacks)
        for secret in (secret for route in routes for hop in route for secret in hop.secrets):
            command = command.replace(secret, MASK)
        return error.locate(
            endpoint=str(self.endpoint), hop=len(self._route), hops=len(self._route), command=command
        )


def status() -> list[StatusAnswer]:
    """Return the status of each of this user's brokers, also of those that do not answer."""
    return control.ask_all(Status())


def stop() -> list[StatusAnswer]:
    """End all brokers of this user, their sessions first if they still answer; return their last status."""
    return control.ask_all(Stop())


def _with_absolute_paths(settings: Settings) -> Settings:
    """Return the settings for the broker, which works in another folder."""
    return replace(
        settings,
        known_hosts=_absolute(settings.known_hosts),
        ssh_config=_absolute(settings.ssh_config),
        transcript=_absolute(settings.transcript),
        driver_path=tuple(map(_absolute, settings.driver_path)),
    )


def _with_absolute_keys(route: Sequence[Endpoint]) -> Route:
    return tuple(replace(hop, private_key_file=_absolute(hop.private_key_file)) for hop in route)


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path)) if path else ""
