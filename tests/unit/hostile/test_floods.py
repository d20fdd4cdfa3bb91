# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that send without end: the session ends with a named error, and other sessions go on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic
from typing import Any

import paramiko
import pytest

from pyco_core.device import Device, device
from pyco_core.errors import LoginError, OutputTooLarge, PycoError, SessionClosed
from pyco_core.models.settings import Settings
from pyco_core.transport.paramiko_transport import ParamikoTransport
from tests.unit.transport.ssh_server import PASSWORD, USER, Behaviour, SshServer

from .servers import PROMPT, Pipe, TcpServer, byte_by_byte, forever, log_in, obey, once

MIB = 1 << 20
SETTINGS = Settings(host_key_checking=False, max_output=2, connect_timeout=20, command_timeout=20)
SHARE = 2.0  # seconds that another session's command may take while an attack runs
IN_FLIGHT = 8 * MIB  # bytes in the buffers of the kernel and of ssh

ENDLESS = {
    "no line ends": b"x" * 64,
    "line ends": b"Interface Status\r\n",
    "empty lines": b"\n",
    "other prompts": b"\r\nother>",
    "escapes": b"\x1b[31m\x1b[K",
    "cursor right": b"x\x1b[999C",
    "redraws": b"\r\x1b[511C",
    "cleared lines": b"x\x1b[2K",
    "unfinished escape": b"\x1b[0;0;0;0;",
    "pagers": b" --More-- ",
    "questions": b"Are you sure? [confirm]",
    "passwords": b"\r\nPassword: ",
    "zeros": b"\0",
}
OPTIONS = {"do": b"\xff\xfd\x2a", "nop": b"\xff\xf1", "subnegotiation": b"\xff\xfa\x18" + b"x" * 1000}
BEFORE_SSH = {
    "no line ends": b"x",
    "lines": b"Welcome\r\n",
    "huge packet": b"SSH-2.0-x\r\n\x7f\xff\xff\xff\x00" + b"\x00" * 999,
}
BLANKS, NAMES = b" " * 1500, b"r1" * 700
PUMPED = {
    "blanks": BLANKS + b"!",
    "config": b"r1(config" + b"-a" * 500 + b"!",
    "parts": b"r1" + b"(standby)" * 200 + b"!",
    "names": NAMES + b"#" + NAMES + b"!",
    "signs": b"#>$%" * 400 + b"!",
    "digits": b"1" * 1900,
}


class Other(threading.Thread):
    """A second session, which runs a command again and again. longest: seconds of the slowest one."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._device = device(f"telnet://x:x@127.0.0.1:{port}/cisco_ios", settings=SETTINGS)
        self._device.connect()
        self._stopped = threading.Event()
        self.longest = 0.0
        self.count = 0
        self.start()

    def run(self) -> None:
        while not self._stopped.is_set():
            started = monotonic()
            assert self._device("show clock") == "one\ntwo"
            self.longest = max(self.longest, monotonic() - started)
            self.count += 1

    def stop(self) -> None:
        self._stopped.set()
        self.join(20)
        self._device.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Pipe], None]], TcpServer]]:
    """Return a function that starts a device with a script."""
    servers: list[TcpServer] = []

    def start(script: Callable[[Pipe], None]) -> TcpServer:
        servers.append(TcpServer(script))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def other(serve: Callable[[Callable[[Pipe], None]], TcpServer]) -> Iterator[Other]:
    """Return a session on a well-behaved device; fail if one of its commands had to wait for long."""

    def script(pipe: Pipe) -> None:
        log_in(pipe)
        obey(pipe)

    session = Other(serve(script).port)
    yield session
    session.stop()
    assert session.count
    assert session.longest < SHARE


@pytest.fixture
def ssh_server() -> Iterator[Callable[..., SshServer]]:
    """Return a function that starts an ssh server with a behaviour."""
    servers: list[SshServer] = []

    def start(**behaviour: Any) -> SshServer:
        key = paramiko.ECDSAKey.generate()
        servers.append(SshServer(Behaviour(**behaviour), (key,)).start())
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


Serve = Callable[[Callable[[Pipe], None]], TcpServer]
StartSsh = Callable[..., SshServer]


def telnet_script(attack: Callable[[Pipe], None]) -> Callable[[Pipe], None]:
    def script(pipe: Pipe) -> None:
        log_in(pipe)
        obey(pipe, attack)

    return script


def ssh_script(attack: Callable[[Pipe], None]) -> Callable[[paramiko.Channel], None]:
    def script(channel: paramiko.Channel) -> None:
        with suppress(OSError, EOFError):
            channel.sendall(PROMPT)
            obey(channel, attack)

    return script


def target(port: int, protocol: str = "telnet") -> Device:
    user = USER if protocol == "ssh" else "x"
    return device(f"{protocol}://{user}:{PASSWORD}@127.0.0.1:{port}/cisco_ios", settings=SETTINGS)


def fails(use: Callable[[], object]) -> PycoError:
    with pytest.raises(PycoError) as caught:
        use()
    return caught.value


@pytest.mark.parametrize("chunk", ENDLESS.values(), ids=ENDLESS)
def test_endless_output_ends_session_with_named_error(serve: Serve, other: Other, chunk: bytes) -> None:
    server = serve(telnet_script(forever(chunk)))
    with target(server.port) as r1:
        r1.connect()

        error = fails(lambda: r1("show attack"))

        assert isinstance(error, OutputTooLarge), error
        assert error.hop == 1
        assert error.command == "show attack"
        assert server.sent < 2 * MIB + IN_FLIGHT


def test_endless_prompts_end_command_or_session(serve: Serve, other: Other) -> None:
    server = serve(telnet_script(forever(b"\r\n" + PROMPT)))
    with target(server.port) as r1:
        r1.connect()

        # A prompt ends the command if the next one has not arrived when it is read.
        with suppress(OutputTooLarge):
            assert "show attack" not in r1("show attack")
        assert server.sent < 2 * MIB + IN_FLIGHT


@pytest.mark.parametrize("chunk", [ENDLESS["no line ends"], ENDLESS["line ends"]], ids=["line", "lines"])
@pytest.mark.parametrize("is_behind_hop", [False, True])
def test_endless_output_of_ssh_shell_ends_session(
    ssh_server: StartSsh, other: Other, chunk: bytes, is_behind_hop: bool
) -> None:
    r1 = target(ssh_server(serve=ssh_script(forever(chunk))).port, "ssh")
    if is_behind_hop:
        r1.hops = [target(ssh_server().port, "ssh")]
    r1.connect()

    error = fails(lambda: r1("show attack"))

    assert isinstance(error, OutputTooLarge), error
    assert error.hop == 1 + is_behind_hop
    r1.close()


def test_endless_output_of_telnet_behind_ssh_hop_names_target(
    serve: Serve, ssh_server: StartSsh, other: Other
) -> None:
    r1 = target(serve(telnet_script(forever(b"x" * 100))).port)
    r1.hops = [target(ssh_server().port, "ssh")]
    r1.connect()

    error = fails(lambda: r1("show attack"))

    assert isinstance(error, OutputTooLarge), error
    assert (error.hop, error.hops) == (2, 2)
    r1.close()


@pytest.mark.parametrize("data", PUMPED.values(), ids=PUMPED)
def test_pumped_line_is_output(serve: Serve, other: Other, data: bytes) -> None:
    r1 = target(serve(telnet_script(once(data + b"\r\n"))).port)

    reply = r1("show attack")

    assert reply.endswith("one\ntwo")
    r1.close()


def test_output_byte_by_byte_is_complete(serve: Serve, other: Other) -> None:
    r1 = target(serve(telnet_script(byte_by_byte(b"x\x1b[511C" * 300 + b"\r\n"))).port)

    assert r1("show attack").endswith("one\ntwo")
    r1.close()


@pytest.mark.parametrize("name", ["no line ends", "line ends", "other prompts", "passwords", "redraws"])
def test_flood_before_login_ends_with_named_error(serve: Serve, other: Other, name: str) -> None:
    server = serve(forever(ENDLESS[name]))

    error = fails(target(server.port).connect)

    assert server.sent < MIB + IN_FLIGHT
    assert isinstance(error, OutputTooLarge) or name == "passwords", error


@pytest.mark.parametrize(
    "chunk",
    [b"\xff\xfd\x2a", b"\xff\xf1", b"\xff\xfa\x18" + b"x" * 1000],
    ids=["do", "nop", "subnegotiation"],
)
def test_endless_telnet_options_end_with_named_error(serve: Serve, other: Other, chunk: bytes) -> None:
    server = serve(forever(chunk))

    error = fails(target(server.port).connect)

    assert isinstance(error, OutputTooLarge), error
    assert server.sent < MIB + IN_FLIGHT


def test_endless_telnet_options_between_commands_end_session(serve: Serve, other: Other) -> None:
    attacked = threading.Event()

    def script(pipe: Pipe) -> None:
        log_in(pipe)
        attacked.set()
        forever(b"\xff\xf1")(pipe)

    r1 = target(serve(script).port)

    with suppress(PycoError):
        r1.connect()
    assert attacked.wait(10)

    assert isinstance(fails(lambda: r1("show clock")), (OutputTooLarge, SessionClosed))
    r1.close()


@pytest.mark.parametrize(
    "chunk", [b"x", b"Welcome\r\n", b"SSH-2.0-x\r\n\x7f\xff\xff\xff\x00" + b"\x00" * 999]
)
def test_flood_before_ssh_login_ends_with_named_error(serve: Serve, other: Other, chunk: bytes) -> None:
    server = serve(forever(chunk))

    fails(target(server.port, "ssh").connect)

    assert server.sent < MIB + IN_FLIGHT


def test_huge_ssh_banner_ends_with_named_error(ssh_server: StartSsh, other: Other) -> None:
    server = ssh_server(banner="x" * (2 * MIB))

    error = fails(target(server.port, "ssh").connect)

    assert isinstance(error, OutputTooLarge), error
    assert "more than 1 MiB" in error.message


def test_huge_disconnect_message_ends_with_named_error(ssh_server: StartSsh, other: Other) -> None:
    server = ssh_server(farewell="x" * (2 * MIB))

    assert isinstance(fails(target(server.port, "ssh").connect), OutputTooLarge)


def test_huge_question_ends_with_named_error(ssh_server: StartSsh, other: Other) -> None:
    rounds = (("x" * (2 * MIB), [("Password: ", False)]),)
    server = ssh_server(methods="keyboard-interactive", rounds=rounds)

    assert isinstance(fails(target(server.port, "ssh").connect), OutputTooLarge)


def test_endless_questions_end_with_error(ssh_server: StartSsh, other: Other) -> None:
    rounds = tuple(("", [(f"Name {number}: ", True)]) for number in range(2000))
    server = ssh_server(methods="keyboard-interactive", rounds=rounds, answers=([""],) * 2000)

    assert isinstance(fails(target(server.port, "ssh").connect), LoginError)
    assert len(server.attempts) < 10


def test_data_beyond_window_of_idle_channel_ends_connection(ssh_server: StartSsh) -> None:
    flooded = threading.Event()

    def flood(channel: paramiko.Channel) -> None:
        sender: Any = channel
        with suppress(OSError, EOFError):
            for _packet in range(1000):
                message = paramiko.Message()
                message.add_byte(bytes([94]))  # SSH_MSG_CHANNEL_DATA
                message.add_int(sender.remote_chanid)
                message.add_string(b"x" * 30000)
                sender.transport._send_user_message(message)
        flooded.set()

    server = ssh_server(serve=flood)
    sock = socket.create_connection(("127.0.0.1", server.port), 10)
    transport = ParamikoTransport(sock)
    transport.start_client()
    transport.attempt("password", USER, PASSWORD)
    transport.end_login(0)
    channel: Any = transport.open("session", monotonic() + 10)
    with suppress(paramiko.SSHException):  # if the flood arrives before the reply
        transport.invoke_shell(channel)

    assert flooded.wait(20)
    transport.join(20)
    assert transport.is_lost
    assert len(channel.in_buffer) < 5 * MIB
    transport.shut()
