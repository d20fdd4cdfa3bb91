# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import socket

import pytest

from pyco_core.sim import Faults, Sim


def test_output_cut_into_single_bytes_arrives_whole(sim, tape, log_in):
    router = sim.telnet(tape, faults=Faults(chunk=(1, 2, 3), pause=0.0001))
    client = log_in(router.port)
    client.send(b"show clock\r\0")
    assert client.until(b"r1>") == b"show clock\r\n*08:30:12.417 UTC Mon Mar 3 2025\r\nr1>"


def test_a_connection_can_be_dropped_within_an_output(sim, tape, log_in):
    router = sim.telnet(tape, faults=Faults(drop={"show version": 9}))
    client = log_in(router.port)
    client.send(b"show version\r\0")
    assert client.rest() == b"show version\r\nCisco IOS"
    assert router.endings() == ["dropped"]


def test_a_silent_command_is_never_answered(sim, tape, log_in):
    router = sim.telnet(tape, faults=Faults(silent=("show clock",)))
    client = log_in(router.port)
    client.send(b"show clock\r\0exit\r\0")
    client.until(b"show clock\r\n")
    client.sock.shutdown(socket.SHUT_WR)
    assert client.rest() == b""
    assert router.commands == ["show clock"]


def test_a_slow_device_answers_in_the_end(sim, tape, log_in):
    client = log_in(sim.telnet(tape, faults=Faults(delay=0.01)).port)
    client.send(b"show clock\r\0")
    client.until(b"UTC")


@pytest.mark.parametrize("kind", ["telnet", "ssh"])
def test_a_mute_host_accepts_and_says_nothing(sim, tape, dial, kind):
    host = getattr(sim, kind)(tape, faults=Faults(mute=True))
    client = dial(host.port)
    client.send(b"hello")
    client.sock.shutdown(socket.SHUT_WR)
    assert client.rest() == b""
    assert host.raw == b"hello"


def test_the_end_of_the_simulator_ends_every_session_and_port(tape, dial):
    with Sim() as sim:
        router = sim.telnet(tape)
        client = dial(router.port)
        client.until(b"Username: ")
    assert client.rest() == b""
    assert router.endings() == ["stopped"]
    with pytest.raises(ConnectionRefusedError):
        dial(router.port)


def test_an_open_session_is_reported_when_its_end_is_waited_for_too_long(sim, tape, log_in):
    router = sim.telnet(tape)
    log_in(router.port)
    with pytest.raises(TimeoutError, match="still open"):
        router.endings(timeout=0.01)
