# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker as a process of its own, killed, stopped and told to end at every moment."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from pyco_core.broker import client, paths
from pyco_core.broker.framing import VERSION
from pyco_core.errors import BrokerLost, PycoError
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret

from .conftest import SETTINGS, Talker, opening
from .router import PASSWORD, PATIENCE, Router

pytestmark = pytest.mark.usefixtures("processes")

Remote = Callable[..., client.RemoteDevice]


class Process:
    """The broker that runs, by its process id."""

    def __init__(self) -> None:
        client.hello().close()
        [said] = client.status()
        self.pid: int = said["pid"]
        self._handle = os.pidfd_open(self.pid)

    def signal(self, number: signal.Signals) -> None:
        signal.pidfd_send_signal(self._handle, number)

    def stop(self) -> None:
        """Stop it, and return when not one of its threads runs any more."""
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
        """Until the process has ended."""
        assert select.select([self._handle], [], [], PATIENCE)[0]

    def forget(self) -> None:
        """Let a stopped one go on, so that it can be told to end."""
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


def test_killed_while_idle_it_is_replaced_and_its_logins_are_gone(
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


def test_killed_under_a_held_session_it_is_an_error_once(
    process: Process, remote: Remote, router: Router
) -> None:
    device = remote(router.endpoint)
    device.connect()
    process.kill()
    with pytest.raises(BrokerLost):
        device("show clock")
    assert device("show clock") == "this was show clock"


def test_killed_before_it_answers_it_is_replaced(
    process: Process, remote: Remote, router: Router, threads: ThreadPoolExecutor
) -> None:
    process.stop()
    said = threads.submit(remote(router.endpoint), "show clock")
    process.kill()
    assert said.result(PATIENCE) == "this was show clock"


def test_killed_during_a_login_it_is_replaced(
    process: Process, remote: Remote, routers: Callable[..., Router], threads: ThreadPoolExecutor
) -> None:
    router = routers(mute=True)
    said = threads.submit(remote(router.endpoint), "show clock")
    router.wait(lambda: router.open == 1)
    router.mute = False
    process.kill()
    assert said.result(PATIENCE) == "this was show clock"
    assert len(router.logins) == 2


def test_killed_during_a_command_it_is_an_error_by_name_and_leaves_no_lock(
    process: Process, remote: Remote, router: Router, threads: ThreadPoolExecutor
) -> None:
    device = remote(router.endpoint)
    said = threads.submit(device, "hang")
    router.wait_for_line("hang")
    process.kill()
    error = said.exception(PATIENCE)
    assert isinstance(error, BrokerLost)
    assert [error.command, error.reached] == ["hang", True]
    router.wait(lambda: not router.open)
    assert remote(router.endpoint)("show clock") == "this was show clock"
    assert sum(login.lines.count("hang") for login in router.logins) == 1


def test_killed_many_times_in_a_row_it_never_keeps_a_client_out(remote: Remote, router: Router) -> None:
    for _ in range(3):
        process = Process()
        assert remote(router.endpoint)("show clock") == "this was show clock"
        process.kill()
        process.forget()


# Stopped, and told to end.


def test_a_stopped_one_is_an_error_by_name_in_time(
    process: Process, remote: Remote, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = remote(router.endpoint)
    device.connect()
    process.stop()
    monkeypatch.setattr(client, "SPARE", 0.1 - 3 * 15)
    monkeypatch.setattr(client, "PATIENCE", 0.1)
    with pytest.raises(BrokerLost, match="did not answer within"):
        device("show clock")
    with pytest.raises(BrokerLost, match="did not answer within"):
        device("show clock")
    monkeypatch.setattr(client, "SPARE", 0.1)
    with pytest.raises(BrokerLost, match="did not answer within"):
        client.status()
    process.kill()


def test_told_to_end_it_leaves_every_device_and_no_file(
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


def test_ctrl_c_on_the_terminal_is_not_for_it(process: Process) -> None:
    assert os.getsid(process.pid) != os.getsid(0)
    assert os.getpgid(process.pid) != os.getpgid(0)


def test_nobody_has_to_wait_for_it(process: Process) -> None:
    with pytest.raises(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)


# A client that is killed.


def test_a_killed_client_frees_its_session_at_once(process: Process, remote: Remote, router: Router) -> None:
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


def test_no_secret_shows_in_the_process_its_files_or_its_status(
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
    talker = Talker(paths.path()).greet()  # what is wrong in a request is not repeated in the answer
    for broken in (
        {"op": "open"},
        {**opening(target), "settings": None},
        {**opening(target), "persist": PASSWORD},
    ):
        shown.append(str(talker.ask({**broken, "password": PASSWORD})))
    talker.sock.close()
    said = process.read("cmdline") + process.read("environ")
    for file in paths.folder().iterdir():
        said += file.name.encode() + (file.read_bytes() if file.is_file() else b"")
    ended = subprocess.run(
        [sys.executable, "-m", "pyco_core", "broker", "stop"], capture_output=True, check=True
    )
    assert b"telnet://:********@127.0.0.1" in ended.stdout
    everything = said + ended.stdout + ended.stderr + "".join(shown).encode()
    assert [secret for secret in planted if secret.encode() in everything] == []


def test_the_handshake_is_before_all_else(process: Process) -> None:
    talker = Talker(paths.path())
    assert talker.ask({"op": "hello", "version": VERSION, "identity": paths.identity()}) == {
        "pid": process.pid
    }
    talker.sock.close()
