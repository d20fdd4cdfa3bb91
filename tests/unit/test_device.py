# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Device on simulated hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from pyco_core.device import Device, device, path
from pyco_core.errors import (
    CommandError,
    ConnectionRefused,
    ConnectTimedOut,
    DriverNotFound,
    InvalidDriver,
    InvalidParameter,
    InvalidUrl,
    ModeError,
    PermissionDenied,
    PycoError,
    SessionClosed,
    SessionTimedOut,
    UnknownAction,
)
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.reply import Reply
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.sim import Faults, Sim, load
from pyco_core.sim.host import Host, SshHost
from pyco_core.ssh_pool import SshPool
from pyco_core.transport.base import TimedOut
from tests.unit.route.helpers import PASSWORD, router, trust_host_keys

CLOCK = "*08:30:12.417 UTC Mon Mar 3 2025"
ENABLE = "demo-enable"
DEMO = load("tests/tapes/cisco_ios/c2900_demo.yml")


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim


@pytest.fixture
def host(sim: Sim) -> Host:
    return sim.telnet(router("r1"))


def on(sim: Sim, host: Host, driver: str = "cisco_ios", pool: SshPool | None = None, **parts: Any) -> Device:
    """Return a device on a simulated host."""
    protocol = "ssh" if isinstance(host, SshHost) else "telnet"
    usual = {"port": host.port, "user": "demo", "password": Secret(PASSWORD), "driver": driver}
    login = Endpoint(host.address, **{"protocol": protocol, **usual, **parts})
    settings = Settings(known_hosts=sim.known_hosts, ssh_config="/dev/null", connect_timeout=20)
    return Device(login, settings=settings, pool=pool or SshPool())


def error_of(device: Device, command: str, **more: Any) -> PycoError:
    with pytest.raises(PycoError) as caught:
        device(command, **more)
    error = caught.value
    shown = f"{error} {error!r} {error.facts()}"
    assert PASSWORD not in shown
    assert ENABLE not in shown
    return error


# Construction.


def test_device_is_built_from_url() -> None:
    r1 = device("telnet://cisco:secret@r1/cisco_ios")
    assert r1.endpoint == Endpoint("r1", "telnet", 23, "cisco", Secret("secret"), "cisco_ios")
    assert repr(r1) == "device('telnet://cisco:********@r1:23/cisco_ios')"
    assert r1.settings == Settings()
    assert (r1.mode, r1.home, r1.hostname, r1.connected) == ("", "", "", False)


def test_parameters_override_url() -> None:
    settings = Settings(command_timeout=5)
    r1 = device(
        "telnet://cisco:secret@r1/cisco_ios",
        settings=settings,
        host="192.0.2.1",
        password="other",
        become_password="third",
        passphrase=Secret("fourth"),
        driver="frr",
    )
    assert r1.endpoint.url == "telnet://cisco:********@192.0.2.1:23/frr"
    assert r1.endpoint.secrets == ("other", "fourth", "third")
    assert "other" not in repr(r1)
    assert r1.settings is settings


def test_device_is_built_from_endpoint() -> None:
    endpoint = Endpoint("r1", protocol="telnet")
    assert device(endpoint).endpoint == endpoint
    assert device(endpoint, user="me", password=None).endpoint == replace(endpoint, user="me")


def test_unknown_parameter_raises_error_with_similar_names() -> None:
    with pytest.raises(InvalidParameter) as caught:
        device("r1", pasword="x")
    assert str(caught.value).startswith("A device has no field 'pasword'. Similar: password")
    with pytest.raises(InvalidUrl):
        device("telnet://r1:r1:r1")


def test_path_sets_hops_of_last_device() -> None:
    bastion, middle, r1 = device("bastion"), device("middle"), device("r1")
    assert path([bastion, middle, r1]) is r1
    assert r1.hops == (bastion.endpoint, middle.endpoint)
    assert path([bastion]) is bastion
    assert bastion.hops == ()
    with pytest.raises(InvalidParameter):
        path([])


def test_hops_accept_urls_endpoints_and_devices() -> None:
    r1 = device("r1")
    r1.hops = ["ssh://u@bastion/linux", Endpoint("middle"), device("last")]
    assert r1.hops == (Endpoint("bastion", user="u", driver="linux"), Endpoint("middle"), Endpoint("last"))
    with pytest.raises(InvalidUrl):
        r1.hops = ["telnet://r1:r1:r1"]


def test_twin_has_logins_of_its_own(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    target = sim.ssh(router("r1"), users={"demo": PASSWORD})
    hop = f"ssh://demo:{PASSWORD}@127.0.0.1:{bastion.port}/linux"
    first = on(sim, target).via(hop)
    first.connect()
    with first.twin() as twin:
        assert (twin.route, twin("show clock")) == (first.route, CLOCK)
        assert bastion.logins.accepted == target.logins.accepted == ["demo", "demo"]
    assert first("show clock") == CLOCK
    first.close()


def test_devices_share_hop_login_by_default(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    hosts = [sim.telnet(router("r1")), sim.telnet(router("r2"))]
    settings = Settings(known_hosts=sim.known_hosts, ssh_config="/dev/null")
    url = f"ssh://demo:{PASSWORD}@127.0.0.1:{bastion.port}/linux"
    targets = []
    for host in hosts:
        target = device(f"telnet://demo:{PASSWORD}@127.0.0.1:{host.port}/cisco_ios", settings=settings)
        targets.append(path([device(url), target]))
    assert [target("show clock") for target in targets] == [CLOCK, CLOCK]
    for target in targets:
        target.close()
    assert bastion.logins.accepted == ["demo"]


# The driver.


def test_driver_defaults_to_common() -> None:
    assert device("telnet://r1/frr").driver.name == "frr"
    assert device("telnet://r1").driver.name == "common"
    assert device("telnet://r1/cisco_ios").driver.network is True
    with pytest.raises(DriverNotFound):
        assert device("telnet://r1/nothing").driver


def test_driver_path_setting_is_searched_first(tmp_path: Path) -> None:
    (tmp_path / "frr.yml").write_text("parent: frr\ndescription: mine\n")
    r1 = device("telnet://r1/frr", settings=Settings(driver_path=(str(tmp_path),)))
    assert r1.driver.description == "mine"


def test_added_event_is_used_at_login(sim: Sim) -> None:
    assert DEMO.login is not None
    asking = replace(DEMO, login=replace(DEMO.login, user_prompt="Kennung: "))
    r1 = on(sim, sim.telnet(asking))
    r1.add_event(
        "kennung", pattern="Kennung: ", state="GROUND", action="send_username", next_state="USERNAME_SENT"
    )
    assert r1("show clock") == CLOCK
    r1.close()


def test_invalid_event_is_rejected_and_driver_unchanged() -> None:
    r1 = device("telnet://r1/cisco_ios")
    with pytest.raises(UnknownAction):
        r1.add_event("x", pattern="x", state="GROUND", action="send_user")
    with pytest.raises(InvalidDriver):
        r1.add_event("x", pattern="x(", state="GROUND")
    assert r1.driver == device("telnet://r1/cisco_ios").driver


def test_driver_changes_in_code_appear_in_trace(sim: Sim, host: Host) -> None:
    r1 = on(sim, host)
    events: list[tuple[str, str, str, tuple[str, ...]]] = []
    r1.on_event(lambda *step: events.append(step))
    r1.extend({"setup": None})
    r1.add_event("never", pattern="never", state="user", action="send: x")
    r1.remove_event("never")
    r1.add_transition("sent", "user", action="send: \x15")
    r1.add_transition("timeout", "*", action="refuse")
    r1.remove_transition("timeout", "*")
    assert not r1.trace
    with r1:
        assert r1.driver is r1.driver
        assert r1("show clock") == CLOCK
        assert host.commands == ["show clock"]
        assert r1.trace == (
            ("username", "GROUND", "USERNAME_SENT"),
            ("password", "USERNAME_SENT", "PASSWORD_SENT"),
            ("user", "PASSWORD_SENT", "user"),
            ("sent", "user", "user"),
            ("user", "user", "user"),
        )
    assert ("username", "GROUND", "USERNAME_SENT", ("send_username",)) in events
    assert ("entered", "user", "user", ()) in events
    assert PASSWORD not in repr(events)
    assert not r1.trace


# Commands.


def test_session_interrupted_during_output_is_not_reused(sim: Sim, host: Host) -> None:
    r1 = on(sim, host)
    steps: list[str] = []

    def interrupt(event: str, *_rest: object) -> None:  # as Ctrl-C does
        steps.append(event)
        if event == "user" and steps.count("user") == 2:
            raise KeyboardInterrupt

    r1.extend({"setup": None})
    r1.on_event(interrupt)
    with r1:
        with pytest.raises(KeyboardInterrupt):
            r1("show clock")
        assert r1("show clock") == CLOCK
        assert len(host.sessions) == 2


def test_first_command_connects_and_returns_clean_text(sim: Sim, host: Host) -> None:
    r1 = on(sim, host)
    assert not r1.connected
    reply = r1("show clock")
    assert isinstance(reply, Reply)
    assert (reply, reply.command, reply.mode, reply.status) == (CLOCK, "show clock", "user", None)
    assert (r1.mode, r1.home, r1.hostname, r1.connected) == ("user", "user", "r1", True)
    r1.close()
    assert (r1.mode, r1.connected) == ("", False)
    assert host.commands == ["terminal length 0", "terminal width 511", "show clock", "exit"]
    assert host.endings() == ["exit"]


def test_context_manager_connects_and_closes(sim: Sim, host: Host) -> None:
    with on(sim, host) as r1:
        assert r1.connected
        r1.connect()  # no effect
        assert r1("show clock") == CLOCK
    assert not r1.connected
    assert host.endings() == ["exit"]


def test_context_manager_logs_out_when_block_raises(sim: Sim, host: Host) -> None:
    with pytest.raises(ZeroDivisionError), on(sim, host) as r1:
        assert 1 / len(r1.mode[:0])
    assert host.endings() == ["exit"]


def test_closed_device_reconnects(sim: Sim, host: Host) -> None:
    r1 = on(sim, host)
    for _ in range(2):
        assert r1("show clock") == CLOCK
        r1.close()
    r1.close()
    assert host.endings() == ["exit", "exit"]


def test_device_shows_its_prompt_and_is_reset(sim: Sim, host: Host) -> None:
    r1 = on(sim, host)
    assert (r1.prompt_line, r1.reset()) == ("", False)
    r1.connect()
    assert r1.prompt_line == "r1>"
    assert r1.reset()
    assert not r1.connected


def test_command_with_mode_enters_it(sim: Sim, host: Host) -> None:
    with on(sim, host, become_password=Secret(ENABLE)) as r1:
        assert r1("show running-config", mode="enable").mode == "enable"
        assert (r1.mode, r1.home) == ("enable", "user")
        r1.enter("user")
        assert r1.mode == "user"


def test_prompt_and_answer_accept_strings_and_lists(sim: Sim, host: Host) -> None:
    with on(sim, host, become_password=Secret(ENABLE)) as r1:
        r1.enter("enable")
        r1("clear counters", prompt=r"\[confirm\]", answer="y", newline=False)
        reply = r1("copy running-config startup-config", prompt=[r"\]\?"], answer=[""], check_all=True)
        assert reply.endswith("[OK]")
        r1("copy running-config startup-config", prompt=(r"\]\?",), answer=Secret("startup-config"))
    typed = [(typed.kind, typed.text) for typed in host.sessions[0].typed if typed.kind in ("key", "answer")]
    assert typed == [("key", "y"), ("answer", ""), ("answer", "startup-config")]


def test_linux_reply_has_exit_status(sim: Sim) -> None:
    with on(sim, sim.ssh(users={"demo": PASSWORD}, shell="/bin/sh"), "linux") as server:
        assert server("echo hello").status == 0
        assert server("false", check=False).status == 1
        assert isinstance(error_of(server, "false"), CommandError)
        assert server("echo still here") == "still here"


def test_device_behind_hop_is_reached(sim: Sim, host: Host) -> None:
    bastion = on(sim, sim.ssh(users={"demo": PASSWORD}, forward=True), "linux")
    with path([bastion, on(sim, host)]) as r1:
        assert r1("show clock") == CLOCK
    assert host.endings() == ["exit"]


# Errors.


def test_error_is_marked_reached_only_after_prompt(sim: Sim, host: Host) -> None:
    wrong = on(sim, host, password=Secret("wr0ng"))
    error = error_of(wrong, "show clock")
    assert (type(error), error.reached, error.hop) == (PermissionDenied, False, 1)
    with on(sim, host) as r1:
        error = error_of(r1, "show nothing")
        assert (type(error), error.reached, error.hop) == (CommandError, True, 1)
        assert error.command == "show nothing"
        error = error_of(r1, "show clock", mode="nowhere")
        assert (type(error), error.reached) == (ModeError, True)
        with pytest.raises(ModeError) as caught:
            r1.enter("nowhere")
        assert caught.value.reached
        assert r1("show clock") == CLOCK
    assert len(host.sessions) == 2


def test_next_command_retries_failed_connect(sim: Sim) -> None:
    with Sim() as gone:
        port = gone.telnet(router("r1")).port
    r1 = on(sim, sim.telnet(router("r1")), port=port)
    for _ in range(2):
        error = error_of(r1, "show clock")
        assert (type(error), error.reached) == (ConnectionRefused, False)
        assert not r1.connected


def test_wrong_enable_password_raises_mode_error(sim: Sim, host: Host) -> None:
    with on(sim, host, become_password=Secret("wr0ng")) as r1:
        error = error_of(r1, "show running-config", mode="enable")
        assert isinstance(error, ModeError)
        assert "wr0ng" not in f"{error} {error.facts()}"
        assert r1("show clock") == CLOCK


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), "5"])
def test_invalid_timeout_raises_invalid_parameter(timeout: Any) -> None:
    error = error_of(device("telnet://r1"), "show clock", timeout=timeout)
    assert isinstance(error, InvalidParameter)
    assert error.message == f"timeout: expected a number of seconds above 0, at most 604800, got {timeout!r}."


def test_device_reconnects_after_command_timeout(sim: Sim) -> None:
    host = sim.telnet(router("r1"), faults=Faults(silent=("show users",)))
    r1 = on(sim, host)
    r1.connect()
    error = error_of(r1, "show users", timeout=0.03)
    assert (type(error), error.reached, error.command) == (SessionTimedOut, True, "show users")
    assert isinstance(error.__cause__, TimedOut)
    assert not r1.connected
    assert r1("show clock") == CLOCK
    r1.close()
    assert [session.commands.count("show users") for session in host.sessions] == [1, 0]
    assert host.endings() == ["client", "exit"]


def test_device_reconnects_after_close_during_output(sim: Sim) -> None:
    host = sim.telnet(router("r1"), faults=Faults(drop={"show users": 20}))
    r1 = on(sim, host)
    error = error_of(r1, "show users")
    assert (type(error), error.reached, error.hop) == (SessionClosed, True, 1)
    assert error.message == "The session was closed during 'show users'."
    assert "show users" in error.last_output
    assert r1("show clock") == CLOCK
    r1.close()
    assert len(host.sessions) == 2


def test_close_by_ssh_device_is_not_reported_as_lost_hop(sim: Sim) -> None:
    host = sim.ssh(router("r1"), faults=Faults(drop={"show users": 20}))
    for _ in range(5):
        error = error_of(on(sim, host), "show users")
        assert error.message == "The session was closed during 'show users'."
        assert error.hop == 1


def test_device_reconnects_after_logout_command(sim: Sim, host: Host) -> None:
    r1 = on(sim, host)
    r1.connect()
    r1("exit", sendonly=True)
    assert host.endings() == ["exit"]
    assert not r1.connected
    assert r1("show clock") == CLOCK
    r1.close()
    assert len(host.sessions) == 2


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition that another thread makes true."""
    tick = Event()
    for _ in range(10_000):
        if condition():
            return
        tick.wait(0.001)
    raise AssertionError("timeout after 10 seconds")


def error_while_waiting(r1: Device, host: Host, act: Callable[[], object]) -> PycoError:
    """Call `act` during a command without an answer, and return the error of the command."""
    r1.connect()
    with ThreadPoolExecutor(1) as executor:
        waiting = executor.submit(error_of, r1, "show users")
        until(lambda: b"show users" in host.raw)
        act()
        return waiting.result(10)


@pytest.mark.parametrize("second", ["telnet", "ssh"])
def test_hop_lost_during_command_is_named(sim: Sim, second: str) -> None:
    silent = Faults(silent=("show users",))
    host: Host = getattr(sim, second)(router("r1"), faults=silent)
    with Sim() as near:
        bastion = near.ssh(users={"demo": PASSWORD}, forward=True)
        trust_host_keys(sim, near)
        pool = SshPool()
        r1 = path([on(sim, bastion, "linux"), on(sim, host, pool=pool)])
        error = error_while_waiting(r1, host, near.close)
        assert (type(error), error.reached) == (SessionClosed, True)
        assert (error.hop, error.endpoint) == (1, f"demo@127.0.0.1:{bastion.port}")
        assert (
            error.message == "The ssh connection to this hop was lost, and every session behind it with it."
        )
        assert not r1.connected
        r1.close()
        assert pool.status() == []


@pytest.mark.parametrize("protocol", ["telnet", "ssh"])
def test_abort_ends_waiting_command(sim: Sim, protocol: str) -> None:
    host: Host = getattr(sim, protocol)(router("r1"), faults=Faults(silent=("show users",)))
    r1 = on(sim, host)
    r1.abort()  # nothing is open yet
    error = error_while_waiting(r1, host, r1.abort)
    assert isinstance(error, SessionClosed)
    assert not r1.connected
    assert r1("show clock") == CLOCK
    r1.close()
    assert host.endings() == ["client", "exit"]


def test_abort_ends_waiting_login(sim: Sim) -> None:
    host = sim.telnet(router("r1"), faults=Faults(mute=True))
    r1 = on(sim, host)
    with ThreadPoolExecutor(1) as executor:
        waiting = executor.submit(error_of, r1, "show clock")
        until(lambda: bool(host.sessions))
        until(lambda: r1._connecting is not None and r1._connecting.session is not None)
        r1.abort()
        error = waiting.result(10)
    assert error.reached is False
    assert host.endings() == ["client"]


def test_ssh_config_is_read_once_inside_connect_timeout(tmp_path: Path) -> None:
    config, log = tmp_path / "config", tmp_path / "log"
    config.write_text(f'Match exec "echo x >> {log}; sleep 60"\n  User me\n')
    settings = Settings(ssh_config=str(config), connect_timeout=1)
    with pytest.raises(ConnectTimedOut, match="did not end in time"):
        device("ssh://127.0.0.1/linux", settings=settings).connect()
    assert log.read_text() == "x\n"


def test_commands_of_ten_threads_are_sent_one_after_the_other(sim: Sim, host: Host) -> None:
    with on(sim, host) as r1, ThreadPoolExecutor(10) as threads:
        texts = ["show clock", "show users"] * 20
        replies = list(threads.map(r1, texts))
    assert {reply for reply in replies if reply.command == "show clock"} == {CLOCK}
    assert {reply.splitlines()[0].split()[0] for reply in replies if reply.command == "show users"} == {
        "Line"
    }
    assert [text for text in host.commands if text in texts].count("show clock") == 20


def test_close_from_another_thread_waits_for_the_command(sim: Sim, host: Host) -> None:
    sent, done = Event(), []
    r1 = on(sim, host)
    r1.connect()
    r1.on_event(lambda event, *_: sent.set() if event == "sent" else None)
    with ThreadPoolExecutor(1) as threads:
        reply = threads.submit(lambda: done.append(r1("show clock")))
        assert sent.wait(20)
        r1.close()
        assert done == [CLOCK]
        reply.result()
    assert not r1.connected


def test_unknown_key_behind_hop_is_answered_with_command_through_the_hop(sim: Sim, tmp_path: Path) -> None:
    bastion, inner = (sim.ssh(users={"demo": PASSWORD}, forward=True) for _ in range(2))
    lines = Path(sim.known_hosts).read_text("utf-8").splitlines()
    known = tmp_path / "known"
    known.write_text("".join(f"{line}\n" for line in lines if f"]:{bastion.port} " in line), "utf-8")
    r1 = on(sim, inner, driver="linux").via(on(sim, bastion, driver="linux"))
    r1.use_settings(replace(r1.settings, known_hosts=str(known)))
    error = error_of(r1, "date")
    login = f"demo@{bastion.address}:{bastion.port} -p {inner.port}"
    assert f": ssh -J {login} -o UserKnownHostsFile={known} demo@{inner.address}" in error.hint
    assert error.hop == 2


def test_device_without_session_is_handed_over_as_it_is() -> None:
    r1 = device("telnet://r1/cisco_ios")
    r1.hand_over(is_setup_undone=True)
    assert not r1.connected


def test_notes_end_with_login(sim: Sim) -> None:
    host = sim.telnet(router("r1"), faults=Faults(drop={"show users": 20}))
    with on(sim, host) as device:
        device.note("prepared", "1")
        assert device.notes == {"prepared": "1"}
        number = device.login_number
        with pytest.raises(SessionClosed):
            device("show users")
        assert (device.notes, device.login_number) == ({}, 0)
        device.note("prepared", "lost")
        device.connect()
        assert device.notes == {}
        assert device.login_number > number
    assert device.notes == {}
