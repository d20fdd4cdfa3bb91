# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An open route to a device.

Every ssh hop is logged in to once, for all routes that pass it. The login behind it uses TCP forwarding, or,
if the hop refuses that, the hop's own ssh or telnet command in its shell.
"""

from __future__ import annotations

from dataclasses import replace

from .. import cache
from ..driver.compiler import load
from ..driver.model import Driver
from ..errors import ConnectionClosed, ForwardingRefused, HostKeyUnknown, PycoError, SessionClosed
from ..models.observer import Observer
from ..models.settings import Settings
from ..session.dialogue import with_prompts
from ..session.login import LOGGED_OUT, ClientErrors, close_route, login
from ..session.masker import Masker
from ..session.memory import KeptNote, Memory
from ..session.questions import driver_answers
from ..session.relay import Relay
from ..session.session import Session
from ..session.shared import Shared
from ..session.transcript import Transcript
from ..ssh_pool import PooledConnection, SshPool, all_answer
from ..transport.base import ByteSocket, Transport
from .client_command import check_fallback, client_command, needs_command
from .plan import HopPlan, Method

_ABORTED = "its client disconnected."
_LEFT = "the session behind it has ended."


class Connection:
    """The target's session, and everything that has to be closed with it.

    driver: the target's, with the changes made in code.
    observers: notified of the events of all sessions; the list may change at any time.
    masker: hides the secrets of the route; None makes one.
    aborted: True after `abort`.
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
        self._settings = settings
        self._pool = pool
        self._logins: list[PooledConnection] = []  # of the first hops, in order
        self._forwarding = 0  # number of hops that only forward, the first ones
        self.aborted = False
        self._transcript: Transcript | None = None
        self._shared = Shared(
            observers=[] if observers is None else observers,
            masker=masker or Masker(),
            cache=cache.shared(),
            blame_lost_hop=self.blame_lost_hop,
            hops=len(hops),
        )
        self._shared.masker.add(*(secret for hop in hops for secret in hop.endpoint.secrets))

    def connect(self, deadline: float) -> Session:
        """Log in to each hop and to the target, and return the target's session.

        deadline: on the clock of `time.monotonic`, for the whole route. Raises PycoError with the hop at
        fault; everything is closed then.
        """
        number = 1
        try:
            self._open_transcript()
            for number, hop in enumerate(self.hops, 1):
                self._log_in(number, hop, deadline)
                if self.aborted:
                    raise ConnectionClosed("The login was cancelled because its client disconnected.")
            if self.session is None:
                self.session = self._open_shell(deadline)
            self.session.failure.mark_reached()
            return self.session
        except PycoError as exc:
            if isinstance(exc, (ConnectionClosed, SessionClosed)):
                self.blame_lost_hop(exc)
            self.close()
            self._locate(exc, number)
            raise

    def end_if_silent(self, deadline: float) -> None:
        """Cut the session if an ssh server on the route does not answer any more. Never raises."""
        if not all_answer(self._logins, deadline):
            self.abort()

    def close(self) -> None:
        """Leave every hop by its logout command, the last hop first. Never raises."""
        if self.session is not None:
            close_route(self.session)
        self.session = None
        for number in range(self._forwarding, 0, -1):
            for observer in tuple(self._shared.observers):
                observer.closed(number, _LEFT)
        self._forwarding = 0
        for pooled in reversed(self._logins):
            pooled.release()
        self._logins.clear()
        if self._transcript is not None:
            self._shared.observers.remove(self._transcript)
            self._transcript.close()
            self._transcript = None

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
        """Cut the stream of the target, or of the hop whose login is under way. Never raises.

        An ssh login under way is finished first; `connect` raises after it.
        """
        self.aborted = True
        session = self.session
        if session is not None:
            session.abort(_ABORTED)

    def blame_lost_hop(self, error: PycoError) -> None:
        """Change the error's hop to the first hop with a lost ssh connection, if there is one.

        The target's own connection does not count.
        """
        for number, (hop, pooled) in enumerate(zip(self.hops[:-1], self._logins, strict=False), 1):
            if not pooled.connection.alive:
                message = "The ssh connection to this hop was lost, and every session behind it with it."
                error.blame(number, str(hop.endpoint), message)
                return

    def _open_transcript(self) -> None:
        """Write a transcript from now on if the settings have a folder for it. Raises InvalidParameter."""
        settings = self._settings
        if settings.transcript:
            name = settings.inventory_name or self.hops[-1].endpoint.host
            self._transcript = Transcript(settings.transcript, name, self._shared.masker.mask)
            self._shared.observers.append(self._transcript)

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
        if Method.SHELL in hop.methods:
            previous = self.session = self.session or self._open_shell(deadline)
            self._connect_from_shell(number, hop, previous, deadline)
        elif Method.PROCESS in hop.methods:
            from ..transport.openssh import openssh_argv
            from ..transport.process import Process

            argv = openssh_argv(hop.endpoint, self._settings)
            errors = load("linux", self._settings.driver_path).connect.errors
            self._start_session(number, Process(argv), deadline, client_errors=errors)
        else:
            self._connect_tcp(number, hop, deadline)

    def _connect_tcp(self, number: int, hop: HopPlan, deadline: float) -> None:
        """Connect from this machine, or through the last ssh login."""
        if hop.endpoint.protocol == "ssh":
            try:
                self._logins.append(self._log_in_by_ssh(number, hop, deadline))
            except HostKeyUnknown as exc:
                from ..transport.host_keys import through_hops

                jumps = [each.endpoint for each in self.hops[: number - 1]]
                raise through_hops(exc, jumps, hop.endpoint, self._settings) from None
            self._report_forwarding(number - 1)
            return
        from ..transport.telnet import Telnet

        if self._logins:
            host, port = hop.endpoint.host, hop.endpoint.port
            transport = Telnet(self._logins[-1].connection.forward(host, port, deadline))
            self._report_forwarding(number - 1)
        else:
            transport = Telnet.connect(hop.endpoint, deadline)
        self._start_session(number, transport, deadline)

    def _report_forwarding(self, number: int) -> None:
        """Notify the observers of an ssh login that forwards, and gets no session of its own; 0 for none."""
        self._forwarding = number
        if number:
            for observer in tuple(self._shared.observers):
                observer.connected(number, str(self.hops[number - 1].endpoint))

    def _log_in_by_ssh(self, number: int, hop: HopPlan, deadline: float) -> PooledConnection:
        from ..transport.proxy import proxy_command
        from ..transport.ssh import SshConnection

        endpoint, driver = hop.endpoint, with_prompts(self._driver(number), hop.endpoint)
        previous = self._logins[-1] if self._logins else None
        memory = Memory(self._shared.cache, self._place(number), self._shared.masker)
        note = KeptNote(memory, "way to log in by ssh")

        def open_connection() -> SshConnection:
            sock: ByteSocket | None = None
            if previous is not None:
                sock = previous.connection.forward(endpoint.host, endpoint.port, deadline)
            elif hop.proxy_command:
                sock = proxy_command(hop.proxy_command)
            return SshConnection.open(
                endpoint,
                sock=sock,
                settings=self._settings,
                deadline=deadline,
                options=hop.options,
                answers=driver_answers(driver, endpoint, self._settings),
                note=note,
            )

        route = self.hops[:number]
        settings = self._settings
        key = (route, settings.host_key_checking, settings.known_hosts, settings.ssh_algorithms)
        sshd = tuple((each.endpoint.host, each.endpoint.port) for each in route)
        return self._pool.acquire(key, sshd, open_connection, deadline)

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
        if self.aborted:
            session.abort(_ABORTED)
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
