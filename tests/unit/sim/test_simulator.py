# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import socket

import pytest

from pyco_core.sim import Sim, Tape

from .clients import Connect


def test_connection_closed_before_accept_is_ignored(sim: Sim, tape: Tape) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        sim._welcome(listener, sim.telnet(tape))
    assert sim._live == {}


def test_second_close_of_simulator_does_nothing(tape: Tape) -> None:
    with Sim() as sim:
        sim.telnet(tape)
        sim.close()
    sim.close()


def test_close_of_simulator_closes_sessions_and_ports(tape: Tape, dial: Connect) -> None:
    with Sim() as sim:
        router = sim.telnet(tape)
        client = dial(router.port)
        client.until(b"Username: ")
    assert client.rest() == b""
    assert router.endings() == ["stopped"]
    with pytest.raises(ConnectionRefusedError):
        dial(router.port)
