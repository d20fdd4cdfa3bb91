# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unfinished requests: the broker's memory and its other clients, over real sockets."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest

from pyco_core.broker import client, connection, framing, paths, request_reader
from pyco_core.broker.messages import Hello, Status
from pyco_core.broker.request_reader import RequestReader
from pyco_core.broker.server import LARGE_REQUESTS, Broker
from pyco_core.broker.turns import Turns
from pyco_core.errors import BrokerLost
from pyco_core.session_pool import PoolClosed

from .conftest import Talker
from .router import TIMEOUT

LARGE = 15 * 1024 * 1024  # bytes that a client announces
HALF = struct.pack("!II", LARGE, 0) + b" " * (LARGE - 1000)
MEGABYTE = 1e6


@contextmanager
def senders(count: int) -> Iterator[list[socket.socket]]:
    """Connect clients to the broker of this user."""
    with ExitStack() as stack:
        socks = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(count)]
        for sock in socks:
            sock.connect(str(paths.socket_path()))
            sock.setblocking(False)
        yield socks


def push(socks: list[socket.socket], data: bytes, seconds: float) -> dict[socket.socket, int]:
    """Send data on each socket as far as the broker reads it; return the bytes that each has sent."""
    sent = dict.fromkeys(socks, 0)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        open_socks = [sock for sock in socks if 0 <= sent[sock] < len(data)]
        for sock in select.select([], open_socks, [], 0.05)[1]:
            try:
                sent[sock] += sock.send(memoryview(data)[sent[sock] :])
            except OSError:  # closed by the broker
                sent[sock] = -1
    return sent


@contextmanager
def pair(count: int = 1) -> Iterator[tuple[RequestReader, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(TIMEOUT)
        yield RequestReader(ours, Turns(count)), theirs


def in_background(function: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=function)
    thread.start()
    return thread


def send_rest(reader: RequestReader, sock: socket.socket, data: bytes) -> None:
    """Send data after the reader has read everything before it."""
    while select.select([reader._sock], [], [], 0)[0]:
        threading.Event().wait(0.001)
    sock.sendall(data)


def test_half_requests_of_many_clients_leave_memory_of_broker_bounded(processes: None) -> None:
    connection.connect().close()
    before = client.status()[0].memory
    with senders(20) as socks:
        push(socks, HALF, 1.0)
        assert client.status()[0].memory - before < 60 * MEGABYTE  # 317 without turns


def test_small_request_is_answered_while_large_ones_wait(broker: Broker, talk: Callable[[], Talker]) -> None:
    with senders(LARGE_REQUESTS + 1) as socks:
        sent = push(socks, HALF, 0.5)
        assert sorted(count == len(HALF) for count in sent.values()) == [False] + [True] * LARGE_REQUESTS
        assert talk().greet().ask(Status()).clients == len(socks)


def test_large_request_gets_turn_of_silent_clients(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, talk: Callable[[], Talker]
) -> None:
    monkeypatch.setattr(request_reader, "SILENCE", 0.2)
    talker = talk()
    with senders(3 * LARGE_REQUESTS) as socks:
        push(socks, HALF, 0.1)
        answer = talker.ask(Hello(1, "x" * 1_000_000))
        assert answer.pid
        assert talker.greet()


def test_broker_ends_while_large_requests_wait(broker: Broker, talk: Callable[[], Talker]) -> None:
    talkers = [talk() for _ in range(LARGE_REQUESTS + 2)]
    for talker in talkers:
        talker.sock.setblocking(False)
    push([talker.sock for talker in talkers], HALF, 0.2)
    broker.stop()
    for talker in talkers:
        talker.sock.settimeout(TIMEOUT)
        assert talker.is_closed()


@pytest.mark.parametrize("size", [9, request_reader.SMALL - 1, request_reader.SMALL, 300_000])
def test_silent_client_is_closed_in_middle_of_request(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(request_reader, "SILENCE", 0.1)
    with pair() as (reader, sock):
        sender = in_background(lambda: sock.sendall(HALF[:size]))
        with pytest.raises(TimeoutError):
            reader.read()
        sender.join()


@pytest.mark.parametrize("timeout", [0.0, 0.3])
def test_slow_client_is_closed_after_request_timeout(monkeypatch: pytest.MonkeyPatch, timeout: float) -> None:
    monkeypatch.setattr(request_reader, "REQUEST_TIMEOUT", timeout)
    with pair() as (reader, sock):
        sock.sendall(HALF[:100])
        done = threading.Event()

        def drip() -> None:
            while not done.wait(0.01):
                sock.sendall(b" ")

        dripper = in_background(drip)
        with pytest.raises(TimeoutError):
            reader.read()
        done.set()
        dripper.join()


@pytest.mark.parametrize("size", [10, 70_000, 3_000_000, framing.REQUEST_LIMIT])
def test_request_of_any_size_is_read_in_pieces(size: int) -> None:
    with pair() as (reader, sock):
        [frame] = framing.encode(b"x" * size)
        for _ in range(2):  # the turn is given back
            sock.sendall(frame[:9])
            sender = in_background(lambda: send_rest(reader, sock, frame[9:]))
            message = reader.read()
            sender.join()
            assert message
            assert [len(message.header), message.body] == [size, b""]
        sock.close()
        assert reader.read() is None


@pytest.mark.parametrize("data", [HALF[:20], HALF[:200_000], b"\0\0\0\1\0\0\0\0xy", b"\xff" * 100])
def test_end_in_middle_of_request_and_invalid_data_are_errors(data: bytes) -> None:
    with pair() as (reader, sock):

        def send() -> None:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)

        sender = in_background(send)
        with pytest.raises(BrokerLost, match="not a message"):
            reader.read()
        sender.join()


def test_turns_are_given_in_order_of_arrival() -> None:
    turns = Turns(1)
    turns.take()
    order: list[int] = []
    waiting = []

    def wait(number: int) -> None:
        turns.take()
        order.append(number)
        turns.give_back()

    for number in range(5):
        waiting.append(in_background(partial(wait, number)))
        while len(turns._waiting) <= number:
            threading.Event().wait(0.001)
    turns.give_back()
    for thread in waiting:
        thread.join(TIMEOUT)
    assert order == [0, 1, 2, 3, 4]


def test_closed_turns_end_every_wait() -> None:
    turns = Turns(1)
    turns.take()
    errors: list[type[BaseException]] = []

    def wait() -> None:
        with pytest.raises(PoolClosed) as raised:
            turns.take()
        errors.append(raised.type)

    thread = in_background(wait)
    while not turns._waiting:
        threading.Event().wait(0.001)
    turns.close()
    thread.join(TIMEOUT)
    wait()
    assert errors == [PoolClosed, PoolClosed]
