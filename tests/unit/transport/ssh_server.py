# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ssh server in this process on a port of its own, with configurable refusals."""

from __future__ import annotations

import logging
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_PARTIALLY_SUCCESSFUL,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_CONNECT_FAILED,
    OPEN_SUCCEEDED,
    cMSG_CHANNEL_OPEN_FAILURE,
    cMSG_DISCONNECT,
    cMSG_EXT_INFO,
    cMSG_SERVICE_ACCEPT,
)
from paramiko.server import InteractiveQuery

USER, PASSWORD = "pyco", "sesame"

logging.getLogger("pyco.tests.sshd").addHandler(logging.NullHandler())
logging.getLogger("pyco.tests.sshd").propagate = False

Text = str | bytes  # bytes are not UTF-8
Round = tuple[Text, list[tuple[Text, bool]]]  # instructions, (prompt, echo)


@dataclass
class Behaviour:
    """The configuration of a server. By default, it accepts everything.

    methods: the allowed methods. then: the methods after a partial success.
    endless: every success is partial.
    rounds, answers: questions of keyboard-interactive, and the expected answers.
    farewell: a disconnect message in place of the answer to a login.
    die: a method; the server closes the connection when it is tried. "service": it does so before any.
    one_by_one: True closes the connection if a login is tried before the service is accepted.
    old: True sends no list of signature algorithms. signatures: the list, () for paramiko's.
    expired: True asks for a new password. sessions, terminal, shell, forward: False refuses them.
    reason: text of a refused channel.
    stall: a method, "channel", "terminal" or "forward"; answered after `release` is set.
    serve: the shell.
    """

    password: str = PASSWORD
    keys: tuple[str, ...] = ()
    methods: str = "publickey,password,keyboard-interactive"
    nothing_needed: bool = False
    then: str = ""
    endless: bool = False
    rounds: tuple[Round, ...] = (("", [("Password: ", False)]),)
    answers: tuple[list[str], ...] = ([PASSWORD],)
    banner: Text = ""
    farewell: Text = ""
    die: str = ""
    one_by_one: bool = False
    expired: bool = False
    old: bool = False
    signatures: tuple[str, ...] = ()
    sessions: bool = True
    terminal: bool = True
    shell: bool = True
    forward: bool = True
    reason: Text | None = None
    stall: str = ""
    serve: Callable[[paramiko.Channel], None] | None = None


@dataclass
class SshServer:
    """A server between `start` and `stop`. The lists record the actions of its clients."""

    behaviour: Behaviour
    host_keys: tuple[paramiko.PKey, ...]
    algorithms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    port: int = 0
    attempts: list[tuple[str, Any]] = field(default_factory=list)
    accepted: int = 0  # requests for the service of logins
    terminals: list[tuple[str, int, int]] = field(default_factory=list)
    transports: list[paramiko.Transport] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _targets: dict[int, socket.socket] = field(default_factory=dict)

    def start(self) -> SshServer:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._spawn(self._accept)
        return self

    def stop(self) -> None:
        self.release.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(10)  # accepts, and may be starting another one
        for transport in self.transports:
            hang_up(transport)
        for target in self._targets.values():
            target.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive(), "a thread of the test server does not end"

    def _spawn(self, function: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=function, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self._serve(sock)

    def _serve(self, sock: socket.socket) -> None:
        transport = _Transport(sock, disabled_algorithms=None)
        transport.server = self
        transport.set_log_channel("pyco.tests.sshd")
        for key in self.host_keys:
            transport.add_server_key(key)
        options = transport.get_security_options()
        for name, wanted in self.algorithms.items():
            setattr(options, name, wanted)
        self.transports.append(transport)
        transport.start_server(event=threading.Event(), server=_Interface(self, transport))
        self._spawn(self._channels, transport)

    def _channels(self, transport: paramiko.Transport) -> None:
        kept = []  # paramiko closes a channel that nobody holds, such as one without a shell yet
        while transport.is_active():
            channel = transport.accept(0.1)
            kept.append(channel)
            if channel is not None and channel.chanid in self._targets:
                self._spawn(_relay, channel, self._targets.pop(channel.chanid))

    def wait(self) -> None:
        """Wait until the test sets `release`."""
        self.reached.set()
        self.release.wait(10)


def hang_up(transport: paramiko.Transport) -> None:
    """End the connection without a message, like a host that crashes."""
    with suppress(OSError):
        transport.sock.shutdown(socket.SHUT_RDWR)
    transport.close()
    transport.join(10)
    transport.packetizer.complete_handshake()


class _Transport(paramiko.Transport):
    """A server that gives reasons, as sshd does; paramiko's has none."""

    server: SshServer

    def send(self, message: paramiko.Message) -> None:
        base: Any = super()
        base._send_message(message)

    def _send_message(self, data: paramiko.Message) -> None:
        text = data.asbytes()
        reason = self.server.behaviour.reason
        if text[:1] == cMSG_SERVICE_ACCEPT:
            self.server.accepted += 1
            behaviour = self.server.behaviour
            is_early = behaviour.one_by_one and select.select([self.sock], [], [], 0.2)[0]
            if is_early or behaviour.die == "service":
                self.sock.shutdown(socket.SHUT_RDWR)
        if text[:1] == cMSG_EXT_INFO and self.server.behaviour.old:
            return
        if text[:1] == cMSG_EXT_INFO and self.server.behaviour.signatures:
            data = paramiko.Message()
            data.add_bytes(text[:5])  # type, number of extensions
            data.add_string("server-sig-algs")
            data.add_string(",".join(self.server.behaviour.signatures))
        if text[:1] == cMSG_CHANNEL_OPEN_FAILURE and reason is not None:
            data = paramiko.Message()
            data.add_bytes(text[:9])  # type, channel, reason
            data.add_string(reason)
            data.add_string("en")
        self.send(data)


class _Interface(paramiko.ServerInterface):
    def __init__(self, server: SshServer, transport: _Transport) -> None:
        self._server = server
        self._transport = transport
        self._round = 0
        self._partial = False

    def _login(self, method: str, given: Any, right: bool) -> int:
        behaviour = self._server.behaviour
        self._server.attempts.append((method, given))
        if behaviour.stall == method:
            self._server.wait()
        if behaviour.expired and method != "none":
            request = paramiko.Message()
            request.add_byte(bytes([60]))  # SSH_MSG_USERAUTH_PASSWD_CHANGEREQ, after a password
            request.add_string("Your password has expired.")
            request.add_string("en")
            self._transport.send(request)
        if behaviour.farewell and method != "none":
            goodbye = paramiko.Message()
            goodbye.add_byte(cMSG_DISCONNECT)
            goodbye.add_int(2)
            goodbye.add_string(behaviour.farewell)
            goodbye.add_string("en")
            self._transport.send(goodbye)
        if behaviour.die == method:
            self._transport.sock.shutdown(socket.SHUT_RDWR)
        if not right:
            return AUTH_FAILED
        if behaviour.then and (behaviour.endless or not self._partial):
            self._partial = True
            return AUTH_PARTIALLY_SUCCESSFUL
        return AUTH_SUCCESSFUL

    def get_allowed_auths(self, username: str) -> str:
        return self._server.behaviour.then if self._partial else self._server.behaviour.methods

    def get_banner(self) -> Any:
        return self._server.behaviour.banner, "en"

    def check_auth_none(self, username: str) -> int:
        return self._login("none", None, self._server.behaviour.nothing_needed)

    def check_auth_password(self, username: str, password: str) -> int:
        return self._login("password", password, password == self._server.behaviour.password)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._login("publickey", key.get_base64(), key.get_base64() in self._server.behaviour.keys)

    def check_auth_interactive(self, username: str, submethods: str) -> Any:
        self._round = 0
        return self._ask()

    def check_auth_interactive_response(self, responses: list[str]) -> Any:
        self._round += 1
        right = responses == self._server.behaviour.answers[self._round - 1]
        if right and self._round < len(self._server.behaviour.rounds):
            return self._ask()
        return self._login("keyboard-interactive", responses, right)

    def _ask(self) -> Any:
        texts: Any = self._server.behaviour.rounds[self._round]
        instructions, prompts = texts
        query = InteractiveQuery("", "", *prompts)
        query.instructions = instructions
        return query

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if self._server.behaviour.stall == "channel":
            self._server.wait()
        return OPEN_SUCCEEDED if self._server.behaviour.sessions else OPEN_FAILED_CONNECT_FAILED

    def check_channel_pty_request(
        self, channel: paramiko.Channel, term: bytes, width: int, height: int, *args: Any
    ) -> bool:
        self._server.terminals.append((term.decode(), width, height))
        if self._server.behaviour.stall == "terminal":
            self._server.wait()
        return self._server.behaviour.terminal

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        if self._server.behaviour.shell:
            self._server._spawn(self._server.behaviour.serve or repeat_lines, channel)
        return self._server.behaviour.shell

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        if self._server.behaviour.stall == "forward":
            self._server.wait()
        if not self._server.behaviour.forward:
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        try:
            self._server._targets[chanid] = socket.create_connection(destination, 10)
        except OSError as exc:
            if self._server.behaviour.reason is None:
                self._server.behaviour.reason = exc.strerror
            return OPEN_FAILED_CONNECT_FAILED
        return OPEN_SUCCEEDED


def repeat_lines(channel: paramiko.Channel) -> None:
    """Serve a shell that repeats each line, and ends after `exit`."""
    with suppress(OSError, EOFError):
        channel.sendall(b"host$ ")
        for line in channel.makefile("rb"):
            if line.strip() == b"exit":
                break
            channel.sendall(b"you said " + line.strip() + b"\r\nhost$ ")
        channel.close()


def _relay(channel: paramiko.Channel, target: socket.socket) -> None:
    """Copy in both directions until one side ends.

    Each direction has a thread: waiting for a channel by its descriptor breaks the connection if data arrives
    while it is closed.
    """
    with target:
        back = threading.Thread(target=_copy_back, args=(target, channel))
        back.start()
        with suppress(OSError, EOFError):
            while data := channel.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
        back.join()


def _copy_back(target: socket.socket, channel: paramiko.Channel) -> None:
    with suppress(OSError, EOFError):
        while data := target.recv(65536):
            channel.sendall(data)
    with suppress(OSError, EOFError):
        channel.close()
