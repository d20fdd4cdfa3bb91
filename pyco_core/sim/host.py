# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated host: where it listens, what it does with a connection, and what it was told."""

from __future__ import annotations

import socket
from collections.abc import Callable
from threading import Condition, Event

import paramiko

from ..tape import Tape
from .faults import Chunked, Faults
from .pipe import BROKEN, HungUp, Pipe
from .player import Player
from .record import Session
from .ssh import Logins, SshServer, close
from .telnet import Telnet
from .terminal import Terminal

_DRAIN = 5.0
_NO_SHELL = b"This account has no shell; it can only forward connections.\r\n"


class Host:
    """A host as a test sees it. One of the classes below says what it does with a connection.

    sessions: one for each telnet connection or ssh shell, in the order they came.
    """

    def __init__(self, listener: socket.socket, faults: Faults, stopped: Event) -> None:
        self.address, self.port = listener.getsockname()
        self.sessions: list[Session] = []
        self._faults = faults
        self._stopped = stopped
        self._changed = Condition()

    @property
    def commands(self) -> list[str]:
        """Every command of every session, in the order of the sessions."""
        return [command for session in self.sessions for command in session.commands]

    @property
    def raw(self) -> bytes:
        """Every byte typed in every session."""
        return b"".join(bytes(session.raw) for session in self.sessions)

    def endings(self, timeout: float = 10.0) -> list[str]:
        """How each session ended, once all of them have. Raises TimeoutError after so many seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: all(session.ended for session in self.sessions), timeout):
                raise TimeoutError(f"port {self.port}: a session is still open")
            return [session.ended for session in self.sessions]

    def serve(self, sock: socket.socket) -> None:
        """Serve one connection until it ends."""
        raise NotImplementedError

    def mute(self, sock: socket.socket) -> None:
        """Read on and say nothing, until the other side leaves."""
        session = self._begin()
        while data := sock.recv(4096):
            session.raw += data
        self._end(session, "client")

    @property
    def is_mute(self) -> bool:
        return self._faults.mute

    def _begin(self) -> Session:
        session = Session()
        with self._changed:
            self.sessions.append(session)
        return session

    def _end(self, session: Session, how: str) -> None:
        with self._changed:
            session.ended = "stopped" if self._stopped.is_set() else how
            self._changed.notify_all()

    def _faulty(self, pipe: Pipe) -> Pipe:
        return Chunked(pipe, self._faults, self._stopped) if self._faults.chunk else pipe

    def _play(self, tape: Tape, terminal: Terminal, *, authenticated: bool) -> str:
        """Play the tape until the session ends; how it did."""
        player = Player(tape, terminal, self._faults, self._stopped)
        try:
            player.run(authenticated=authenticated)
        except HungUp as end:
            return end.by


class TelnetHost(Host):
    """A device that plays its tape, login included, to every telnet connection."""

    def __init__(self, listener: socket.socket, faults: Faults, stopped: Event, tape: Tape) -> None:
        super().__init__(listener, faults, stopped)
        self._tape = tape

    def serve(self, sock: socket.socket) -> None:
        session = self._begin()
        how = "client"
        try:
            telnet = Telnet(self._faulty(sock), session)
            how = self._play(self._tape, Terminal(telnet, session, telnet.echoes), authenticated=False)
            sock.shutdown(socket.SHUT_WR)
        finally:
            self._end(session, how)

        # A close with input unread resets the connection, and the last output could be lost.
        sock.settimeout(_DRAIN)
        while sock.recv(4096):
            pass


class SshHost(Host):
    """An ssh server: a device that plays its tape, a host with a real shell, or one that only forwards.

    forwards: the destinations that clients asked for, None where forwarding is prohibited.
    """

    def __init__(
        self,
        listener: socket.socket,
        faults: Faults,
        stopped: Event,
        *,
        logins: Logins,
        shell: Callable[[paramiko.Channel, Session], str] | Tape | None = None,
        forward: bool = False,
    ) -> None:
        super().__init__(listener, faults, stopped)
        self.host_key = paramiko.ECDSAKey.generate()
        self.logins = logins
        self.forwards: list[tuple[str, int]] | None = [] if forward else None
        self._shell = shell

    @property
    def known_hosts_line(self) -> str:
        """This host's key as a line of a known_hosts file."""
        return f"[{self.address}]:{self.port} {self.host_key.get_name()} {self.host_key.get_base64()}\n"

    def serve(self, sock: socket.socket) -> None:
        SshServer(self.logins, self._begin, self._serve_shell, self.forwards).run(sock, self.host_key)

    def _serve_shell(self, channel: paramiko.Channel, session: Session) -> None:
        how = "client"
        try:
            if isinstance(self._shell, Tape):
                terminal = Terminal(self._faulty(channel), session)
                how = self._play(self._shell, terminal, authenticated=True)
                close(channel)
                channel.get_transport().close()
            elif self._shell is not None:
                how = self._shell(channel, session)
            else:
                how = "refused"
                channel.sendall(_NO_SHELL)
                close(channel)
        except BROKEN:
            return
        finally:
            self._end(session, how)
