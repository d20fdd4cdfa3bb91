# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device whose session the broker holds: the interface of `pyco_core.device`, over a unix socket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from ..configure.configurable import Configurable
from ..errors import BrokerLost, PycoError, SessionError
from ..models.checks import LONGEST
from ..models.command import Command, as_command
from ..models.driver_change import ChangeableDriver, DriverChange
from ..models.endpoint import Endpoint
from ..models.lines import Lines, Typed, as_lines
from ..models.observer import Observer
from ..models.reply import Reply
from ..models.secret import MASK
from ..models.settings import Settings
from . import connection as broker_connection
from . import control, protocol
from .absolute import with_absolute_keys, with_absolute_paths
from .connection import IGNORE, BrokerConnection, BrokerGone
from .lines import typed_lines
from .messages import (
    Enter,
    EnterAnswer,
    Failure,
    LinesAnswer,
    Note,
    NoteAnswer,
    Open,
    OpenAnswer,
    RemoteDriver,
    Request,
    Reset,
    ResetAnswer,
    Send,
    SendAnswer,
    Status,
    StatusAnswer,
    Stop,
    TypeLines,
)
from .remote_programs import OnEvent, RemotePrograms
from .remote_state import RemoteState

SPARE = 10.0  # seconds the broker may need beyond the timeouts that it works with

_A = TypeVar("_A")


class RemoteDevice(RemoteState, RemotePrograms, ChangeableDriver, Configurable):
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
        super().__init__()
        self.route: tuple[str, ...] = ()
        self._route = with_absolute_keys(route)
        self._fallbacks = tuple(map(with_absolute_keys, fallbacks))
        self._settings = with_absolute_paths(settings)
        self._persist = min(persist, LONGEST)
        self._observer = observer
        self._connection: BrokerConnection | None = None
        self._is_first = True  # no request of this client was sent on the session

    def mask(self, text: str) -> str:
        """Return the text with `********` in place of each secret of the route."""
        endpoints = (endpoint for route in (self._route, *self._fallbacks) for endpoint in route)
        secrets = {secret for endpoint in endpoints for secret in endpoint.secrets}
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, MASK)
        return text

    def note(self, name: str, text: str) -> None:
        """Keep a text with the login, for the next client too. Raises PycoError."""
        self._use(self._ask(Note(name, text), NoteAnswer, self._settings.command_timeout).state)
        self._notes[name] = text

    def change_driver(self, change: DriverChange) -> None:
        """Add one change, for the next login; the broker applies it. Raises InvalidParameter."""
        change.fingerprint()  # it must be plain data
        super().change_driver(change)
        self.close()

    def connect(self) -> None:
        """Acquire the session, which the broker opens if there is none. Raises PycoError."""
        self._acquire()
        if not self.home:
            self._use(self._ask(Enter(""), EnterAnswer, self._settings.command_timeout).state)

    def log_in(self) -> None:
        """Acquire the session, which the broker leaves closed if programs need none. Raises PycoError."""
        self._acquire(programs=True)

    def enter(self, mode: str) -> None:
        """Enter a mode. Raises PycoError."""
        self._use(self._ask(Enter(mode), EnterAnswer, self._settings.command_timeout).state)
        self._is_first = False

    def __call__(self, command: str | Command, **options: Any) -> Reply:
        """Send one command and return its output; options: fields of Command. Raises PycoError.

        The first one is sent in the home mode, unless a mode was entered before it.
        """
        command = as_command(command, options)
        self._begin(command)
        answer = self._ask(Send(command), SendAnswer, self._timeout(command))
        self._use(answer.state)
        return Reply(
            answer.text,
            command=command.text,
            mode=answer.state.mode,
            elapsed=answer.elapsed,
            status=answer.status,
            notices=answer.notices,
            prompt=answer.state.prompt_line,
            parsing=self.driver.parse,
        )

    def type_lines(self, lines: Sequence[str | Command] | Lines) -> Typed:
        """Type lines one after the other until one is refused, see Console. Raises PycoError.

        The first one is sent in the home mode, unless a mode was entered before it.
        """
        lines = as_lines(lines)
        for command in lines.commands[:1]:
            self._begin(command)
        timeout = sum(map(self._timeout, lines.commands))
        answer = self._ask(
            TypeLines(lines), LinesAnswer, timeout, max(map(self._timeout, lines.commands), default=0.0)
        )
        self._use(answer.state)
        return typed_lines(answer, lines, self.driver.parse)

    def _begin(self, command: Command) -> None:
        """Acquire the session, and enter the home mode for the first command without a mode."""
        self._acquire()
        if self._is_first and not command.mode and self.mode != self.home:
            self.enter(self.home)
        self._is_first = False

    def _timeout(self, command: Command) -> float:
        """Return the seconds that a command may take."""
        return self._settings.command_timeout if command.timeout is None else command.timeout

    def close(self) -> None:
        """Return the session to the broker, which keeps it open for a while. Never raises."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def reset(self) -> bool:
        """Close the sessions, for `meta: reset_connection`; return False if none was open.

        A session that another client uses is closed after its use. Does not start a broker. Raises PycoError.
        """
        seconds = self._settings.connect_timeout
        connection, self._connection = self._connection, None
        if connection is None or not connection.is_open:
            connection = broker_connection.connect_if_running(seconds, self._settings.driver_path)
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

    def twin(self) -> RemoteDevice:
        """Return another device with the same routes, for a login of its own. It is not connected yet."""
        parts: Any = {"changes": self.changes, "fallbacks": self._fallbacks}
        return RemoteDevice(self._route, self._settings.apart(), 0, **parts)

    @property
    def _connect_timeout(self) -> float:
        """Return the seconds for trying all routes."""
        return self._settings.connect_timeout * (1 + len(self._fallbacks))

    def _acquire(self, programs: bool = False) -> BrokerConnection:
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
            programs=programs,
        )
        # All sessions may be in use by other clients first, and then a login follows.
        seconds = self._settings.connect_timeout
        timeout = self._settings.session_timeout + self._connect_timeout
        for _attempt in range(broker_connection.ATTEMPTS):
            connection = broker_connection.connect(seconds, self._settings.driver_path)
            try:
                answer = self._exchange(connection, request, OpenAnswer, timeout, seconds)
            except BrokerGone:  # nothing was sent to the device yet
                continue
            except PycoError:
                connection.close()
                raise
            self.driver, self.route = answer.driver, answer.route
            self._begin_use(answer)
            self._connection, self._is_first = connection, True
            return connection
        raise self._locate(BrokerLost("The broker ended."), request)

    def _ask_host(self, request: Request, kind: type[_A], on_event: OnEvent) -> _A:
        self._acquire(programs=True)
        return self._ask(request, kind, LONGEST, self._settings.connect_timeout, on_event)

    def _ask(
        self,
        request: Request,
        kind: type[_A],
        timeout: float,
        checked: float = 0.0,
        on_event: OnEvent | None = None,
    ) -> _A:
        """Send a request for the session. It is never sent twice.

        checked: seconds without an answer after which the broker is asked whether it lives; 0 for timeout.
        """
        connection = self._acquire()
        # A dead session is replaced first.
        longest = timeout + self._connect_timeout + self._settings.command_timeout
        try:
            return self._exchange(connection, request, kind, longest, checked or timeout, True, on_event)
        except SessionError:
            self._forget_notes()
            raise
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
        on_event: OnEvent | None = None,
    ) -> _A:
        checked = max(checked, broker_connection.SHORTEST)
        try:
            observer = self._observer or IGNORE
            answer = connection.exchange(request, kind, timeout + SPARE, observer, checked, on_event)
        except BrokerLost as exc:
            if reached:
                exc.mark_reached()
            self._locate(exc, request)
            raise
        if isinstance(answer, Failure):
            raise protocol.error_of(answer)
        return answer

    def _locate(self, error: BrokerLost, request: Request) -> BrokerLost:
        hops, text = len(self._route), request.command.text if isinstance(request, Send) else ""
        return error.locate(endpoint=str(self.endpoint), hop=hops, hops=hops, command=self.mask(text))


def status() -> list[StatusAnswer]:
    """Return the status of each of this user's brokers, also of those that do not answer."""
    return control.ask_all(Status())


def stop() -> list[StatusAnswer]:
    """End all brokers of this user, their sessions first if they still answer; return their last status."""
    return control.ask_all(Stop())
