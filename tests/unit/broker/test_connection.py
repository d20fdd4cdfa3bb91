# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client's connection to a broker that does not answer."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from pyco_core.broker import codec, paths, protocol
from pyco_core.broker.connection import BrokerConnection, prepare
from pyco_core.broker.framing import Message
from pyco_core.broker.messages import OpenAnswer, SessionState, Status, StatusAnswer
from pyco_core.errors import BrokerLost


def test_silent_connection_ends_early_if_nobody_listens_any_more(home: Path) -> None:
    ours, theirs = socket.socketpair()
    connection = BrokerConnection(ours, home / "nothing.sock")
    with theirs, pytest.raises(BrokerLost, match=r"did not answer within 0\.2 seconds"):
        connection.exchange(Status(), StatusAnswer, 20.0, checked=0.2)
    assert not connection.is_open


def test_forked_process_finds_its_first_answer_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare()
    message = Message(b'{"driver": {"name": "linux"}, "state": {"mode": "shell"}}', b"")
    with monkeypatch.context() as patch:
        patch.delattr(os, "scandir")
        patch.delattr(codec, "get_type_hints")
        assert paths.identity()
        answer = protocol.read_answer(OpenAnswer, message)
    assert isinstance(answer, OpenAnswer)
    assert answer.driver.name == "linux"
    assert answer.state == SessionState(mode="shell")
