# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ssh connections with their shells and forwarded streams, based on paramiko."""

from __future__ import annotations

import re
import threading
from contextlib import ExitStack, suppress

import paramiko

from ..errors import (
    ConnectError,
    ConnectionClosed,
    ConnectionRefused,
    ConnectTimedOut,
    ForwardingRefused,
    HostUnreachable,
    LoginRefused,
    NameNotResolved,
    NegotiationFailed,
    PycoError,
)
from ..models.endpoint import Endpoint
from ..models.execute import Start
from ..models.settings import Settings
from . import tcp
from .auth import authenticate
from .base import ByteSocket, Closed, Note, TimedOut
from .cancel import current
from .deadline import Alarm
from .host_keys import KnownHost
from .keyboard_interactive import Answers
from .opened_channels import Refused
from .packets import STREAM_ERRORS
from .paramiko_transport import ParamikoTransport
from .program import SshProgram
from .proxy import ProxySocket
from .ssh_config import LoginOptions
from .ssh_negotiation import negotiate, set_algorithms, timeout_error
from .ssh_shell import SshShell

KEEPALIVE = 30  # seconds

_CONNECT_FAILED = 2  # reason code of RFC 4254, 5.1
# The first pattern that matches the server's reason decides.
_FORWARD_ERRORS: tuple[tuple[re.Pattern[str], type[ConnectError]], ...] = (
    (re.compile("refused", re.IGNORECASE), ConnectionRefused),
    (re.compile("timed? ?out", re.IGNORECASE), ConnectTimedOut),
    (re.compile("not known|resol|no address|unknown host", re.IGNORECASE), NameNotResolved),
    (re.compile(""), HostUnreachable),
)


class SshConnection:
    """One login on one ssh server, shared by its shells and forwarded streams.

    banner: the host's text before the login. Thread-safe.
    """

    def __init__(self, transport: ParamikoTransport, endpoint: Endpoint, banner: str = "") -> None:
        self.endpoint = endpoint
        self.banner = banner
        self._transport = transport
        self._shells: list[SshShell] = []
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls,
        endpoint: Endpoint,
        *,
        sock: ByteSocket | None = None,
        settings: Settings,
        deadline: float,
        options: LoginOptions | None = None,
        answers: Answers | None = None,
        note: Note | None = None,
    ) -> SshConnection:
        """Connect, check the host key and log in, all before the deadline.

        sock: a stream to the server, such as a forwarded channel; the connection owns it. None is TCP.
        options: from the ssh configuration; None for the defaults. answers: the driver's answers to questions
        of keyboard-interactive. note: of earlier logins on the server; None for none.
        Raises ConnectError, LoginError and EndpointError; nothing stays open then.
        """
        if sock is None:
            sock = tcp.connect(endpoint.host, endpoint.port, deadline)
        transport = ParamikoTransport(sock)
        options = options or LoginOptions()
        with ExitStack() as on_error:
            on_error.callback(transport.shut)
            with Alarm(deadline, transport.shut) as alarm, current().calling(transport.shut):
                try:
                    known_host = KnownHost.read(endpoint.host, endpoint.port, settings, options, deadline)
                    set_algorithms(transport, options.algorithms, known_host, settings.ssh_algorithms)
                    negotiate(transport, endpoint, known_host, settings.host_key_checking, deadline)
                    banner = authenticate(transport, endpoint, options, deadline, answers, note)
                except PycoError as exc:
                    current().check()
                    if alarm.expired and not isinstance(exc, ConnectTimedOut):
                        raise timeout_error(transport, endpoint) from exc
                    raise _proxy_error(sock, exc) from exc
            transport.end_login(KEEPALIVE)
            on_error.pop_all()
        return cls(transport, endpoint, banner)

    def shell(self, deadline: float) -> SshShell:
        """Open a shell with a terminal. Raises LoginRefused, ConnectionClosed, ConnectTimedOut."""
        host = self.endpoint.host
        channel = self._session(deadline)
        channel.set_combine_stderr(True)
        shell = SshShell(channel, str(self.endpoint))
        with Alarm(deadline, shell.close) as alarm, current().calling(shell.close):
            try:
                self._transport.invoke_shell(channel)
            except STREAM_ERRORS as exc:
                shell.close()
                current().check()
                if alarm.expired or not self.alive:
                    raise self._channel_error(TimedOut() if alarm.expired else Closed()) from exc
                raise LoginRefused(
                    f"{host} refused a terminal or a shell for {self.endpoint.user}.",
                    hint="The account may not be allowed to log in.",
                ) from exc
        self._transport.stop_quickack()
        with self._lock:
            self._shells = [*self._open_shells(), shell]
        return shell

    def _session(self, deadline: float) -> paramiko.Channel:
        """Open a channel for a shell or a program."""
        try:
            return self._transport.open("session", deadline)
        except Refused as exc:
            raise LoginRefused(
                f"{self.endpoint.host} refused to open a shell: {exc.reason or 'no reason given'}.",
                hint="It may allow fewer sessions on one connection.",
            ) from exc
        except (Closed, TimedOut) as exc:
            raise self._channel_error(exc) from exc

    def program(self, command: bytes, deadline: float, start: Start) -> SshProgram:
        """Start a program, or a subsystem of this name.

        Raises LoginRefused, ConnectionClosed, ConnectTimedOut. A refused program is an error of its use.
        """
        channel = self._session(deadline)
        program = SshProgram(channel, self._transport)
        try:
            self._transport.start_program(channel, command, start)
        except STREAM_ERRORS as exc:
            program.close()
            raise self._channel_error(Closed()) from exc
        return program

    def forward(self, host: str, port: int, deadline: float) -> paramiko.Channel:
        """Open a stream to a port that the server can reach.

        Raises ForwardingRefused if the server does not forward; ConnectionRefused, NameNotResolved,
        ConnectTimedOut or HostUnreachable, depending on the server's reason, if it could not connect;
        ConnectionClosed if the connection to the server is lost.
        """
        try:
            return self._transport.open("direct-tcpip", deadline, (host, port))
        except Refused as exc:
            raise self._forward_error(exc, host, port) from exc
        except TimedOut as exc:
            raise ConnectTimedOut(
                f"{host} port {port} did not answer in time, seen from {self.endpoint.host}."
            ) from exc
        except Closed as exc:
            raise self._channel_error(exc) from exc

    def _forward_error(self, refusal: Refused, host: str, port: int) -> ConnectError:
        reason = refusal.reason.strip() or "no reason given"
        hop = self.endpoint.host
        if refusal.code != _CONNECT_FAILED:
            return ForwardingRefused(
                f"{hop} does not forward to {host} port {port}: {reason}.",
                hint="AllowTcpForwarding in its sshd_config may be off; `forward: never` uses its shell.",
            )
        error = next(error for pattern, error in _FORWARD_ERRORS if pattern.search(reason))
        return error(f"{host} port {port} cannot be reached from {hop}: {reason}.")

    def _channel_error(self, exc: Closed | TimedOut) -> ConnectError:
        if isinstance(exc, TimedOut):
            return ConnectTimedOut(f"{self.endpoint.host} did not open a channel in time.")
        return ConnectionClosed(f"The connection to {self.endpoint.host} is lost.")

    @property
    def shells(self) -> int:
        """Return the number of open shells."""
        with self._lock:
            return len(self._open_shells())

    def _open_shells(self) -> list[SshShell]:
        return [shell for shell in self._shells if shell.alive]

    @property
    def alive(self) -> bool:
        """Return True while the connection is open, as far as that is known."""
        return not self._transport.is_lost

    def ask(self, after: float) -> None:
        """Send a keepalive if nothing was heard of the server for so many seconds. Never raises."""
        if self._transport.packetizer.liveness.is_silent(after):
            with suppress(*STREAM_ERRORS):
                self._transport.ask()

    def answers(self, seconds: float) -> bool:
        """Return False if a keepalive stays unanswered for so many seconds. The end is an answer too."""
        return self._transport.packetizer.liveness.wait(seconds)

    def close(self) -> None:
        """End the connection with everything on it. Never raises; a second call does nothing."""
        self._transport.shut()


def _proxy_error(sock: ByteSocket, error: PycoError) -> PycoError:
    """Return the error of a ProxyCommand that ended and caused this error, else this error."""
    if isinstance(sock, ProxySocket) and isinstance(error, (ConnectionClosed, NegotiationFailed)):
        return sock.error() or error
    return error
