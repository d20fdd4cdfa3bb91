# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of the broker, for one client."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, Protocol

from ..device import Device
from ..errors import BrokerLost, InvalidParameter, MissingLibrary, PycoError
from ..models.checks import LONGEST
from ..pooled_session import PooledSession, Target
from ..session_pool import PoolClosed, SessionPool
from . import paths, programs
from .client_state import ClientState
from .event_messages import Event
from .events import EventSender
from .lines import lines_answer
from .messages import (
    VERSION,
    Answer,
    Enter,
    EnterAnswer,
    FileAnswer,
    Hello,
    HelloAnswer,
    LinesAnswer,
    Note,
    NoteAnswer,
    Open,
    OpenAnswer,
    RemoteDriver,
    Request,
    Reset,
    ResetAnswer,
    RunAnswer,
    Send,
    SendAnswer,
    SessionState,
    Status,
    StatusAnswer,
    Stop,
    TypeLines,
)
from .program_messages import Fetch, Put, Run

_AGAIN = "Run the task again; it starts a new one."


class Broker(Protocol):
    """The parts of the broker that the operations use."""

    @property
    def identity(self) -> str:
        """Return the name that clients must know, see `paths.identity`."""

    @property
    def drivers(self) -> tuple[str, ...]:
        """Return the folders whose Python drivers may run in this process, see `paths.code_folders`."""

    @property
    def pool(self) -> SessionPool:
        """Return the sessions."""

    def status(self) -> StatusAnswer:
        """Return the open sessions and more."""

    def stop(self) -> None:
        """End the broker."""


class RequestHandler:
    """Handles the requests of one client, in that client's thread.

    send: sends an event to the client. take_file: returns the descriptor of its local file.
    """

    def __init__(
        self,
        broker: Broker,
        state: ClientState,
        send: Callable[[Event], None],
        take_file: Callable[[], int],
    ) -> None:
        self._take_file = take_file
        self._broker = broker
        self._state = state
        self._send_event = send
        self._events: EventSender | None = None  # if the client asked for events
        self._version_ok = self._identity_ok = False
        self._handlers: dict[type[Any], Callable[[Any], Answer]] = {
            Hello: self._hello,
            Open: self._open,
            Send: self._send,
            TypeLines: self._type_lines,
            Enter: self._enter,
            Run: self._run,
            Put: self._put,
            Fetch: self._fetch,
            Note: self._note,
            Reset: self._reset,
            Status: self._status,
            Stop: self._stop,
        }

    def handle(self, request: Request) -> Answer:
        """Return the answer to a request. Raises PycoError, and PoolClosed if the connection must end."""
        kind = type(request)
        if kind is not Hello and not self._version_ok:
            raise BrokerLost("The broker is of another version.", hint=_AGAIN)
        if kind not in (Hello, Status, Stop) and not self._identity_ok:
            raise BrokerLost("The broker is of another installation.", hint=_AGAIN)
        try:
            return self._handlers[kind](request)
        finally:
            if self._events is not None:
                self._events.flush()

    def _hello(self, request: Hello) -> HelloAnswer:
        self._version_ok = request.version == VERSION
        self._identity_ok = self._version_ok and request.identity == self._broker.identity
        return HelloAnswer(os.getpid())

    def _open(self, request: Open) -> OpenAnswer:
        target = self._target(request)
        if request.persist < 0:
            raise InvalidParameter(f"persist: expected 0 or more seconds, got {request.persist!r}.")
        self._state.release()
        session = self._broker.pool.acquire(target)
        if not self._state.attach(session):  # the client disconnected while it waited
            raise PoolClosed
        self._events = EventSender(self._send_event, session.device.mask) if request.observe else None
        if self._events is not None:
            session.observe(self._events)
        try:
            _connect(session, min(request.persist, LONGEST), request.programs)
        except PycoError:
            self._state.release()
            raise
        device = session.device
        return OpenAnswer(_driver(device), _session_state(device), device.route, device.notes)

    def _send(self, request: Send) -> SendAnswer:
        session = self._session()
        reply = session.send(request.command)
        return SendAnswer(reply, reply.elapsed, reply.status, _session_state(session.device), reply.notices)

    def _type_lines(self, request: TypeLines) -> LinesAnswer:
        session = self._session()
        typed = session.type_lines(request.lines)
        return lines_answer(typed, _session_state(session.device))

    def _enter(self, request: Enter) -> EnterAnswer:
        session = self._session()
        session.enter(request.mode)
        return EnterAnswer(_session_state(session.device))

    def _run(self, request: Run) -> RunAnswer:
        session = self._session()
        order = request.order
        if request.file:
            order = programs.with_data(order, self._take_file())
        result = programs.run(session, order, programs.Printer(self._send_event, request.stream))
        return RunAnswer(result.status, _session_state(session.device), result.runner)

    def _put(self, request: Put) -> FileAnswer:
        session = self._session()
        programs.put(session, self._take_file(), request.path, request.mode)
        return FileAnswer(_session_state(session.device))

    def _fetch(self, request: Fetch) -> FileAnswer:
        session = self._session()
        programs.fetch(session, self._take_file(), request.path)
        return FileAnswer(_session_state(session.device))

    def _note(self, request: Note) -> NoteAnswer:
        device = self._session().device
        device.note(request.name, request.text)
        return NoteAnswer(_session_state(device))

    def _reset(self, request: Reset) -> ResetAnswer:
        target = self._target(request)
        own = self._state.session
        was_open = own is not None and own.device.is_logged_in
        if own is not None:
            own.retire()  # its release ends it, before the answer
        self._state.release()
        return ResetAnswer(self._broker.pool.end(target) or was_open)

    def _status(self, request: Status) -> StatusAnswer:
        return self._broker.status()

    def _stop(self, request: Stop) -> StatusAnswer:
        status = self._broker.status()
        self._broker.stop()
        return status

    def _target(self, request: Open | Reset) -> Target:
        """Return the target of a request, unless its drivers run code that is not for this process."""
        if not all((request.route, *request.fallbacks)):
            raise InvalidParameter(
                "Invalid message for the broker: 'route': expected a list that is not empty."
            )
        if paths.code_folders(request.settings.driver_path) != self._broker.drivers:
            raise BrokerLost("The Python drivers of this broker are others.", hint=_AGAIN)
        return Target(request.route, request.settings, request.changes, request.fallbacks)

    def _session(self) -> PooledSession:
        session = self._state.session
        if session is None:
            raise InvalidParameter("No session was acquired from the broker.", hint="Send `open` first.")
        return session


def _connect(session: PooledSession, persist: float, programs_only: bool) -> None:
    try:
        session.connect(persist, programs_only)
    except ModuleNotFoundError as exc:
        package = (exc.name or str(exc)).partition(".")[0]
        raise MissingLibrary(
            f"The Python package {package} is missing where Ansible runs.",
            hint=f"Install it with: {sys.executable} -m pip install {package}",
        ) from exc


def _session_state(device: Device) -> SessionState:
    state = device.mode, device.home, device.hostname, device.prompt_line, device.login_number
    return SessionState(*state, device.runs_programs)


def _driver(device: Device) -> RemoteDriver:
    driver = device.driver
    return RemoteDriver(
        driver.name,
        driver.network,
        driver.become_mode,
        tuple(driver.modes),
        driver.parse,
        driver.configure,
    )
