# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker in a thread of this process, with requests one by one: sessions, clients and their end."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core import session_pool
from pyco_core.broker import client, codec, framing, paths, server
from pyco_core.broker.client_state import ClientState
from pyco_core.broker.handlers import RequestHandler
from pyco_core.broker.messages import (
    VERSION,
    Enter,
    Failure,
    Hello,
    Open,
    Reset,
    ResetAnswer,
    Send,
    Status,
    Stop,
)
from pyco_core.broker.server import Broker
from pyco_core.device import Device
from pyco_core.models.command import Command
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.models.status import LoginStatus, SessionStatus
from pyco_core.sim import Faults, Sim

from .conftest import SETTINGS, Talker, listen, serving
from .router import PASSWORD, TIMEOUT, Router

Talk = Callable[[], Talker]
Remote = Callable[..., client.RemoteDevice]


def command(text: str, **options: Any) -> Send:
    return Send(Command(text, **options))


def opening(*route: Endpoint, persist: float = 60.0, settings: Settings = SETTINGS) -> Open:
    return Open(route, settings, persist)


def sessions(talk: Talk) -> tuple[SessionStatus, ...]:
    status = talk().greet().ask(Status())
    open_sessions: tuple[SessionStatus, ...] = status.sessions
    return open_sessions


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition that no event reports."""
    pause = threading.Event()
    for _ in range(2000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError


# Sessions and their clients.


def test_session_stays_open_for_next_client(talk: Talk, router: Router) -> None:
    for _ in range(3):
        talker = talk().greet()
        assert talker.open(router.endpoint).state.hostname == "r1"
        answer = talker.ask(command("show clock"))
        assert answer.text == "this was show clock"
        assert answer.state.mode == answer.state.home == "user"
        talker.sock.close()
    [login] = router.logins
    assert login.lines.count("show clock") == 3


def test_persist_zero_closes_session_with_client(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint, persist=0)
    talker.sock.close()
    router.wait(lambda: not router.open)
    assert router.logins[0].left


def test_unused_session_is_closed_after_persist(talk: Talk, router: Router) -> None:
    for persist in (0.2, 0.05):  # the second one is due first
        talker = talk().greet()
        talker.open(router.endpoint, persist=persist)
        talker.open(router.endpoint, persist=60, settings=Settings(connect_timeout=15, forward="never"))
        talker.sock.close()
    router.wait(lambda: any(login.left for login in router.logins))
    router.wait(lambda: router.open == 1)
    until(lambda: len(sessions(talk)) == 1)


def test_session_depends_on_route_and_settings_but_not_on_timeouts(
    talk: Talk, routers: Callable[..., Router]
) -> None:
    one, other = routers(), routers()
    slower = Settings(connect_timeout=14, command_timeout=9, host_key_checking=False, sessions=1)
    talk().greet().open(one.endpoint)
    talk().greet().open(other.endpoint)
    talker = talk().greet()
    talker.open(one.endpoint, settings=Settings(host_key_checking=True))
    talker.open(one.endpoint, settings=Settings(host_key_checking=True, command_timeout=3))
    assert [len(one.logins), len(other.logins)] == [2, 1]
    third = talk().greet()
    third.send(opening(other.endpoint, settings=slower))  # it differs only in its timeouts, so it waits
    assert len(other.logins) == 1
    third.sock.close()


def test_second_client_waits_until_session_is_released(talk: Talk, router: Router) -> None:
    first, second = talk().greet(), talk().greet()
    first.open(router.endpoint)
    second.send(opening(router.endpoint))
    second.sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        second.sock.recv(1)
    second.sock.settimeout(TIMEOUT)
    assert first.ask(command("one")).text == "this was one"
    first.sock.close()
    assert second.answer().state.hostname == "r1"
    assert second.ask(command("two")).text == "this was two"
    assert len(router.logins) == 1


def test_waiting_for_busy_session_times_out(talk: Talk, router: Router) -> None:
    first, second = talk().greet(), talk().greet()
    first.open(router.endpoint)
    answer = second.open(router.endpoint, settings=replace(SETTINGS, session_timeout=0.05))
    assert answer.error == "SessionBusy"
    assert answer.message == ("Other tasks used the session of this device for 0.05 s, the session timeout.")
    assert [answer.facts["endpoint"], answer.reached] == [str(router.endpoint), True]
    assert first.ask(command("show clock")).text == "this was show clock"


def test_wait_for_session_does_not_count_for_connect_timeout(talk: Talk, router: Router) -> None:
    first, second = talk().greet(), talk().greet()
    first.open(router.endpoint, persist=0)
    second.send(opening(router.endpoint, settings=replace(SETTINGS, connect_timeout=3.0)))
    second.sock.settimeout(3.2)
    with pytest.raises(TimeoutError):
        second.sock.recv(1)
    second.sock.settimeout(TIMEOUT)
    first.sock.close()
    assert second.answer().state.hostname == "r1"


def test_further_sessions_are_opened_up_to_limit(talk: Talk, router: Router) -> None:
    limited = replace(SETTINGS, sessions=2, session_timeout=2.0)
    talkers = [talk().greet() for _ in range(3)]
    for talker in talkers:
        talker.send(opening(router.endpoint, settings=limited))
    answers = [talker.answer() for talker in talkers]
    errors = [answer.message for answer in answers if isinstance(answer, Failure)]
    assert errors == ["Other tasks used all 2 sessions of this device for 2 s, the session timeout."]
    assert router.open == len(sessions(talk)) == 2


def test_next_task_uses_released_session_instead_of_further_one(talk: Talk, router: Router) -> None:
    several = replace(SETTINGS, sessions=4)
    for _ in range(20):
        talker = talk().greet()
        talker.open(router.endpoint, settings=several)
        talker.sock.close()
    assert len(router.logins) == 1


def test_surplus_session_is_closed_when_it_is_idle(talk: Talk, router: Router) -> None:
    several = replace(SETTINGS, sessions=2)
    first, second = talk().greet(), talk().greet()
    first.open(router.endpoint, settings=several)
    second.open(router.endpoint, settings=several, persist=0.05)
    second.sock.close()
    router.wait(lambda: router.open == 1)
    assert first.ask(command("show clock")).text == "this was show clock"


def test_waiting_client_gets_new_session_when_session_is_closed(talk: Talk, router: Router) -> None:
    first, second = talk().greet(), talk().greet()
    first.open(router.endpoint, persist=0)
    second.send(opening(router.endpoint))
    first.sock.close()
    assert second.answer().state.hostname == "r1"
    assert [login.left for login in router.logins] == [True, False]


def test_client_releases_session_when_it_opens_another(talk: Talk, routers: Callable[..., Router]) -> None:
    one, other = routers(), routers()
    talker = talk().greet()
    talker.open(one.endpoint)
    talker.open(other.endpoint)
    assert [session.busy for session in sessions(talk)] == [False, True]


def test_reset_closes_only_session_of_its_route(talk: Talk, routers: Callable[..., Router]) -> None:
    one, other = routers(), routers()
    for router in (one, other):
        talker = talk().greet()
        talker.open(router.endpoint)
        talker.sock.close()
    talker = talk().greet()
    request = Reset((one.endpoint,), SETTINGS)
    assert talker.ask(request) == ResetAnswer(ended=True)
    one.wait(lambda: not one.open)
    assert other.open == 1
    assert one.logins[0].left
    assert talker.ask(request) == ResetAnswer(ended=False)


def test_reset_of_dead_session_returns_false(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    assert talker.ask(command("die")).error == "SessionClosed"
    other = talk().greet()
    request = Reset((router.endpoint,), SETTINGS)
    other.send(request)
    talker.sock.close()
    assert other.answer() == ResetAnswer(ended=False)


def test_dead_session_reconnects_before_command_is_sent(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    router.hang_up()
    assert talker.ask(command("show clock")).text == "this was show clock"
    router.hang_up()
    assert talker.open(router.endpoint).state.hostname == "r1"
    router.hang_up()
    assert talker.ask(Enter("user")).state.mode == "user"
    assert [login.lines.count("show clock") for login in router.logins] == [0, 1, 0, 0]


def test_command_is_not_repeated_when_session_dies_during_it(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    answer = talker.ask(command("die"))
    assert [answer.error, answer.facts["command"], answer.reached] == ["SessionClosed", "die", True]
    assert [login.lines.count("die") for login in router.logins] == [1]
    assert talker.ask(command("show clock")).text == "this was show clock"
    assert len(router.logins) == 2


def test_failed_login_leaves_no_session(talk: Talk, router: Router) -> None:
    wrong = Endpoint("127.0.0.1", "telnet", router.port, driver="cisco_ios")
    answer = talk().greet().open(wrong)
    assert answer.error == "MissingParameter"
    assert answer.facts["hop"] == 1
    assert sessions(talk) == ()


def test_prompts_and_answers_are_passed_to_device(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    answer = talker.ask(command("lines 2", prompt=("never asked",), answer=(Secret("planted"),)))
    assert answer.text == "line 0 of many\nline 1 of many"


def test_large_output_arrives_complete(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    text = talker.ask(command("lines 60000")).text
    assert text.count("\n") == 59_999
    assert text.endswith("line 59999 of many")


# Disconnects.


@pytest.mark.parametrize("is_direct", [True, False], ids=["direct", "through a hop"])
def test_disconnect_during_command_frees_device_at_once(
    talk: Talk, router: Router, sim_bastion: Endpoint, is_direct: bool
) -> None:
    hops = () if is_direct else (sim_bastion,)
    first = talk().greet()
    first.open(*hops, router.endpoint)
    first.send(command("hang"))
    router.wait_for_line("hang")
    first.sock.close()
    router.wait(lambda: not router.open)  # long before the command's timeout
    second = talk().greet()
    second.open(*hops, router.endpoint)
    assert second.ask(command("show clock")).text == "this was show clock"
    assert [login.lines.count("hang") for login in router.logins] == [1, 0]


def test_disconnect_during_command_frees_ssh_device(talk: Talk, sim: Sim) -> None:
    host = sim.ssh("tests/tapes/cisco_ios/c2900_demo.yml", faults=Faults(silent=("show clock",)))
    device = Endpoint("127.0.0.1", "ssh", host.port, "demo", Secret("demo-login"), "cisco_ios")
    first = talk().greet()
    first.open(device)
    first.send(command("show clock"))
    until(lambda: "show clock" in host.commands)
    first.sock.close()
    assert host.endings() == ["client"]
    assert talk().greet().open(device).state.hostname == "r1"


def test_waiting_client_gets_new_session_after_disconnect_of_user(talk: Talk, router: Router) -> None:
    first, second = talk().greet(), talk().greet()
    first.open(router.endpoint)
    second.send(opening(router.endpoint))
    first.send(command("hang"))
    router.wait_for_line("hang")
    first.sock.close()
    assert second.answer().state.hostname == "r1"
    assert second.ask(command("show clock")).text == "this was show clock"


def test_login_of_disconnected_client_blocks_nobody(talk: Talk, routers: Callable[..., Router]) -> None:
    router = routers(mute=True)
    first = talk().greet()
    first.send(opening(router.endpoint))
    router.wait(lambda: router.open == 1)
    router.mute = False
    first.sock.close()
    assert talk().greet().open(router.endpoint).state.hostname == "r1"
    router.wait(lambda: router.open == 1)


def test_client_that_disconnects_while_waiting_gets_no_session(
    talk: Talk, broker: Broker, router: Router
) -> None:
    first, second = talk().greet(), talk().greet()
    first.open(router.endpoint)
    second.send(opening(router.endpoint, persist=0))
    until(lambda: any(client.state.working for client in list(broker._clients.values())))
    second.sock.close()
    until(lambda: len(broker._clients) == 1)  # it does not wait for its turn
    first.sock.close()
    third = talk().greet()
    third.open(router.endpoint)
    assert third.ask(command("show clock")).text == "this was show clock"
    assert len(router.logins) == 1


def test_session_for_client_that_is_gone_is_released(broker: Broker, router: Router) -> None:
    state = ClientState(broker.pool)
    handler = RequestHandler(broker, state, lambda event: None, lambda: -1)
    handler.handle(Hello(VERSION, broker.identity))
    assert not state.disconnect()
    with pytest.raises(session_pool.PoolClosed):
        handler.handle(opening(router.endpoint))
    assert len(broker.pool) == 0
    assert router.logins == []


def test_disconnect_after_answer_keeps_session_open(talk: Talk, router: Router) -> None:
    for _ in range(100):
        talker = talk().greet()
        talker.open(router.endpoint)
        talker.sock.close()
    assert len(router.logins) == 1


def test_disconnect_right_after_request_does_no_harm(talk: Talk, router: Router) -> None:
    for _ in range(50):
        talker = talk().greet()
        talker.open(router.endpoint)
        talker.send(command("show clock"))
        talker.sock.close()
    talker = talk().greet()
    talker.open(router.endpoint)
    assert talker.ask(command("show version")).text == "this was show version"


def test_request_of_disconnected_client_is_not_executed(talk: Talk, broker: Broker, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    [client] = broker._clients.values()
    client.state.disconnect()
    talker.send(command("reload"))
    assert talker.is_closed()
    assert "reload" not in router.logins[0].lines


# Invalid requests.


@pytest.mark.parametrize(
    "data",
    [b"GET / HTTP/1.0\r\n\r\n", b"\0\0\0\2\0\0\0\0[]", b"\0\0\0\2\0\0\0\0{}\0", b"\x01\0\0\x01\0\0\0\0"],
    ids=["http", "a list", "too much", "too large"],
)
def test_invalid_frame_closes_connection(talk: Talk, router: Router, data: bytes) -> None:
    talker, other = talk().greet(), talk().greet()
    talker.open(router.endpoint)
    talker.sock.sendall(data)
    assert talker.is_closed()
    other.open(router.endpoint)
    assert other.ask(command("show clock")).text == "this was show clock"
    assert len(router.logins) == 1  # the session survives the connection


def test_two_requests_at_once_close_connection(talk: Talk) -> None:
    talker = talk().greet()
    talker.sock.sendall(b'\0\0\0\x0f\0\0\0\0{"op":"status"}' * 2)
    assert talker.is_closed()


def test_request_in_several_pieces_is_answered(talk: Talk) -> None:
    answer = talk().greet().ask(Send(Command("x" * 300_000)))  # no single read returns so much
    assert "No session was acquired" in answer.message


GOOD = {"op": "open", **codec.plain(opening(Endpoint("127.0.0.1", "telnet", 1)))}


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({}, "'op': expected a string, got null"),
        ({"op": ["open"]}, "'op': expected a string, got a list"),
        ({"op": "fly"}, "unknown operation 'fly'"),
        ({"op": "enter", "mode": "enable"}, "No session was acquired"),
        ({"op": "open"}, "'route' is missing"),
        ({**GOOD, "route": []}, "'route': expected a list that is not empty"),
        ({**GOOD, "route": "r1"}, "'route': expected a list, got a string"),
        ({**GOOD, "route": ["r1"]}, "'route[0]': expected an object, got a string"),
        ({**GOOD, "route": [{"port": 22}]}, "'' is not a host name"),
        ({**GOOD, "route": [{"host": "a b"}]}, "'a b' is not a host name"),
        ({**GOOD, "settings": None}, "'settings': expected an object, got null"),
        (
            {**GOOD, "settings": {"forward": "perhaps"}},
            "forward: expected auto, never or always, got 'perhaps'",
        ),
        ({**GOOD, "persist": "long"}, "'persist': expected a number, got a string"),
        ({**GOOD, "persist": -1}, "persist: expected 0 or more seconds, got -1"),
        ({"op": "reset"}, "'route' is missing"),
        ({"op": "hello", "version": "1"}, "'version': expected an integer, got a string"),
        ({"op": "hello", "version": VERSION}, "'identity' is missing"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_invalid_request_is_answered_with_name_of_field(
    talk: Talk, message: dict[str, Any], error: str
) -> None:
    answer = talk().greet().ask_json(message)
    assert answer.error in ("InvalidParameter", "InvalidUrl")
    assert error in answer.message
    assert talk().greet().ask(Status()).sessions == ()


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"op": "fly"}, "unknown operation 'fly'"),
        ({"op": "enter"}, "'mode' is missing"),
        ({"op": "send", "command": {"answer": [1]}}, "'command.answer[0]': expected an object"),
        ({"op": "send", "command": {"timeout": 0}}, "timeout: expected a number of seconds above 0"),
        ({"op": "send", "command": {"prompt": ["("], "answer": ["y"]}}, "invalid regular expression"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_invalid_request_leaves_session_usable(
    talk: Talk, router: Router, message: dict[str, Any], error: str
) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    answer = talker.ask_json(message)
    assert answer.error == "InvalidParameter"
    assert error in answer.message
    assert talker.ask(command("two\nlines")).error == "InvalidParameter"
    assert talker.ask(command("show clock")).text == "this was show clock"
    assert len(router.logins) == 1


def test_client_of_another_version_is_refused(talk: Talk) -> None:
    talker = talk()
    assert "another version" in talker.ask(Status()).message
    talker.ask(Hello(VERSION + 1, paths.identity()))
    answer = talker.ask(Status())
    assert [answer.error, answer.message] == ["BrokerLost", "The broker is of another version."]


def test_client_of_another_installation_may_only_ask_for_status(talk: Talk) -> None:
    talker = talk()
    talker.ask(Hello(VERSION, "other"))
    assert talker.ask(Status()).sessions == ()
    assert "another installation" in talker.ask(opening(Endpoint("127.0.0.1", "telnet", 1))).message


def test_client_of_another_user_is_refused(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    path = paths.socket_path()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    talker = Talker(path)
    assert talker.is_closed()
    talker.sock.close()


# Errors in the broker itself.


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_unexpected_error_closes_session_but_not_broker(
    talk: Talk, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(Device, "__call__", fail)
        talker.send(command("show clock"))
        assert talker.is_closed()
        router.wait(lambda: not router.open)
    other = talk().greet()
    other.open(router.endpoint)
    assert other.ask(command("show clock")).text == "this was show clock"


def test_missing_library_is_named(talk: Talk, router: Router, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: Device) -> None:
        raise ModuleNotFoundError("No module named 'paramiko.client'", name="paramiko.client")

    monkeypatch.setattr(Device, "connect", missing)
    answer = talk().greet().open(router.endpoint)
    assert answer.error == "MissingLibrary"
    assert "package paramiko is missing" in answer.message
    assert "pip install paramiko" in answer.hint


def test_too_large_answer_is_error_and_keeps_session(
    talk: Talk, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    with monkeypatch.context() as patched:
        patched.setattr(framing, "LIMIT", 2000)
        answer = talker.ask(command("lines 400"))
    assert [answer.error, "too large" in answer.message] == ["BrokerLost", True]
    assert talker.ask(command("show clock")).text == "this was show clock"


def test_new_client_waits_while_descriptors_are_exhausted(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, talk: Talk
) -> None:
    monkeypatch.setattr(server, "ACCEPT_PAUSE", 0.01)
    talk().greet()
    waiting = socket.socket(socket.AF_UNIX)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/proc/self/fd"))) + 1, limits[1]))
    full = []
    try:
        with contextlib.suppress(OSError):
            while True:
                full.append(os.dup(0))
        waiting.connect(str(paths.socket_path()))
        until(lambda: broker._accept_paused)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for number in full:
            os.close(number)
    talker = talk()
    talker.sock.close()
    talker.sock = waiting
    assert talker.ask(Hello(VERSION, paths.identity())).pid == os.getpid()


def test_client_is_refused_while_threads_are_exhausted(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, talk: Talk
) -> None:
    def no_more(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(server, "ACCEPT_PAUSE", 0.01)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_more)
        assert talk().is_closed()
        called: list[int] = []
        session_pool.background(called.append, 1)
        assert called == [1]
    talk().greet()


# The end.


def test_idle_broker_ends(router: Router) -> None:
    path = paths.socket_path()
    broker = Broker(path, listen(path), idle=0.05)
    thread = threading.Thread(target=broker.run)
    thread.start()
    talker = Talker(path).greet()
    talker.open(router.endpoint, persist=0.05)
    talker.sock.close()
    thread.join(TIMEOUT)
    assert not thread.is_alive()
    assert router.logins[0].left
    assert os.listdir(path.parent) == []


def test_idle_broker_serves_client_that_arrives_at_its_end() -> None:
    path = paths.socket_path()
    listening = listen(path)
    talker = Talker(path)
    broker = Broker(path, listening, idle=0)
    thread = threading.Thread(target=broker.run)
    thread.start()
    talker.greet()
    talker.sock.close()
    thread.join(TIMEOUT)
    assert not thread.is_alive()


def test_stop_logs_out_of_every_device(routers: Callable[..., Router]) -> None:
    one, other = routers(), routers()
    with serving() as broker:
        for router in (one, other):
            talker = Talker(paths.socket_path()).greet()
            talker.open(router.endpoint)
            talker.sock.close()
        talker = Talker(paths.socket_path()).greet()
        talker.open(one.endpoint)
        broker.stop()
        assert talker.is_closed()
        talker.sock.close()
    assert [one.logins[0].left, other.logins[0].left] == [True, True]


def test_stop_cuts_command_that_does_not_end(router: Router, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_pool, "GRACE", 0.05)
    with serving() as broker:
        talker = Talker(paths.socket_path()).greet()
        talker.open(router.endpoint)
        talker.send(command("hang"))
        router.wait_for_line("hang")
        broker.stop()
        assert talker.answer().error == "SessionClosed"
        talker.sock.close()
    router.wait(lambda: not router.open)


def test_no_session_is_opened_while_broker_ends(talk: Talk, broker: Broker, router: Router) -> None:
    talker = talk().greet()
    broker.pool.close()
    talker.send(opening(router.endpoint))
    assert talker.is_closed()
    assert router.logins == []


def test_stop_is_answered_before_broker_ends(talk: Talk, router: Router) -> None:
    talker = talk().greet()
    talker.open(router.endpoint)
    other = talk().greet()
    [session] = other.ask(Stop()).sessions
    assert session.busy
    assert talker.is_closed()
    assert other.is_closed()


def test_status_lists_sessions_and_logins(talk: Talk, router: Router, sim_bastion: Endpoint) -> None:
    talker = talk().greet()
    talker.open(sim_bastion, router.endpoint)
    answer = talk().greet().ask(Status())
    assert answer.pid == os.getpid()
    assert answer.memory > 1e6
    assert answer.uptime >= 0
    assert answer.clients == 1
    [session] = answer.sessions
    assert session.idle >= 0
    assert session == SessionStatus(
        device=f"telnet://:********@127.0.0.1:{router.port}/cisco_ios",
        hops=(f"ssh://pyco:********@127.0.0.1:{sim_bastion.port}",),
        driver="cisco_ios",
        mode="user",
        idle=session.idle,
        busy=True,
    )
    assert answer.logins == (LoginStatus(str(sim_bastion), users=1, shells=0),)
    assert PASSWORD not in str(answer)


def test_status_has_no_memory_without_proc(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_text(*_: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", read_text)
    assert talk().greet().ask(Status()).memory == 0


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
def test_signal_closes_sessions_and_ends_process(
    number: signal.Signals, router: Router, process_settings: None
) -> None:
    path = paths.socket_path()
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
    user.join(TIMEOUT)
    assert router.logins[0].left
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 1024
    until(lambda: os.listdir(path.parent) == [])


def test_stale_sockets_are_removed_and_active_ones_kept(broker: Broker, home: Path) -> None:
    own = paths.socket_path()
    dead, alive = own.with_name("dead.sock"), own.with_name("alive.sock")
    listen(dead).close()
    with listen(alive):
        server._remove_stale_sockets(own)
        assert sorted(os.listdir(own.parent)) == sorted([alive.name, "alive.lock", own.name])


def test_stale_sockets_in_unsafe_folder_are_kept(home: Path) -> None:
    paths.folder().chmod(0o755)
    server._remove_stale_sockets(home / "x.sock")
