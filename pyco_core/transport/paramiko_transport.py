# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A paramiko Transport that keeps the server's own messages and needs few system calls.

When the server hangs up, paramiko logs the reason and raises an exception without it.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, ClassVar

import paramiko
from paramiko.common import MSG_CHANNEL_SUCCESS, cMSG_CHANNEL_REQUEST

from ..errors import OutputTooLarge, PycoError
from ..models.execute import Start
from . import legacy
from .base import COLUMNS, LINES, TERMINAL, ByteSocket
from .channel_messages import HANDLERS
from .login_attempt import Attempts
from .opened_channels import OpeningTransport
from .packets import STREAM_ERRORS, GreetingPacketizer
from .spawn import FOREVER
from .tcp_stream import set_kernel_timeout

LOG = "pyco.paramiko"
# paramiko's thread logs a traceback for every misbehaving server. Callers get an exception instead.
logging.getLogger(LOG).addHandler(logging.NullHandler())
logging.getLogger(LOG).propagate = False

# Modes of a terminal for a program: no echo (53), and no change of its output (70).
_RAW_OUTPUT = b"\x35\0\0\0\0\x46\0\0\0\0\0"

_Base: Any = paramiko.Transport


class ParamikoTransport(OpeningTransport):
    """The client side of one ssh connection. Owns the socket.

    farewell: the server's message when it disconnected. offer: the algorithms of the server, by paramiko's
    names of the lists. attempts: at the login.
    """

    _kex_info: ClassVar[dict[str, Any]] = {**_Base._kex_info, **legacy.KEX}
    _key_info: ClassVar[dict[str, Any]] = {**_Base._key_info, **legacy.KEYS}
    _preferred_pubkeys: tuple[str, ...]
    packetizer: GreetingPacketizer
    # Seconds between two checks of paramiko's thread. With its default of 0.1, hundreds of idle sessions keep
    # a processor busy. Ending the connection shuts the socket, which wakes the thread.
    _active_check_timeout = 5.0

    def __init__(self, sock: ByteSocket) -> None:
        stream: Any = sock  # a socket or a channel
        super().__init__(stream, packetizer_class=GreetingPacketizer)
        if isinstance(sock, socket.socket):
            set_kernel_timeout(sock, self._active_check_timeout)
        # The caller's alarm is the only timeout; paramiko's own would end a slow login before the deadline.
        self.banner_timeout = self.handshake_timeout = self.auth_timeout = FOREVER
        self.set_log_channel(LOG)
        self.farewell = ""
        self._is_disconnected = False
        self._signature_names: tuple[str, ...] = self._preferred_pubkeys
        self.offer: dict[str, list[str]] = {}
        self._terminals: set[int] = set()  # numbers of the channels with an unanswered request for a terminal
        self.attempts = Attempts(self)
        base: Any = super()
        self._channel_handler_table = {
            **base._channel_handler_table,
            **HANDLERS,
            MSG_CHANNEL_SUCCESS: self._parse_channel_success,
        }

    def attempt(self, method: str, *arguments: object, at_once: bool = True) -> list[str]:
        """Try a method of logins by the name of paramiko, and return the methods that the server wants too.

        at_once: False to wait until the server has accepted the service. Raises the exceptions of paramiko.
        """
        self.auth_handler = attempt = self.attempts.make(at_once)
        return attempt.run(method, *arguments)

    def invoke_shell(self, channel: paramiko.Channel) -> None:
        """Request a terminal and a shell at the same time, as OpenSSH does, and wait for both answers.

        Raises the exceptions of paramiko; if the server refuses one of them, the channel is closed.
        """
        try:
            self._request_terminal(channel, b"")
            channel.invoke_shell()
        finally:
            self._terminals.discard(channel.chanid)

    def start_program(self, channel: paramiko.Channel, command: bytes, start: Start) -> None:
        """Request a program or a subsystem, and wait for nothing. Raises the exceptions of paramiko."""
        if start.terminal:
            self._request_terminal(channel, _RAW_OUTPUT)
        self._request(channel, "subsystem" if start.subsystem else "exec", command)

    def _request_terminal(self, channel: paramiko.Channel, modes: bytes) -> None:
        """Request a terminal. modes: as in RFC 4254, 8."""
        self._terminals.add(channel.chanid)
        self._request(channel, "pty-req", TERMINAL, COLUMNS, LINES, 0, 0, modes)

    def _request(self, channel: paramiko.Channel, name: str, *parts: str | bytes | int) -> None:
        """Send a request for a channel, with an answer."""
        sender: Any = channel.get_transport()
        request = paramiko.Message()
        request.add_byte(cMSG_CHANNEL_REQUEST)
        request.add_int(channel.remote_chanid)
        request.add_string(name)
        request.add_boolean(True)
        for part in parts:
            add: Any = request.add_int if isinstance(part, int) else request.add_string
            add(part)
        sender._send_user_message(request)

    def set_signatures(self, names: Iterable[str]) -> None:
        """Set the algorithms for the signatures of keys, the preferred one first."""
        self._signature_names = tuple(names)

    @property
    def signs_with_sha1(self) -> bool:
        """Return True if SHA-1 is allowed for the signatures of RSA keys."""
        return legacy.RSA in self._signature_names

    @property
    def wants_sha1(self) -> bool:
        """Return True if the server lists no SHA-2 signature of RSA keys; old servers have no list."""
        return not any(name.startswith("rsa-sha2-") for name in self._signatures())

    def can_sign(self, key: paramiko.PKey) -> bool:
        """Return True if there is a signature algorithm for the key that the server accepts."""
        accepted = self._signatures()
        if legacy.RSA not in key.get_name() or not accepted:
            return True
        return any("rsa" in name for name in accepted.intersection(self.preferred_pubkeys))

    def _signatures(self) -> set[str]:
        """Return the signature algorithms that the server lists, an empty set if it has no list."""
        this: Any = self
        names: bytes = this.server_extensions.get("server-sig-algs", b"")
        return set(filter(None, names.decode(errors="replace").split(",")))

    @property
    def preferred_pubkeys(self) -> tuple[str, ...]:
        """Return the signature algorithms to use, the preferred one first. Called by paramiko."""
        if self.signs_with_sha1 and not self._signatures():
            return (legacy.RSA, *self._signature_names)
        return self._signature_names

    def get_exception(self) -> Exception | None:
        """Return the error of paramiko's thread; an unexpected one as SSHException."""
        exc = super().get_exception()
        if exc is None or isinstance(exc, (*STREAM_ERRORS, PycoError)):
            return exc
        return paramiko.SSHException(f"{type(exc).__name__}: {exc}")

    @property
    def greeting(self) -> str:
        """Return the server's text before its ssh banner, or in its place."""
        return self.packetizer.greeting

    @property
    def is_lost(self) -> bool:
        """Return True if the connection has ended, before the ends of its channels are noticed."""
        return self._is_disconnected or self.packetizer.is_broken or not self.is_active()

    def end_login(self, keepalive: int) -> None:
        """Take any number of bytes from now on. keepalive: seconds between two signs of life."""
        self.packetizer.stream.end_login()
        self.set_keepalive(keepalive)

    def flood_error(self, name: str) -> OutputTooLarge | None:
        """Return the error for a server that sent too much during the login, None if it did not."""
        if not self.packetizer.stream.is_flooded:
            return None
        return OutputTooLarge(
            f"{name} sent more than 1 MiB before the login was complete.",
            hint="Check that an ssh server listens there.",
        )

    def stop_quickack(self) -> None:
        """Leave acknowledgements to the kernel, for the rest of the connection."""
        self.packetizer.stream.stop_quickack()

    def shut(self) -> None:
        """End the connection, its thread and its socket. Never raises; a second call does nothing."""
        if isinstance(self.sock, socket.socket):
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)  # wakes the thread, which reads with a timeout
        with suppress(*STREAM_ERRORS):
            self.close()
        with suppress(*STREAM_ERRORS):
            self.sock.close()
        if self.is_alive():
            self.join(1)
        self.packetizer.complete_handshake()  # ends a timer thread that paramiko would leave behind

    # Called by paramiko in its own thread. Its type stubs do not have them.

    def _parse_channel_success(self, channel: paramiko.Channel, m: paramiko.Message) -> None:
        if channel.chanid in self._terminals:
            self._terminals.discard(channel.chanid)
        else:
            answered: Any = channel
            answered._request_success(m)

    def _parse_disconnect(self, m: paramiko.Message) -> None:
        base: Any = super()
        m.get_int()
        self.farewell = m.get_text()
        self._is_disconnected = True
        m.rewind()
        base._parse_disconnect(m)

    def _really_parse_kex_init(self, m: paramiko.Message, *args: Any) -> Any:
        base: Any = super()
        parsed = base._really_parse_kex_init(m, *args)
        self.offer = {name: list(value) for name, value in parsed.items() if isinstance(value, list)}
        return parsed
