# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ssh connection, its shells and what it forwards, on paramiko."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from fnmatch import fnmatchcase
from time import monotonic

import paramiko

from ..errors import (
    ClosedBeforeLogin,
    ConnectError,
    ConnectionClosed,
    ConnectionRefused,
    ConnectTimedOut,
    ForwardingRefused,
    HostUnreachable,
    InvalidParameter,
    LoginRefused,
    NameNotResolved,
    NegotiationFailed,
    PycoError,
)
from ..models.endpoint import Endpoint
from ..models.settings import Settings
from . import tcp
from .auth import authenticate
from .base import CHUNK, COLUMNS, LINES, TERMINAL, ByteSocket, Closed, TimedOut
from .bounded import Alarm
from .host_keys import KnownHost
from .proxy import proxy_command
from .spawn import FOREVER, Stream
from .ssh_config import Algorithms
from .wire import BROKEN, Refused, Wire

__all__ = ["KEEPALIVE", "SshConnection", "SshShell", "proxy_command"]

KEEPALIVE = 30  # seconds

_CONNECT_FAILED = 2  # RFC 4254, 5.1
_FAR_ERRORS: tuple[tuple[re.Pattern[str], type[ConnectError]], ...] = (
    (re.compile("refused", re.IGNORECASE), ConnectionRefused),
    (re.compile("timed? ?out", re.IGNORECASE), ConnectTimedOut),
    (re.compile("not known|resol|no address|unknown host", re.IGNORECASE), NameNotResolved),
    (re.compile(""), HostUnreachable),
)
_BUSY = re.compile("MaxStartups|Not allowed at this time")  # sshd's, instead of its banner
_OFFERS = {
    "kex": ("key exchange", "kex_algo_list"),
    "host key": ("host key", "server_key_algo_list"),
    "cipher": ("cipher", "server_encrypt_algo_list"),
    "mac": ("MAC", "server_mac_algo_list"),
}


class SshShell(Stream):
    """A shell on an ssh connection, with a terminal; a Transport."""

    def __init__(self, channel: paramiko.Channel, name: str = "ssh") -> None:
        super().__init__(name)
        self._channel = channel

    def _receive(self, size: int, deadline: float) -> bytes:
        left = deadline - monotonic()
        if left <= 0:
            raise TimedOut
        channel = self._channel
        channel.settimeout(left)
        try:
            data = channel.recv(size)
        except TimeoutError as exc:
            raise (Closed if exc.errno else TimedOut) from exc
        except BROKEN as exc:
            raise Closed from exc
        if not data:
            raise Closed
        return data

    def _transmit(self, data: bytes, deadline: float) -> None:
        at = 0
        while at < len(data):
            left = deadline - monotonic()
            if left <= 0:
                raise TimedOut
            if self._channel.eof_received:  # nobody would answer, and the close is on its way
                raise Closed
            self._channel.settimeout(left)
            try:
                sent = self._channel.send(data[at : at + CHUNK])
            except TimeoutError as exc:
                raise (Closed if exc.errno else TimedOut) from exc
            except BROKEN as exc:
                raise Closed from exc
            if not sent:
                raise Closed
            at += sent

    def pending(self) -> bool:
        """As Transport.pending."""
        return bool(self._buffer.tell()) or self._channel.recv_ready() or not self.alive

    def close(self) -> None:
        """As Transport.close. The connection stays open."""
        self.closed = True
        with suppress(*BROKEN):
            self._channel.close()

    @property
    def alive(self) -> bool:
        """As Transport.alive."""
        return not (self._channel.closed or self._channel.eof_received)


class SshConnection:
    """One login on one ssh server, shared by any number of shells and forwarded connections.

    banner: what the host printed before the login. Threads may open shells and forward at the same time.
    """

    def __init__(self, wire: Wire, endpoint: Endpoint, banner: str = "") -> None:
        self.endpoint = endpoint
        self.banner = banner
        self._wire = wire
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
        algorithms: Algorithms | None = None,
        private_key_files: Sequence[str] = (),
    ) -> SshConnection:
        """Connect, check the host key and log in, all before the deadline.

        sock: a stream to the server (a socket, a forwarded channel), which the connection then owns; None
        connects by TCP. algorithms and private_key_files: what the ssh configuration says; the keys are
        tried, those that exist, where the endpoint has neither key nor password. Raises ConnectError,
        LoginError and EndpointError; nothing stays open then.
        """
        if sock is None:
            sock = tcp.connect(endpoint.host, endpoint.port, deadline)
        wire = Wire(sock)
        with ExitStack() as on_error:
            on_error.callback(wire.shut)
            with Alarm(deadline, wire.shut) as alarm:
                try:
                    known = KnownHost.read(endpoint.host, endpoint.port, settings)
                    _set_algorithms(wire, algorithms or Algorithms(), known)
                    _negotiate(wire, endpoint, known if settings.host_key_checking else None)
                    banner = authenticate(wire, endpoint, private_key_files, deadline)
                except PycoError as exc:
                    if alarm.rang and not isinstance(exc, ConnectTimedOut):
                        raise _timed_out(wire, endpoint) from exc
                    raise
            wire.set_keepalive(KEEPALIVE)
            on_error.pop_all()
        return cls(wire, endpoint, banner)

    def shell(self, deadline: float) -> SshShell:
        """Open a shell with a terminal. Raises LoginRefused, ConnectionClosed, ConnectTimedOut."""
        host = self.endpoint.host
        try:
            channel = self._wire.open("session", deadline)
        except Refused as exc:
            raise LoginRefused(
                f"{host} opens no shell: {exc.words or 'it gave no reason'}.",
                hint="It may allow fewer sessions on one connection.",
            ) from exc
        except (Closed, TimedOut) as exc:
            raise self._lost(exc) from exc
        channel.set_combine_stderr(True)
        shell = SshShell(channel, str(self.endpoint))
        with Alarm(deadline, shell.close) as alarm:
            try:
                channel.get_pty(TERMINAL, COLUMNS, LINES)
                channel.invoke_shell()
            except BROKEN as exc:
                shell.close()
                if alarm.rang or not self.alive:
                    raise self._lost(TimedOut() if alarm.rang else Closed()) from exc
                raise LoginRefused(
                    f"{host} gives {self.endpoint.user} no terminal or no shell.",
                    hint="The account may be for other uses than logging in.",
                ) from exc
        self._wire.packetizer.stream.hurry = False
        with self._lock:
            self._shells = [*self._open_shells(), shell]
        return shell

    def forward(self, host: str, port: int, deadline: float) -> paramiko.Channel:
        """A stream to a port that the server can reach.

        Raises ForwardingRefused when the server does not forward; ConnectionRefused, NameNotResolved,
        ConnectTimedOut or HostUnreachable, by the server's own words, when it did not get through;
        ConnectionClosed when the connection to the server itself is lost.
        """
        try:
            return self._wire.open("direct-tcpip", deadline, (host, port))
        except Refused as exc:
            raise self._far_error(exc, host, port) from exc
        except TimedOut as exc:
            raise ConnectTimedOut(
                f"{host} port {port} did not answer in time, seen from {self.endpoint.host}."
            ) from exc
        except Closed as exc:
            raise self._lost(exc) from exc

    def _far_error(self, refusal: Refused, host: str, port: int) -> ConnectError:
        words = refusal.words.strip() or "no reason given"
        via = self.endpoint.host
        if refusal.code != _CONNECT_FAILED:
            return ForwardingRefused(
                f"{via} does not forward to {host} port {port}: {words}.",
                hint="AllowTcpForwarding in its sshd_config may be off; forward: never uses its shell.",
            )
        kind = next(kind for pattern, kind in _FAR_ERRORS if pattern.search(words))
        return kind(f"{host} port {port} cannot be reached from {via}: {words}.")

    def _lost(self, exc: Exception) -> ConnectError:
        if isinstance(exc, TimedOut):
            return ConnectTimedOut(f"{self.endpoint.host} did not open a channel in time.")
        return ConnectionClosed(f"The connection to {self.endpoint.host} is lost.")

    @property
    def shells(self) -> int:
        """How many of the shells are open."""
        with self._lock:
            return len(self._open_shells())

    def _open_shells(self) -> list[SshShell]:
        return [shell for shell in self._shells if shell.alive]

    @property
    def alive(self) -> bool:
        """Whether the connection is open as far as is known."""
        return self._wire.is_active()

    def close(self) -> None:
        """End the connection and all on it. Never raises; a second call does nothing."""
        self._wire.shut()


def _negotiate(wire: Wire, endpoint: Endpoint, known: KnownHost | None) -> None:
    # The alarm is the only time-out: paramiko's own would end a slow login before the deadline.
    wire.banner_timeout = wire.handshake_timeout = wire.auth_timeout = FOREVER
    try:
        wire.start_client()
        key = wire.get_remote_server_key()
    except BROKEN as exc:
        raise _negotiation_error(wire, endpoint, exc) from exc
    if known is not None:
        known.check(endpoint, key)


def _set_algorithms(wire: Wire, wanted: Algorithms, known: KnownHost) -> None:
    options = wire.get_security_options()
    # GCM takes a third less time than CTR with a MAC that paramiko computes apart.
    ciphers = sorted(options.ciphers, key=lambda name: "-gcm@" not in name)
    options.ciphers = _arrange("Ciphers", wanted.ciphers, ciphers)
    options.digests = _arrange("MACs", wanted.macs, options.digests)
    options.kex = _arrange("KexAlgorithms", wanted.kex, options.kex)
    options.key_types = known.order(_arrange("HostKeyAlgorithms", wanted.host_keys, options.key_types))


def _arrange(name: str, wanted: str, ours: Iterable[str]) -> Sequence[str]:
    """paramiko's algorithms as OpenSSH's list wants them; what paramiko does not have is left out."""
    ours = list(ours)
    patterns = wanted.lstrip("+-^").replace(" ", "").split(",")
    chosen = [one for pattern in patterns for one in ours if fnmatchcase(one, pattern)]
    if not wanted or wanted.startswith("+"):
        return ours
    if wanted.startswith("-"):
        return [one for one in ours if one not in chosen]
    if wanted.startswith("^"):
        return chosen + [one for one in ours if one not in chosen]
    if not chosen:
        raise InvalidParameter(
            f"None of {name} {wanted} in the ssh configuration is supported.",
            hint=f"Supported: {', '.join(ours)}.",
        )
    return chosen


def _negotiation_error(wire: Wire, endpoint: Endpoint, exc: Exception) -> ConnectError:
    where = f"{endpoint.host} port {endpoint.port}"
    if isinstance(exc, paramiko.ssh_exception.IncompatiblePeer):
        for word, (what, offered) in _OFFERS.items():
            if word in str(exc):
                return NegotiationFailed(
                    f"{where} and pyco have no {what} algorithm in common; "
                    f"the host offers {', '.join(wire.offer.get(offered, ()))}.",
                    hint="ansible_pyco_ssh_type: openssh uses the system's ssh, which may have one.",
                )
    lost = isinstance(exc.__context__ or exc, (EOFError, ConnectionError))
    said = wire.farewell or wire.heard
    if wire.farewell or _BUSY.search(said) or (lost and not (wire.heard and not wire.remote_version)):
        return ClosedBeforeLogin(
            f"{where} closed the connection before the login{f': {said}' if said else ''}.",
            hint="It may refuse this address, or have too many logins at a time.",
        )
    if not wire.remote_version:
        return NegotiationFailed(
            f"{where} does not speak ssh{f': it said {said!r}' if said else ''}.",
            hint="Check port and protocol.",
        )
    return NegotiationFailed(f"The ssh negotiation with {where} failed: {exc}.")


def _timed_out(wire: Wire, endpoint: Endpoint) -> ConnectTimedOut:
    where = f"{endpoint.host} port {endpoint.port}"
    if not wire.remote_version:
        return ConnectTimedOut(
            f"{where} took the connection, but sent no ssh banner in time.",
            hint="Does an ssh server listen there?",
        )
    return ConnectTimedOut(f"The ssh login on {where} was not done in time.")
