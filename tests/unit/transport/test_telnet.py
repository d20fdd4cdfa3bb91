# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout

import paramiko
import pexpect
import pytest

from pyco_core.errors import ConnectionRefused
from pyco_core.models.endpoint import Endpoint
from pyco_core.transport import tcp_stream
from pyco_core.transport.base import CHUNK, Closed, TimedOut, Transport
from pyco_core.transport.ssh import SshConnection
from pyco_core.transport.telnet import Telnet

from .conftest import UNCHECKED, login, soon
from .ssh_server import SshServer

Pair = tuple[socket.socket, socket.socket]

WILL_ECHO, DO_ECHO = b"\xff\xfb\x01", b"\xff\xfd\x01"


def test_telnet_is_a_transport(sockets: Pair) -> None:
    transport: Transport = Telnet(sockets[0])
    sockets[1].sendall(b"Username: ")
    assert transport.read(soon()) == b"Username: "
    transport.write(b"cisco\r", soon())
    assert sockets[1].recv(100) == b"cisco\r\0"
    assert transport.alive


def test_negotiation_is_answered_and_not_returned(sockets: Pair) -> None:
    telnet = Telnet(sockets[0])
    sockets[1].sendall(WILL_ECHO)
    assert not telnet.pending()
    assert sockets[1].recv(100) == DO_ECHO
    sockets[1].sendall(b"\xff\xfd\x1f")
    sockets[1].sendall(b"> ")
    assert telnet.read(soon()) == b"> "
    assert sockets[1].recv(100) == b"\xff\xfb\x1f\xff\xfa\x1f\x01\xff\xff\x00\x30\xff\xf0"


def test_read_times_out_if_only_negotiation_arrives(sockets: Pair) -> None:
    telnet = Telnet(sockets[0])
    sockets[1].sendall(WILL_ECHO)
    with pytest.raises(TimedOut):
        telnet.read(soon() - 19.9)


def test_read_returns_data_seen_by_pending(sockets: Pair) -> None:
    telnet = Telnet(sockets[0])
    assert not telnet.pending()
    sockets[1].sendall(b"abc")
    assert telnet.pending()
    assert telnet.pending()
    assert telnet.read_nonblocking(2, timeout=20) == b"ab"
    assert telnet.read(soon()) == b"c"
    assert not telnet.pending()


def test_read_and_write_time_out_if_deadline_has_passed(sockets: Pair) -> None:
    telnet = Telnet(sockets[0])
    sockets[1].sendall(b"abc")
    with pytest.raises(TimedOut):
        telnet.read(soon() - 60)
    with pytest.raises(TimedOut):
        telnet.write(b"x", soon() - 60)


def test_read_times_out_on_silence(sockets: Pair) -> None:
    with pytest.raises(TimedOut):
        Telnet(sockets[0]).read(soon() - 19.95)


def test_read_waits_longer_than_kernel_timeout(sockets: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp_stream, "KERNEL_TIMEOUT", 0.01)
    telnet = Telnet(sockets[0])
    with pytest.raises(TimedOut):
        telnet.read(soon() - 19.8)
    sockets[1].sendall(b"late")
    assert telnet.read(soon()) == b"late"


def test_end_of_stream_is_detected_with_and_without_read(sockets: Pair) -> None:
    telnet = Telnet(sockets[0])
    assert telnet.alive
    sockets[1].sendall(b"bye")
    sockets[1].close()
    assert telnet.read(soon()) == b"bye"
    assert not telnet.alive
    assert telnet.pending()
    with pytest.raises(Closed):
        telnet.read(soon())


def test_end_of_stream_is_remembered_after_read(sockets: Pair) -> None:
    telnet = Telnet(sockets[0])
    sockets[1].close()
    with pytest.raises(Closed):
        telnet.read(soon())
    assert telnet.pending()
    assert not telnet.alive


def test_reset_connection_raises_closed(tcp_sockets: Pair) -> None:
    telnet = Telnet(tcp_sockets[0])
    tcp_sockets[1].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    tcp_sockets[1].close()
    with pytest.raises(Closed):
        telnet.read(soon())
    with pytest.raises(Closed):
        telnet.write(b"x", soon())
    assert not telnet.alive


def test_closed_telnet_raises_closed(sockets: Pair) -> None:
    telnet = Telnet(sockets[0])
    telnet.close()
    telnet.close()
    assert not telnet.alive
    assert telnet.pending()
    with pytest.raises(Closed):
        telnet.read(soon())
    with pytest.raises(Closed):
        telnet.write(b"x", soon())


def test_write_times_out_if_peer_does_not_read(sockets: Pair) -> None:
    telnet = Telnet(sockets[0])
    with pytest.raises(TimedOut):
        telnet.write(b"x" * 10_000_000, soon() - 19.8)


def test_large_write_arrives_complete(
    sockets: Pair, reader: Callable[[socket.socket], Callable[[], bytes]]
) -> None:
    telnet = Telnet(sockets[0])
    received = reader(sockets[1])
    data = b"abc\r\xff" * 200_000
    telnet.write(data, soon())
    telnet.close()
    assert received() == b"abc\r\0\xff\xff" * 200_000


def test_read_returns_at_most_one_chunk(sockets: Pair) -> None:
    telnet = Telnet(sockets[0])
    sockets[1].sendall(b"x" * (CHUNK + 10))
    assert len(telnet.read(soon())) <= CHUNK


def test_urgent_data_mark_is_read_in_line(tcp_sockets: Pair) -> None:
    telnet = Telnet(tcp_sockets[0])
    tcp_sockets[1].sendall(b"^C")
    tcp_sockets[1].send(b"\xff\xf2", socket.MSG_OOB)
    tcp_sockets[1].sendall(b"\xff\xfb\x01\r\nhost$ ")
    text = b""
    while b"$" not in text:
        text += telnet.read(soon())
    assert text == b"^C\r\nhost$ "
    assert tcp_sockets[1].recv(100) == DO_ECHO


def test_close_wakes_reading_thread(tcp_sockets: Pair) -> None:
    telnet = Telnet(tcp_sockets[0])
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(telnet.read, soon())
        with pytest.raises(FutureTimeout):
            reading.exception(0.05)
        telnet.close()
        assert isinstance(reading.exception(10), Closed)


class DeadPeer:
    """A socket with a dead peer: keepalive ended it with ETIMEDOUT, which Python raises as TimeoutError."""

    def recv(self, size: int, /) -> bytes:
        raise TimeoutError(errno.ETIMEDOUT, "Connection timed out")

    def send(self, data: bytes, /) -> int:
        raise TimeoutError(errno.ETIMEDOUT, "Connection timed out")

    def settimeout(self, seconds: float | None, /) -> None:
        pass

    def close(self) -> None:
        pass


def test_etimedout_of_tcp_raises_closed() -> None:
    telnet = Telnet(DeadPeer())
    with pytest.raises(Closed):
        telnet.read(soon())
    with pytest.raises(Closed):
        telnet.write(b"x", soon())


def test_connect_opens_port_or_raises_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = Endpoint("127.0.0.1", protocol="telnet", port=listener.getsockname()[1])
        telnet = Telnet.connect(endpoint, soon())
        with listener.accept()[0] as peer:
            peer.sendall(b"hello")
            assert telnet.read(soon()) == b"hello"
        telnet.close()
        assert telnet.name == str(endpoint)
    with pytest.raises(ConnectionRefused):
        Telnet.connect(endpoint, soon())


@pytest.fixture
def hop(ssh_server: Callable[..., SshServer]) -> SshServer:
    return ssh_server()


@pytest.fixture
def forwarded(hop: SshServer) -> Iterator[tuple[Telnet, socket.socket]]:
    """Return telnet through an ssh hop, and the socket of its peer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = SshConnection.open(login(hop), settings=UNCHECKED, deadline=soon())
        channel = connection.forward("127.0.0.1", listener.getsockname()[1], soon())
        with listener.accept()[0] as peer:
            yield Telnet(channel), peer
        connection.close()


def test_forwarded_telnet_reads_and_writes(forwarded: tuple[Telnet, socket.socket]) -> None:
    telnet, peer = forwarded
    assert telnet.alive
    assert not telnet.pending()
    peer.sendall(WILL_ECHO + b"login: ")
    assert telnet.expect("login: ", timeout=20) == 0
    assert peer.recv(100) == DO_ECHO
    telnet.write(b"pyco\r", soon())
    assert peer.recv(100) == b"pyco\r\0"
    with pytest.raises(TimedOut):
        telnet.read(soon() - 19.95)
    telnet.close()
    assert peer.recv(100) == b""
    with pytest.raises(Closed):
        telnet.write(b"x", soon())


def test_write_to_shut_channel_raises_closed(forwarded: tuple[Telnet, socket.socket]) -> None:
    telnet, _ = forwarded
    sock = telnet._sock
    assert isinstance(sock, paramiko.Channel)
    sock.eof_sent = True  # as shutdown_write does, but without a message to the host, which would close it
    with pytest.raises(Closed):
        telnet.write(b"x", soon())


def test_close_of_forwarded_peer_is_detected(forwarded: tuple[Telnet, socket.socket]) -> None:
    telnet, peer = forwarded
    peer.shutdown(socket.SHUT_RDWR)
    assert telnet.expect(pexpect.EOF, timeout=20) == 0
    assert not telnet.alive
    with pytest.raises(Closed):
        telnet.write(b"x", soon())


def test_tcp_peer_that_acknowledges_is_not_silent(tcp_sockets: Pair) -> None:
    ours, theirs = tcp_sockets
    telnet = Telnet(ours)
    telnet.write(b"x", soon())
    assert theirs.recv(10) == b"x"
    assert not telnet.is_silent
    telnet.close()
    assert not telnet.is_silent


def test_tcp_peer_is_silent_after_missed_answers(tcp_sockets: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    telnet = Telnet(tcp_sockets[0])
    monkeypatch.setattr(tcp_stream, "PROBE", -60)
    assert telnet.is_silent


def test_stream_that_is_not_tcp_is_not_silent(sockets: Pair, forwarded: tuple[Telnet, socket.socket]) -> None:
    assert not Telnet(sockets[0]).is_silent
    assert not forwarded[0].is_silent
