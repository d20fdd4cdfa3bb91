# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.sim import Host, Session
from pyco_core.sim.pipe import HungUp
from pyco_core.sim.terminal import Terminal

from .clients import Broken, Connect, Ends


def test_password_is_not_echoed(router: Host, dial: Connect) -> None:
    client = dial(router.port)
    client.send(b"demo\r\0demo-login\r\0")
    assert b"demo-login" not in client.until(b"r1>")


def test_line_is_edited_by_control_keys(router: Host, log_in: Connect) -> None:
    client = log_in(router.port)
    client.send(b"show clack\x7f\x7f\x7fock\r\0nonsense\x15show user wrong\x17\x08s\r\0show\x03exit\r\0")
    client.rest()
    assert router.commands == ["show clock", "show users", "exit"]


def test_echo_of_long_line_is_shifted_left(router: Host, log_in: Connect) -> None:
    client = log_in(router.port)
    client.send(b"terminal width 40\r\0")
    client.until(b"r1>")
    command = b"show " + b"x" * 60
    client.send(command + b"\r\0")
    echo = client.until(b"\n")
    assert echo.count(b"\b\b$") == 3
    assert client.until(b"r1>")
    assert router.commands[-1] == command.decode()


def test_unknown_control_key_is_not_echoed(ends: Ends) -> None:
    ours, theirs = ends
    theirs.sendall(b"\x01s\r")
    assert Terminal(ours, Session()).line() == "s"
    assert theirs.recv(100) == b"s\r\n"


def test_broken_stream_is_hangup() -> None:
    with pytest.raises(HungUp):
        Terminal(Broken(), Session()).key()
    with pytest.raises(HungUp):
        Terminal(Broken(), Session()).write("text")
