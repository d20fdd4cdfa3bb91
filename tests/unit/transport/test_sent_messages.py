# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about a channel that a real sshd has closed meanwhile. It ends a connection that sends one."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import paramiko
import pytest
from paramiko.common import (
    MSG_CHANNEL_CLOSE,
    MSG_CHANNEL_DATA,
    MSG_CHANNEL_EOF,
    MSG_CHANNEL_REQUEST,
    MSG_KEXINIT,
    MSG_NEWKEYS,
    cMSG_REQUEST_FAILURE,
)

from pyco_core.errors import ConnectTimedOut
from pyco_core.models.execute import PLAIN
from pyco_core.transport.program import SshProgram
from pyco_core.transport.sent_messages import MAX_KEPT, SendingTransport
from pyco_core.transport.ssh import SshConnection
from tests.unit.sshd import Sshd, servers

from .conftest import UNCHECKED, soon


def type_in(program: SshProgram, data: bytes) -> None:
    """Write data when the server has opened the window for it."""
    while not program.send(data):
        assert program.wait(60)


def wait_for(program: SshProgram) -> None:
    while not program.has_ended:
        assert program.wait(60)


def output_of(program: SshProgram) -> bytes:
    """Return the output of a program up to its end."""
    output = b""
    while not program.has_ended:
        output += program.receive()[0]
        assert program.wait(60)
    return output


def wait_for_close(program: SshProgram) -> None:
    """Wait until the server's message that closes the channel is handled."""
    while not program._watch.is_complete:
        assert program.wait(60)


# What is written while a program ends, and the message for it.
WRITES: dict[str, tuple[int, Callable[[SshProgram], object]]] = {
    "input": (MSG_CHANNEL_DATA, lambda program: type_in(program, b"input")),
    "end of input": (MSG_CHANNEL_EOF, lambda program: program.end_input()),
    "size": (MSG_CHANNEL_REQUEST, lambda program: program._channel.resize_pty(100, 50)),
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sshd]:
    with servers(tmp_path) as start:
        yield start("")


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    """Return a file that a program reads until the test opens and closes it."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    return fifo


@pytest.mark.parametrize("name", WRITES)
def test_late_message_does_not_end_the_connection(server: Sshd, fifo: Path, name: str) -> None:
    kind, write = WRITES[name]
    with closing(SshConnection.open(server.endpoint, settings=UNCHECKED, deadline=soon())) as connection:
        program = connection.program(b"cat %s" % os.fsencode(fifo), soon(), PLAIN)
        transport: Any = connection._transport
        send, writer, is_held = transport._send_user_message, threading.get_ident(), []

        def hold(message: Any) -> None:
            """Send the message of this thread after the program has ended."""
            if threading.get_ident() == writer and message.packet.getvalue()[0] == kind:
                is_held.append(True)
                transport._send_user_message = send
                fifo.write_bytes(b"")
                wait_for(program)
            send(message)

        transport._send_user_message = hold
        write(program)
        assert is_held
        after = connection.program(b"exit 7", soon(), PLAIN)
        wait_for(after)
        assert after.status == 7
        assert server.logins == 1


def test_message_of_an_ended_program_does_not_reach_the_next_one(server: Sshd, fifo: Path) -> None:
    with closing(SshConnection.open(server.endpoint, settings=UNCHECKED, deadline=soon())) as connection:
        program = connection.program(b"cat %s" % os.fsencode(fifo), soon(), PLAIN)
        transport: Any = connection._transport
        send = transport._send_user_message
        following: list[SshProgram] = []

        def hold(message: Any) -> None:
            transport._send_user_message = send
            fifo.write_bytes(b"")
            wait_for(program)
            number = program._channel.remote_chanid
            while not following or following[-1]._channel.remote_chanid != number:  # sshd frees it soon
                following.append(connection.program(b"cat", soon(), PLAIN))
                if len(following) > 1:
                    following[-2].close()
            send(message)

        transport._send_user_message = hold
        type_in(program, b"of the first")
        cat = following[-1]
        type_in(cat, b"of the second")
        cat.end_input()
        assert output_of(cat) == b"of the second"


class Exchange:
    """A key exchange that we begin, whose first message is under way until `end`.

    sent: the messages after it.
    """

    def __init__(self, connection: SshConnection) -> None:
        transport: Any = connection._transport
        self._held: list[paramiko.Message] = []
        self.sent: list[int] = []
        self._send = transport.packetizer.send_message
        transport.packetizer.send_message = self._hold
        transport._send_kex_init()

    def _hold(self, message: paramiko.Message) -> None:
        kind = message.asbytes()[0]
        if kind == MSG_KEXINIT:
            self._held.append(message)
        else:
            self.sent.append(kind)
            self._send(message)

    def end(self) -> None:
        self._send(self._held[0])


def test_program_that_ends_during_a_key_exchange_does_not_end_the_connection(
    server: Sshd, fifo: Path
) -> None:
    with closing(SshConnection.open(server.endpoint, settings=UNCHECKED, deadline=soon())) as connection:
        program = connection.program(b"cat %s" % os.fsencode(fifo), soon(), PLAIN)
        exchange = Exchange(connection)
        fifo.write_bytes(b"output")
        wait_for_close(program)
        assert program.receive()[0] == b"output"
        assert exchange.sent == []
        exchange.end()
        after = connection.program(b"exit 7", soon(), PLAIN)
        wait_for(after)
        assert after.status == 7
        assert exchange.sent.index(MSG_NEWKEYS) < exchange.sent.index(MSG_CHANNEL_CLOSE)
        assert server.logins == 1


def test_messages_during_a_key_exchange_do_not_wait_and_keep_their_order(server: Sshd) -> None:
    with closing(SshConnection.open(server.endpoint, settings=UNCHECKED, deadline=soon())) as connection:
        cat = connection.program(b"cat", soon(), PLAIN)
        exchange = Exchange(connection)
        for data in (b"1", b"2", b"3"):
            type_in(cat, data)
        cat.end_input()
        assert exchange.sent == []
        exchange.end()
        assert output_of(cat) == b"123"
        data_or_end = [MSG_CHANNEL_DATA, MSG_CHANNEL_DATA, MSG_CHANNEL_DATA, MSG_CHANNEL_EOF]
        after = exchange.sent[exchange.sent.index(MSG_NEWKEYS) + 1 :]
        assert [kind for kind in after if kind in data_or_end] == data_or_end


def test_channel_does_not_open_after_its_deadline_in_a_key_exchange(server: Sshd) -> None:
    with closing(SshConnection.open(server.endpoint, settings=UNCHECKED, deadline=soon())) as connection:
        exchange = Exchange(connection)
        with pytest.raises(ConnectTimedOut):
            connection.shell(soon() - 19.5)
        exchange.end()
        after = connection.program(b"exit 7", soon(), PLAIN)
        wait_for(after)
        assert after.status == 7


def test_channel_that_nobody_wants_any_more_is_ignored(sockets: tuple[socket.socket, socket.socket]) -> None:
    transport: Any = SendingTransport(sockets[0])
    message = paramiko.Message()
    for number in (5, 0, 1 << 21, 1 << 15):
        message.add_int(number)
    message.rewind()
    transport._parse_channel_open_success(message)
    assert len(transport._channels) == 0
    transport.close()


def test_server_that_asks_without_end_in_a_key_exchange_is_an_error(
    sockets: tuple[socket.socket, socket.socket],
) -> None:
    transport: Any = SendingTransport(sockets[0])  # the first exchange has not begun
    answer = paramiko.Message()
    answer.add_byte(cMSG_REQUEST_FAILURE)
    for _message in range(MAX_KEPT):
        transport._send_message(answer)
    with pytest.raises(paramiko.SSHException, match="does not end the exchange of keys"):
        transport._send_message(answer)
    transport.close()


def test_nothing_is_kept_for_a_connection_that_has_ended(
    sockets: tuple[socket.socket, socket.socket],
) -> None:
    transport: Any = SendingTransport(sockets[0])
    transport._send_user_message(paramiko.Message(cMSG_REQUEST_FAILURE))
    assert transport._kept == []
    transport.close()
