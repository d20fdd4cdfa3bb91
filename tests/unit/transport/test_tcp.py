# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import errno
import os
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from pyco_core.errors import (
    ConnectionRefused,
    ConnectTimedOut,
    HostUnreachable,
    NameNotResolved,
    TooManyOpenFiles,
)
from pyco_core.transport import tcp, tcp_stream
from pyco_core.transport.tcp_stream import TcpStream, quickack

from .conftest import soon
from .descriptors import no_descriptors

PASSED = -1.0  # a deadline in the past


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def black_hole() -> Iterator[int]:
    """Return a port that does not answer: its backlog is full, and the kernel drops new connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = []
        for _ in range(8):
            sock = socket.socket()
            sock.setblocking(False)
            assert sock.connect_ex(("127.0.0.1", port)) == errno.EINPROGRESS
            waiting.append(sock)
        yield port
        for sock in waiting:
            sock.close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Replace the resolver, so that tests do not use a name server."""

    def answer(lookup: Callable[[], Any]) -> None:
        def getaddrinfo(host: str, port: int, **options: int) -> Any:
            if options["flags"]:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return lookup()

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return answer


def inet(*ports: int) -> Any:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]


def test_connected_socket_has_nodelay_and_keepalive(listener: socket.socket) -> None:
    with tcp.connect("127.0.0.1", listener.getsockname()[1], soon()) as sock:
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert sock.gettimeout() is None


def test_connect_reaches_ipv6_address() -> None:
    with (
        socket.create_server(("::1", 0), family=socket.AF_INET6) as listener,
        tcp.connect("::1", listener.getsockname()[1], soon()) as sock,
    ):
        assert sock.family == socket.AF_INET6


def test_connect_resolves_name(listener: socket.socket, names: Callable[[Any], None]) -> None:
    names(lambda: inet(listener.getsockname()[1]))
    tcp.connect("r1", 23, soon()).close()


def test_connect_tries_next_address_after_refusal(
    listener: socket.socket, closed_port: int, names: Callable[[Any], None]
) -> None:
    names(lambda: inet(closed_port, listener.getsockname()[1]))
    tcp.connect("r1", 23, soon()).close()


def test_connect_tries_next_address_after_timeout(
    listener: socket.socket, black_hole: int, names: Callable[[Any], None]
) -> None:
    names(lambda: inet(black_hole, listener.getsockname()[1]))
    tcp.connect("r1", 23, soon() - 19.5).close()


def test_refused_connection_error_names_host_and_port(closed_port: int) -> None:
    with pytest.raises(ConnectionRefused) as caught:
        tcp.connect("127.0.0.1", closed_port, soon())
    assert caught.value.message == f"127.0.0.1 port {closed_port} refused the connection."
    assert caught.value.hint == "Nothing listens there. Check the port, and that the service runs."
    assert caught.value.setting == "port"
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)


def test_connect_times_out_if_port_does_not_answer(black_hole: int) -> None:
    with pytest.raises(ConnectTimedOut) as caught:
        tcp.connect("127.0.0.1", black_hole, soon() - 19.8)
    assert caught.value.message == f"127.0.0.1 port {black_hole} did not answer in time."


def test_connect_times_out_if_deadline_has_passed(black_hole: int) -> None:
    with pytest.raises(ConnectTimedOut):
        tcp.connect("127.0.0.1", black_hole, PASSED)


def test_error_of_several_addresses_is_the_most_specific(
    black_hole: int, closed_port: int, names: Callable[[Any], None]
) -> None:
    nowhere = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("255.255.255.255", 23))
    names(lambda: [nowhere, *inet(black_hole, closed_port)])
    with pytest.raises(ConnectionRefused):
        tcp.connect("r1", 23, soon() - 19.5)
    names(lambda: [nowhere, *inet(black_hole)])
    with pytest.raises(ConnectTimedOut):
        tcp.connect("r1", 23, soon() - 19.5)


def test_address_without_route_is_unreachable() -> None:
    # The kernel refuses TCP to the broadcast address by itself; nothing is sent.
    with pytest.raises(HostUnreachable) as caught:
        tcp.connect("255.255.255.255", 23, soon())
    assert caught.value.message.startswith("255.255.255.255 port 23 cannot be reached: ")


def test_unsupported_address_family_is_unreachable(names: Callable[[Any], None]) -> None:
    names(lambda: [(socket.AF_APPLETALK, socket.SOCK_STREAM, 0, "", ("r1", 23))])
    with pytest.raises(HostUnreachable):
        tcp.connect("r1", 23, soon())


def test_unknown_name_is_not_resolved(names: Callable[[Any], None]) -> None:
    def unknown() -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    names(unknown)
    with pytest.raises(NameNotResolved) as caught:
        tcp.connect("no-such-host", 22, soon())
    assert caught.value.message == "The name no-such-host was not resolved: Name or service not known."


def test_exhausted_descriptors_are_named(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with no_descriptors(), pytest.raises(TooManyOpenFiles) as caught:
        tcp.connect("127.0.0.1", port, soon())
    assert "This process cannot open another file: Too many open files (its limit is " in caught.value.message


def test_unknown_name_with_exhausted_descriptors_is_not_blamed_on_name(
    names: Callable[[Any], None],
) -> None:
    def unknown() -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    names(unknown)
    with no_descriptors(), pytest.raises(TooManyOpenFiles):
        tcp.connect("r1", 22, soon())


def test_system_error_of_name_lookup_is_not_resolved(names: Callable[[Any], None]) -> None:
    def broken() -> Any:
        raise OSError(errno.EIO, "Input/output error")

    names(broken)
    with pytest.raises(NameNotResolved, match="Input/output error"):
        tcp.connect("r1", 22, soon())


def test_invalid_name_is_not_resolved() -> None:
    with pytest.raises(NameNotResolved) as caught:
        tcp.connect("a" * 70 + ".example", 22, soon())
    assert "is not a valid host name" in caught.value.message


def test_name_lookup_times_out_at_deadline(
    names: Callable[[Any], None],
) -> None:
    release = threading.Event()
    names(lambda: release.wait(20) and inet())
    with pytest.raises(ConnectTimedOut) as caught:
        tcp.connect("r1", 22, soon() - 19.9)
    release.set()
    assert caught.value.message == "The name r1 was not resolved in time."


def test_failed_connect_leaves_no_descriptor(closed_port: int) -> None:
    before = len(os.listdir("/dev/fd"))
    for _ in range(3):
        with pytest.raises(ConnectionRefused):
            tcp.connect("127.0.0.1", closed_port, soon())
    assert len(os.listdir("/dev/fd")) == before


def test_recv_returns_none_while_time_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tcp_stream, "KERNEL_TIMEOUT", 0.01)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = TcpStream(ours)
        assert stream.recv(10, 20) is None
        theirs.sendall(b"abc")
        assert stream.recv(2, 20) == b"ab"
        assert not stream.idle()
        assert stream.recv(2, 0) == b"c"
        assert stream.idle()


def test_quickack_ignores_closed_socket(listener: socket.socket) -> None:
    with socket.create_connection(listener.getsockname()) as sock:
        acknowledge = quickack(sock)
    assert acknowledge is not None
    acknowledge()


def test_send_continues_after_peer_has_read() -> None:
    ours, theirs = socket.socketpair()

    class ReadingPeer(TcpStream):
        """A stream whose peer reads when a write has to wait."""

        def _wait(self, poll: select.poll, seconds: float) -> bool:
            theirs.recv(1 << 20)
            return super()._wait(poll, seconds)

    with ours, theirs:
        stream = ReadingPeer(ours)
        with suppress(BlockingIOError):
            while True:
                ours.send(b"x" * 65536, socket.MSG_DONTWAIT)
        assert stream.send(b"y" * 65536, 20)
