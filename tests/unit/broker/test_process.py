# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker as a process of its own, killed, suspended and stopped at every moment."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from pyco_core.broker import client, codec, connection, control, paths
from pyco_core.broker.messages import VERSION, Hello, HelloAnswer, Open
from pyco_core.errors import BrokerLost, PycoError, SessionTimedOut
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings

from .conftest import SETTINGS, Talker
from .router import PASSWORD, TIMEOUT, Router

pytestmark = pytest.mark.usefixtures("processes")

Remote = Callable[..., client.RemoteDevice]


class Process:
    """The running broker, by its process id."""

    def __init__(self) -> None:
        connection.connect().close()
        [status] = client.status()
        self.pid = status.pid
        self._handle = os.pidfd_open(self.pid)

    def signal(self, number: signal.Signals) -> None:
        signal.pidfd_send_signal(self._handle, number)

    def suspend(self) -> None:
        """Suspend it, and return when none of its threads runs any more."""
        self.signal(signal.SIGSTOP)
        pause = threading.Event()
        while any(
            b") T " not in state.read_bytes() for state in Path(f"/proc/{self.pid}/task").glob("*/stat")
        ):
            pause.wait(0.001)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.wait()

    def wait(self) -> None:
        """Wait for the end of the process."""
        assert select.select([self._handle], [], [], TIMEOUT)[0]

    def forget(self) -> None:
        """Resume a suspended process, so that it can be stopped."""
        with suppress(ProcessLookupError):
            self.signal(signal.SIGCONT)
        os.close(self._handle)

    def read(self, name: str) -> bytes:
        return Path(f"/proc/{self.pid}/{name}").read_bytes()


@pytest.fixture
def process() -> Iterator[Process]:
    process = Process()
    yield process
    process.forget()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as threads:
        yield threads


# Killed.


def test_killed_idle_broker_is_replaced_and_its_logins_end(
    process: Process, remote: Remote, router: Router, sim_bastion: Endpoint
) -> None:
    device = remote(sim_bastion, router.endpoint)
    device("show clock")
    device.close()
    assert router.open == 1
    process.kill()
    router.wait(lambda: not router.open)  # the hop's login, which forwards it, has vanished
    assert device("show clock") == "this was show clock"
    assert len(router.logins) == 2


def test_killed_broker_under_open_session_is_error_once(
    process: Process, remote: Remote, router: Router
) -> None:
    device = remote(router.endpoint)
    device.connect()
    process.kill()
    with pytest.raises(BrokerLost):
        device("show clock")
    assert device("show clock") == "this was show clock"


def test_broker_killed_before_its_answer_is_replaced(
    process: Process, remote: Remote, router: Router, threads: ThreadPoolExecutor
) -> None:
    process.suspend()
    reply = threads.submit(remote(router.endpoint), "show clock")
    process.kill()
    assert reply.result(TIMEOUT) == "this was show clock"


def test_broker_killed_during_login_is_replaced(
    process: Process, remote: Remote, routers: Callable[..., Router], threads: ThreadPoolExecutor
) -> None:
    router = routers(mute=True)
    reply = threads.submit(remote(router.endpoint), "show clock")
    router.wait(lambda: router.open == 1)
    router.mute = False
    process.kill()
    assert reply.result(TIMEOUT) == "this was show clock"
    assert len(router.logins) == 2


def test_broker_killed_during_command_is_error_and_leaves_no_lock(
    process: Process, remote: Remote, router: Router, threads: ThreadPoolExecutor
) -> None:
    device = remote(router.endpoint)
    reply = threads.submit(device, "hang")
    router.wait_for_line("hang")
    process.kill()
    error = reply.exception(TIMEOUT)
    assert isinstance(error, BrokerLost)
    assert [error.command, error.reached] == ["hang", True]
    router.wait(lambda: not router.open)
    assert remote(router.endpoint)("show clock") == "this was show clock"
    assert sum(login.lines.count("hang") for login in router.logins) == 1


def test_broker_killed_many_times_is_replaced_every_time(remote: Remote, router: Router) -> None:
    for _ in range(3):
        process = Process()
        assert remote(router.endpoint)("show clock") == "this was show clock"
        process.kill()
        process.forget()


# Suspended, and stopped.


def test_suspended_broker_is_noticed_within_timeouts_and_replaced(
    process: Process, remote: Remote, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "ANSWER_TIMEOUT", 0.1)
    device = remote(router.endpoint, settings=Settings(3, 3, False))
    device.connect()
    process.suspend()
    began = time.monotonic()
    with pytest.raises(BrokerLost, match=r"did not answer within 3 seconds\. It may be suspended") as caught:
        device("show clock")
    assert caught.value.reached
    with pytest.raises(BrokerLost, match="did not answer within 3 seconds") as caught:
        device("show clock")
    assert not caught.value.reached
    assert time.monotonic() - began < connection.TIMEOUT
    [status] = client.status()
    assert [status.pid, "did not answer" in status.trouble] == [process.pid, True]
    process.kill()
    assert remote(router.endpoint)("show clock") == "this was show clock"  # its start may take longer


def test_slow_command_is_not_taken_for_suspended_broker(
    process: Process, remote: Remote, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SHORTEST", 4.0)
    device = remote(router.endpoint)
    with pytest.raises(SessionTimedOut):
        device("hang", timeout=3)
    assert device("show clock") == "this was show clock"


def test_stop_resumes_suspended_broker_and_ends_it(
    process: Process, remote: Remote, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "ANSWER_TIMEOUT", 0.1)
    device = remote(router.endpoint)
    device.connect()
    device.close()
    process.suspend()
    assert [status.pid for status in client.stop()] == [process.pid]
    process.wait()
    router.wait(lambda: not router.open)
    assert router.logins[0].left
    assert client.status() == []


def test_stop_kills_process_that_ignores_signals(processes: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "ANSWER_TIMEOUT", 0.1)
    monkeypatch.setattr(control, "END_TIMEOUT", 0.1)
    path = paths.socket_path().with_name("silent.sock")
    code = (
        "import signal, socket, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); s = socket.socket(1);"
        "s.bind(sys.argv[1]); s.listen(); print(flush=True); signal.pause(); signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as silent:
        assert silent.stdout is not None
        silent.stdout.readline()
        [status] = client.stop()
        assert status.pid == silent.pid
        assert silent.wait(TIMEOUT) == -signal.SIGKILL
    assert not path.exists()


def test_status_and_stop_work_with_broker_of_other_protocol_version(processes: None) -> None:
    path = paths.socket_path().with_name("other.sock")
    code = (
        "import socket, sys; from pyco_core.broker import handlers; handlers.VERSION = 2;"
        "from pyco_core.broker import server; s = socket.socket(1); s.bind(sys.argv[1]); s.listen();"
        "print(flush=True); server.main([sys.argv[1], str(s.detach())])"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        [status] = client.status()
        trouble = "other.sock: The broker is of another version."
        assert [status.pid, status.trouble] == [other.pid, f"{trouble} `pyco broker stop` ends it."]
        [status] = client.stop()
        assert [status.pid, status.trouble] == [other.pid, trouble]
        assert other.wait(TIMEOUT) == 0
    assert client.status() == []


def test_end_of_process_that_is_gone_does_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    control._end(ended.pid)


def test_sigterm_logs_out_of_every_device_and_removes_files(
    process: Process, remote: Remote, routers: Callable[..., Router]
) -> None:
    several = [routers() for _ in range(3)]
    for router in several:
        device = remote(router.endpoint)
        device.connect()
        device.close()
    process.signal(signal.SIGTERM)
    process.wait()
    assert [router.logins[0].left for router in several] == [True] * 3
    assert os.listdir(paths.folder()) == []


def test_broker_is_not_in_session_of_terminal(process: Process) -> None:
    assert os.getsid(process.pid) != os.getsid(0)
    assert os.getpgid(process.pid) != os.getpgid(0)


def test_broker_is_no_child_of_client(process: Process) -> None:
    with pytest.raises(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)


# A client that is killed.


def test_killed_client_frees_its_session_at_once(process: Process, remote: Remote, router: Router) -> None:
    code = (
        "import sys; from pyco_core.broker.client import RemoteDevice;"
        "from pyco_core.models.endpoint import parse_url;"
        "from pyco_core.models.settings import Settings;"
        "url, secret = sys.stdin.readline().split();"
        "device = RemoteDevice([parse_url(url)], Settings(60, 60, False), 60); device('hang')"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as task:
        assert task.stdin is not None
        task.stdin.write(f"telnet://:{PASSWORD}@127.0.0.1:{router.port}/cisco_ios x\n".encode())
        task.stdin.flush()
        router.wait_for_line("hang")
        task.kill()
    router.wait(lambda: not router.open)
    device = remote(router.endpoint, settings=SETTINGS)
    assert device("show clock") == "this was show clock"
    assert router.logins[-1].lines.count("hang") == 0


# Secrets.


def test_no_secret_shows_in_process_files_or_status(
    remote: Remote, router: Router, sim_bastion: Endpoint, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("ANSIBLE_NET_PASSWORD", "planted-env")
    process = Process()
    process.forget()
    planted = [PASSWORD, "hop-secret-55", "planted-phrase", "planted-enable", "planted-answer", "planted-env"]
    target = Endpoint(
        "127.0.0.1",
        "telnet",
        router.port,
        password=Secret(PASSWORD),
        driver="cisco_ios",
        passphrase=Secret("planted-phrase"),
        become_password=Secret("planted-enable"),
    )
    device = remote(sim_bastion, target)
    device("show clock", prompt="never asked", answer=Secret("planted-answer"))
    shown = [str(device), repr(vars(device)["endpoint"]), str(client.status())]
    with pytest.raises(PycoError) as caught:
        device(f"die {PASSWORD}", prompt=["("], answer=[Secret("planted-answer")])
    shown += [str(caught.value), str(caught.value.facts())]
    wrong = remote(
        sim_bastion, Endpoint("127.0.0.1", "telnet", router.port, password=Secret("planted-phrase"))
    )
    with pytest.raises(PycoError) as caught:
        wrong.connect()
    shown += [str(caught.value), str(caught.value.facts())]
    talker = Talker(paths.socket_path()).greet()  # the answer does not repeat an invalid value
    opening = {"op": "open", **codec.plain(Open((target,), SETTINGS, 60.0))}
    for invalid in (
        {"op": "open"},
        {**opening, "settings": None},
        {**opening, "persist": PASSWORD},
        {**opening, "route": [{"host": "r1", "password": PASSWORD}]},
    ):
        shown.append(str(talker.ask_json({**invalid, "password": PASSWORD})))
    talker.sock.close()
    data = process.read("cmdline")
    with suppress(PermissionError):  # only root may read it
        data += process.read("environ")
    for file in paths.folder().iterdir():
        data += file.name.encode() + (file.read_bytes() if file.is_file() else b"")
    ended = subprocess.run(
        [sys.executable, "-m", "pyco_core", "broker", "stop"], capture_output=True, check=True
    )
    assert b"telnet://:********@127.0.0.1" in ended.stdout
    everything = data + ended.stdout + ended.stderr + "".join(shown).encode()
    assert [secret for secret in planted if secret.encode() in everything] == []


def test_handshake_answers_with_process_id(process: Process) -> None:
    talker = Talker(paths.socket_path())
    assert talker.ask(Hello(VERSION, paths.identity())) == HelloAnswer(process.pid)
    talker.sock.close()
