# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import socket

import pytest


def test_telnet_typed_into_a_router_reaches_the_next_and_comes_back(sim, tape, log_in):
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


def test_ssh_typed_into_a_router_asks_for_the_password_and_reaches_the_next(sim, tape, log_in):
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


def test_ssh_gives_up_after_three_wrong_passwords(sim, tape, log_in):
    near, far = sim.telnet(tape), sim.ssh(tape)
    client = log_in(near.port)
    client.send(f"ssh -l demo -p {far.port} 127.0.0.1\r\0".encode() + b"wrong\r\0" * 3)
    client.until(b"closed by foreign host]\r\nr1>")
    assert len(far.logins.rejected) == 3


def test_ssh_typed_at_a_port_without_ssh_comes_back(sim, tape, log_in):
    near = sim.telnet(tape)
    client = log_in(near.port)
    client.send(f"ssh -l demo -p {near.port} 127.0.0.1\r\0".encode())
    client.until(b"closed by foreign host]\r\nr1>")


@pytest.mark.parametrize("port", ["{closed}", "99999"])
def test_a_closed_port_is_refused_in_the_devices_words(sim, tape, log_in, port):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]
    client = log_in(sim.telnet(tape).port)
    client.send(f"telnet 127.0.0.1 {port.format(closed=closed)}\r\0".encode())
    assert b"% Connection refused by remote host" in client.until(b"r1>")


def test_a_client_that_hangs_up_takes_the_whole_chain_down(sim, tape, log_in):
    near, far = sim.telnet(tape), sim.telnet(tape)
    client = log_in(near.port)
    client.send(f"telnet 127.0.0.1 {far.port}\r\0".encode())
    client.until(b"Username: ")
    client.sock.close()
    assert far.endings() == ["client"]
    assert near.endings() == ["client"]
