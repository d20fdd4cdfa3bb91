# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker in a thread of this process, asked by hand: who gets which session, and how each ends."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pyco_core import session_pool
from pyco_core.broker import client, paths, server
from pyco_core.broker.framing import VERSION, Message, plain
from pyco_core.broker.server import Broker
from pyco_core.device import Device
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.sim import Faults, Sim

from .conftest import SETTINGS, Talker, listen, opening, serving
from .router import PASSWORD, PATIENCE, Router

Talk = Callable[[], Talker]
Remote = Callable[..., client.RemoteDevice]


def sending(command: str, **words: Any) -> Message:
    message = {"op": "send", "command": command, "mode": "", "timeout": None, "prompt": [], "answer": []}
    flags = {"newline": True, "sendonly": False, "check_all": False, "check": True}
    return {**message, "secret": [], **flags, **words}


def held(talk: Talk) -> list[Message]:
    sessions: list[Message] = talk().greet().ask({"op": "status"})["sessions"]
    return sessions


def until(what: Callable[[], bool]) -> None:
    """Wait for what only asking can tell."""
    pause = threading.Event()
    for _ in range(2000):
        if what():
            return
        pause.wait(0.01)
    raise AssertionError


# Sessions and their users.


def test_a_session_stays_open_for_the_next_client(talk: Talk, router: Router) -> None:
    for _ in range(3):
        talker = talk().greet()
        assert talker.open(router.endpoint)["hostname"] == "r1"
        said = talker.ask(sending("show clock"))
        assert said["text"] == "this was show clock"
        assert said["mode"] == said["home"] == "user"
        talker.sock.close()
    [login] = router.logins
    assert login.lines.count("show clock") == 3


def test_what_persists_for_no_time_ends_with_its_client(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint, persist=0)
    talker.sock.close()
    router.wait(lambda: not router.open)
    assert router.logins[0].left


def test_a_session_is_left_when_it_was_unused_for_so_long(talk: Talk, router: Router) -> None:
    for persist in (0.2, 0.05):  # the second one is due first
        talker = talk().greet()
        talker.open(router.endpoint, persist=persist)
        talker.open(router.endpoint, persist=60, settings=Settings(connect_timeout=15, forward="never"))
        talker.sock.close()
    router.wait(lambda: any(login.left for login in router.logins))
    router.wait(lambda: router.open == 1)
    until(lambda: len(held(talk)) == 1)


def test_routes_and_settings_have_sessions_of_their_own(talk: Talk, routers: Callable[..., Router]) -> None:
    one, other = routers(), routers()
    slower = Settings(connect_timeout=14, command_timeout=9, host_key_checking=False)
    talk().greet().open(one.endpoint)
    talk().greet().open(other.endpoint)
    talker = talk().greet()
    talker.open(one.endpoint, settings=Settings(host_key_checking=True))
    talker.open(one.endpoint, settings=Settings(host_key_checking=True, command_timeout=3))
    assert [len(one.logins), len(other.logins)] == [2, 1]
    third = talk().greet()
    third.send(opening(other.endpoint, settings=slower))  # the same but for its time-outs: it waits
    assert len(other.logins) == 1
    third.sock.close()


def test_two_clients_of_one_device_take_turns(talk: Talk, router: Router) -> None:
    first, second = talk().greet(), talk().greet()
    first.open(router.endpoint)
    second.send(opening(router.endpoint))
    second.sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        second.sock.recv(1)
    second.sock.settimeout(PATIENCE)
    assert first.ask(sending("one"))["text"] == "this was one"
    first.sock.close()
    assert second.answer()["hostname"] == "r1"
    assert second.ask(sending("two"))["text"] == "this was two"
    assert len(router.logins) == 1


def test_who_waits_too_long_for_a_turn_is_told(talk: Talk, router: Router) -> None:
    first, second = talk().greet(), talk().greet()
    first.open(router.endpoint)
    hurried = Settings(connect_timeout=0.05, command_timeout=15, host_key_checking=False)
    said = second.open(router.endpoint, settings=hurried)
    assert said["error"] == "ConnectTimedOut"
    assert "Another task used this device's session" in said["message"]
    assert said["endpoint"] == str(router.endpoint)
    assert first.ask(sending("show clock"))["text"] == "this was show clock"


def test_who_waits_for_a_session_that_is_ended_meanwhile_gets_a_new_one(talk: Talk, router: Router) -> None:
    first, second = talk().greet(), talk().greet()
    first.open(router.endpoint, persist=0)
    second.send(opening(router.endpoint))
    first.sock.close()
    assert second.answer()["hostname"] == "r1"
    assert [login.left for login in router.logins] == [True, False]


def test_one_client_changes_from_one_device_to_another(talk: Talk, routers: Callable[..., Router]) -> None:
    one, other = routers(), routers()
    talker = talk().greet()
    talker.open(one.endpoint)
    talker.open(other.endpoint)
    assert [session["busy"] for session in held(talk)] == [False, True]


def test_a_reset_ends_the_right_session(talk: Talk, routers: Callable[..., Router]) -> None:
    one, other = routers(), routers()
    for router in (one, other):
        talker = talk().greet()
        talker.open(router.endpoint)
        talker.sock.close()
    talker = talk().greet()
    wish = {"op": "reset", "route": [plain(one.endpoint)], "settings": plain(SETTINGS)}
    assert talker.ask(wish) == {"ended": True}
    one.wait(lambda: not one.open)
    assert other.open == 1
    assert one.logins[0].left
    assert talker.ask(wish) == {"ended": False}


def test_a_reset_of_a_session_that_died_says_so(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    assert talker.ask(sending("die"))["error"] == "SessionClosed"
    other = talk().greet()
    wish = {"op": "reset", "route": [plain(router.endpoint)], "settings": plain(SETTINGS)}
    other.send(wish)
    talker.sock.close()
    assert other.answer() == {"ended": False}


def test_a_session_found_dead_is_replaced_before_a_command_is_sent(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    router.hang_up()
    assert talker.ask(sending("show clock"))["text"] == "this was show clock"
    router.hang_up()
    assert talker.open(router.endpoint)["hostname"] == "r1"
    router.hang_up()
    assert talker.ask({"op": "enter", "mode": "user"})["mode"] == "user"
    assert [login.lines.count("show clock") for login in router.logins] == [0, 1, 0, 0]


def test_a_command_during_which_the_session_dies_is_not_sent_again(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    said = talker.ask(sending("die"))
    assert [said["error"], said["command"], said["reached"]] == ["SessionClosed", "die", True]
    assert [login.lines.count("die") for login in router.logins] == [1]
    assert talker.ask(sending("show clock"))["text"] == "this was show clock"
    assert len(router.logins) == 2


def test_a_login_that_fails_leaves_no_session(talk: Talk, router: Router) -> None:
    wrong = Endpoint("127.0.0.1", "telnet", router.port, driver="cisco_ios")
    said = talk().greet().open(wrong)
    assert said["error"] == "MissingParameter"
    assert said["hop"] == 1
    assert held(talk) == []


def test_answers_to_questions_are_typed_and_secrets_stay_secrets(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    said = talker.ask(sending("lines 2", prompt=["never asked"], answer=["planted"], secret=[True]))
    assert said["text"] == "line 0 of many\nline 1 of many"
    assert talker.ask(sending("x", prompt=["y"], answer=["z"]))["error"] == "InvalidParameter"


def test_a_large_output_arrives_whole(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    text = talker.ask(sending("lines 60000"))["text"]
    assert text.count("\n") == 59_999
    assert text.endswith("line 59999 of many")


# Clients that go away.


@pytest.mark.parametrize("is_direct", [True, False], ids=["direct", "through a hop"])
def test_a_client_gone_during_its_command_frees_the_device_at_once(
    talk: Talk, router: Router, sim_bastion: Endpoint, is_direct: bool
) -> None:
    hops = () if is_direct else (sim_bastion,)
    first = talk().greet()
    first.open(*hops, router.endpoint)
    first.send(sending("hang"))
    router.wait_for_line("hang")
    first.sock.close()
    router.wait(lambda: not router.open)  # long before the command's time-out
    second = talk().greet()
    second.open(*hops, router.endpoint)
    assert second.ask(sending("show clock"))["text"] == "this was show clock"
    assert [login.lines.count("hang") for login in router.logins] == [1, 0]


def test_a_client_gone_during_its_command_frees_an_ssh_device_too(talk: Talk, sim: Sim) -> None:
    host = sim.ssh("tests/tapes/cisco_ios/c2900_demo.yml", faults=Faults(silent=("show clock",)))
    device = Endpoint("127.0.0.1", "ssh", host.port, "demo", Secret("demo-login"), "cisco_ios")
    first = talk().greet()
    first.open(device)
    first.send(sending("show clock"))
    until(lambda: "show clock" in host.commands)
    first.sock.close()
    assert host.endings() == ["client"]
    assert talk().greet().open(device)["hostname"] == "r1"


def test_the_one_who_waits_for_a_client_that_is_gone_gets_a_new_session(talk: Talk, router: Router) -> None:
    first, second = talk().greet(), talk().greet()
    first.open(router.endpoint)
    second.send(opening(router.endpoint))
    first.send(sending("hang"))
    router.wait_for_line("hang")
    first.sock.close()
    assert second.answer()["hostname"] == "r1"
    assert second.ask(sending("show clock"))["text"] == "this was show clock"


def test_nobody_waits_for_the_login_of_a_client_that_is_gone(
    talk: Talk, routers: Callable[..., Router]
) -> None:
    router = routers(mute=True)
    first = talk().greet()
    first.send(opening(router.endpoint))
    router.wait(lambda: router.open == 1)
    router.mute = False
    first.sock.close()
    assert talk().greet().open(router.endpoint)["hostname"] == "r1"
    router.wait(lambda: router.open == 1)


def test_a_client_that_went_away_while_it_waited_gets_no_session(
    talk: Talk, broker: Broker, router: Router
) -> None:
    first, second = talk().greet(), talk().greet()
    first.open(router.endpoint)
    second.send(opening(router.endpoint, persist=0))
    until(lambda: any(client.working for client in list(broker._clients.values())))
    second.sock.close()
    until(lambda: any(client.gone for client in list(broker._clients.values())))
    first.sock.close()
    third = talk().greet()
    third.open(router.endpoint)
    assert third.ask(sending("show clock"))["text"] == "this was show clock"
    assert len(router.logins) == 1


def test_a_client_that_closes_after_its_answer_leaves_the_session_alone(talk: Talk, router: Router) -> None:
    for _ in range(100):
        talker = talk().greet()
        talker.open(router.endpoint)
        talker.sock.close()
    assert len(router.logins) == 1


def test_a_client_that_asks_and_goes_at_once_does_no_harm(talk: Talk, router: Router) -> None:
    for _ in range(50):
        talker = talk().greet()
        talker.open(router.endpoint)
        talker.send(sending("show clock"))
        talker.sock.close()
    talker = talk().greet()
    talker.open(router.endpoint)
    assert talker.ask(sending("show version"))["text"] == "this was show version"


def test_a_request_of_a_client_that_is_known_to_be_gone_is_not_done(
    talk: Talk, broker: Broker, router: Router
) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    [client] = broker._clients.values()
    client.gone = True
    talker.send(sending("reload"))
    assert talker.is_closed()
    assert "reload" not in router.logins[0].lines


# What is no request.


@pytest.mark.parametrize(
    "data",
    [b"GET / HTTP/1.0\r\n\r\n", b"\0\0\0\2\0\0\0\0[]", b"\0\0\0\2\0\0\0\0{}\0", b"\x01\0\0\x01\0\0\0\0"],
    ids=["http", "a list", "too much", "too large"],
)
def test_what_is_no_frame_closes_the_connection(talk: Talk, router: Router, data: bytes) -> None:
    talker, other = talk().greet(), talk().greet()
    talker.open(router.endpoint)
    talker.sock.sendall(data)
    assert talker.is_closed()
    other.open(router.endpoint)
    assert other.ask(sending("show clock"))["text"] == "this was show clock"
    assert len(router.logins) == 1  # no session was lost with the connection


def test_two_requests_at_once_close_the_connection(talk: Talk) -> None:
    talker = talk().greet()
    talker.sock.sendall(b'\0\0\0\x0f\0\0\0\0{"op":"status"}' * 2)
    assert talker.is_closed()


GOOD = opening(Endpoint("127.0.0.1", "telnet", 1))


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ({}, "'op'"),
        ({"op": ["open"]}, "'op'"),
        ({"op": "fly"}, "No session was taken"),
        ({"op": "open"}, "'route'"),
        ({**GOOD, "route": []}, "'route'"),
        ({**GOOD, "route": "r1"}, "'route'"),
        ({**GOOD, "route": ["r1"]}, "'endpoint'"),
        ({**GOOD, "route": [{"host": "r1"}]}, "'protocol'"),
        ({**GOOD, "route": [{**GOOD["route"][0], "host": "a b"}]}, "'a b' is not a host name"),
        ({**GOOD, "settings": None}, "'settings'"),
        ({**GOOD, "settings": {**GOOD["settings"], "forward": "perhaps"}}, "forward is 'perhaps'"),
        ({**GOOD, "persist": "long"}, "'persist'"),
        ({**GOOD, "persist": -1}, "'persist'"),
        ({"op": "reset"}, "'route'"),
        ({"op": "hello", "version": "1"}, "'version'"),
        ({"op": "hello", "version": VERSION}, "'identity'"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_request_that_is_wrong_is_answered_by_name(talk: Talk, message: Message, named: str) -> None:
    talker = talk().greet()
    said = talker.ask(message)
    assert said["error"] in ("InvalidParameter", "InvalidUrl")
    assert named in said["message"]
    assert "sessions" in talk().greet().ask({"op": "status"})


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ({"op": "fly"}, "no operation 'fly'"),
        ({"op": "enter"}, "'mode'"),
        (sending("x", answer=[1]), "'answer'"),
        (sending("x", secret=[True]), "'secret'"),
        (sending("two\nlines"), "one line"),
        (sending("x", prompt=["("], answer=["y"], secret=[False]), "no regular expression"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_request_for_a_session_leaves_it_usable(
    talk: Talk, router: Router, message: Message, named: str
) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    said = talker.ask(message)
    assert said["error"] == "InvalidParameter"
    assert named in said["message"]
    assert talker.ask(sending("show clock"))["text"] == "this was show clock"
    assert len(router.logins) == 1


def test_a_client_of_another_version_is_told(talk: Talk) -> None:
    talker = talk()
    assert "another version" in talker.ask({"op": "status"})["message"]
    talker.ask({"op": "hello", "version": VERSION + 1, "identity": paths.identity()})
    said = talker.ask({"op": "status"})
    assert [said["error"], said["message"]] == ["BrokerLost", "The broker is of another version."]


def test_a_client_of_another_installation_may_ask_for_the_status_only(talk: Talk) -> None:
    talker = talk()
    talker.ask({"op": "hello", "version": VERSION, "identity": "other"})
    assert talker.ask({"op": "status"})["sessions"] == []
    assert "another installation" in talker.ask(GOOD)["message"]


def test_a_client_of_another_user_is_not_let_in(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    path = paths.path()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    talker = Talker(path)
    assert talker.is_closed()
    talker.sock.close()


# What goes wrong in the broker itself.


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_without_a_name_ends_the_session_and_not_the_broker(
    talk: Talk, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(Device, "__call__", fail)
        talker.send(sending("show clock"))
        assert talker.is_closed()
        router.wait(lambda: not router.open)
    other = talk().greet()
    other.open(router.endpoint)
    assert other.ask(sending("show clock"))["text"] == "this was show clock"


def test_a_library_that_is_missing_is_named(
    talk: Talk, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: Device) -> None:
        raise ModuleNotFoundError("No module named 'paramiko.client'", name="paramiko.client")

    monkeypatch.setattr(Device, "connect", missing)
    said = talk().greet().open(router.endpoint)
    assert said["error"] == "MissingLibrary"
    assert "package paramiko is missing" in said["message"]
    assert "pip install paramiko" in said["hint"]


def test_an_answer_that_is_too_large_is_an_error_and_the_session_goes_on(
    talk: Talk, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    encode = server.encode
    with monkeypatch.context() as patched:
        patched.setattr(server, "encode", lambda message: encode(message, 2000))
        said = talker.ask(sending("lines 400"))
    assert [said["error"], "too large" in said["message"]] == ["BrokerLost", True]
    assert talker.ask(sending("show clock"))["text"] == "this was show clock"


def test_without_descriptors_new_clients_wait(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, talk: Talk
) -> None:
    monkeypatch.setattr(server, "DEAF", 0.01)
    talk().greet()
    waiting = socket.socket(socket.AF_UNIX)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/proc/self/fd"))) + 1, limits[1]))
    full = []
    try:
        with contextlib.suppress(OSError):
            while True:
                full.append(os.dup(0))
        waiting.connect(str(paths.path()))
        until(lambda: broker._deaf)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for number in full:
            os.close(number)
    talker = talk()
    talker.sock.close()
    talker.sock = waiting
    assert talker.ask({"op": "hello", "version": VERSION, "identity": paths.identity()})["pid"] == os.getpid()


def test_without_threads_a_client_is_turned_away_and_the_broker_goes_on(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, talk: Talk
) -> None:
    def no_more(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(server, "DEAF", 0.01)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_more)
        assert talk().is_closed()
        called: list[int] = []
        session_pool.background(called.append, 1)
        assert called == [1]
    talk().greet()


# The end.


def test_a_broker_that_nobody_uses_ends(router: Router) -> None:
    path = paths.path()
    broker = Broker(path, listen(path), idle=0.05)
    thread = threading.Thread(target=broker.run)
    thread.start()
    talker = Talker(path).greet()
    talker.open(router.endpoint, persist=0.05)
    talker.sock.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert router.logins[0].left
    assert os.listdir(path.parent) == []


def test_a_broker_goes_on_for_a_client_that_comes_in_the_last_moment() -> None:
    path = paths.path()
    listening = listen(path)
    talker = Talker(path)
    broker = Broker(path, listening, idle=0)
    thread = threading.Thread(target=broker.run)
    thread.start()
    talker.greet()
    talker.sock.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_the_end_of_the_broker_leaves_every_device(routers: Callable[..., Router]) -> None:
    one, other = routers(), routers()
    with serving() as broker:
        for router in (one, other):
            talker = Talker(paths.path()).greet()
            talker.open(router.endpoint)
            talker.sock.close()
        talker = Talker(paths.path()).greet()
        talker.open(one.endpoint)
        broker.stop()
        assert talker.is_closed()
        talker.sock.close()
    assert [one.logins[0].left, other.logins[0].left] == [True, True]


def test_the_end_cuts_a_command_that_does_not_end(router: Router, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_pool, "GRACE", 0.05)
    with serving() as broker:
        talker = Talker(paths.path()).greet()
        talker.open(router.endpoint)
        talker.send(sending("hang"))
        router.wait_for_line("hang")
        broker.stop()
        assert talker.answer()["error"] == "SessionClosed"
        talker.sock.close()
    router.wait(lambda: not router.open)


def test_no_session_is_opened_while_the_broker_ends(talk: Talk, broker: Broker, router: Router) -> None:
    talker = talk().greet()
    broker._sessions.end_all()
    talker.send(opening(router.endpoint))
    assert talker.is_closed()
    assert router.logins == []


def test_stop_answers_before_the_broker_ends(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    other = talk().greet()
    [session] = other.ask({"op": "stop"})["sessions"]
    assert session["busy"]
    assert talker.is_closed()
    assert other.is_closed()


def test_the_status_tells_what_is_open(talk: Talk, router: Router, sim_bastion: Endpoint) -> None:
    talker = talk().greet()
    talker.open(sim_bastion, router.endpoint)
    said = talk().greet().ask({"op": "status"})
    assert said["pid"] == os.getpid()
    assert said["memory"] > 1e6
    assert said["uptime"] >= 0
    assert said["clients"] == 1
    [session] = said["sessions"]
    idle = session.pop("idle")
    assert idle >= 0
    assert session == {
        "device": f"telnet://:********@127.0.0.1:{router.port}/cisco_ios",
        "hops": [f"ssh://pyco:********@127.0.0.1:{sim_bastion.port}"],
        "driver": "cisco_ios",
        "mode": "user",
        "busy": True,
    }
    assert said["logins"] == [{"login": str(sim_bastion), "users": 1, "shells": 0}]
    assert PASSWORD not in str(said)


def test_a_system_without_proc_tells_no_memory(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_text(*_: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", read_text)
    assert talk().greet().ask({"op": "status"})["memory"] == 0


# The process.


@pytest.fixture
def process_settings() -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_politely(
    number: signal.Signals, router: Router, process_settings: None
) -> None:
    path = paths.path()
    listening = listen(path)
    listen(path.with_name("left-behind.sock")).close()

    def use() -> None:
        with_session = Talker(path).greet()
        with_session.open(router.endpoint)
        os.kill(os.getpid(), number)
        assert with_session.is_closed()
        with_session.sock.close()

    user = threading.Thread(target=use)
    user.start()
    server.main([str(path), str(listening.detach())])
    user.join(PATIENCE)
    assert router.logins[0].left
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 1024
    until(lambda: os.listdir(path.parent) == [])


def test_what_other_versions_left_behind_is_removed_and_what_runs_is_not(broker: Broker, home: Path) -> None:
    own = paths.path()
    dead, alive = own.with_name("dead.sock"), own.with_name("alive.sock")
    listen(dead).close()
    with listen(alive):
        server._sweep(own)
        assert sorted(os.listdir(own.parent)) == sorted([alive.name, "alive.lock", own.name])


def test_a_sweep_of_a_folder_that_is_not_safe_does_nothing(home: Path) -> None:
    paths.folder().chmod(0o755)
    server._sweep(home / "x.sock")
