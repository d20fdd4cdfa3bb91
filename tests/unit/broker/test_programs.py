# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs and files of a real host through the broker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from pyco_core.broker import framing
from pyco_core.broker.client import RemoteDevice
from pyco_core.broker.conversation import Conversation
from pyco_core.broker.event_messages import Sent
from pyco_core.broker.messages import FileAnswer, RunAnswer, SessionState
from pyco_core.broker.remote_programs import RemotePrograms
from pyco_core.broker.server import Broker
from pyco_core.broker.turns import Turns
from pyco_core.errors import BrokerLost, SessionClosed, TransferFailed
from pyco_core.models.execute import Execute, Executed
from pyco_core.shell.checksum import Checksum
from tests.unit.sshd import Sshd, servers

from .conftest import SETTINGS


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with servers(tmp_path_factory.mktemp("sshd")) as start:
        yield start("SetEnv HOME=/nonexistent\n")


@pytest.fixture
def host(broker: Broker, server: Sshd) -> Iterator[RemoteDevice]:
    host = RemoteDevice([server.endpoint], SETTINGS, 60)
    yield host
    host.close()


def test_program_runs_without_session_for_commands(host: RemoteDevice) -> None:
    host.log_in()
    assert (host.runs_programs, host.mode, host.driver.network) == (True, "", False)
    assert host.execute("echo out; echo err >&2; exit 3") == Executed(3, b"out\n", b"err\n")
    assert host("echo $((1+1))") == "2"
    assert host.mode == "shell"


def test_connecting_after_login_opens_session(host: RemoteDevice) -> None:
    host.log_in()
    host.connect()
    assert host.mode == host.home == "shell"


def test_large_input_and_output_arrive_whole(host: RemoteDevice) -> None:
    data = os.urandom(3_000_000)
    result = host.execute(Execute("tee /dev/stderr", data))
    assert (result.stdout == data, result.stderr == data) == (True, True)


@pytest.mark.parametrize("has_memory_files", [True, False])
def test_input_above_limit_of_requests_arrives_whole(
    host: RemoteDevice, monkeypatch: pytest.MonkeyPatch, has_memory_files: bool
) -> None:
    if not has_memory_files:  # as on macOS
        monkeypatch.delattr(os, "memfd_create")
    data = os.urandom(framing.REQUEST_LIMIT + 1)
    checksum = Checksum()
    checksum.update(data)
    pieces: list[tuple[bytes, bytes]] = []
    result = host.execute(Execute("cksum; echo err >&2", data), lambda out, err: pieces.append((out, err)))
    assert result == Executed(0)
    assert sorted(pieces) == sorted([(checksum.text.encode() + b"\n", b""), (b"", b"err\n")])


def test_output_arrives_as_it_is_produced(host: RemoteDevice) -> None:
    pieces: list[tuple[bytes, bytes]] = []
    order = Execute("echo one; read x; echo $x >&2", b"two\n")
    assert host.execute(order, lambda out, err: pieces.append((out, err))) == Executed(0)
    assert pieces == [(b"one\n", b""), (b"", b"two\n")]


@pytest.mark.parametrize("kind", ["file", "object"])
def test_file_returns_as_it_was_written(host: RemoteDevice, tmp_path: Path, kind: str) -> None:
    data = os.urandom(1_000_000)
    (tmp_path / "source").write_bytes(b"skipped" + data)
    with open(tmp_path / "source", "rb") as source, open(tmp_path / "sink", "wb+") as sink:
        assert source.read(7) == b"skipped"
        host.put(source if kind == "file" else BytesIO(data), str(tmp_path / "remote"))
        target = BytesIO()
        host.fetch(str(tmp_path / "remote"), sink if kind == "file" else target)
    assert (tmp_path / "remote").read_bytes() == data
    assert ((tmp_path / "sink").read_bytes() if kind == "file" else target.getvalue()) == data


def test_pipe_is_copied_without_its_position(host: RemoteDevice, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as source, open(writing, "wb") as sink:
        sink.write(b"through a pipe")
        sink.close()
        host.put(source, str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == b"through a pipe"


class Observed(RemotePrograms):
    """A client to which the broker sends an event of the session before the answer."""

    def _ask_host(self, request: Any, kind: type[Any], on_event: Any) -> Any:
        first, second = socket.socketpair(socket.AF_UNIX)
        with first, second:
            assert not on_event(Sent(1, "exit"), first)
        return RunAnswer(3, SessionState()) if kind is RunAnswer else FileAnswer(SessionState())

    def _use(self, state: SessionState) -> None:
        assert state.mode == ""


def test_events_of_session_are_left_to_observers(tmp_path: Path) -> None:
    assert Observed().execute("exit 3") == Executed(3)
    with open(tmp_path / "file", "wb+") as file:
        Observed().put(file, "/tmp/file")
    assert (tmp_path / "file").read_bytes() == b""


def test_error_of_file_is_one_sentence(host: RemoteDevice, tmp_path: Path) -> None:
    with pytest.raises(TransferFailed, match="there is no such file"):
        host.fetch(str(tmp_path / "missing"), BytesIO())
    (tmp_path / "file").write_text("x")
    with open("/dev/full", "wb") as full, pytest.raises(TransferFailed, match="No space left on device"):
        host.fetch(str(tmp_path / "file"), full)


def test_client_without_file_is_disconnected(broker: Broker) -> None:
    first, second = socket.socketpair(socket.AF_UNIX)
    with first, second:
        second.send(b"f")
        with pytest.raises(BrokerLost, match="passed no file"):
            Conversation(first, broker, Turns(1), lambda _end: None).take_file()


CLIENT = """
import sys
from pyco_core.broker import framing
from pyco_core.broker.client import RemoteDevice
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.settings import Settings
port, key, command = sys.argv[1:]
endpoint = Endpoint("127.0.0.1", "ssh", int(port), "root", private_key_file=key, driver="linux")
host = RemoteDevice([endpoint], Settings(host_key_checking=False), 60)
host.execute(command, lambda out, err: print(out.decode(), end="", flush=True))
"""


def test_killed_client_ends_its_program(broker: Broker, server: Sshd, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    argv = [sys.executable, "-c", CLIENT, str(server.port), str(server.key), f"echo started; cat {fifo}"]
    client = subprocess.Popen(argv, stdout=subprocess.PIPE)
    assert client.stdout is not None
    assert client.stdout.readline() == b"started\n"
    client.kill()
    client.wait()
    client.stdout.close()
    # The broker has dropped the session: the next client gets another one at once.
    host = RemoteDevice([server.endpoint], SETTINGS, 60)
    assert host.execute("echo next").stdout == b"next\n"
    host.close()
    fifo.write_bytes(b"")


def test_lost_host_is_an_error_of_the_session(host: RemoteDevice) -> None:
    with pytest.raises(SessionClosed, match="connection was lost while a program ran"):
        host.execute("kill -9 $PPID; sleep 60")
    assert host.execute("echo again").stdout == b"again\n"
