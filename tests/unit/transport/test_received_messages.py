# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of a server that say to have more fields than they have."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import paramiko
import pytest
from paramiko.common import MSG_UNIMPLEMENTED, cMSG_EXT_INFO, cMSG_USERAUTH_INFO_REQUEST

from pyco_core.errors import PycoError
from pyco_core.transport.packets import MAX_MISSING, ReceivedMessage
from pyco_core.transport.ssh import SshConnection

from . import ssh_server as module
from .conftest import UNCHECKED, login, soon
from .ssh_server import SshServer

MANY = b"\xff\xff\xff\xff"
MESSAGES = {
    "extensions": (cMSG_EXT_INFO, cMSG_EXT_INFO + MANY),
    "questions": (cMSG_USERAUTH_INFO_REQUEST, cMSG_USERAUTH_INFO_REQUEST + bytes(12) + MANY),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_count_without_its_fields_ends_the_login(
    ssh_server: Callable[..., SshServer], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    server = ssh_server(methods="keyboard-interactive")
    kind, content = MESSAGES[name]
    transport: Any = module._Transport
    send = transport._send_message

    def replace(self: Any, message: paramiko.Message) -> None:
        send(self, paramiko.Message(content) if message.asbytes()[:1] == kind else message)

    monkeypatch.setattr(transport, "_send_message", replace)
    with pytest.raises(PycoError):
        SshConnection.open(login(server), settings=UNCHECKED, deadline=soon())
    # `no_leaks` checks that the thread has ended, which would read the fields.


def test_message_without_its_last_fields_is_read() -> None:
    message = ReceivedMessage(b"\0\0\0\1x")
    assert message.get_text() == "x"
    assert (message.get_text(), message.get_int(), message.get_boolean()) == ("", 0, False)


def test_too_many_missing_fields_are_an_error() -> None:
    message = ReceivedMessage(b"")
    for _field in range(MAX_MISSING):
        message.get_boolean()
    with pytest.raises(paramiko.SSHException, match="incomplete"):
        message.get_boolean()


@pytest.mark.parametrize("kind", [49, 192, 255])
def test_unknown_message_is_answered_and_ignored(ssh_server: Callable[..., SshServer], kind: int) -> None:
    def serve(channel: paramiko.Channel) -> None:
        transport: Any = channel.get_transport()
        transport._send_user_message(paramiko.Message(bytes([kind]) + b"content"))
        channel.sendall(b"after")

    with closing(
        SshConnection.open(login(ssh_server(serve=serve)), settings=UNCHECKED, deadline=soon())
    ) as connection:
        packetizer: Any = connection._transport.packetizer
        send, sent = packetizer.send_message, []

        def record(message: paramiko.Message) -> None:
            sent.append(message.asbytes()[0])
            send(message)

        packetizer.send_message = record
        assert connection.shell(soon()).read(soon()) == b"after"
        assert MSG_UNIMPLEMENTED in sent
