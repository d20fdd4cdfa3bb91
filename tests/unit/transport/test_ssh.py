# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import logging
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import paramiko
import pexpect
import pytest

from pyco_core.errors import (
    ConnectionClosed,
    ConnectionRefused,
    ConnectTimedOut,
    ForwardingRefused,
    HostKeyChanged,
    HostKeyUnknown,
    HostUnreachable,
    InvalidParameter,
    LoginRefused,
    NameNotResolved,
    NegotiationFailed,
    PycoError,
)
from pyco_core.models.settings import Settings
from pyco_core.transport.base import Closed, TimedOut, Transport
from pyco_core.transport.paramiko_transport import ParamikoTransport
from pyco_core.transport.ssh import SshConnection
from pyco_core.transport.ssh_config import Algorithms, LoginOptions
from pyco_core.transport.ssh_shell import SshShell

from .conftest import UNCHECKED, HasPort, login, soon
from .ssh_server import SshServer, hang_up

Start = Callable[..., SshServer]


def connect(server: HasPort, deadline: float = 0, options: LoginOptions | None = None) -> SshConnection:
    return SshConnection.open(login(server), settings=UNCHECKED, deadline=deadline or soon(), options=options)


@pytest.fixture
def server(ssh_server: Start) -> SshServer:
    return ssh_server()


@pytest.fixture
def connection(server: SshServer) -> Iterator[SshConnection]:
    with closing(connect(server)) as connection:
        yield connection


@pytest.fixture
def shell(connection: SshConnection) -> SshShell:
    return connection.shell(soon())


@pytest.fixture
def greeter() -> Iterator[Callable[[bytes], int]]:
    """Start servers that send a text and close after their client; return their ports."""
    listeners = []
    threads = []

    def start(text: bytes) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            with listener.accept()[0] as connection:
                connection.sendall(text)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1000):
                    pass

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return int(listener.getsockname()[1])

    yield start
    for thread in threads:
        thread.join(20)
    for listener in listeners:
        listener.close()


# The shell


def test_shell_is_a_transport(shell: SshShell) -> None:
    transport: Transport = shell
    assert transport.read(soon()) == b"host$ "
    transport.write(b"hello\n", soon())
    assert transport.read(soon()).startswith(b"you said hello")
    assert transport.alive


def test_shell_continues_after_long_silence(server: SshServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ParamikoTransport, "_active_check_timeout", 0.01)
    opened = SshConnection.open(login(server), settings=UNCHECKED, deadline=soon())
    with closing(opened) as connection:
        shell = connection.shell(soon())
        assert shell.read(soon()) == b"host$ "
        with pytest.raises(TimedOut):
            shell.read(soon() - 19.8)
        shell.write(b"hello\n", soon())
        assert shell.read(soon()).startswith(b"you said hello")


def test_shell_has_wide_dumb_terminal(server: SshServer, shell: SshShell) -> None:
    assert server.terminals == [("dumb", 511, 48)]


def test_pexpect_drives_shell(shell: SshShell) -> None:
    shell.expect_exact("host$ ", timeout=20)
    for number in range(3):
        shell.sendline(f"command {number}")
        assert shell.expect([pexpect.TIMEOUT, rf"you said command {number}\r\nhost\$ "], timeout=20) == 1
    shell.sendline("exit")
    assert shell.expect(pexpect.EOF, timeout=20) == 0
    assert not shell.isalive()


def test_read_and_write_time_out(shell: SshShell) -> None:
    shell.expect_exact("host$ ", timeout=20)
    assert not shell.pending()
    with pytest.raises(TimedOut):
        shell.read(soon() - 19.95)
    with pytest.raises(TimedOut):
        shell.read(soon() - 60)
    with pytest.raises(TimedOut):
        shell.write(b"x", soon() - 60)


def test_exit_closes_shell_and_keeps_connection(connection: SshConnection, shell: SshShell) -> None:
    shell.write(b"exit\n", soon())
    assert shell.expect(pexpect.EOF, timeout=20) == 0
    assert shell.pending()
    assert not shell.alive
    with pytest.raises(Closed):
        shell.read(soon())
    with pytest.raises(Closed):
        shell.write(b"x", soon())
    assert connection.alive
    connection.shell(soon()).expect_exact("host$ ", timeout=20)


def test_close_of_shell_keeps_connection(connection: SshConnection, shell: SshShell) -> None:
    shell.close()
    shell.close()
    assert not shell.alive
    with pytest.raises(Closed):
        shell.write(b"x", soon())
    assert connection.alive


def test_close_wakes_reading_thread(shell: SshShell) -> None:
    shell.expect_exact("host$ ", timeout=20)
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(shell.read, soon())
        with pytest.raises(FutureTimeout):
            reading.exception(0.05)
        shell.close()
        assert isinstance(reading.exception(10), Closed)


def test_lost_connection_closes_shells(server: SshServer, connection: SshConnection, shell: SshShell) -> None:
    shell.expect_exact("host$ ", timeout=20)
    hang_up(server.transports[0])
    with pytest.raises(Closed):
        shell.read(soon())
    with pytest.raises(Closed):
        shell.write(b"x", soon())
    assert not shell.alive
    assert not connection.alive
    for use in (lambda: connection.shell(soon()), lambda: connection.forward("127.0.0.1", 1, soon())):
        with pytest.raises(ConnectionClosed, match=r"The connection to 127\.0\.0\.1 is lost"):
            use()


def not_reading(release: threading.Event) -> Callable[[paramiko.Channel], None]:
    def serve(channel: paramiko.Channel) -> None:
        release.wait(20)

    return serve


def test_write_times_out_if_host_does_not_read(ssh_server: Start) -> None:
    release = threading.Event()
    with closing(connect(ssh_server(serve=not_reading(release)))) as connection:
        shell = connection.shell(soon())
        with pytest.raises(TimedOut):
            shell.write(b"x" * 10_000_000, soon() - 19)
        release.set()


def test_write_to_shut_channel_raises_closed(shell: SshShell) -> None:
    shell._channel.shutdown_write()
    with pytest.raises(Closed):
        shell.write(b"x", soon())


def test_waiting_write_raises_closed_if_connection_is_lost(ssh_server: Start) -> None:
    release = threading.Event()
    server = ssh_server(serve=not_reading(release))
    with closing(connect(server)) as connection, ThreadPoolExecutor() as pool:
        shell = connection.shell(soon())
        writing = pool.submit(shell.write, b"x" * 10_000_000, soon())
        with pytest.raises(TimedOut):
            shell.read(soon() - 19.5)
        hang_up(server.transports[0])
        assert isinstance(writing.exception(20), Closed)
        release.set()


def send_megabyte(channel: paramiko.Channel) -> None:
    with suppress(OSError, EOFError):
        channel.sendall(b"x" * 1_000_000)


def test_standard_error_of_shell_is_read_too(ssh_server: Start) -> None:
    def complain(channel: paramiko.Channel) -> None:
        channel.sendall_stderr(b"warning\r\n")

    with closing(connect(ssh_server(serve=complain))) as connection:
        assert connection.shell(soon()).read(soon()) == b"warning\r\n"


def test_keepalive_waits_for_the_end_of_a_key_exchange(connection: SshConnection) -> None:
    transport = connection._transport
    transport.clear_to_send.clear()
    sent = transport.packetizer.liveness
    transport.ask()
    assert not sent.is_overdue(60)
    transport.clear_to_send.set()
    assert connection.alive


class OneWay(socket.socket):
    """A socket that can fail to send while it still receives."""

    broken = False

    def send(self, data: Any, flags: int = 0, /) -> int:
        if self.broken:
            raise BrokenPipeError
        return super().send(data, flags)


def test_read_raises_closed_if_window_cannot_be_extended(ssh_server: Start) -> None:
    server = ssh_server(serve=send_megabyte)
    sock = OneWay(fileno=socket.create_connection(("127.0.0.1", server.port)).detach())
    with closing(
        SshConnection.open(login(server), sock=sock, settings=UNCHECKED, deadline=soon())
    ) as connection:
        shell = connection.shell(soon())
        sock.broken = True
        with pytest.raises(pexpect.EOF):
            shell.expect("never sent", timeout=20)
        with pytest.raises(Closed):
            shell.write(b"x", soon())


def test_large_output_arrives_complete(ssh_server: Start) -> None:
    data = bytes(range(256)) * 20_000

    def serve(channel: paramiko.Channel) -> None:
        channel.sendall(data)
        channel.close()

    with closing(connect(ssh_server(serve=serve))) as connection:
        assert connection.shell(soon()).read() == data


def test_shells_counts_open_shells(connection: SshConnection) -> None:
    shells = [connection.shell(soon()) for _ in range(3)]
    assert connection.shells == 3
    shells[0].close()
    shells[1].write(b"exit\n", soon())
    shells[1].expect(pexpect.EOF, timeout=20)
    assert connection.shells == 1


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        ({"sessions": False, "reason": "open failed"}, "127.0.0.1 refused to open a shell: open failed."),
        ({"sessions": False}, "127.0.0.1 refused to open a shell: no reason given."),
        ({"terminal": False}, "127.0.0.1 refused a terminal or a shell for pyco."),
        ({"shell": False}, "127.0.0.1 refused a terminal or a shell for pyco."),
    ],
)
def test_refused_shell_is_login_refused(
    ssh_server: Start, refusal: dict[str, str | bool], message: str
) -> None:
    with closing(connect(ssh_server(**refusal))) as connection:
        with pytest.raises(LoginRefused) as caught:
            connection.shell(soon())
        assert caught.value.message == message
        assert connection.alive


@pytest.mark.parametrize("stall", ["channel", "terminal"])
def test_unanswered_shell_request_times_out(ssh_server: Start, stall: str) -> None:
    with closing(connect(ssh_server(stall=stall))) as connection:
        with pytest.raises(ConnectTimedOut, match=r"127\.0\.0\.1 did not open a channel in time"):
            connection.shell(soon() - 19.5)
        assert connection.shells == 0


def test_lost_connection_while_opening_shell_is_connection_closed(ssh_server: Start) -> None:
    server = ssh_server(stall="terminal")
    with closing(connect(server)) as connection, ThreadPoolExecutor() as pool:
        opening = pool.submit(connection.shell, soon())
        assert server.reached.wait(20)
        server.transports[0].sock.shutdown(socket.SHUT_RDWR)
        assert isinstance(opening.exception(20), ConnectionClosed)
        server.release.set()


# Forwarding


def test_login_through_forwarded_stream(
    ssh_server: Start, server: SshServer, connection: SshConnection
) -> None:
    far = ssh_server()
    channel = connection.forward("127.0.0.1", far.port, soon())
    behind = SshConnection.open(login(far), sock=channel, settings=UNCHECKED, deadline=soon())
    shell = behind.shell(soon())
    shell.expect_exact("host$ ", timeout=20)
    connection.close()
    assert shell.expect(pexpect.EOF, timeout=20) == 0
    behind.close()


def test_failed_login_through_forwarded_stream_keeps_hop_open(
    greeter: Callable[[bytes], int], connection: SshConnection
) -> None:
    port = greeter(b"no ssh here\r\n")
    channel = connection.forward("127.0.0.1", port, soon())
    with pytest.raises(NegotiationFailed):
        SshConnection.open(login(_At(port)), sock=channel, settings=UNCHECKED, deadline=soon())
    assert channel.closed
    assert connection.alive


def test_greeting_of_closed_host_is_in_error() -> None:
    ours, peer = socket.socketpair()
    peer.sendall(b"no ssh here\r\n")
    peer.close()
    with pytest.raises(NegotiationFailed) as caught:
        SshConnection.open(login(_At(22)), sock=ours, settings=UNCHECKED, deadline=soon())
    assert caught.value.message == "127.0.0.1 port 22 does not speak ssh: it sent 'no ssh here'."


class _At:
    """A server of another kind, for `login`."""

    def __init__(self, port: int) -> None:
        self.port = port


def test_forward_to_closed_port_is_connection_refused(connection: SshConnection, closed_port: int) -> None:
    with pytest.raises(ConnectionRefused) as caught:
        connection.forward("127.0.0.1", closed_port, soon())
    assert caught.value.message == (
        f"127.0.0.1 port {closed_port} cannot be reached from 127.0.0.1: Connection refused."
    )


@pytest.mark.parametrize(
    ("reason", "error"),
    [
        ("Connection refused", ConnectionRefused),
        ("Connection timed out", ConnectTimedOut),
        ("Name or service not known", NameNotResolved),
        ("Temporary failure in name resolution", NameNotResolved),
        ("No address associated with hostname", NameNotResolved),
        ("No route to host", HostUnreachable),
        ("Network is unreachable", HostUnreachable),
        ("", HostUnreachable),
    ],
)
def test_forward_error_depends_on_reason_of_host(
    ssh_server: Start, reason: str, error: type[PycoError]
) -> None:
    with closing(connect(ssh_server(reason=reason))) as connection, pytest.raises(error) as caught:
        connection.forward("127.0.0.1", 1, soon())
    assert caught.value.message.endswith(f"from 127.0.0.1: {reason or 'no reason given'}.")


def test_forward_is_refused_if_host_forbids_it(ssh_server: Start) -> None:
    with closing(connect(ssh_server(forward=False, reason="open failed"))) as connection:
        with pytest.raises(ForwardingRefused) as caught:
            connection.forward("r1", 23, soon())
        assert caught.value.message == "127.0.0.1 does not forward to r1 port 23: open failed."
        assert "AllowTcpForwarding" in caught.value.hint


def test_unanswered_forward_times_out_and_late_channel_is_closed(ssh_server: Start) -> None:
    server = ssh_server(stall="forward")
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        closing(connect(server)) as connection,
    ):
        port = listener.getsockname()[1]
        with pytest.raises(ConnectTimedOut) as caught:
            connection.forward("127.0.0.1", port, soon() - 19.5)
        assert "did not answer in time, seen from 127.0.0.1" in caught.value.message
        del caught
        server.release.set()
        with listener.accept()[0] as target:
            target.settimeout(20)
            assert target.recv(100) == b""


def test_late_channel_refusal_is_ignored(ssh_server: Start) -> None:
    server = ssh_server(stall="forward", forward=False)
    with closing(connect(server)) as connection:
        with pytest.raises(ConnectTimedOut):
            connection.forward("127.0.0.1", 1, soon() - 19.5)
        server.release.set()
        with pytest.raises(ForwardingRefused):
            connection.forward("127.0.0.1", 1, soon())


def test_forwarded_stream_returns_data_of_closed_peer(
    greeter: Callable[[bytes], int], connection: SshConnection
) -> None:
    for _ in range(20):
        with closing(connection.forward("127.0.0.1", greeter(b"no free line\r\n"), soon())) as channel:
            channel.settimeout(20)
            assert channel.recv(100) == b"no free line\r\n"


def test_threads_get_answers_of_their_own_channels(
    greeter: Callable[[bytes], int], connection: SshConnection, closed_port: int
) -> None:
    open_ports = [greeter(str(number).encode()) for number in range(8)]

    def ask(port: int) -> bytes | type[Exception]:
        try:
            channel = connection.forward("127.0.0.1", port, soon())
        except PycoError as exc:
            return type(exc)
        with closing(channel):
            return channel.recv(100)

    ports = [port for open_port in open_ports for port in (open_port, closed_port)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, ports))
    assert answers[::2] == [str(number).encode() for number in range(8)]
    assert set(answers[1::2]) == {ConnectionRefused}


# Host keys


def known_hosts(tmp_path: Path, server: SshServer, key: paramiko.PKey) -> Settings:
    path = tmp_path / "hosts"
    path.write_text(f"[127.0.0.1]:{server.port} {key.get_name()} {key.get_base64()}\n")
    return Settings(known_hosts=str(path))


def test_login_with_known_host_key(server: SshServer, host_key: paramiko.PKey, tmp_path: Path) -> None:
    settings = known_hosts(tmp_path, server, host_key)
    SshConnection.open(login(server), settings=settings, deadline=soon()).close()


def test_unknown_host_key_fails_before_authentication(server: SshServer, host_key: paramiko.PKey) -> None:
    with pytest.raises(HostKeyUnknown, match=host_key.fingerprint.replace("+", r"\+")):
        SshConnection.open(login(server), settings=Settings(), deadline=soon())
    assert server.attempts == []


def test_changed_host_key_fails_before_authentication(server: SshServer, tmp_path: Path) -> None:
    settings = known_hosts(tmp_path, server, paramiko.ECDSAKey.generate())
    with pytest.raises(HostKeyChanged):
        SshConnection.open(login(server), settings=settings, deadline=soon())
    assert server.attempts == []


def test_known_host_key_is_requested_from_several(
    ssh_server: Start, key_files: dict[str, Path], host_key: paramiko.PKey, tmp_path: Path
) -> None:
    rsa = paramiko.RSAKey.from_private_key_file(str(key_files["rsa"]))
    ed25519 = paramiko.Ed25519Key.from_private_key_file(str(key_files["ed25519"]))
    for key in (rsa, ed25519, host_key):
        server = ssh_server(host_keys=(rsa, ed25519, host_key))
        settings = known_hosts(tmp_path, server, key)
        SshConnection.open(login(server), settings=settings, deadline=soon()).close()


# Negotiation


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        ({"kex": "ecdh-sha2-nistp384"}, {"kex": ("ecdh-sha2-nistp256",)}, "key exchange"),
        ({"ciphers": "aes128-ctr"}, {"ciphers": ("aes256-ctr",)}, "cipher"),
        ({"macs": "hmac-sha2-256"}, {"digests": ("hmac-sha2-512",)}, "MAC"),
        ({"host_keys": "rsa-sha2-512"}, {"key_types": ("ecdsa-sha2-nistp256",)}, "host key"),
    ],
)
def test_no_common_algorithm_error_names_offer_of_host(
    ssh_server: Start, ours: dict[str, str], theirs: dict[str, tuple[str, ...]], kind: str
) -> None:
    server = ssh_server(algorithms=theirs)
    with pytest.raises(NegotiationFailed) as caught:
        connect(server, options=LoginOptions(Algorithms(**ours)))
    offered = next(iter(theirs.values()))[0]
    assert f"have no {kind} algorithm in common; the host offers {offered}" in caught.value.message


@pytest.mark.parametrize(
    ("wanted", "used"),
    [
        ("aes256-ctr,unheard-of", "aes256-ctr"),
        ("+unheard-of", "aes128-gcm@openssh.com"),
        ("-aes128-*", "aes256-gcm@openssh.com"),
        ("^aes256-ctr", "aes256-ctr"),
        ("", "aes128-gcm@openssh.com"),
    ],
)
def test_algorithms_of_ssh_config_are_used(server: SshServer, wanted: str, used: str) -> None:
    with closing(connect(server, options=LoginOptions(Algorithms(ciphers=wanted)))):
        transport: Any = server.transports[0]
        assert transport.remote_cipher == used


def key_exchange(*lists: str) -> bytes:
    """Return the start of a server: its version and its lists of algorithms."""
    message = paramiko.Message()
    message.add_byte(bytes([20]))
    message.add_bytes(bytes(16))
    for names in lists:
        message.add_string(names)
    message.add_bytes(bytes(5))
    body = message.asbytes()
    padding = 8 - (len(body) + 5) % 8 + 8
    packet = struct.pack(">IB", len(body) + 1 + padding, padding) + body + bytes(padding)
    return b"SSH-2.0-old\r\n" + packet


COMMON = [*["aes128-ctr"] * 2, *["hmac-sha2-256"] * 2, *["none"] * 2, "", ""]


def test_offer_that_pyco_does_not_support_is_hint_to_openssh(greeter: Callable[[bytes], int]) -> None:
    kex = "diffie-hellman-group14-sha1,kex-strict-s-v00@openssh.com"
    port = greeter(key_exchange(kex, "ssh-dss", *COMMON))
    with pytest.raises(NegotiationFailed) as caught:
        connect(_At(port))
    assert caught.value.message == (
        f"127.0.0.1 port {port} and pyco have no key exchange algorithm in common; "
        "the host offers diffie-hellman-group14-sha1."
    )
    assert caught.value.hint == (
        "Set ssh_type to openssh for the system's ssh, which may have one, and ssh_algorithms to names "
        "of old algorithms to allow."
    )


def test_end_after_common_algorithms_is_connection_closed(greeter: Callable[[bytes], int]) -> None:
    with pytest.raises(ConnectionClosed, match="closed the connection before the login"):
        connect(_At(greeter(key_exchange("ecdh-sha2-nistp256", "ssh-ed25519", *COMMON))))


def test_unsupported_algorithms_are_an_error(server: SshServer) -> None:
    with pytest.raises(InvalidParameter, match="None of KexAlgorithms unheard-of in the ssh configuration"):
        connect(server, options=LoginOptions(Algorithms(kex="unheard-of")))


@pytest.mark.parametrize("text", [b"Username: \r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_greeting_of_host_without_ssh_is_in_error(greeter: Callable[[bytes], int], text: bytes) -> None:
    port = greeter(text)
    with pytest.raises(NegotiationFailed) as caught:
        connect(_At(port))
    assert f"127.0.0.1 port {port} does not speak ssh: it sent " in caught.value.message
    assert text.decode().strip() in caught.value.message


def test_binary_greeting_is_negotiation_failed(greeter: Callable[[bytes], int]) -> None:
    with pytest.raises(NegotiationFailed, match=r"does not speak ssh: it sent .* Check"):
        connect(_At(greeter(b"\xff\xfb\x01\xff\xfb\x03\r\n")))


def test_old_ssh_version_is_negotiation_failed(greeter: Callable[[bytes], int]) -> None:
    with pytest.raises(NegotiationFailed, match=r"Incompatible version \(1\.5"):
        connect(_At(greeter(b"SSH-1.5-old\r\n")))


@pytest.mark.parametrize("text", [b"", b"SSH-2.0-x\r\n", b"Exceeded MaxStartups\r\n"])
def test_close_before_login_is_connection_closed(greeter: Callable[[bytes], int], text: bytes) -> None:
    with pytest.raises(ConnectionClosed) as caught:
        connect(_At(greeter(text)))
    assert "closed the connection before the login" in caught.value.message
    assert ("MaxStartups" in caught.value.message) is (b"MaxStartups" in text)


def test_host_without_banner_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with pytest.raises(ConnectTimedOut) as caught:
            connect(_At(listener.getsockname()[1]), soon() - 19.5)
        assert "accepted the connection, but sent no ssh banner in time" in caught.value.message


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (b"\xff\xfb\x01\xff\xfb\x03\r\nUser Access Verification\r\n", ""),
        (b"Welcome\r\n", "it sent 'Welcome'"),
    ],
    ids=["telnet", "text"],
)
def test_open_connection_without_banner_is_negotiation_failed(text: bytes, quoted: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as pool:
        connecting = pool.submit(connect, _At(listener.getsockname()[1]), soon() - 17)
        sock, _address = listener.accept()
        with sock:
            sock.sendall(text)
            with pytest.raises(NegotiationFailed, match="does not speak ssh") as caught:
                connecting.result()
    assert quoted in caught.value.message


def test_stalled_negotiation_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as pool:
        connecting = pool.submit(connect, _At(listener.getsockname()[1]), soon() - 19)
        with listener.accept()[0] as peer:
            peer.sendall(b"SSH-2.0-slow\r\n")
            assert isinstance(connecting.exception(20), ConnectTimedOut)


# Closing


def test_close_of_connection_closes_shells(connection: SshConnection) -> None:
    shell = connection.shell(soon())
    connection.close()
    connection.close()
    assert not connection.alive
    assert not shell.alive
    assert connection.shells == 0


def test_misbehaving_server_prints_nothing_to_stderr(
    greeter: Callable[[bytes], int], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NegotiationFailed):
        connect(_At(greeter(b"nonsense\r\n")))
    assert capfd.readouterr() == ("", "")
    assert not logging.getLogger("pyco.paramiko").propagate


def test_resize_of_closed_shell_raises_closed(connection: SshConnection) -> None:
    shell = connection.shell(soon())
    shell.resize(90, 30)
    shell.close()
    with pytest.raises(Closed):
        shell.resize(80, 24)
