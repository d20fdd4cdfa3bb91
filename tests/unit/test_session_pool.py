# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions of the broker. Its own tests use them over the socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from pyco_core.errors import LoginRefused, SessionBusy
from pyco_core.models.command import Command
from pyco_core.models.endpoint import parse_url
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.pooled_session import PooledSession, Target
from pyco_core.session_pool import PoolClosed, SessionPool
from pyco_core.session_queue import SURPLUS_DELAY
from pyco_core.shell.quoting import one_line
from pyco_core.sim import Host, Sim, make_device, platform_tape
from pyco_core.transport.ssh import SshConnection

TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"
UNUSED = Target((parse_url("telnet://r1/cisco_ios"),), Settings(session_timeout=0.01, sessions=1))


@pytest.fixture
def router() -> Iterator[Host]:
    with Sim() as sim:
        yield sim.telnet(TAPE)


@pytest.fixture
def closed() -> list[str]:
    """One entry for each session that the pool has closed."""
    return []


@pytest.fixture
def pool(closed: list[str]) -> Iterator[SessionPool]:
    pool = SessionPool(lambda: closed.append("closed"))
    yield pool
    pool.close()


@pytest.fixture
def target(router: Host) -> Target:
    url = f"telnet://demo:demo-login@127.0.0.1:{router.port}/cisco_ios"
    return Target((parse_url(url),), Settings())


def test_released_session_is_used_again_by_equal_target(
    pool: SessionPool, target: Target, router: Host
) -> None:
    session = pool.acquire(target)
    session.connect(60.0)
    pool.release(session)
    again = pool.acquire(replace(target, settings=Settings(command_timeout=5.0)))
    assert again is session
    assert again.send(Command("show clock")) == "*08:30:12.417 UTC Mon Mar 3 2025"
    assert len(router.sessions) == 1
    pool.release(again)


TRACES = (
    "cd /; umask 0; export LEFT=1; set -u; trap 'echo bye' EXIT; alias ls=false; IFS=x; exec 3>/dev/null; "
    "(sleep 60; echo late) & stty echo; set -x"
)


def use(pool: SessionPool, target: Target, *commands: str, mode: str = "") -> tuple[PooledSession, list[str]]:
    """Do the work of one task, and return the session with the output."""
    session = pool.acquire(target)
    session.connect(60.0)
    if mode:
        session.enter(mode)
    output = [str(session.send(Command(text))) for text in commands]
    pool.release(session)
    _until(lambda: not session.busy or session.key not in pool._groups)
    return session, output


@pytest.mark.parametrize(("mode", "left_in"), [("config", "enable"), ("enable", "enable"), ("user", "user")])
def test_network_device_is_handed_over_outside_of_configuration(
    pool: SessionPool, target: Target, mode: str, left_in: str
) -> None:
    endpoint = replace(target.route[0], become_password=Secret("demo-enable"))
    session, _output = use(pool, replace(target, route=(endpoint,)), mode=mode)
    assert (session.mode, session.device.mode) == (left_in, left_in)


def test_setup_is_repeated_for_next_task_if_a_command_may_have_undone_it(
    pool: SessionPool, target: Target, router: Host
) -> None:
    use(pool, target, "show clock")
    assert router.commands == ["terminal length 0", "terminal width 511", "show clock"]
    use(pool, target, "term len 24", "show users")
    assert router.commands[3:] == ["term len 24", "show users", "terminal length 0", "terminal width 511"]


def test_setup_is_not_repeated_without_setup(pool: SessionPool, target: Target, router: Host) -> None:
    use(pool, replace(target, settings=Settings(setup=False)), "term len 24", "show clock")
    assert router.commands == ["term len 24", "show clock"]


def test_session_in_safe_mode_is_ended_so_that_the_device_undoes_its_lines(pool: SessionPool) -> None:
    device = make_device(platform_tape("routeros"))
    with Sim() as sim:
        url = f"telnet://pyco:pyco@127.0.0.1:{sim.telnet(device).port}/mikrotik_routeros"
        target = Target((parse_url(url),), Settings())
        line = "/ip address add address=10.9.6.1/24 interface=ether2"
        session, _output = use(pool, target, line, mode="safe")
        assert not session.device.is_logged_in
        assert "10.9.6.1" not in device.running
        use(pool, target, line)
        assert "10.9.6.1" in device.running


@pytest.fixture
def linux() -> Iterator[Target]:
    with Sim() as sim:
        host = sim.ssh(users={"demo": "demo-login"}, shell="/bin/sh")
        url = f"ssh://demo:demo-login@127.0.0.1:{host.port}/linux"
        yield Target((parse_url(url),), Settings(known_hosts=str(sim.known_hosts)))


def test_next_task_gets_fresh_shell_on_same_ssh_login(pool: SessionPool, linux: Target) -> None:
    _session, before = use(pool, linux, "pwd; umask; echo $LEFT; alias; trap; jobs; stty -a")
    first, output = use(pool, linux, TRACES, "echo $LEFT $(pwd) $(umask)")
    assert output[1].endswith("\n1 / 0000")
    login = pool.logins()
    second, output = use(pool, linux, "pwd; umask; echo $LEFT; alias; trap; jobs; stty -a")
    assert output == before
    assert second is first
    assert pool.logins() == login


def test_shell_without_traces_is_kept(pool: SessionPool, linux: Target) -> None:
    first = use(pool, linux, "ls / | wc -l", one_line("cd /; export LEFT=1"))[0].device.trace
    second = use(pool, linux, 'pwd && echo "$HOME"')[0].device.trace
    third = use(pool, linux, "export LEFT=1")[0].device.trace
    assert second[0] == first[0]
    assert use(pool, linux)[0].device.trace == third
    assert third != second


@pytest.mark.parametrize(
    "command",
    [
        Command("cat", prompt=("",), answer=("",), sendonly=True),
        Command("head -n 1", prompt=("",), answer=("x",)),
    ],
    ids=["sendonly", "answered"],
)
def test_shell_is_fresh_after_command_with_answers_or_without_prompt(
    pool: SessionPool, linux: Target, command: Command
) -> None:
    session = pool.acquire(linux)
    session.connect(60.0)
    session.send(command)
    assert session.has_trace or not session.is_reusable
    pool.release(session)


def test_answered_password_of_become_leaves_no_trace(pool: SessionPool, linux: Target) -> None:
    session = pool.acquire(linux)
    session.connect(60.0)
    line = one_line("/bin/sh -c 'head -n 1; echo DONE; id'")
    session.send(Command(line, prompt=("",), answer=("x",), answer_until="DONE"))
    assert not session.has_trace
    pool.release(session)


def test_shell_that_has_run_many_commands_is_fresh(
    pool: SessionPool, linux: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyco_core.pooled_session.MOST_LINES", 2)
    session = pool.acquire(linux)
    session.connect(60.0)
    for _command in range(3):
        session.send(Command("pwd"))
    assert session.has_trace
    pool.release(session)


def test_message_of_program_of_last_task_is_not_seen_by_next(
    pool: SessionPool, linux: Target, tmp_path: Path
) -> None:
    server = tmp_path / "server"
    loop = f"until test -e {tmp_path}/go; do sleep 0.01; done"
    server.write_text(f"#!/bin/sh\n({loop}; echo late) &\n", "utf-8")
    server.chmod(0o755)
    session, _output = use(pool, linux, f"{server} x")
    (tmp_path / "go").touch()
    assert session.device._session is not None
    _until(session.device._session.channel.transport.pending)
    again = pool.acquire(linux)
    again.connect(60.0)
    reply = again.send(Command("echo ready"))
    assert (reply, reply.notices) == ("ready", ())
    assert not again.has_trace
    pool.release(again)


def test_next_client_waits_for_fresh_shell(pool: SessionPool, linux: Target) -> None:
    session = pool.acquire(linux)
    session.connect(60.0)
    session.send(Command("export LEFT=1"))
    pool.release(session)
    again = pool.acquire(replace(linux, settings=replace(linux.settings, sessions=1)))
    assert again is session
    again.connect(60.0)
    assert again.send(Command('echo ",$LEFT,"')) == ",,"
    pool.release(again)


def test_session_whose_fresh_shell_fails_is_closed(
    pool: SessionPool, linux: Target, closed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = pool.acquire(linux)
    session.connect(60.0)
    session.send(Command("export LEFT=1"))
    with monkeypatch.context() as patch:
        patch.setattr(SshConnection, "shell", _refuse)
        pool.release(session)
        _until(lambda: closed == ["closed"])
    assert use(pool, linux, 'echo ",$LEFT,"')[1] == [",,"]


def _refuse(_connection: SshConnection, _deadline: float) -> NoReturn:
    raise LoginRefused("refused")


def test_closing_pool_opens_no_fresh_shell(linux: Target) -> None:
    pool = SessionPool(lambda: None)
    session = pool.acquire(linux)
    session.connect(60.0)
    session.send(Command("export LEFT=1"))
    thread = threading.Thread(target=pool.close)
    thread.start()
    _until(lambda: pool._is_closing)
    pool.release(session)
    thread.join(20)
    assert len(pool) == 0
    assert not session.device.connected


def test_session_without_persist_is_closed_at_release(
    pool: SessionPool, target: Target, closed: list[str]
) -> None:
    session = pool.acquire(target)
    session.connect(0.0)
    pool.release(session)
    assert closed == ["closed"]
    assert pool.sessions() == ()


def test_session_in_use_is_not_handed_out_within_session_timeout(pool: SessionPool) -> None:
    session = pool.acquire(UNUSED)
    with pytest.raises(SessionBusy, match=r"Other tasks used the session of this device for 0\.01 s"):
        pool.acquire(UNUSED)
    pool.release(session)


def test_clients_get_their_turn_in_order_of_arrival(pool: SessionPool) -> None:
    patient = replace(UNUSED, settings=replace(UNUSED.settings, session_timeout=20.0))
    served: list[int] = []

    def use(number: int) -> None:
        session = pool.acquire(patient)
        served.append(number)
        pool.release(session)

    first = pool.acquire(patient)
    threads = []
    for number in range(8):
        threads.append(threading.Thread(target=use, args=(number,)))
        threads[-1].start()
        _until_queue_has(pool, number + 1)
    pool.release(first)
    for thread in threads:
        thread.join(20)
    assert served == list(range(8))
    assert len(pool) == 0


def test_session_for_which_a_client_waits_is_opened_after_delay(pool: SessionPool, target: Target) -> None:
    first = pool.acquire(target)
    first.connect(60.0)
    began = time.monotonic()
    second = pool.acquire(target)
    assert second is not first
    assert time.monotonic() - began >= SURPLUS_DELAY
    second.connect(60.0)
    pool.release(first)
    pool.release(second)
    assert pool.acquire(target) is second  # the last used one; the other one expires
    pool.release(second)


def test_last_waiting_client_leaves_no_group_behind(pool: SessionPool) -> None:
    session = pool.acquire(UNUSED)
    pool.abandon(session, None)
    assert len(pool) == 0
    pool.release(session)  # its user notices later
    assert pool.sessions() == ()


def test_cancelled_client_gets_no_session(pool: SessionPool) -> None:
    patient = replace(UNUSED, settings=replace(UNUSED.settings, session_timeout=20.0))
    session = pool.acquire(patient)
    with _refused_client(pool, patient) as client:
        pool.cancel(-1)  # another client
        pool.cancel(client)
    pool.release(session)


@contextmanager
def _refused_client(pool: SessionPool, target: Target) -> Iterator[int | None]:
    """Yield the thread of a client that waits for a session, and is refused in the block."""
    errors: list[PoolClosed] = []

    def wait() -> None:
        try:
            pool.acquire(target)
        except PoolClosed as exc:
            errors.append(exc)

    thread = threading.Thread(target=wait)
    thread.start()
    _until_queue_has(pool, 1)
    yield thread.ident
    thread.join(20)
    assert len(errors) == 1


def _until_queue_has(pool: SessionPool, number: int) -> None:
    _until(lambda: sum(len(group._queue) for group in list(pool._groups.values())) >= number)


def _until(condition: Callable[[], bool]) -> None:
    """Wait for a condition that no event reports."""
    pause, until = threading.Event(), time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        pause.wait(0.001)


def test_end_without_session_returns_false(pool: SessionPool) -> None:
    assert pool.end(UNUSED) is False


def test_end_closes_the_open_session(pool: SessionPool, target: Target, router: Host) -> None:
    session = pool.acquire(target)
    session.connect(60.0)
    pool.release(session)
    assert pool.end(target) is True
    assert router.endings() == ["exit"]


def test_closed_pool_hands_out_no_session(pool: SessionPool) -> None:
    pool.close()
    with pytest.raises(PoolClosed):
        pool.acquire(UNUSED)


def test_further_session_tries_route_in_use_first(pool: SessionPool, target: Target, router: Host) -> None:
    dead = (parse_url("ssh://127.0.0.1:1"), *target.route)
    with_fallback = replace(target, route=dead, fallbacks=(target.route,))
    first = pool.acquire(with_fallback)
    assert first.device.hops == dead[:1]
    first.connect(60.0)
    second = pool.acquire(with_fallback)
    assert second.device.routes == ((), dead[:1])
    second.connect(60.0)
    assert [status.hops for status in pool.sessions()] == [(), ()]
    assert with_fallback.key != target.key
    pool.release(first)
    pool.release(second)


def test_end_closes_session_over_fallback(pool: SessionPool, target: Target) -> None:
    dead = (parse_url("ssh://127.0.0.1:1"), *target.route)
    with_fallback = replace(target, route=dead, fallbacks=(target.route,))
    session = pool.acquire(with_fallback)
    session.connect(60.0)
    pool.release(session)
    assert pool.end(with_fallback)
    assert pool.sessions() == ()


def test_client_that_leaves_together_with_the_last_session_is_no_error(pool: SessionPool) -> None:
    patient = replace(UNUSED, settings=replace(UNUSED.settings, session_timeout=20.0))
    session = pool.acquire(patient)
    # The waiting client wakes after the last session is gone.
    with _refused_client(pool, patient) as client, pool._lock:
        for group in pool._groups.values():
            group.cancel(client)
            group.remove(session)
        pool._groups.clear()
