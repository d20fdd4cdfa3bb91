# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import socket
from threading import Event
from typing import cast

import paramiko
import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.sim import Faults, Host, Session, Sim, Tape

from .clients import Broken, Connect, Ends


def test_hangup_of_client_is_recorded(router: Host, log_in: Connect) -> None:
    log_in(router.port).sock.close()
    assert router.endings() == ["client"]


def test_base_class_of_host_serves_nothing(ends: Ends) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(NotImplementedError):
        Host(listener, Faults(), Event()).serve(ends[0])


def test_refusal_on_broken_channel_is_recorded(sim: Sim) -> None:
    host = sim.ssh(users={"pyco": "secret"})
    session = Session()
    host._serve_shell(cast(paramiko.Channel, Broken()), session)
    assert session.ended == "refused"


def test_input_after_end_keeps_last_output(sim: Sim, tape: Tape, log_in: Connect) -> None:
    router = sim.telnet(tape)
    client = log_in(router.port)
    client.send(b"exit\r\0")
    assert router.endings() == ["exit"]
    client.send(b"more\r\0")
    assert client.rest().endswith(b"exit\r\n")


def test_endings_times_out_for_open_session(sim: Sim, tape: Tape, log_in: Connect) -> None:
    router = sim.telnet(tape)
    log_in(router.port)
    with pytest.raises(TimeoutError, match="still open"):
        router.endings(timeout=0.01)


def test_host_without_configuration_has_no_device(router: Host) -> None:
    with pytest.raises(InvalidParameter, match="This host has no configuration"):
        assert router.device
