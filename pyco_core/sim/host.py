# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated hosts: a telnet device and an ssh server, each with the record of its sessions."""

from __future__ import annotations

import socket
from collections.abc import Callable
from threading import Condition, Event
from typing import TypeAlias

import paramiko

from ..errors import InvalidParameter
from ..tape import Tape
from .configuration import SimulatedDevice
from .configured_player import ConfiguredPlayer
from .faults import Chunked, Faults
from .pipe import BROKEN, HungUp, Pipe
from .player import Player
from .session import Session
from .ssh import Logins, SshServer, close
from .telnet import Telnet
from .terminal import Terminal

Played: TypeAlias = Tape | SimulatedDevice
_DRAIN_TIMEOUT = 5.0  # seconds, for input that arrives after the end of a session
_NO_SHELL = b"This account has no shell; it can only forward connections.\r\n"


class Host:
    """The base class of a host.

    address, port: the listening address. sessions: one for each telnet connection or ssh shell, in the
    order of their start.
    """

    def __init__(
        self, listener: socket.socket, faults: Faults, stopped: Event, played: object = None
    ) -> None:
        self.address, self.port = listener.getsockname()
        self.sessions: list[Session] = []
        self._faults = faults
        self._stopped = stopped
        self._changed = Condition()
        self._device = played if isinstance(played, SimulatedDevice) else None

    @property
    def device(self) -> SimulatedDevice:
        """Return the device that the sessions share.

        Raises InvalidParameter for a host without a configuration.
        """
        if self._device is None:
            raise InvalidParameter(
                "This host has no configuration.", hint="Add `configuration: KIND` to its tape."
            )
        return self._device

    @property
    def commands(self) -> list[str]:
        """Return the commands of all sessions, in the order of the sessions."""
        return [command for session in self.sessions for command in session.commands]

    @property
    def raw(self) -> bytes:
        """Return the bytes that clients typed in all sessions."""
        return b"".join(bytes(session.raw) for session in self.sessions)

    def endings(self, timeout: float = 10.0) -> list[str]:
        """Wait until all sessions have ended and return their `ended`.

        timeout: seconds to wait. Raises TimeoutError.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: all(session.ended for session in self.sessions), timeout):
                raise TimeoutError(f"port {self.port}: a session is still open")
            return [session.ended for session in self.sessions]

    def serve(self, sock: socket.socket) -> None:
        """Serve one connection until it ends. Subclasses implement it."""
        raise NotImplementedError

    def mute(self, sock: socket.socket) -> None:
        """Read without an answer until the client hangs up."""
        session = self._begin()
        while data := sock.recv(4096):
            session.receive(data)
        self._end(session, "client")

    @property
    def is_mute(self) -> bool:
        """Return whether the host never sends a byte."""
        return self._faults.mute

    def _begin(self) -> Session:
        session = Session()
        with self._changed:
            self.sessions.append(session)
        return session

    def _end(self, session: Session, reason: str) -> None:
        with self._changed:
            session.end("stopped" if self._stopped.is_set() else reason)
            self._changed.notify_all()

    def _faulty(self, pipe: Pipe) -> Pipe:
        return Chunked(pipe, self._faults, self._stopped) if self._faults.chunk else pipe

    def _play(self, played: Played, terminal: Terminal, *, authenticated: bool) -> str:
        """Play a tape or device until the session ends; return the reason of the end."""
        player = (
            Player(played, terminal, self._faults, self._stopped)
            if isinstance(played, Tape)
            else ConfiguredPlayer(played, terminal, self._faults, self._stopped)
        )
        try:
            player.run(authenticated=authenticated)
        except HungUp as end:
            return end.by


class TelnetHost(Host):
    """A telnet device that plays its tape, with its login."""

    def __init__(self, listener: socket.socket, faults: Faults, stopped: Event, played: Played) -> None:
        super().__init__(listener, faults, stopped, played)
        self._played = played

    def serve(self, sock: socket.socket) -> None:
        """Play the tape to one connection."""
        session = self._begin()
        reason = "client"
        try:
            telnet = Telnet(self._faulty(sock), session)
            reason = self._play(self._played, Terminal(telnet, session, telnet.echoes), authenticated=False)
            sock.shutdown(socket.SHUT_WR)
        finally:
            self._end(session, reason)
        # Closing with unread input resets the connection, and the client would lose the last output.
        sock.settimeout(_DRAIN_TIMEOUT)
        while sock.recv(4096):
            pass


class SshHost(Host):
    """An ssh server: a device that plays its tape, a host with a real shell, or a bastion without one.

    host_key: the private key of the server. logins: the accounts, and the attempts to log in. forwards: the
    destinations that clients requested, None if forwarding is prohibited.
    """

    def __init__(
        self,
        listener: socket.socket,
        faults: Faults,
        stopped: Event,
        *,
        logins: Logins,
        shell: Callable[[paramiko.Channel, Session], str] | Played | None = None,
        forward: bool = False,
    ) -> None:
        super().__init__(listener, faults, stopped, shell)
        self.host_key = paramiko.ECDSAKey.generate()
        self.logins = logins
        self.forwards: list[tuple[str, int]] | None = [] if forward else None
        self._shell = shell

    @property
    def known_hosts_line(self) -> str:
        """Return the host key as a line of a known_hosts file."""
        return f"[{self.address}]:{self.port} {self.host_key.get_name()} {self.host_key.get_base64()}\n"

    def serve(self, sock: socket.socket) -> None:
        """Serve the shells and forwarded channels of one connection."""
        SshServer(self.logins, self._begin, self._serve_shell, self.forwards).run(sock, self.host_key)

    def _serve_shell(self, channel: paramiko.Channel, session: Session) -> None:
        reason = "client"
        try:
            if isinstance(self._shell, Tape | SimulatedDevice):
                terminal = Terminal(self._faulty(channel), session)
                reason = self._play(self._shell, terminal, authenticated=True)
                close(channel)
                channel.get_transport().close()
            elif self._shell is not None:
                reason = self._shell(channel, session)
            else:
                reason = "refused"
                channel.sendall(_NO_SHELL)
                close(channel)
        except BROKEN:
            return
        finally:
            self._end(session, reason)
