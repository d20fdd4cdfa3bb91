# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An open route to a device.

Every ssh hop is logged in to once, for all routes that pass it. The login behind it uses TCP forwarding, or,
if the hop refuses that, the hop's own ssh or telnet command in its shell.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from .. import cache
from ..driver.compiler import load
from ..driver.model import Driver
from ..errors import ForwardingRefused, LoginRefused, PycoError
from ..models.notes import Notes
from ..models.observer import Observer
from ..models.settings import Settings
from ..session.login import LOGGED_OUT, ClientErrors, close_route, login
from ..session.masker import Masker
from ..session.memory import Memory
from ..session.relay import Relay
from ..session.session import Session, clock
from ..session.shared import Shared
from ..ssh_pool import SHARE, PooledConnection, SshPool, first_silent
from ..transport import liveness
from ..transport.base import Transport
from ..transport.cancel import Cancel, current
from .client_command import check_fallback, client_command, needs_command, unchecked_logins
from .fault import add_refusal, blame_hop, silent_session
from .forwarders import Forwarders
from .plan import HopPlan, Method
from .transcribed import RouteTranscript

if TYPE_CHECKING:  # it brings paramiko
    from .programs import Programs

_ABORTED = "its client disconnected."


class Connection:
    """The target's session, and all that is closed with it.

    driver: the target's, with the changes made in code.
    observers: notified of the events of all sessions; the list may change at any time.
    masker: hides the secrets of the route; None makes one.
    notes: of the login to the target. is_logged_in: True from the end of `log_in`.
    session: of the target; while connecting, of the last hop that needed a shell; None if there is none.
    """

    def __init__(
        self,
        hops: tuple[HopPlan, ...],
        driver: Driver,
        settings: Settings,
        pool: SshPool,
        observers: list[Observer] | None = None,
        masker: Masker | None = None,
    ) -> None:
        self.hops = hops
        self.driver = driver
        self.session: Session | None = None
        self.notes = Notes()
        self._settings = settings
        self._pool = pool
        self.is_logged_in = False
        self._number = 1  # of the login that is under way
        self._logins: list[PooledConnection] = []  # of the first hops, in order
        self._cancel = Cancel()
        self._shared = Shared(
            observers=[] if observers is None else observers,
            masker=masker or Masker(),
            cache=cache.shared(),
            blame_hop=self.blame_hop,
            hops=len(hops),
        )
        self._forwarders = Forwarders(hops, self._shared.observers)
        self._transcript = RouteTranscript(settings, hops[-1].endpoint.name, self._shared)
        self._shared.masker.add(*(secret for hop in hops for secret in hop.endpoint.secrets))

    def log_in(self, deadline: float) -> None:
        """Log in to each hop and to the target; a target behind ssh hops gets no shell yet.

        deadline: on the monotonic clock. Raises PycoError with the hop at fault; all is closed then.
        """
        if not self.is_logged_in:
            with self._closed_on_error():
                self._transcript.open()
                for number, hop in enumerate(self.hops, 1):
                    self._number = number
                    self._log_in(number, hop, deadline)
                    self._cancel.check()
                self.is_logged_in = True

    def connect(self, deadline: float) -> Session:
        """Log in as `log_in`, and return the target's session. Raises PycoError."""
        self.log_in(deadline)
        with self._closed_on_error():
            if self.session is None:
                self.session = self._open_shell(deadline)
            self.session.failure.mark_reached()
            for notice in unchecked_logins(self.hops, self._driver, len(self._logins), self._settings):
                self.session.channel.notices.add(notice)
            self.session.channel.notices.finish_login()
            return self.session

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        """Cancel the login in the block by `abort`; close everything after an error, and locate that."""
        try:
            with current().calling(self._cancel.set), self._cancel.active():
                yield
        except PycoError as exc:
            if not exc.state and not self.aborted:  # otherwise a session has done it
                self.blame_hop(exc)
            self.close()
            self._locate(exc, self._number)
            raise

    @property
    def programs(self) -> Programs | None:
        """Return the starter of programs, None if the route is not ssh with forwarding up to the target."""
        from .programs import Programs

        is_ssh = len(self._logins) == len(self.hops) and not self._logins[-1].refuses_programs
        return Programs(self.hops, self._logins, self._cancel) if is_ssh else None

    @property
    def is_usable(self) -> bool:
        """Return True while the route up to the target is open, as far as that is known."""
        is_open = self.session is None or not self.session.closed_reason
        alive = all(pooled.connection.alive for pooled in self._logins)
        return self.is_logged_in and not self.aborted and is_open and alive

    def end_if_silent(self, deadline: float) -> None:
        """Cut the session if a server on the route does not answer any more. Never raises.

        Costs nothing unless an ssh server was silent for some time.
        """
        seconds = SHARE * (deadline - clock())
        if first_silent(self._logins, seconds, liveness.FRESH) or silent_session(self.session):
            self.abort()

    def renew(self, deadline: float) -> None:
        """Log out and connect again; the ssh logins stay open meanwhile. Raises as `connect`."""
        self.notes = Notes()
        kept, self._logins = self._logins, []  # with their shells: the server may end those later
        try:
            self.close()
            self.connect(deadline)
        finally:
            for pooled in kept:
                pooled.release()

    def close(self) -> None:
        """Leave every hop by its logout command, the last hop first. Never raises."""
        if self.session is not None:
            close_route(self.session)
        self.session = None
        self._forwarders.close()
        self.is_logged_in = False
        for pooled in reversed(self._logins):
            pooled.release()
        self._logins.clear()
        self._transcript.close()

    def relay(self, session: Session) -> Relay:
        """Return the stream of the target's session for a person. It accepts no command any more."""
        session.failure.retire("it was handed to a terminal.")
        return Relay(session.channel.transport, session.channel.guard, self._shared.observers, session.hop)

    def step_back(self, hop: int) -> None:
        """Go on with the session of a hop that shows its prompt again: the ones behind it have ended."""
        while self.session is not None and self.session.parent is not None and self.session.hop > hop:
            self.session.failure.leave(LOGGED_OUT)
            self.session = self.session.parent

    def abort(self) -> None:
        """Cut the stream of the target, or end the login that is under way. Never raises."""
        self._cancel.set()
        if (session := self.session) is not None:
            session.abort(_ABORTED)

    @property
    def aborted(self) -> bool:
        """Return True after `abort`."""
        return self._cancel.is_set

    def blame_hop(self, error: PycoError) -> None:
        """Change the error's hop to the first one that lost its connection or is silent, if any."""
        blame_hop(error, self.hops, self._logins, self.session)

    def _log_in(self, number: int, hop: HopPlan, deadline: float) -> None:
        """Log in by the first method that works."""
        if self.session is None and Method.FORWARD in hop.methods:
            try:
                self._connect_tcp(number, hop, deadline)
                return
            except ForwardingRefused as exc:
                if Method.SHELL not in hop.methods:
                    raise
                check_fallback(hop, self._settings, exc)
                try:
                    self.session = self._open_shell(deadline)
                except LoginRefused as error:
                    raise add_refusal(error, exc, len(self._logins)) from None
        if Method.SHELL in hop.methods:
            previous = self.session = self.session or self._open_shell(deadline)
            self._connect_from_shell(number, hop, previous, deadline)
        elif Method.PROCESS in hop.methods:
            from .local_program import start

            program, errors = start(hop.endpoint, self._settings)
            self._start_session(number, program, deadline, client_errors=errors)
        else:
            self._connect_tcp(number, hop, deadline)

    def _connect_tcp(self, number: int, hop: HopPlan, deadline: float) -> None:
        """Connect from this machine, or through the last ssh login."""
        if hop.endpoint.protocol == "ssh":
            from .ssh_login import acquire

            memory = Memory(self._shared.cache, self._place(number), self._shared.masker)
            previous = self._logins[-1] if self._logins else None
            route, driver = self.hops[:number], self._driver(number)
            login = acquire(self._pool, route, driver, self._settings, memory, previous, deadline)
            self._logins.append(login)
            self._forwarders.report(number - 1)
            return
        from ..transport.telnet import Telnet

        if self._logins:
            forward = self._logins[-1].connection.forward
            transport = Telnet(forward(hop.endpoint.host, hop.endpoint.port, deadline))
            self._forwarders.report(number - 1)
        else:
            transport = Telnet.connect(hop.endpoint, deadline)
        self._start_session(number, transport, deadline)

    def _open_shell(self, deadline: float) -> Session:
        """Open a shell on the last ssh login."""
        number = len(self._logins)
        try:
            shell = self._logins[-1].shell(deadline)
            return self._start_session(number, shell, deadline, authenticated=True)
        except PycoError as exc:
            self._locate(exc, number)
            raise

    def _connect_from_shell(self, number: int, hop: HopPlan, previous: Session, deadline: float) -> None:
        """Type the command into the shell of the previous hop, unless that leads on by itself."""
        if needs_command(previous.driver, hop.endpoint):
            command = client_command(previous.driver, hop.endpoint, self._settings)
            previous.start_client(command, deadline)
        self._start_session(number, previous, deadline, client_errors=previous.driver.connect.errors)

    def _start_session(
        self,
        number: int,
        source: Transport | Session,
        deadline: float,
        *,
        client_errors: ClientErrors = (),
        authenticated: bool = False,
    ) -> Session:
        """Go through the login on an open stream, up to the prompt."""
        endpoint = self.hops[number - 1].endpoint
        is_target = number == len(self.hops)
        session = Session(
            source,
            self._driver(number),
            endpoint,
            self._settings if is_target else replace(self._settings, setup=True),
            hop=number,
            authenticated=authenticated,
            shared=self._shared,
            place=self._place(number),
        )
        self.session = session
        self._cancel.check()  # `abort` has perhaps not seen the session
        login(session, deadline, client_errors)
        return session

    def _place(self, number: int) -> str:
        """Return the name of a login in the cache."""
        return " ".join(hop.endpoint.address for hop in self.hops[:number])

    def _driver(self, number: int) -> Driver:
        """Return the driver of a login by its number, 1 for the first."""
        if number == len(self.hops):
            return self.driver
        return load(self.hops[number - 1].endpoint.driver, self._settings.driver_path)

    def _locate(self, error: PycoError, number: int) -> None:
        endpoint = self.hops[number - 1].endpoint
        error.locate(hop=number, hops=len(self.hops), endpoint=str(endpoint), driver=endpoint.driver)
