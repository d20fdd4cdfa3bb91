# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m pyco_core broker status|stop` with a broker in this process."""

from __future__ import annotations

import re
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyco_core.__main__ import main
from pyco_core.broker import control, paths
from pyco_core.broker.client import RemoteDevice
from pyco_core.broker.server import Broker
from pyco_core.errors import ConnectTimedOut
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim

TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make an empty home with a path short enough for a socket."""
    path = Path(tempfile.mkdtemp(prefix="pyco-"))
    monkeypatch.setenv("PYCO_HOME", str(path))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def broker() -> Iterator[Broker]:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(paths.socket_path()))
    listening.listen()
    broker = Broker(paths.socket_path(), listening)
    thread = threading.Thread(target=broker.run)
    thread.start()
    yield broker
    broker.stop()
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim


def test_broker_command_without_broker_reports_it(capsys: pytest.CaptureFixture[str]) -> None:
    for action in ("status", "stop"):
        assert main(["broker", action]) == 0
        assert capsys.readouterr().out == "No broker is running.\n"


def test_broker_status_lists_sessions_and_logins(
    broker: Broker, sim: Sim, capsys: pytest.CaptureFixture[str]
) -> None:
    router = sim.telnet(TAPE)
    bastion = sim.ssh(users={"pyco": "hop-secret"}, forward=True)
    settings = Settings(known_hosts=sim.known_hosts)
    target = Endpoint("127.0.0.1", "telnet", router.port, "demo", Secret("demo-login"), "cisco_ios")
    hop = Endpoint("127.0.0.1", "ssh", bastion.port, "pyco", Secret("hop-secret"))
    device, direct = RemoteDevice([hop, target], settings, 60), RemoteDevice([target], settings, 60)
    device.connect()
    direct.connect()
    direct.close()
    assert main(["broker", "status"]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r"broker runs: pid \d+, up \d+ s, \d+ MB, 1 client, 2 sessions, 1 shared ssh login", first
    )
    url = f"telnet://demo:********@127.0.0.1:{router.port}/cisco_ios"
    assert lines == [
        f"  ssh://pyco:********@127.0.0.1:{bastion.port} -> {url}  cisco_ios, mode user, in use",
        f"  {url}  cisco_ios, mode user, idle 0 s",
        f"  login pyco@127.0.0.1:{bastion.port}: 1 user, 0 shells",
    ]
    device.close()


def test_broker_status_lists_hosts_without_answer(
    broker: Broker, sim: Sim, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hop = Endpoint("127.0.0.1", "ssh", port, "pyco", Secret("hop-secret"))
        target = Endpoint("127.0.0.1", "telnet", 1, "demo", Secret("demo-login"), "cisco_ios")
        settings = Settings(known_hosts=sim.known_hosts, connect_timeout=1.0)
        with pytest.raises(ConnectTimedOut):
            RemoteDevice([hop, target], settings, 60).connect()
        with pytest.raises(ConnectTimedOut):
            RemoteDevice([Endpoint(protocol="exec", command="sleep 60")], settings, 60).connect()
    assert main(["broker", "status"]) == 0
    line, program = capsys.readouterr().out.splitlines()[1:]
    assert program.startswith("  no answer from sleep 60 ")
    assert re.fullmatch(
        rf"  no answer from 127\.0\.0\.1 port {port} \d s ago: other routes are tried first", line
    )


def test_broker_stop_logs_out_of_devices(
    broker: Broker, sim: Sim, capsys: pytest.CaptureFixture[str]
) -> None:
    router = sim.telnet(TAPE)
    target = Endpoint("127.0.0.1", "telnet", router.port, "demo", Secret("demo-login"), "cisco_ios")
    device = RemoteDevice([target], Settings(), 60)
    device.connect()
    device.close()
    assert main(["broker", "stop"]) == 0
    assert capsys.readouterr().out.startswith("broker stopped: pid ")
    assert router.endings() == ["exit"]


def test_error_is_printed_and_exit_status_is_1(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "broker").write_text("")
    assert main(["broker", "status"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert re.fullmatch(
        r"The broker's folder .* cannot be made: File exists\. Set PYCO_HOME .*\n", captured.err
    )


def test_broker_without_answer_is_shown_and_stop_that_finds_no_process_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "ANSWER_TIMEOUT", 0.1)
    path = paths.socket_path().with_name("silent.sock")
    with socket.socket(socket.AF_UNIX) as listening:  # of this process, which is not ended
        listening.bind(str(path))
        listening.listen()
        assert main(["broker", "status"]) == 0
        shown = r"broker runs: pid unknown, silent\.sock: The broker did not answer within 0\.1 seconds\.\n"
        assert re.fullmatch(shown, capsys.readouterr().out)
        assert main(["broker", "stop"]) == 1
        assert re.fullmatch(shown, capsys.readouterr().out)
        monkeypatch.setattr(control, "owner", lambda path: 4711)
        assert main(["broker", "status"]) == 0
        assert capsys.readouterr().out.startswith("broker runs: pid 4711, silent.sock: The broker did not")
