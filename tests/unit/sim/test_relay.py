# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import socket

import pytest

from pyco_core.sim import Sim, Tape, relay

from .clients import Broken, Connect


def test_telnet_command_connects_to_next_device_and_returns(sim: Sim, tape: Tape, log_in: Connect) -> None:
    near, far = sim.telnet(tape), sim.telnet(tape)
    client = log_in(near.port)
    client.send(f"telnet 127.0.0.1 {far.port}\r\0".encode())
    assert b"Open\r\n\r\nDemo router." in client.until(b"Username: ")
    client.send(b"demo\r\0demo-login\r\0show clock\r\0exit\r\0")
    client.until(b"[Connection to 127.0.0.1 closed by foreign host]\r\nr1>")
    client.send(b"exit\r\0")
    client.rest()
    assert far.commands == ["show clock", "exit"]
    assert near.commands == [f"telnet 127.0.0.1 {far.port}", "exit"]


def test_ssh_command_asks_for_password_and_connects(sim: Sim, tape: Tape, log_in: Connect) -> None:
    near, far = sim.telnet(tape), sim.ssh(tape)
    client = log_in(near.port)
    client.send(f"ssh -l demo -p {far.port} 127.0.0.1\r\0".encode())
    client.until(b"Password: ")
    client.send(b"wrong\r\0")
    client.until(b"Password: ")
    client.send(b"demo-login\r\0")
    client.until(b"r1>")
    client.send(b"show clock\r\0")
    client.until(b"UTC")
    client.send(b"exit\r\0")
    client.until(b"closed by foreign host]\r\nr1>")
    assert far.endings() == ["exit"]
    assert far.logins.rejected == ["demo"]


def test_ssh_command_ends_after_three_wrong_passwords(sim: Sim, tape: Tape, log_in: Connect) -> None:
    near, far = sim.telnet(tape), sim.ssh(tape)
    client = log_in(near.port)
    client.send(f"ssh -l demo -p {far.port} 127.0.0.1\r\0".encode() + b"wrong\r\0" * 3)
    client.until(b"closed by foreign host]\r\nr1>")
    assert len(far.logins.rejected) == 3


def test_ssh_command_to_telnet_port_returns(sim: Sim, tape: Tape, log_in: Connect) -> None:
    near = sim.telnet(tape)
    client = log_in(near.port)
    client.send(f"ssh -l demo -p {near.port} 127.0.0.1\r\0".encode())
    client.until(b"closed by foreign host]\r\nr1>")


@pytest.mark.parametrize("port", ["{closed}", "99999"])
def test_refused_connection_prints_message_of_tape(sim: Sim, tape: Tape, log_in: Connect, port: str) -> None:
    client = log_in(sim.telnet(tape).port)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # no server gets the port meanwhile
        closed = taken.getsockname()[1]
        client.send(f"telnet 127.0.0.1 {port.format(closed=closed)}\r\0".encode())
        assert b"% Connection refused by remote host" in client.until(b"r1>")


def test_hangup_of_client_ends_every_hop(sim: Sim, tape: Tape, log_in: Connect) -> None:
    near, far = sim.telnet(tape), sim.telnet(tape)
    client = log_in(near.port)
    client.send(f"telnet 127.0.0.1 {far.port}\r\0".encode())
    client.until(b"Username: ")
    client.sock.close()
    assert far.endings() == ["client"]
    assert near.endings() == ["client"]


def test_broken_stream_is_end_of_relay() -> None:
    assert relay._read(Broken()) == b""
    relay._write(Broken(), b"data")
