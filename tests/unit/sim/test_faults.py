# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from pyco_core.sim import Faults, Sim, Tape

from .clients import Connect


def test_chunked_output_is_complete(sim: Sim, tape: Tape, log_in: Connect) -> None:
    router = sim.telnet(tape, faults=Faults(chunk=(1, 2, 3), pause=0.0001))
    client = log_in(router.port)
    client.send(b"show clock\r\0")
    assert client.until(b"r1>") == b"show clock\r\n*08:30:12.417 UTC Mon Mar 3 2025\r\nr1>"


def test_dropped_connection_cuts_output(sim: Sim, tape: Tape, log_in: Connect) -> None:
    router = sim.telnet(tape, faults=Faults(drop={"show version": 9}))
    client = log_in(router.port)
    client.send(b"show version\r\0")
    assert client.rest() == b"show version\r\nCisco IOS"
    assert router.endings() == ["dropped"]


def test_silent_command_has_no_answer(sim: Sim, tape: Tape, log_in: Connect) -> None:
    router = sim.telnet(tape, faults=Faults(silent=("show clock",)))
    client = log_in(router.port)
    client.send(b"show clock\r\0exit\r\0")
    client.until(b"show clock\r\n")
    client.sock.shutdown(socket.SHUT_WR)
    assert client.rest() == b""
    assert router.commands == ["show clock"]


def test_delayed_answer_arrives(sim: Sim, tape: Tape, log_in: Connect) -> None:
    client = log_in(sim.telnet(tape, faults=Faults(delay=0.01)).port)
    client.send(b"show clock\r\0")
    client.until(b"UTC")


@pytest.mark.parametrize("kind", ["telnet", "ssh"])
def test_mute_host_sends_nothing(sim: Sim, tape: Tape, dial: Connect, kind: str) -> None:
    host = getattr(sim, kind)(tape, faults=Faults(mute=True))
    client = dial(host.port)
    client.send(b"hello")
    client.sock.shutdown(socket.SHUT_WR)
    assert client.rest() == b""
    assert host.raw == b"hello"


def test_prompt_is_cut_one_character_further_each_time(sim: Sim, tape: Tape, dial: Connect) -> None:
    router = sim.telnet(replace(tape, login=None), faults=Faults(cut_prompts=True, pause=0.02))
    client = dial(router.port)
    client.until(b"r")
    assert client.unread == b""
    client.until(b"1>")
    client.send(b"\r\0")
    client.until(b"r1")
    assert client.unread == b""
    client.until(b">")


def test_chunks_without_pause_are_complete(sim: Sim, tape: Tape, log_in: Connect) -> None:
    client = log_in(sim.telnet(tape, faults=Faults(chunk=(2,))).port)
    client.send(b"show clock\r\0")
    assert client.until(b"r1>").endswith(b"UTC Mon Mar 3 2025\r\nr1>")
