# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversations with a program on a real host."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from time import monotonic

import pytest

from pyco_core.device import Device, device
from pyco_core.errors import ProgramsRefused, SessionClosed, SessionTimedOut
from pyco_core.shell.base import Stream
from pyco_core.shell.channels import ChannelShell
from pyco_core.shell.stream import ProgramStream
from pyco_core.sim import Sim
from tests.unit.route.helpers import PASSWORD, endpoint_of, settings_of

SECONDS = 20.0


@contextmanager
def streaming(host: Device, command: str) -> Iterator[Stream]:
    with host._shell() as shell:
        stream = shell.stream(command)
        yield stream
        stream.close()
        stream.close()


def read(stream: Stream, size: int) -> bytes:
    data = b""
    while len(data) < size and (piece := stream.read(size - len(data), monotonic() + SECONDS)):
        data += piece
    return data


def test_bytes_travel_in_both_directions(host: Device) -> None:
    data = os.urandom(3_000_000)
    with streaming(host, "echo dropped >&2; exec cat") as stream:
        stream.write(b"one", monotonic() + SECONDS)
        assert read(stream, 3) == b"one"
        stream.write(data, monotonic() + SECONDS)
        assert read(stream, len(data)) == data


class NarrowProgram:
    """A program in memory that takes the next byte after its last answer was received."""

    status = 0

    def __init__(self) -> None:
        self.taken = b""
        self._has_room = True

    def send(self, data: bytes | memoryview) -> int:
        sent = bytes(data[: self._has_room])
        self.taken += sent
        self._has_room = False
        return len(sent)

    def receive(self) -> tuple[bytes, bytes]:
        self._has_room = True
        return b"", b""

    def wait(self, seconds: float) -> bool:
        raise AssertionError(f"waited {seconds} s for an answer that had arrived")

    def end_input(self) -> None: ...

    def close(self) -> None: ...

    @property
    def has_ended(self) -> bool:
        return False


def test_bytes_follow_at_once_if_the_answer_that_makes_room_was_received(host: Device) -> None:
    program = NarrowProgram()
    with host._shell() as shell:
        assert isinstance(shell, ChannelShell)
        ProgramStream(shell._starter, nullcontext(program)).write(b"abc", monotonic() + SECONDS)
    assert program.taken == b"abc"


def test_end_of_program_is_end_of_stream(host: Device) -> None:
    with streaming(host, "echo last") as stream:
        assert read(stream, 100) == b"last\n"
        assert stream.read(1, monotonic() + SECONDS) == b""


def test_silent_program_is_an_error_at_the_deadline(host: Device) -> None:
    with streaming(host, "exec sleep 60") as stream:
        with pytest.raises(SessionTimedOut):
            stream.read(1, monotonic() + 0.1)
        with pytest.raises(SessionTimedOut):
            stream.write(bytes(5_000_000), monotonic() + 0.1)


def test_lost_connection_is_an_error(host: Device) -> None:
    with streaming(host, "read x; kill -9 $PPID; exec sleep 60") as stream:
        stream.write(b"\n", monotonic() + SECONDS)
        with pytest.raises(SessionClosed, match="connection was lost"):
            read(stream, 1)


def test_refusing_server_is_asked_once() -> None:
    with Sim() as sim:
        server = sim.ssh(users={"demo": PASSWORD}, shell="/bin/sh")
        target = device(endpoint_of(server, driver="linux"), settings=settings_of(sim))
        with pytest.raises(ProgramsRefused, match="refused to start a program"):
            target.execute("true")
        target.close()
