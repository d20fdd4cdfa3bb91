# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of a real host whose connection fails at an unlucky moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from pyco_core.device import Device, device
from pyco_core.errors import ConnectionClosed, LoginRefused, SessionClosed, TransferFailed
from pyco_core.route import programs as route_programs
from pyco_core.route.programs import Programs
from pyco_core.shell import channels
from pyco_core.shell.checksum import Checksum
from pyco_core.transport.base import Closed
from pyco_core.transport.program import SshProgram
from tests.unit.sshd import Sshd

from .conftest import SETTINGS


class Unsent:
    """Bytes that the connection has not taken yet."""

    is_empty = False

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def flush(self, deadline: float) -> bool:
        if self._error:
            raise self._error
        return deadline > monotonic()


def starter(host: Device) -> Programs:
    host.log_in()
    assert host._connection is not None
    assert host._connection.programs is not None
    return host._connection.programs


@contextmanager
def started(host: Device) -> Iterator[tuple[SshProgram, Any]]:
    """Start `cat`, and return the program and its channel."""
    with starter(host).program(b"cat", monotonic() + 10) as program:
        channel: Any = program._channel
        while not channel.send_ready():
            assert program.wait(10)
        yield program, channel


def fail(*_arguments: object) -> bytes:
    raise EOFError


@pytest.mark.parametrize(
    ("methods", "use"),
    [
        ({"send": fail}, lambda program: program.send(b"x")),
        ({"shutdown_write": fail}, SshProgram.end_input),
        ({"recv_ready": lambda: True, "recv": fail}, SshProgram.receive),
    ],
    ids=["send", "end", "receive"],
)
def test_error_of_connection_is_the_end_of_program(
    host: Device,
    monkeypatch: pytest.MonkeyPatch,
    methods: dict[str, Callable[..., Any]],
    use: Callable[[SshProgram], object],
) -> None:
    with started(host) as (program, channel):
        for name, method in methods.items():
            monkeypatch.setattr(channel, name, method)
        with pytest.raises(Closed):
            use(program)


def test_program_that_ends_while_it_is_written_to_takes_everything(
    host: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(host) as (program, channel):

        def end(_data: bytes) -> int:
            channel.closed = True
            raise OSError

        monkeypatch.setattr(channel, "send", end)
        assert program.send(b"four") == 4


def test_program_waits_until_connection_has_taken_bytes(
    host: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(host) as (program, _channel):
        monkeypatch.setattr(program, "_unsent", Unsent(None))
        assert program.wait(5)
        monkeypatch.setattr(program, "_unsent", Unsent(OSError()))
        with pytest.raises(Closed):
            program.wait(5)


def test_connection_that_ends_before_start_is_an_error(host: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    with started(host):
        connection = starter(host)._logins[-1].connection
    monkeypatch.setattr(connection._transport, "start_program", fail)
    with pytest.raises(ConnectionClosed) as caught:
        host.execute("true")
    assert caught.value.hop == 1


def test_silent_host_is_named_while_program_is_silent(host: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "CHECK", 0.01)
    assert host.execute("sleep 0.1").status == 0
    monkeypatch.setattr(route_programs, "first_silent", lambda *_values: 1)
    with pytest.raises(SessionClosed, match="This host does not answer any more"):
        host.execute("sleep 60")


def test_channel_that_server_still_counts_is_asked_for_again(
    server: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    with device(server.endpoint, settings=SETTINGS) as host:
        host.execute("true")
        pooled = starter(host)._logins[-1]._programs
        assert pooled is not None
        refusals = [LoginRefused("too many sessions")]
        start = pooled.connection.program

        def refuse_once(*values: Any) -> SshProgram:
            if refusals:
                raise refusals.pop()
            return start(*values)

        monkeypatch.setattr(pooled.connection, "program", refuse_once)
        assert host.execute("echo again").stdout == b"again\n"
        assert refusals == []


def test_file_in_missing_folder_is_not_written(host: Device, tmp_path: Path) -> None:
    with pytest.raises(TransferFailed, match="was not written: the folder does not exist"):
        host.put(BytesIO(b"x"), str(tmp_path / "missing" / "file"))


def test_file_that_arrives_damaged_is_an_error_each_way(
    host: Device, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class OfOtherBytes(Checksum):
        """The checksum of a transfer that changes the order of bytes."""

        def update(self, data: bytes) -> None:
            super().update(data[::-1])

    file = tmp_path / "file"
    file.write_text("old")
    monkeypatch.setattr(channels, "Checksum", OfOtherBytes)
    with pytest.raises(TransferFailed, match="arrived damaged or incomplete"):
        host.put(BytesIO(b"new"), str(file))
    with pytest.raises(TransferFailed, match="was changed while it was fetched"):
        host.fetch(str(file), BytesIO())
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("file", "old")]
