# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to a device: planned as plain data, then walked. Only this module knows what a hop is.

A hop is logged in to over ssh once for all that is behind it. What comes next is reached by TCP
forwarding where the hop allows it, else by typing the driver's `connect` word into its shell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import cache
from ..driver.compiler import load
from ..driver.model import Driver, fill
from ..errors import (
    ClientMissing,
    ConnectionClosed,
    ForwardingRefused,
    MissingParameter,
    PycoError,
)
from ..fsm.machine import Watcher
from ..models.endpoint import PORTS, Endpoint
from ..models.settings import Settings
from ..session.login import ClientErrors, login, logout
from ..session.session import Session
from ..session.transcript import Transcript
from ..ssh_pool import Lease, Pool
from ..transport.base import ByteSocket, Closed, TimedOut, Transport

if TYPE_CHECKING:
    pass

from .plan import FORWARD, PROCESS, SHELL, Leg


class Line:
    """A route that was walked: the target's session, and all that has to be ended with it.

    driver: the target's, which may know events that its file does not. watchers: what is called with every
    step of the target's machine. watch: see `Session`; of the target.
    """

    def __init__(
        self,
        legs: tuple[Leg, ...],
        driver: Driver,
        settings: Settings,
        pool: Pool,
        watchers: list[Watcher] | None = None,
        watch: Transcript | None = None,
    ) -> None:
        self.legs = legs
        self.driver = driver
        self.session: Session | None = None
        self._settings = settings
        self._pool = pool
        self._watchers = [] if watchers is None else watchers
        self._leases: list[tuple[int, Lease]] = []
        self._aborted = False
        self._cache = cache.shared()
        self._watch = watch
        self._masked = tuple({text for leg in legs for text in leg.endpoint.secrets})

    def walk(self, deadline: float) -> Session:
        """Log in to one leg after the other. Raises PycoError, which names the hop; all is closed then."""
        number = 1
        try:
            for number, leg in enumerate(self.legs, 1):
                self._reach(number, leg, deadline)
                if self._aborted:
                    raise ConnectionClosed("The login was given up: its user went away.")
            if self.session is None:
                self.session = self._shell(len(self.legs), deadline)
            return self.session
        except PycoError as exc:
            self.close()
            leg = self.legs[number - 1]
            exc.locate(hop=number, endpoint=str(leg.endpoint), driver=leg.driver)
            raise

    def close(self) -> None:
        """Leave every hop by its logout word, the last first. Never raises."""
        session = self.session
        while session is not None:
            if not logout(session) and session.parent is not None:
                session.parent.given_up = "what was typed into it did not end."
            session = session.parent
        self.session = None
        for _rest, lease in reversed(self._leases):
            lease.release()
        self._leases.clear()

    def abort(self) -> None:
        """Cut the target's stream, or that of the hop whose login is under way. Never raises.

        Where an ssh login is under way, the walk ends after it.
        """
        self._aborted = True
        session = self.session
        if session is not None:
            session.given_up = session.given_up or "its user went away."
            session.transport.close()

    def dead_hop(self) -> tuple[int, str] | None:
        """The first ssh login on the way that is lost, as its number and endpoint, or None."""
        for number, lease in self._leases:
            if number < len(self.legs) and not lease.connection.alive:
                return number, str(self.legs[number - 1].endpoint)
        return None

    def _reach(self, number: int, leg: Leg, deadline: float) -> None:
        if self.session is None and FORWARD in leg.ways:
            try:
                self._connect(number, leg, deadline)
                return
            except ForwardingRefused:
                if SHELL not in leg.ways:
                    raise
        if SHELL in leg.ways:
            if self.session is None:
                self.session = self._shell(number - 1, deadline)
            self.session = self._type(number, leg, self.session, deadline)
        elif PROCESS in leg.ways:
            from ..transport.process import Process, openssh_argv

            argv = openssh_argv(leg.endpoint, self._settings)
            local = load("linux", self._settings.driver_path).connect.errors
            self.session = self._login(number, leg, Process(argv), deadline, client_errors=local)
        else:
            self._connect(number, leg, deadline)

    def _connect(self, number: int, leg: Leg, deadline: float) -> None:
        """Over TCP, from here or forwarded by the ssh login before."""
        before = self._leases[-1][1] if self._leases else None
        if leg.endpoint.protocol == "ssh":
            self._leases.append((number, self._lease(number, leg, before, deadline)))
            return
        from ..transport.telnet import Telnet

        if before is None:
            transport = Telnet.connect(leg.endpoint, deadline)
        else:
            transport = Telnet(before.connection.forward(leg.endpoint.host, leg.endpoint.port, deadline))
        self.session = self._login(number, leg, transport, deadline)

    def _lease(self, number: int, leg: Leg, before: Lease | None, deadline: float) -> Lease:
        from ..transport.ssh import SshConnection, proxy_command

        endpoint = leg.endpoint

        def opener() -> SshConnection:
            sock: ByteSocket | None = None
            if before is not None:
                sock = before.connection.forward(endpoint.host, endpoint.port, deadline)
            elif leg.command:
                sock = proxy_command(leg.command)
            return SshConnection.open(
                endpoint,
                sock=sock,
                settings=self._settings,
                deadline=deadline,
                algorithms=leg.algorithms,
                private_key_files=leg.private_key_files,
            )

        key = (self.legs[:number], self._settings.host_key_checking, self._settings.known_hosts)
        sshd = tuple((earlier.endpoint.host, earlier.endpoint.port) for earlier in self.legs[:number])
        return self._pool.lease(key, sshd, opener, deadline)

    def _shell(self, number: int, deadline: float) -> Session:
        """A session on the ssh login that was made last, which is the leg of this number."""
        leg = self.legs[number - 1]
        try:
            shell = self._leases[-1][1].shell(deadline)
            return self._login(number, leg, shell, deadline, authenticated=True)
        except PycoError as exc:
            exc.locate(hop=number, endpoint=str(leg.endpoint), driver=leg.driver)
            raise

    def _type(self, number: int, leg: Leg, hop: Session, deadline: float) -> Session:
        words = connect_words(hop.driver, leg.endpoint, self._settings)
        hop.ready(deadline)
        try:
            hop.write_line(words)
        except (Closed, TimedOut) as exc:
            raise hop.broken(exc, f"{words!r}") from exc
        return self._login(
            number, leg, hop.transport, deadline, parent=hop, client_errors=hop.driver.connect.errors
        )

    def _login(
        self,
        number: int,
        leg: Leg,
        transport: Transport,
        deadline: float,
        parent: Session | None = None,
        client_errors: ClientErrors = (),
        authenticated: bool = False,
    ) -> Session:
        is_target = number == len(self.legs)
        driver = self.driver if is_target else load(leg.driver, self._settings.driver_path)
        session = Session(
            transport,
            driver,
            leg.endpoint,
            self._settings,
            hop=number,
            masked=self._masked,
            parent=parent,
            authenticated=authenticated,
            cache=self._cache,
            watch=self._watch if is_target else None,
            place=" ".join(f"{leg.endpoint.protocol}://{leg.endpoint}" for leg in self.legs[:number]),
        )
        self.session = session
        if number == len(self.legs):
            session.machine.watchers = self._watchers
        if self._aborted:
            session.transport.close()
        login(session, deadline, client_errors)
        return session


def connect_words(driver: Driver, endpoint: Endpoint, settings: Settings) -> str:
    """What is typed into a shell of this driver to reach endpoint. Raises ClientMissing, MissingParameter."""
    connect = driver.connect
    form = connect.telnet
    if endpoint.protocol == "ssh":
        form = connect.ssh if settings.host_key_checking else connect.ssh_unchecked or connect.ssh
        if not endpoint.user:
            raise MissingParameter("A login by ssh from a hop's shell needs a user.", hint="Set its user.")
    if not form:
        raise ClientMissing(
            f"The driver {driver.name} of the hop before knows no {endpoint.protocol} command.",
            hint="Say it in the driver's `connect`, or name the hop's right driver.",
        )
    if "{port" not in form and endpoint.port != PORTS[endpoint.protocol]:
        raise ClientMissing(
            f"The {endpoint.protocol} command of the driver {driver.name} takes no port.",
            hint=f"Let the host behind it listen on port {PORTS[endpoint.protocol]}.",
        )
    return fill(form, host=endpoint.host, port=endpoint.port, user=endpoint.user)
