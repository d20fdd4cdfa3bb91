# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facade, on simulated hosts."""

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
    """A device on a simulated host."""
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


# Making one.


def test_a_device_is_a_url() -> None:
    r1 = device("telnet://cisco:secret@r1/cisco_ios")
    assert r1.endpoint == Endpoint("r1", "telnet", 23, "cisco", Secret("secret"), "cisco_ios")
    assert repr(r1) == "device('telnet://cisco:********@r1:23/cisco_ios')"
    assert r1.settings == Settings()
    assert (r1.mode, r1.home, r1.hostname, r1.connected) == ("", "", "", False)


def test_parts_go_before_what_the_url_says() -> None:
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


def test_a_device_can_be_made_of_an_endpoint() -> None:
    endpoint = Endpoint("r1", protocol="telnet")
    assert device(endpoint).endpoint == endpoint
    assert device(endpoint, user="me", password=None).endpoint == replace(endpoint, user="me")


def test_what_no_device_has_is_an_error_that_names_what_it_has() -> None:
    with pytest.raises(InvalidParameter) as caught:
        device("r1", pasword="x")
    assert caught.value.message == "A device has no 'pasword'."
    assert "password" in caught.value.hint
    with pytest.raises(InvalidUrl):
        device("telnet://r1:r1:r1")


def test_a_path_gives_the_last_device_those_before_it_as_hops() -> None:
    bastion, middle, r1 = device("bastion"), device("middle"), device("r1")
    assert path([bastion, middle, r1]) is r1
    assert r1.hops == (bastion.endpoint, middle.endpoint)
    assert path([bastion]) is bastion
    assert bastion.hops == ()
    with pytest.raises(InvalidParameter):
        path([])


def test_hops_may_be_urls_endpoints_and_devices() -> None:
    r1 = device("r1")
    r1.hops = ["ssh://u@bastion/linux", Endpoint("middle"), device("last")]
    assert r1.hops == (Endpoint("bastion", user="u", driver="linux"), Endpoint("middle"), Endpoint("last"))
    with pytest.raises(InvalidUrl):
        r1.hops = ["telnet://r1:r1:r1"]


def test_devices_share_the_logins_of_the_process_unless_they_are_told_otherwise(sim: Sim) -> None:
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


def test_the_driver_is_the_endpoints_or_common() -> None:
    assert device("telnet://r1/frr").driver.name == "frr"
    assert device("telnet://r1").driver.name == "common"
    assert device("telnet://r1/cisco_ios").driver.network is True
    with pytest.raises(DriverNotFound):
        assert device("telnet://r1/nothing").driver


def test_a_driver_folder_of_the_settings_is_searched_first(tmp_path: Path) -> None:
    (tmp_path / "frr.yml").write_text("parent: frr\ndescription: mine\n")
    r1 = device("telnet://r1/frr", settings=Settings(driver_path=(str(tmp_path),)))
    assert r1.driver.description == "mine"


def test_an_event_that_is_added_is_a_part_of_the_machine(sim: Sim) -> None:
    assert DEMO.login is not None
    asking = replace(DEMO, login=replace(DEMO.login, user_prompt="Kennung: "))
    r1 = on(sim, sim.telnet(asking))
    r1.add_event(
        "kennung", pattern="Kennung: ", state="GROUND", action="send_username", next_state="USERNAME_SENT"
    )
    assert r1("show clock") == CLOCK
    r1.close()


def test_an_event_that_cannot_be_is_refused_and_not_kept() -> None:
    r1 = device("telnet://r1/cisco_ios")
    with pytest.raises(UnknownAction):
        r1.add_event("x", pattern="x", state="GROUND", action="send_user")
    with pytest.raises(InvalidDriver):
        r1.add_event("x", pattern="x(", state="GROUND")
    assert r1.driver == device("telnet://r1/cisco_ios").driver


def test_a_machine_is_changed_in_code_watched_and_traced(sim: Sim, host: Host) -> None:
    r1 = on(sim, host)
    told: list[tuple[str, str, str, tuple[str, ...]]] = []
    r1.on_event(lambda *step: told.append(step))
    r1.extend({"setup": None})
    r1.add_event("never", pattern="never", state="user", action="send: x")
    r1.remove_event("never")
    r1.add_transition("sent", "user", action="send: \x15")
    r1.add_transition("timeout", "*", action="refuse")
    r1.remove_transition("timeout", "*")
    assert r1.trace == ()
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
    assert ("username", "GROUND", "USERNAME_SENT", ("send_username",)) in told
    assert ("entered", "user", "user", ()) in told
    assert PASSWORD not in repr(told)
    assert r1.trace == ()


# Commands.


def test_a_session_that_was_interrupted_in_an_answer_is_not_used_again(sim: Sim, host: Host) -> None:
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


def test_a_command_connects_and_brings_clean_text(sim: Sim, host: Host) -> None:
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


def test_a_device_is_a_context_manager(sim: Sim, host: Host) -> None:
    with on(sim, host) as r1:
        assert r1.connected
        r1.connect()  # which does nothing
        assert r1("show clock") == CLOCK
    assert not r1.connected
    assert host.endings() == ["exit"]


def test_a_device_is_left_also_when_the_block_fails(sim: Sim, host: Host) -> None:
    with pytest.raises(ZeroDivisionError), on(sim, host) as r1:
        assert 1 / len(r1.mode[:0])
    assert host.endings() == ["exit"]


def test_a_closed_device_connects_again(sim: Sim, host: Host) -> None:
    r1 = on(sim, host)
    for _ in range(2):
        assert r1("show clock") == CLOCK
        r1.close()
    r1.close()
    assert host.endings() == ["exit", "exit"]


def test_a_command_may_want_a_mode(sim: Sim, host: Host) -> None:
    with on(sim, host, become_password=Secret(ENABLE)) as r1:
        assert r1("show running-config", mode="enable").mode == "enable"
        assert (r1.mode, r1.home) == ("enable", "user")
        r1.enter("user")
        assert r1.mode == "user"


def test_questions_and_answers_may_be_texts_or_lists(sim: Sim, host: Host) -> None:
    with on(sim, host, become_password=Secret(ENABLE)) as r1:
        r1.enter("enable")
        r1("clear counters", prompt=r"\[confirm\]", answer="y", newline=False)
        reply = r1("copy running-config startup-config", prompt=[r"\]\?"], answer=[""], check_all=True)
        assert reply.endswith("[OK]")
        r1("copy running-config startup-config", prompt=(r"\]\?",), answer=Secret("startup-config"))
    typed = [(typed.kind, typed.text) for typed in host.sessions[0].typed if typed.kind in ("key", "answer")]
    assert typed == [("key", "y"), ("answer", ""), ("answer", "startup-config")]


def test_a_linux_host_brings_its_exit_status(sim: Sim) -> None:
    with on(sim, sim.ssh(users={"demo": PASSWORD}, shell="/bin/sh"), "linux") as server:
        assert server("echo hello").status == 0
        assert server("false", check=False).status == 1
        assert isinstance(error_of(server, "false"), CommandError)
        assert server("echo still here") == "still here"


def test_a_device_behind_a_hop(sim: Sim, host: Host) -> None:
    bastion = on(sim, sim.ssh(users={"demo": PASSWORD}, forward=True), "linux")
    with path([bastion, on(sim, host)]) as r1:
        assert r1("show clock") == CLOCK
    assert host.endings() == ["exit"]


# Errors.


def test_an_error_before_the_prompt_has_not_reached_the_device_and_one_after_it_has(
    sim: Sim, host: Host
) -> None:
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


def test_a_device_that_cannot_be_reached_is_tried_again_by_the_next_command(sim: Sim) -> None:
    with Sim() as gone:
        port = gone.telnet(router("r1")).port
    r1 = on(sim, sim.telnet(router("r1")), port=port)
    for _ in range(2):
        error = error_of(r1, "show clock")
        assert (type(error), error.reached) == (ConnectionRefused, False)
        assert not r1.connected


def test_a_wrong_enable_password_is_an_error_of_the_mode(sim: Sim, host: Host) -> None:
    with on(sim, host, become_password=Secret("wr0ng")) as r1:
        error = error_of(r1, "show running-config", mode="enable")
        assert isinstance(error, ModeError)
        assert "wr0ng" not in f"{error} {error.facts()}"
        assert r1("show clock") == CLOCK


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), "5"])
def test_a_timeout_that_cannot_be_waited_for_is_refused(timeout: Any) -> None:
    error = error_of(device("telnet://r1"), "show clock", timeout=timeout)
    assert isinstance(error, InvalidParameter)
    assert error.message == f"timeout is {timeout!r}."


def test_a_command_that_never_ends_times_out_and_the_next_one_gets_a_session_of_its_own(sim: Sim) -> None:
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


def test_a_device_that_hangs_up_in_the_middle_is_closed_and_connected_anew(sim: Sim) -> None:
    host = sim.telnet(router("r1"), faults=Faults(drop={"show users": 20}))
    r1 = on(sim, host)
    error = error_of(r1, "show users")
    assert (type(error), error.reached, error.hop) == (SessionClosed, True, 1)
    assert error.message == "The session was closed during 'show users'."
    assert "show users" in error.last_output
    assert r1("show clock") == CLOCK
    r1.close()
    assert len(host.sessions) == 2


def test_an_ssh_device_that_hangs_up_is_not_called_a_lost_hop(sim: Sim) -> None:
    host = sim.ssh(router("r1"), faults=Faults(drop={"show users": 20}))
    for _ in range(5):
        error = error_of(on(sim, host), "show users")
        assert error.message == "The session was closed during 'show users'."
        assert error.hop == 1


def test_a_device_that_left_between_two_commands_is_connected_anew(sim: Sim, host: Host) -> None:
    r1 = on(sim, host)
    r1.connect()
    r1("exit", sendonly=True)
    assert host.endings() == ["exit"]
    assert not r1.connected
    assert r1("show clock") == CLOCK
    r1.close()
    assert len(host.sessions) == 2


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    tick = Event()
    for _ in range(10_000):
        if condition():
            return
        tick.wait(0.001)
    raise AssertionError("it did not happen in 10 seconds")


def while_it_waits(r1: Device, host: Host, happens: Callable[[], object]) -> PycoError:
    """The error of a command that is never answered, when this happens while it waits."""
    r1.connect()
    with ThreadPoolExecutor(1) as executor:
        waiting = executor.submit(error_of, r1, "show users")
        until(lambda: b"show users" in host.raw)
        happens()
        return waiting.result(10)


@pytest.mark.parametrize("second", ["telnet", "ssh"])
def test_a_hop_that_dies_in_the_middle_is_named(sim: Sim, second: str) -> None:
    silent = Faults(silent=("show users",))
    host: Host = getattr(sim, second)(router("r1"), faults=silent)
    with Sim() as near:
        bastion = near.ssh(users={"demo": PASSWORD}, forward=True)
        trust_host_keys(sim, near)
        pool = SshPool()
        r1 = path([on(sim, bastion, "linux"), on(sim, host, pool=pool)])
        error = while_it_waits(r1, host, near.close)
        assert (type(error), error.reached) == (SessionClosed, True)
        assert (error.hop, error.endpoint) == (1, f"demo@127.0.0.1:{bastion.port}")
        assert (
            error.message == "The ssh connection to this hop was lost, and every session behind it with it."
        )
        assert not r1.connected
        r1.close()
        assert pool.status() == []


@pytest.mark.parametrize("protocol", ["telnet", "ssh"])
def test_a_device_can_be_aborted_while_it_waits(sim: Sim, protocol: str) -> None:
    host: Host = getattr(sim, protocol)(router("r1"), faults=Faults(silent=("show users",)))
    r1 = on(sim, host)
    r1.abort()  # nothing is open yet
    error = while_it_waits(r1, host, r1.abort)
    assert isinstance(error, SessionClosed)
    assert not r1.connected
    assert r1("show clock") == CLOCK
    r1.close()
    assert host.endings() == ["client", "exit"]


def test_a_login_can_be_aborted_while_it_waits(sim: Sim) -> None:
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
