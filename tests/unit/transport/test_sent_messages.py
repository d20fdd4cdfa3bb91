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
from paramiko.common import MSG_CHANNEL_DATA, MSG_CHANNEL_EOF, MSG_CHANNEL_REQUEST

from pyco_core.models.execute import PLAIN
from pyco_core.transport.program import SshProgram
from pyco_core.transport.sent_messages import SendingTransport
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
        output = b""
        while not cat.has_ended:
            output += cat.receive()[0]
            assert cat.wait(60)
        assert output == b"of the second"


def test_channel_that_nobody_wants_any_more_is_ignored(sockets: tuple[socket.socket, socket.socket]) -> None:
    transport: Any = SendingTransport(sockets[0])
    message = paramiko.Message()
    for number in (5, 0, 1 << 21, 1 << 15):
        message.add_int(number)
    message.rewind()
    transport._parse_channel_open_success(message)
    assert len(transport._channels) == 0
    transport.close()
