# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start of a broker: one at a time, with a small environment, and errors if it fails."""

from __future__ import annotations

import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pyco_core.broker import client, connection, launcher, lock, paths, sockets
from pyco_core.errors import BrokerLost

from .conftest import listen
from .router import TIMEOUT


def test_many_clients_start_one_broker(processes: None) -> None:
    with ThreadPoolExecutor(20) as threads:
        connections = list(threads.map(lambda _: connection.connect(), range(20)))
    [status] = client.status()
    assert status.clients == 20
    for one in connections:
        one.close()
    assert client.stop() != []
    assert list(paths.folder().iterdir()) == []


def test_client_that_waits_for_lock_connects_to_broker_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, tried, real_connect = paths.socket_path(), threading.Event(), sockets.try_connect
    connected: list[socket.socket] = []

    def try_connect(path: Path, timeout: float) -> socket.socket | None:
        sock = real_connect(path, timeout)
        tried.set()
        return sock

    monkeypatch.setattr(sockets, "try_connect", try_connect)
    thread = threading.Thread(target=lambda: connected.append(launcher.connect(path)))
    with lock.lock(path):
        thread.start()
        assert tried.wait(TIMEOUT)
        listening = listen(path)
    thread.join(TIMEOUT)
    [sock] = connected
    sock.close()
    listening.close()


def test_files_of_killed_broker_are_replaced(processes: None) -> None:
    listen(paths.socket_path()).close()
    paths.socket_path().with_suffix(".lock").write_text("12345")
    connection.connect().close()


def test_folder_instead_of_socket_is_error() -> None:
    paths.socket_path().mkdir()
    with pytest.raises(BrokerLost, match="could not be started: Is a directory"):
        launcher.connect(paths.socket_path())


def test_failed_start_quotes_last_line_of_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "_CODE", "import no_such_library")
    with pytest.raises(
        BrokerLost, match=r"could not be started: ModuleNotFoundError: .*no_such_library"
    ) as caught:
        launcher.connect(paths.socket_path())
    assert caught.value.hint == f"See its log, {paths.socket_path().with_suffix('.log')}."


def test_missing_interpreter_is_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no such python")
    with pytest.raises(BrokerLost, match="could not be started: No such file"):
        launcher.connect(paths.socket_path())


def test_start_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "_CODE", "import sys, threading; threading.Event().wait()")
    with pytest.raises(BrokerLost, match=r"did not start within 0\.[12]\d* seconds"):
        launcher.connect(paths.socket_path(), 0.2)


def test_start_without_listener_is_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "_CODE", "")
    with pytest.raises(BrokerLost, match="could not be reached after it was started") as caught:
        launcher.connect(paths.socket_path())
    assert "See its log" in caught.value.hint


def test_broker_gets_no_secrets_from_environment(
    processes: None, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("ANSIBLE_PASSWORD", "planted-secret")
    monkeypatch.setenv("PYCO_HOPS", "ssh://u:planted-secret@h")
    connection.connect().close()
    [status] = client.status()
    try:
        environment = Path(f"/proc/{status.pid}/environ").read_bytes()
    except PermissionError:
        pytest.skip("only root may read the environment of the broker")
    assert b"planted-secret" not in environment
    assert f"PYCO_HOME={home / 'pyco'}".encode() in environment.split(b"\0")


def test_broker_has_no_pyco_home_if_client_has_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"import os; open({str(home / 'seen')!r}, 'w').write(chr(10).join(os.environ))"
    monkeypatch.setattr(launcher, "_CODE", code)
    monkeypatch.delenv("PYCO_HOME")
    with listen(paths.socket_path()) as listening:
        launcher.launch(paths.socket_path(), listening)
    seen = (home / "seen").read_text().split()
    assert "HOME" in seen
    assert "PYCO_HOME" not in seen
