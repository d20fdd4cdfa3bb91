# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer to the request for a channel arrives while the request times out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import paramiko
import pytest

from pyco_core.errors import LoginRefused
from pyco_core.transport.ssh import SshConnection

from .conftest import UNCHECKED, login, soon
from .ssh_server import SshServer


def connect(server: SshServer) -> SshConnection:
    return SshConnection.open(login(server), settings=UNCHECKED, deadline=soon())


def at_the_end(connection: SshConnection, monkeypatch: pytest.MonkeyPatch, name: str) -> list[bool]:
    """Let requests time out when paramiko begins to handle the answer. Returns a list of the answers.

    name: of the method that handles it.
    """
    transport: Any = connection._transport
    handle, opener = getattr(paramiko.Transport, name), threading.get_ident()
    answers: list[bool] = []

    def late(self: Any, message: paramiko.Message) -> None:
        if self is transport and not answers:
            answers.append(True)
            transport._stop_waiting(opener)
            while opener in transport._requested:  # until the request has timed out
                threading.Event().wait(0.001)
        handle(self, message)

    monkeypatch.setattr(paramiko.Transport, name, late)
    return answers


def test_channel_that_opens_at_the_deadline_is_complete(
    ssh_server: Callable[..., SshServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(connect(ssh_server())) as connection:
        first: Any = connection._transport.open("session", soon())
        answers = at_the_end(connection, monkeypatch, "_parse_channel_open_success")
        second: Any = connection._transport.open("session", soon())
        assert answers
        assert second.remote_chanid != first.remote_chanid


def test_channel_refused_at_the_deadline_is_refused(
    ssh_server: Callable[..., SshServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(connect(ssh_server(sessions=False))) as connection:
        answers = at_the_end(connection, monkeypatch, "_parse_channel_open_failure")
        with pytest.raises(LoginRefused):
            connection.shell(soon())
        assert answers


def test_request_does_not_end_when_the_clock_is_set(
    ssh_server: Callable[..., SshServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ssh_server(stall="channel")
    with closing(connect(server)) as connection:
        looks = []

        def clock() -> float:
            """Return a time that is an hour later at each look."""
            looks.append(True)
            if len(looks) == 3:  # the server answers after an hour
                server.release.set()
            return 3600.0 * len(looks)

        monkeypatch.setattr("paramiko.transport.time.time", clock)
        channel = connection._transport.open("session", soon())
        assert not channel.closed
