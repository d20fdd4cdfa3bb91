# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device over the broker: the interface of a device, and errors if the broker is lost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core.broker import client, connection, framing, launcher, paths, protocol
from pyco_core.broker.framing import Assembler
from pyco_core.broker.lock import remove_socket
from pyco_core.broker.messages import (
    Answer,
    Failure,
    HelloAnswer,
    OpenAnswer,
    RemoteDriver,
    Request,
    SessionState,
)
from pyco_core.broker.server import Broker
from pyco_core.driver.compiler import load as load_driver
from pyco_core.errors import BrokerLost, CommandError, InvalidParameter, LineRefused, ModeError, PycoError
from pyco_core.models.command import Command
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim, make_device, platform_tape

from .conftest import SETTINGS, Talker, listen, serving
from .router import TIMEOUT, Router

Remote = Callable[..., client.RemoteDevice]
TAPE = Path("tests/tapes/cisco_ios/c2900_demo.yml")


@pytest.fixture
def r1(sim: Sim) -> Endpoint:
    """Start the demo router of the simulator."""
    port = sim.telnet(TAPE).port
    return Endpoint(
        "127.0.0.1",
        "telnet",
        port,
        "demo",
        Secret("demo-login"),
        "cisco_ios",
        become_password=Secret("demo-enable"),
    )


@contextmanager
def actor(*answers: Answer | None) -> Iterator[list[Request]]:
    """Play the broker in a thread: give these answers in turn, and hang up at a None and at the end.

    Yields the list of the requests that it received.
    """
    requests: list[Request] = []
    path = paths.socket_path()
    listening = listen(path)

    def play() -> None:
        sock: socket.socket | None = None
        for answer in answers:
            if sock is None:
                sock, _ = listening.accept()
            requests.append(receive(sock))
            if answer is None:
                sock.close()
                sock = None
            else:
                sock.sendall(b"".join(protocol.write_answer(answer)))
        if sock is not None:
            sock.close()
        listening.close()
        path.unlink()

    thread = threading.Thread(target=play)
    thread.start()
    yield requests
    thread.join(TIMEOUT)


def receive(sock: socket.socket) -> Request:
    assembler = Assembler()
    while (message := assembler.next()) is None:
        assembler.feed(sock.recv(65536))
    return protocol.read_request(message)


def operations(requests: list[Request]) -> list[str]:
    return [type(request).__name__ for request in requests]


OPENED = OpenAnswer(RemoteDriver("x"), SessionState("user", "user"))


# The interface of a device.


def test_remote_device_has_interface_of_device(broker: Broker, remote: Remote, r1: Endpoint) -> None:
    device = remote(r1)
    reply = device("show clock")
    assert reply == "*08:30:12.417 UTC Mon Mar 3 2025"
    assert [reply.command, reply.mode, reply.status] == ["show clock", "user", None]
    assert reply.elapsed > 0
    assert [device.mode, device.home, device.hostname, device.endpoint] == ["user", "user", "r1", r1]
    assert device.prompt_line == "r1>"
    assert device.driver.configure == load_driver("cisco_ios").configure
    assert [device.driver.name, device.driver.network, device.driver.become_mode] == [
        "cisco_ios",
        True,
        "enable",
    ]
    assert {"user", "enable", "config"} <= set(device.driver.modes)
    device.enter("enable")
    assert [device.mode, device.home] == ["enable", "user"]
    assert device("show clock", mode="user").mode == "user"


def test_reused_session_reports_mode_of_last_user(broker: Broker, remote: Remote, r1: Endpoint) -> None:
    device = remote(r1)
    device.enter("enable")
    device.close()
    device.connect()
    assert [device.mode, device.home] == ["enable", "user"]


def test_first_command_of_next_user_is_sent_in_home_mode(
    broker: Broker, remote: Remote, r1: Endpoint
) -> None:
    device = remote(r1)
    device.enter("enable")
    device.close()
    assert device("show clock").mode == "user"
    device.enter("enable")
    device.close()
    device.enter("enable")
    assert device("show clock").mode == "enable"


def test_lines_are_typed_in_one_request(
    broker: Broker, remote: Remote, r1: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[Request] = []
    exchange = connection.BrokerConnection.exchange

    def counted(self: connection.BrokerConnection, request: Request, *args: Any, **options: Any) -> Any:
        requests.append(request)
        return exchange(self, request, *args, **options)

    monkeypatch.setattr(connection.BrokerConnection, "exchange", counted)
    device = remote(r1)
    typed = device.type_lines(["show clock", Command("show clock", timeout=9.0)])
    typed.check()
    assert [(str(one.reply), one.reply.prompt, one.reply.mode, one.bare) for one in typed.answers] == [
        ("*08:30:12.417 UTC Mon Mar 3 2025", "r1>", "user", ">")
    ] * 2
    assert operations(requests)[-2:] == ["Open", "TypeLines"]
    assert operations(requests).count("TypeLines") == 1
    typed = device.type_lines(["show clock", "show nonsense", "show clock"])
    assert [answer.error is None for answer in typed.answers] == [True, False]
    assert "Invalid input" in typed.answers[1].reply
    with pytest.raises(CommandError, match="refused 'show nonsense'"):
        typed.check()
    typed = device.type_lines([Command("show clock", mode="heaven")])
    assert isinstance(typed.end, ModeError)
    assert typed.answers == ()
    assert device.type_lines([]).answers == ()
    assert device("show clock").prompt == "r1>"


def test_prompts_are_answered(broker: Broker, remote: Remote, r1: Endpoint) -> None:
    device = remote(r1)
    assert device("enable", prompt="Password: $", answer=Secret("demo-enable")).mode == "enable"
    device("disable")
    assert device("enable", prompt=["Password: $"], answer="demo-enable").mode == "enable"
    device("disable")
    assert device("enable", prompt=["Password: $"], answer=["demo-enable"]).mode == "enable"


def test_errors_keep_their_class_and_facts(broker: Broker, remote: Remote, r1: Endpoint) -> None:
    device = remote(r1)
    with pytest.raises(CommandError) as caught:
        device("show nonsense")
    assert "Invalid input" in caught.value.output
    assert caught.value.facts()["command"] == "show nonsense"
    assert caught.value.reached
    with pytest.raises(ModeError, match="no mode 'heaven'"):
        device.enter("heaven")
    assert device("show clock", check=False).mode == "user"  # the session goes on


def test_failed_login_can_be_tried_again(broker: Broker, remote: Remote, routers: object) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # no server gets the port meanwhile
        device = remote(Endpoint("127.0.0.1", "telnet", closed.getsockname()[1]))
        for _ in range(2):
            with pytest.raises(PycoError) as caught:
                device.connect()
            assert caught.value.facts()["error"] == "ConnectionRefused"
            assert not caught.value.reached


def test_second_connect_does_nothing(broker: Broker, remote: Remote, router: Router) -> None:
    device = remote(router.endpoint)
    device.connect()
    device.connect()
    device.close()
    device.close()
    assert len(router.logins) == 1


def test_reset_closes_only_its_session(
    broker: Broker, remote: Remote, routers: Callable[..., Router]
) -> None:
    one, other = routers(), routers()
    first, second = remote(one.endpoint), remote(other.endpoint)
    first.connect()
    second.connect()
    assert first.reset()
    one.wait(lambda: not one.open)
    assert other.open == 1
    assert one.logins[0].left
    assert not first.reset()
    assert first("show clock") == "this was show clock"


def test_reset_has_closed_its_own_session_when_it_returns(
    broker: Broker, remote: Remote, router: Router
) -> None:
    device = remote(router.endpoint)
    device.connect()
    assert device.reset()
    assert broker.pool.sessions() == ()


def test_lines_before_a_refused_one_are_undone_by_the_end_of_the_session(
    broker: Broker, remote: Remote, sim: Sim
) -> None:
    simulated = make_device(platform_tape("routeros"))
    before = simulated.running
    port = sim.telnet(simulated).port
    endpoint = Endpoint("127.0.0.1", "telnet", port, "pyco", Secret("pyco"), "mikrotik_routeros")
    lines = ["/ip address add address=10.9.6.1/24 interface=ether2", "/ip adress add address=10.9.7.1/24"]
    with pytest.raises(LineRefused) as caught:
        remote(endpoint).configure(lines).apply()
    assert caught.value.applied == ()
    assert simulated.running == before


def test_reset_starts_no_broker(remote: Remote, router: Router) -> None:
    assert not remote(router.endpoint).reset()
    assert os.listdir(paths.folder()) == []


def test_reset_closes_busy_session_after_its_use(broker: Broker, remote: Remote, router: Router) -> None:
    user = remote(router.endpoint)
    user.connect()
    assert remote(router.endpoint).reset()
    assert user("show clock") == "this was show clock"
    user.close()
    assert remote(router.endpoint)("show users") == "this was show users"
    assert [login.left for login in router.logins] == [True, False]


def test_twin_has_a_login_of_its_own_that_ends_with_its_use(
    broker: Broker, remote: Remote, router: Router
) -> None:
    user = remote(router.endpoint)
    user.connect()
    twin = user.twin()
    twin.connect()
    assert router.open == 2
    twin.close()
    router.wait(lambda: router.open == 1)
    assert user("show clock") == "this was show clock"
    assert [login.left for login in router.logins] == [False, True]


def test_relative_paths_are_made_absolute_for_broker(
    broker: Broker, remote: Remote, router: Router, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    settings = Settings(transcript="told", driver_path=("~/drivers",))
    device = remote(replace(router.endpoint, private_key_file="key"), settings=settings)
    monkeypatch.chdir("/")
    device("show clock")
    device.reset()
    assert "show clock" in (home / "told" / "127.0.0.1.log").read_text()
    assert device._settings.driver_path == (f"{home}/drivers",)
    assert [hop.private_key_file for hop in device._route] == [f"{home}/key"]


def test_persist_longer_than_clocks_can_count_is_cut(broker: Broker, remote: Remote, router: Router) -> None:
    device = remote(router.endpoint, persist=1e30)
    assert device("show clock") == "this was show clock"


def test_wrong_option_is_refused_before_anything_is_sent(remote: Remote, router: Router) -> None:
    with pytest.raises(InvalidParameter, match=r"timeout: expected a number of seconds .*, got 1e"):
        remote(router.endpoint)("show clock", timeout=1e30)
    with pytest.raises(InvalidParameter, match="no option 'promt'"):
        remote(router.endpoint)("show clock", promt="x")
    assert os.listdir(paths.folder()) == []


def test_client_imports_no_module_that_opens_connections() -> None:
    heavy = "('yaml', 'pexpect', 'paramiko', 'logging', 'pyco_core.device')"
    code = (
        f"import sys, pyco_core.broker.client as c; sys.exit(str([n for n in {heavy} if n in sys.modules]))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr == "[]\n"


# A broker that is lost.


def test_broker_that_ends_before_its_answer_is_replaced(router: Router, remote: Remote) -> None:
    path = paths.socket_path()
    listening, ended = listen(path), threading.Event()

    def end() -> None:
        sock, _ = listening.accept()
        remove_socket(path, listening)
        sock.close()
        ended.set()

    thread = threading.Thread(target=end)
    thread.start()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(launcher, "launch", in_threads([]))
        assert remote(router.endpoint)("show clock") == "this was show clock"
    thread.join(TIMEOUT)
    assert ended.is_set()
    client.stop()


def test_broker_that_ends_again_and_again_is_error(remote: Remote, router: Router) -> None:
    with (
        actor(*[None] * connection.ATTEMPTS) as requests,
        pytest.raises(BrokerLost, match=r"ended before its first answer\. See its log, .*\.log\."),
    ):
        remote(router.endpoint).connect()
    assert operations(requests) == ["Hello"] * connection.ATTEMPTS


def test_open_is_repeated_when_broker_ends_during_login(remote: Remote, router: Router) -> None:
    with actor(HelloAnswer(1), None, HelloAnswer(2), OPENED) as requests:
        device = remote(router.endpoint)
        device.connect()
        device.close()
    assert operations(requests) == ["Hello", "Open"] * 2
    assert device.driver.name == "x"


def test_broker_lost_during_every_login_is_error(remote: Remote, router: Router) -> None:
    with (
        actor(*[HelloAnswer(1), None] * connection.ATTEMPTS),
        pytest.raises(BrokerLost, match="The broker ended") as caught,
    ):
        remote(router.endpoint).connect()
    assert [caught.value.endpoint, caught.value.hop, caught.value.reached] == [str(router.endpoint), 1, False]


def test_broker_lost_during_command_is_error_without_retry(remote: Remote, router: Router) -> None:
    with (
        actor(HelloAnswer(1), OPENED, None) as requests,
        pytest.raises(BrokerLost, match="the effect of this request is unknown") as caught,
    ):
        remote(router.endpoint)("set the password line-secret-77")
    assert operations(requests) == ["Hello", "Open", "Send"]
    assert caught.value.facts() | {"last_output": ""} == {
        "error": "BrokerLost",
        "endpoint": str(router.endpoint),
        "hop": 1,
        "hops": 1,
        "driver": "",
        "state": "",
        "mode": "",
        "command": "set the password ********",
        "last_output": "",
        "trace": "",
        "setting": "",
    }
    assert caught.value.reached


def test_reset_returns_false_when_broker_is_lost(remote: Remote, router: Router) -> None:
    with actor(HelloAnswer(1), None):
        assert not remote(router.endpoint).reset()


def test_handshake_times_out_without_answer(
    remote: Remote, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TIMEOUT", 0.5)  # seconds; a part of them is used before the handshake
    with listen(paths.socket_path()), pytest.raises(BrokerLost, match=r"did not answer within 0\.[45]"):
        remote(router.endpoint).connect()


def test_open_times_out_and_device_is_not_reached(
    remote: Remote, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening = listen(paths.socket_path())

    def play() -> None:
        sock, _ = listening.accept()
        with sock, listening:
            receive(sock)
            sock.sendall(b"".join(protocol.write_answer(HelloAnswer(1))))
            receive(sock)
            assert sock.recv(1) == b""  # the client closes; it got no answer

    thread = threading.Thread(target=play)
    thread.start()
    monkeypatch.setattr(client, "SPARE", 0.1 - 315)
    with pytest.raises(BrokerLost, match="did not answer within") as caught:
        remote(router.endpoint).connect()
    assert not caught.value.reached
    thread.join(TIMEOUT)


def test_request_times_out_and_late_answer_is_discarded(
    broker: Broker, remote: Remote, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = remote(router.endpoint)
    device.connect()
    monkeypatch.setattr(client, "SPARE", 0.1 - 3 * 15)
    with pytest.raises(BrokerLost, match="did not answer within") as caught:
        device("hang")
    assert [caught.value.command, caught.value.reached] == ["hang", True]
    assert "scripts/pyco broker stop" in caught.value.hint
    monkeypatch.setattr(client, "SPARE", 10.0)
    assert device("show clock") == "this was show clock"


def test_answer_to_interrupted_request_is_discarded(broker: Broker, remote: Remote, router: Router) -> None:
    device = remote(router.endpoint)
    device.connect()
    held = device._connection
    assert held is not None

    class Interrupted(socket.socket):
        def recv(self, *_: int) -> bytes:
            router.wait_for_line("hang")
            raise KeyboardInterrupt

    held._sock = Interrupted(fileno=held._sock.detach())
    with pytest.raises(KeyboardInterrupt):
        device("hang")
    router.wait(lambda: not router.open)
    assert device("show clock") == "this was show clock"


def test_too_large_request_is_error(
    broker: Broker, remote: Remote, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = remote(router.endpoint)
    device.connect()
    monkeypatch.setattr(framing, "REQUEST_LIMIT", 1000)
    with pytest.raises(BrokerLost, match="too large for the broker"):
        device("x" * 1000)


def test_failure_of_broker_is_raised(remote: Remote, router: Router) -> None:
    failure = Failure("BrokerLost", "It is of another version.")
    with actor(HelloAnswer(1), failure), pytest.raises(BrokerLost, match="another version"):
        remote(router.endpoint).connect()
    with actor(HelloAnswer(1), failure):
        [status] = client.status()
    assert [status.pid, status.trouble] == [0, f"{paths.socket_path().name}: It is of another version."]


# The end and a new start.


def in_threads(
    threads: list[threading.Thread], idle: float = 60.0
) -> Callable[[Path, socket.socket, float, Sequence[str]], None]:
    """Return a replacement of `launch` that starts a broker in a thread of this process."""

    def launch(path: Path, listening: socket.socket, timeout: float, drivers: Sequence[str]) -> None:
        assert timeout > 0
        broker = Broker(path, socket.socket(fileno=os.dup(listening.fileno())), idle, drivers)
        threads.append(threading.Thread(target=broker.run))
        threads[-1].start()

    return launch


def test_clients_do_not_notice_end_of_idle_broker(
    monkeypatch: pytest.MonkeyPatch, remote: Remote, router: Router
) -> None:
    started: list[threading.Thread] = []
    monkeypatch.setattr(launcher, "launch", in_threads(started, idle=0.0))

    def connect(number: int) -> str:
        if number % 5:
            connection.connect().close()
            return ""
        device = client.RemoteDevice([router.endpoint], SETTINGS, number % 2 * 0.001)
        text = device("show clock")
        device.close()
        return str(text)

    replies = list(map(connect, range(200)))  # one after another: nearly every one meets the end of a broker
    with ThreadPoolExecutor(2) as threads:
        replies += threads.map(connect, range(200))
    assert set(replies[::5]) == {"this was show clock"}
    for thread in started:
        thread.join(TIMEOUT)
        assert not thread.is_alive()
    assert len(started) > 10
    assert os.listdir(paths.folder()) == []


def test_status_and_stop_reach_brokers_of_other_versions(router: Router) -> None:
    assert client.status() == client.stop() == []
    other = paths.socket_path().with_name("0123456789abcdef.sock")
    broker = Broker(other, listen(other))
    thread = threading.Thread(target=broker.run)
    thread.start()
    listen(other.with_name("dead.sock")).close()
    with serving():
        device = client.RemoteDevice([router.endpoint], SETTINGS, 60)
        device.connect()
        device.close()
        assert sorted(len(status.sessions) for status in client.status()) == [0, 1]
        assert len(client.stop()) == 2
        assert router.logins[0].left
    thread.join(TIMEOUT)
    assert not thread.is_alive()


def test_broker_that_ends_during_status_is_left_out() -> None:
    with actor(None):
        assert client.status() == []


def test_wait_for_end_of_broker_times_out() -> None:
    path = paths.socket_path()
    listening = listen(path)
    talker = Talker(path)
    connection.BrokerConnection(talker.sock, path).wait_for_end(0.01)
    talker.sock.close()
    listening.close()
