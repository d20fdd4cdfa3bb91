# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device over the broker has the words of a device, and says by name when the broker is lost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from pyco_core.broker import client, paths
from pyco_core.broker.framing import Decoder, Message, encode
from pyco_core.broker.server import Broker
from pyco_core.errors import BrokerLost, CommandError, ConnectTimedOut, InvalidParameter, ModeError, PycoError
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim

from .conftest import SETTINGS, Talker, listen, serving
from .router import PATIENCE, Router

Remote = Callable[..., client.RemoteDevice]
TAPE = Path("tests/tapes/cisco_ios/c2900_demo.yml")


@pytest.fixture
def r1(sim: Sim) -> Endpoint:
    """The demo router of the simulator."""
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
def actor(*answers: Message | None) -> Iterator[list[Message]]:
    """A process that plays the broker: it says these in turn, and hangs up at a None and at the end.

    What it was asked is in the list.
    """
    asked: list[Message] = []
    path = paths.path()
    listening = listen(path)

    def play() -> None:
        for answer in answers:
            if not hasattr(play, "sock"):
                play.sock, _ = listening.accept()
            decoder, message = Decoder(), None
            while message is None:
                message = decoder.feed(play.sock.recv(65536))
            asked.append(message)
            if answer is None:
                play.sock.close()
                del play.sock
            else:
                play.sock.sendall(b"".join(encode(answer)))
        if hasattr(play, "sock"):
            play.sock.close()
        listening.close()
        path.unlink()

    thread = threading.Thread(target=play)
    thread.start()
    yield asked
    thread.join(PATIENCE)


# The words of a device.


def test_it_has_the_words_of_a_device(broker: Broker, remote: Remote, r1: Endpoint) -> None:
    device = remote(r1)
    reply = device("show clock")
    assert reply == "*08:30:12.417 UTC Mon Mar 3 2025"
    assert [reply.command, reply.mode, reply.status] == ["show clock", "user", None]
    assert reply.elapsed > 0
    assert [device.mode, device.home, device.hostname, device.endpoint] == ["user", "user", "r1", r1]
    assert [device.driver.name, device.driver.network, device.driver.become_mode] == [
        "cisco_ios",
        True,
        "enable",
    ]
    assert {"user", "enable", "config"} <= set(device.driver.modes)
    device.enter("enable")
    assert [device.mode, device.home] == ["enable", "user"]
    assert device("show clock", mode="user").mode == "user"


def test_a_session_left_in_another_mode_says_so(broker: Broker, remote: Remote, r1: Endpoint) -> None:
    device = remote(r1)
    device.enter("enable")
    device.close()
    device.connect()
    assert [device.mode, device.home] == ["enable", "user"]


def test_questions_are_answered(broker: Broker, remote: Remote, r1: Endpoint) -> None:
    device = remote(r1)
    assert device("enable", prompt="Password: $", answer=Secret("demo-enable")).mode == "enable"
    device("disable")
    assert device("enable", prompt=["Password: $"], answer="demo-enable").mode == "enable"
    device("disable")
    assert device("enable", prompt=["Password: $"], answer=["demo-enable"]).mode == "enable"


def test_errors_come_back_by_name_with_their_facts(broker: Broker, remote: Remote, r1: Endpoint) -> None:
    device = remote(r1)
    with pytest.raises(CommandError) as caught:
        device("show nonsense")
    assert "Invalid input" in caught.value.output
    assert caught.value.facts()["command"] == "show nonsense"
    assert caught.value.reached
    with pytest.raises(ModeError, match="no mode 'heaven'"):
        device.enter("heaven")
    assert device("show clock", check=False).mode == "user"  # the session goes on


def test_a_login_that_fails_can_be_tried_again(broker: Broker, remote: Remote, routers: object) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    device = remote(Endpoint("127.0.0.1", "telnet", port))
    for _ in range(2):
        with pytest.raises(PycoError) as caught:
            device.connect()
        assert caught.value.facts()["error"] == "ConnectionRefused"
        assert not caught.value.reached


def test_connecting_twice_is_connecting_once(broker: Broker, remote: Remote, router: Router) -> None:
    device = remote(router.endpoint)
    device.connect()
    device.connect()
    device.close()
    device.close()
    assert len(router.logins) == 1


def test_a_reset_ends_the_session_and_only_this_one(
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


def test_a_reset_starts_no_broker(remote: Remote, router: Router) -> None:
    assert not remote(router.endpoint).reset()
    assert os.listdir(paths.folder()) == []


def test_a_reset_waits_for_who_uses_the_session(broker: Broker, remote: Remote, router: Router) -> None:
    remote(router.endpoint).connect()
    hurried = Settings(connect_timeout=0.05, command_timeout=15, host_key_checking=False)
    with pytest.raises(ConnectTimedOut, match="Another task used"):
        remote(router.endpoint, settings=hurried).reset()


def test_the_broker_works_with_absolute_paths(
    broker: Broker, remote: Remote, router: Router, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    settings = Settings(transcript="told", driver_path=("~/drivers",))
    device = remote(router.endpoint, settings=settings)
    monkeypatch.chdir("/")
    device("show clock")
    device.reset()
    assert "show clock" in (home / "told" / "127.0.0.1.log").read_text()
    [hop] = device._way["route"]
    assert [hop["private_key_file"], device._way["settings"]["driver_path"]] == ["", (f"{home}/drivers",)]


def test_persist_longer_than_clocks_can_count_is_cut(broker: Broker, remote: Remote, router: Router) -> None:
    device = remote(router.endpoint, persist=1e30)
    assert device("show clock") == "this was show clock"


def test_wrong_option_is_refused_before_anything_is_sent(remote: Remote, router: Router) -> None:
    with pytest.raises(InvalidParameter, match="timeout is 1e"):
        remote(router.endpoint)("show clock", timeout=1e30)
    with pytest.raises(InvalidParameter, match="no option 'promt'"):
        remote(router.endpoint)("show clock", promt="x")
    assert os.listdir(paths.folder()) == []


def test_it_needs_nothing_that_speaks_to_the_network() -> None:
    heavy = "('yaml', 'pexpect', 'paramiko', 'logging', 'pyco_core.device')"
    code = (
        f"import sys, pyco_core.broker.client as c; sys.exit(str([n for n in {heavy} if n in sys.modules]))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr == "[]\n"


# A broker that is lost.


def test_a_broker_that_ends_before_it_answers_is_replaced(router: Router, remote: Remote) -> None:
    path = paths.path()
    listening, ended = listen(path), threading.Event()

    def end() -> None:
        sock, _ = listening.accept()
        paths.retire(path, listening)
        sock.close()
        ended.set()

    thread = threading.Thread(target=end)
    thread.start()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(paths, "launch", in_threads([]))
        assert remote(router.endpoint)("show clock") == "this was show clock"
    thread.join(PATIENCE)
    assert ended.is_set()
    client.stop()


def test_a_broker_that_ends_again_and_again_is_an_error(remote: Remote, router: Router) -> None:
    with (
        actor(*[None] * client.TRIES) as asked,
        pytest.raises(BrokerLost, match=r"ended before it said anything\. Its last words are in .*\.log\."),
    ):
        remote(router.endpoint).connect()
    assert [message["op"] for message in asked] == ["hello"] * client.TRIES


def test_a_broker_lost_during_the_login_is_asked_anew(remote: Remote, router: Router) -> None:
    said = {"mode": "user", "driver": {"name": "x", "network": True, "become_mode": "", "modes": []}}
    with actor({"pid": 1}, None, {"pid": 2}, said) as asked:
        device = remote(router.endpoint)
        device.connect()
        device.close()
    assert [message["op"] for message in asked] == ["hello", "open"] * 2
    assert device.driver.name == "x"


def test_a_broker_lost_during_every_login_is_an_error(remote: Remote, router: Router) -> None:
    with (
        actor(*[{"pid": 1}, None] * client.TRIES),
        pytest.raises(BrokerLost, match="The broker went away") as caught,
    ):
        remote(router.endpoint).connect()
    assert [caught.value.endpoint, caught.value.hop, caught.value.reached] == [str(router.endpoint), 1, False]


def test_a_broker_lost_during_a_command_is_an_error_and_nothing_is_repeated(
    remote: Remote, router: Router
) -> None:
    said = {"driver": {"name": "x", "network": True, "become_mode": "", "modes": []}}
    with (
        actor({"pid": 1}, said, None) as asked,
        pytest.raises(BrokerLost, match="whether this was carried out is not known") as caught,
    ):
        remote(router.endpoint)("set the password line-secret-77")
    assert [message["op"] for message in asked] == ["hello", "open", "send"]
    assert caught.value.facts() | {"last_output": ""} == {
        "error": "BrokerLost",
        "endpoint": str(router.endpoint),
        "hop": 1,
        "driver": "",
        "state": "",
        "mode": "",
        "command": "set the password ********",
        "last_output": "",
        "trace": "",
    }
    assert caught.value.reached


def test_a_broker_lost_during_a_reset_has_no_session_any_more(remote: Remote, router: Router) -> None:
    with actor({"pid": 1}, None):
        assert not remote(router.endpoint).reset()


def test_a_broker_that_does_not_answer_is_an_error_in_time(
    remote: Remote, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.05)
    with listen(paths.path()), pytest.raises(BrokerLost, match=r"did not answer within 0\.05 seconds"):
        remote(router.endpoint).connect()


def test_a_broker_that_stops_answering_is_an_error_and_a_late_answer_is_not_read(
    broker: Broker, remote: Remote, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = remote(router.endpoint)
    device.connect()
    monkeypatch.setattr(client, "SPARE", 0.1 - 3 * 15)
    with pytest.raises(BrokerLost, match="did not answer within") as caught:
        device("hang")
    assert [caught.value.command, caught.value.reached] == ["hang", True]
    assert "python -m pyco_core broker status" in caught.value.hint
    monkeypatch.setattr(client, "SPARE", 10.0)
    assert device("show clock") == "this was show clock"


def test_a_client_that_is_interrupted_does_not_read_the_old_answer(
    broker: Broker, remote: Remote, router: Router
) -> None:
    device = remote(router.endpoint)
    device.connect()
    sock = device._sock
    assert sock is not None

    class Interrupted(socket.socket):
        def recv(self, *_: int) -> bytes:
            router.wait_for_line("hang")
            raise KeyboardInterrupt

    device._sock = Interrupted(fileno=sock.detach())
    with pytest.raises(KeyboardInterrupt):
        device("hang")
    router.wait(lambda: not router.open)
    assert device("show clock") == "this was show clock"


def test_a_request_that_is_too_large_is_an_error(
    broker: Broker, remote: Remote, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = remote(router.endpoint)
    device.connect()
    monkeypatch.setattr(client, "REQUEST_LIMIT", 1000)
    with pytest.raises(BrokerLost, match="too large for the broker"):
        device("x" * 1000)


def test_an_error_of_the_broker_itself_is_raised(remote: Remote, router: Router) -> None:
    told = {"error": "BrokerLost", "message": "It is of another version."}
    with actor({"pid": 1}, told), pytest.raises(BrokerLost, match="another version"):
        remote(router.endpoint).connect()
    with actor({"pid": 1}, told), pytest.raises(BrokerLost, match="another version"):
        client.status()


# The end and a new start.


def in_threads(made: list[threading.Thread], idle: float = 60.0) -> Callable[[Path, socket.socket], None]:
    """What starts a broker in this process instead of a new one."""

    def launch(path: Path, listening: socket.socket) -> None:
        broker = Broker(path, socket.socket(fileno=os.dup(listening.fileno())), idle)
        made.append(threading.Thread(target=broker.run))
        made[-1].start()

    return launch


def test_no_client_ever_sees_a_broker_end(
    monkeypatch: pytest.MonkeyPatch, remote: Remote, router: Router
) -> None:
    started: list[threading.Thread] = []
    monkeypatch.setattr(paths, "launch", in_threads(started, idle=0.0))

    def connect(number: int) -> str:
        if number % 5:
            sock = client.hello()
            assert sock is not None
            sock.close()
            return ""
        device = client.RemoteDevice([router.endpoint], SETTINGS, number % 2 * 0.001)
        text = device("show clock")
        device.close()
        return str(text)

    said = list(map(connect, range(200)))  # one after another: nearly each meets an end
    with ThreadPoolExecutor(2) as threads:
        said += threads.map(connect, range(200))
    assert set(said[::5]) == {"this was show clock"}
    for thread in started:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert len(started) > 10
    assert os.listdir(paths.folder()) == []


def test_status_and_stop_reach_brokers_of_other_versions_too(router: Router) -> None:
    assert client.status() == client.stop() == []
    other = paths.path().with_name("0123456789abcdef.sock")
    broker = Broker(other, listen(other))
    thread = threading.Thread(target=broker.run)
    thread.start()
    listen(other.with_name("dead.sock")).close()
    with serving():
        device = client.RemoteDevice([router.endpoint], SETTINGS, 60)
        device.connect()
        device.close()
        assert sorted(len(said["sessions"]) for said in client.status()) == [0, 1]
        assert len(client.stop()) == 2
        assert router.logins[0].left
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_broker_that_ends_while_it_is_asked_is_left_out() -> None:
    with actor(None):
        assert client.status() == []


def test_a_stopped_broker_whose_end_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    path = paths.path()
    listening = listen(path)
    sock = Talker(path)
    monkeypatch.setattr(client, "SPARE", 0.01)
    client._wait_for_end(sock.sock)
    sock.sock.close()
    listening.close()
