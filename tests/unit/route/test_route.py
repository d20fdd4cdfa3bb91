# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes as data, and routes that are walked through simulated hosts on real sockets."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core.driver.compiler import load as load_driver
from pyco_core.errors import (
    ClientMissing,
    ConnectionClosed,
    ConnectionRefused,
    ConnectTimedOut,
    DriverNotFound,
    EndpointError,
    ForwardingRefused,
    LoginRefused,
    MissingParameter,
    NameNotResolved,
    PermissionDenied,
    PycoError,
    SessionClosed,
)
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.route.client_command import client_command
from pyco_core.route.connection import Connection
from pyco_core.route.plan import MAX_JUMPS, Method, plan
from pyco_core.session.send import Command, send
from pyco_core.session.session import clock
from pyco_core.sim import Faults, Sim, Tape, load
from pyco_core.sim.host import Host, SshHost
from pyco_core.ssh_pool import SshPool
from pyco_core.transport.base import Closed
from pyco_core.transport.telnet import Telnet
from tests.unit.session.dialogues import LINUX_LOGIN, shell
from tests.unit.session.scripted import TOKEN, End, Scripted, Step

SECONDS = 20.0
ROUTER = load("tests/tapes/cisco_ios/c2900_demo.yml")
PASSWORD = "demo-login"


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim


def router(name: str) -> Tape:
    """The demo router under another name."""
    return replace(ROUTER, variables={**ROUTER.variables, "hostname": name})


def to(host: Host, driver: str = "cisco_ios", **parts: Any) -> Endpoint:
    """The login on a simulated host."""
    protocol = "ssh" if isinstance(host, SshHost) else "telnet"
    usual = {"user": "demo", "password": Secret(PASSWORD), "port": host.port, "driver": driver}
    return Endpoint(host.address, **{"protocol": protocol, **usual, **parts})


def settings_of(sim: Sim, **more: Any) -> Settings:
    return Settings(known_hosts=sim.known_hosts, ssh_config="/dev/null", **more)


def line_to(sim: Sim, *route: Endpoint, pool: SshPool | None = None, **more: Any) -> Connection:
    settings = settings_of(sim, **more)
    legs = plan(route[-1], route[:-1], settings)
    return Connection(legs, load_driver(legs[-1].endpoint.driver), settings, pool or SshPool())


def walk(line: Connection, seconds: float = SECONDS) -> Connection:
    line.connect(clock() + seconds)
    return line


def say(line: Connection, text: str) -> str:
    assert line.session is not None
    return str(send(line.session, Command(text), clock() + SECONDS))


def failure(line: Connection, seconds: float = SECONDS) -> PycoError:
    """The error of a walk; after it nothing is left of the line."""
    with pytest.raises(PycoError) as caught:
        walk(line, seconds)
    assert line.session is None
    return caught.value


def know(sim: Sim, other: Sim) -> None:
    """Let the host keys of another simulator be known too."""
    with open(sim.known_hosts, "a") as file:
        file.write(Path(other.known_hosts).read_text())


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


# The plan.

NO_CONFIG = Settings(ssh_config="/dev/null")
BASTION = Endpoint("bastion", user="pyco")
MIDDLE = Endpoint("middle", user="pyco", driver="cisco_ios")
R1 = Endpoint("r1", protocol="telnet", driver="cisco_ios")


def ways(*route: Endpoint, **more: Any) -> list[tuple[Method, ...]]:
    settings = Settings(ssh_config="/dev/null", **more)
    return [leg.methods for leg in plan(route[-1], route[:-1], settings)]


def test_a_target_alone_is_reached_directly() -> None:
    (leg,) = plan(R1, [], NO_CONFIG)
    assert (leg.endpoint, leg.endpoint.driver, leg.methods) == (R1, "cisco_ios", (Method.DIRECT,))


def test_a_hop_without_a_driver_is_a_linux_host_and_a_target_without_one_is_unknown() -> None:
    legs = plan(replace(R1, driver=""), [BASTION, MIDDLE], NO_CONFIG)
    assert [leg.endpoint.driver for leg in legs] == ["linux", "cisco_ios", "common"]


def test_behind_ssh_forwarding_is_tried_before_the_shell() -> None:
    assert ways(BASTION, R1) == [(Method.DIRECT,), (Method.FORWARD, Method.SHELL)]
    assert ways(BASTION, MIDDLE, R1) == [
        (Method.DIRECT,),
        (Method.FORWARD, Method.SHELL),
        (Method.FORWARD, Method.SHELL),
    ]


def test_forwarding_can_be_forbidden_or_forced() -> None:
    assert ways(BASTION, R1, forward="never") == [(Method.DIRECT,), (Method.SHELL,)]
    assert ways(BASTION, R1, forward="always") == [(Method.DIRECT,), (Method.FORWARD,)]


def test_behind_telnet_there_is_only_the_shell() -> None:
    assert ways(R1, MIDDLE, BASTION, forward="always") == [(Method.DIRECT,), (Method.SHELL,), (Method.SHELL,)]


def test_the_systems_ssh_forwards_nothing() -> None:
    assert ways(BASTION, R1, ssh_type="openssh") == [(Method.PROCESS,), (Method.SHELL,)]
    assert ways(R1, BASTION, ssh_type="openssh") == [(Method.DIRECT,), (Method.SHELL,)]


def test_a_driver_that_does_not_exist_is_found_before_anything_is_connected() -> None:
    with pytest.raises(DriverNotFound) as caught:
        plan(replace(R1, driver="cisco_iso"), [BASTION], NO_CONFIG)
    assert "cisco_ios" in caught.value.hint


def test_a_route_that_comes_to_the_same_login_twice_is_named() -> None:
    with pytest.raises(EndpointError) as caught:
        plan(R1, [BASTION, MIDDLE, replace(BASTION, driver="linux")], NO_CONFIG)
    assert caught.value.message == (
        "The route has the login pyco@bastion:22 twice: "
        "pyco@bastion:22 -> pyco@middle:22 -> pyco@bastion:22 -> r1:23."
    )


def test_another_user_or_port_on_the_same_host_is_another_login() -> None:
    legs = plan(R1, [BASTION, replace(BASTION, user="root"), replace(BASTION, port=2222)], NO_CONFIG)
    assert len(legs) == 4


CONFIG = """
Host jump
  HostName jump.example
  Port 2222
  User jumper
  IdentityFile /keys/one
  IdentityFile /keys/two
  Ciphers aes256-ctr

Host behind
  HostName 192.0.2.7
  ProxyJump jump,inner@inner.example:2022

Host through
  ProxyCommand /usr/bin/relay %h %p

Host circle
  ProxyJump ring

Host ring
  ProxyJump circle
"""


@pytest.fixture
def configured(tmp_path: Path) -> Settings:
    file = tmp_path / "config"
    file.write_text(CONFIG)
    return Settings(ssh_config=str(file))


def test_the_ssh_configuration_fills_in_what_the_first_hop_leaves_open(configured: Settings) -> None:
    leg, _ = plan(R1, [Endpoint("jump")], configured)
    assert str(leg.endpoint) == "jumper@jump.example:2222"
    assert leg.private_key_files == ("/keys/one", "/keys/two")
    assert leg.algorithms is not None
    assert leg.algorithms.ciphers == "aes256-ctr"
    assert leg.methods == (Method.DIRECT,)


def test_what_the_endpoint_says_goes_before_the_ssh_configuration(configured: Settings) -> None:
    (leg,) = plan(Endpoint("jump", port=22022, user="me"), [], configured)
    assert str(leg.endpoint) == "me@jump.example:22022"


def test_the_ssh_configuration_is_for_the_first_hop_alone(configured: Settings) -> None:
    legs = plan(Endpoint("jump"), [BASTION], configured)
    assert [str(leg.endpoint) for leg in legs] == ["pyco@bastion:22", "jump:22"]
    legs = plan(Endpoint("jump", protocol="telnet"), [], configured)
    assert [str(leg.endpoint) for leg in legs] == ["jump:23"]


def test_a_proxy_jump_puts_its_logins_before_the_first_hop(configured: Settings) -> None:
    legs = plan(R1, [Endpoint("behind", user="me")], configured)
    names = ["jumper@jump.example:2222", "inner@inner.example:2022", "me@192.0.2.7:22", "r1:23"]
    assert [str(leg.endpoint) for leg in legs] == names
    assert [leg.methods for leg in legs] == [(Method.DIRECT,), *[(Method.FORWARD, Method.SHELL)] * 3]
    assert [leg.endpoint.driver for leg in legs] == ["linux", "linux", "linux", "cisco_ios"]


def test_a_proxy_command_carries_the_first_hop(configured: Settings) -> None:
    (leg,) = plan(Endpoint("through"), [], configured)
    assert (leg.methods, leg.proxy_command) == ((Method.PROXY_COMMAND,), "/usr/bin/relay through 22")


def test_a_proxy_jump_that_leads_on_and_on_is_an_error(configured: Settings) -> None:
    with pytest.raises(EndpointError, match="nested more than 8 levels deep"):
        plan(Endpoint("circle"), [], configured)
    assert MAX_JUMPS == 8


# The words that are typed into a hop.


@pytest.mark.parametrize(
    ("driver", "endpoint", "words"),
    [
        ("linux", R1, "telnet r1 23"),
        ("linux", BASTION, "ssh -l pyco -p 22 bastion"),
        ("linux", Endpoint("r1", user="a;reboot", port=2022), "ssh -l 'a;reboot' -p 2022 r1"),
        ("linux", Endpoint("fe80::1%eth0", user="pyco"), "ssh -l pyco -p 22 fe80::1%eth0"),
        ("cisco_ios", R1, "telnet r1 23"),
        ("cisco_ios", BASTION, "ssh -l pyco -p 22 bastion"),
    ],
)
def test_the_words_for_the_next_hop(driver: str, endpoint: Endpoint, words: str) -> None:
    assert client_command(load_driver(driver), endpoint, NO_CONFIG) == words


def test_host_keys_are_left_alone_only_where_that_was_said() -> None:
    unchecked = Settings(host_key_checking=False)
    words = client_command(load_driver("linux"), BASTION, unchecked)
    assert "StrictHostKeyChecking=no" in words
    assert "UserKnownHostsFile=/dev/null" in words
    # A driver that has no such words uses its own.
    assert client_command(load_driver("cisco_ios"), BASTION, unchecked) == "ssh -l pyco -p 22 bastion"


def test_ssh_from_a_shell_needs_a_user() -> None:
    with pytest.raises(MissingParameter, match="needs a user"):
        client_command(load_driver("linux"), Endpoint("r1"), NO_CONFIG)


def test_a_client_that_takes_no_port_reaches_the_usual_one_alone(tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text("connect: {telnet: 'telnet {host}'}\n")
    acme = load_driver("acme", (str(tmp_path),))
    assert client_command(acme, R1, NO_CONFIG) == "telnet r1"
    with pytest.raises(ClientMissing, match=r"The telnet command of the driver acme has no port\."):
        client_command(acme, replace(R1, port=2023), NO_CONFIG)


def test_a_hop_whose_driver_knows_no_client_is_named() -> None:
    with pytest.raises(ClientMissing) as caught:
        client_command(load_driver("frr"), R1, NO_CONFIG)
    assert caught.value.message == "The driver frr of the previous hop has no telnet command."


# Walks.


def test_a_telnet_router_alone(sim: Sim) -> None:
    host = sim.telnet(router("r1"))
    line = walk(line_to(sim, to(host)))
    assert say(line, "show clock") == "*08:30:12.417 UTC Mon Mar 3 2025"
    line.close()
    line.close()
    assert host.endings() == ["exit"]


def test_an_ssh_router_alone_gets_a_shell(sim: Sim) -> None:
    host = sim.ssh(router("r1"))
    pool = SshPool()
    line = walk(line_to(sim, to(host), pool=pool))
    assert say(line, "show clock").startswith("*08:30")
    assert pool.status() == [{"login": f"demo@127.0.0.1:{host.port}", "users": 1, "shells": 1}]
    line.close()
    assert host.endings() == ["exit"]
    assert pool.status() == []


def test_an_ssh_hop_forwards_and_opens_no_shell(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    host = sim.telnet(router("r1"))
    line = walk(line_to(sim, to(bastion, "linux"), to(host)))
    assert say(line, "show clock").startswith("*08:30")
    line.close()
    assert bastion.forwards == [("127.0.0.1", host.port)]
    assert bastion.sessions == []
    assert host.endings() == ["exit"]


def test_an_ssh_host_is_reached_through_two_others(sim: Sim) -> None:
    first = sim.ssh(users={"demo": PASSWORD}, forward=True)
    second = sim.ssh(users={"demo": PASSWORD}, forward=True)
    host = sim.ssh(router("r1"))
    line = walk(line_to(sim, to(first, "linux"), to(second, "linux"), to(host), forward="always"))
    assert say(line, "show clock").startswith("*08:30")
    line.close()
    assert (first.forwards, second.forwards) == (
        [("127.0.0.1", second.port)],
        [("127.0.0.1", host.port)],
    )
    assert host.endings() == ["exit"]


def test_where_forwarding_is_refused_the_way_goes_through_the_shell(sim: Sim) -> None:
    hop, host = sim.ssh(router("hop")), sim.telnet(router("r1"))
    line = walk(line_to(sim, to(hop), to(host)))
    assert line.session is not None
    assert line.session.hostname == "r1"
    assert say(line, "show clock").startswith("*08:30")
    line.close()
    assert f"telnet 127.0.0.1 {host.port}" in hop.commands
    assert host.endings() == ["exit"]
    assert hop.endings() == ["exit"]


def test_where_forwarding_is_refused_and_forced_that_is_the_error(sim: Sim) -> None:
    hop, host = sim.ssh(router("hop")), sim.telnet(router("r1"))
    error = failure(line_to(sim, to(hop), to(host), forward="always"))
    assert isinstance(error, ForwardingRefused)
    assert error.hop == 2
    assert host.sessions == []


def test_telnet_behind_telnet_is_typed(sim: Sim) -> None:
    hop, host = sim.telnet(router("hop")), sim.telnet(router("r1"))
    line = walk(line_to(sim, to(hop), to(host)))
    assert line.session is not None
    assert (line.session.hop, line.session.hostname) == (2, "r1")
    line.close()
    assert host.endings() == ["exit"]
    assert hop.endings() == ["exit"]


def test_three_hops_of_all_kinds(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    middle, inner, host = sim.telnet(router("hop2")), sim.ssh(router("hop3")), sim.telnet(router("r1"))
    line = walk(line_to(sim, to(bastion, "linux"), to(middle), to(inner), to(host)))
    assert line.session is not None
    assert (line.session.hop, line.session.hostname) == (4, "r1")
    assert say(line, "show clock").startswith("*08:30")
    line.close()
    assert host.endings() == ["exit"]
    assert middle.endings() == ["exit"]


def test_a_router_behind_one_of_the_same_name(sim: Sim) -> None:
    hop, host = sim.telnet(router("Router")), sim.telnet(router("Router"))
    line = walk(line_to(sim, to(hop), to(host)))
    assert say(line, "show clock").startswith("*08:30")
    assert "show clock" in host.commands
    line.close()
    assert (host.endings(), hop.endings()) == (["exit"], ["exit"])


def test_the_systems_ssh_carries_a_session_and_is_asked_nothing_it_was_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sim: Sim
) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text(
        '#!/bin/sh\nstty -echo; printf "demo@bastion\'s password: "; read -r password; stty echo; echo\n'
        f'[ "$password" = {PASSWORD} ] || {{ echo "Permission denied, please try again."; exit 255; }}\n'
        "exec sh -i\n"
    )
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    login = Endpoint("bastion", user="demo", password=Secret(PASSWORD), driver="linux")
    line = walk(line_to(sim, login, ssh_type="openssh"))
    assert say(line, "echo here") == "here"
    line.close()
    error = failure(line_to(sim, replace(login, password=Secret("wrong")), ssh_type="openssh"))
    assert isinstance(error, PermissionDenied)


def test_what_the_systems_ssh_says_is_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sim: Sim
) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\necho 'ssh: Could not resolve hostname bastion: Name or service not known'\n")
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    error = failure(line_to(sim, Endpoint("bastion", user="demo", driver="linux"), ssh_type="openssh"))
    assert isinstance(error, NameNotResolved)
    assert error.message == "This machine cannot resolve the host name."
    assert error.hop == 1


def test_a_proxy_command_and_a_proxy_jump_are_walked(sim: Sim, tmp_path: Path) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    host = sim.ssh(router("r1"))
    relay = tmp_path / "relay.py"
    relay.write_text(
        "import os, socket, sys, threading\n"
        "sock = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n"
        "def back():\n"
        "    while data := sock.recv(65536): os.write(1, data)\n"
        "threading.Thread(target=back, daemon=True).start()\n"
        "while data := os.read(0, 65536): sock.sendall(data)\n"
    )
    config = tmp_path / "config"
    config.write_text(
        f"Host bastion\n HostName 127.0.0.1\n Port {bastion.port}\n User demo\n"
        f" ProxyCommand {sys.executable} {relay} {bastion.port}\n"
    )
    settings = replace(settings_of(sim), ssh_config=str(config))
    legs = plan(to(host), [Endpoint("bastion", password=Secret(PASSWORD))], settings)
    line = walk(Connection(legs, load_driver("cisco_ios"), settings, SshPool()))
    assert say(line, "show clock").startswith("*08:30")
    line.close()
    assert bastion.logins.accepted == ["demo"]


# Sharing.


def test_two_targets_behind_an_ssh_hop_share_its_login(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    hosts = [sim.telnet(router("r1")), sim.ssh(router("r2"))]
    pool = SshPool()
    lines = [walk(line_to(sim, to(bastion, "linux"), to(host), pool=pool)) for host in hosts]
    assert [say(line, "show clock")[:6] for line in lines] == ["*08:30", "*08:30"]
    lines[0].close()
    assert say(lines[1], "show clock").startswith("*08:30")
    lines[1].close()
    assert bastion.logins.accepted == ["demo"]
    assert pool.status() == []


def test_more_shells_than_a_login_may_have_get_another_login(sim: Sim) -> None:
    host = sim.ssh(users={"demo": PASSWORD}, shell="/bin/sh")
    pool = SshPool()
    lines = [walk(line_to(sim, to(host, "linux"), pool=pool)) for _ in range(11)]
    assert host.logins.accepted == ["demo", "demo"]
    assert [status["shells"] for status in pool.status()] == [10, 1]
    for number, line in enumerate(lines):
        assert say(line, f"echo {number}") == str(number)
        line.close()
    assert pool.status() == []
    assert len(host.endings()) == 11


def test_another_password_is_another_login(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    host = sim.telnet(router("r1"))
    pool = SshPool()
    line = walk(line_to(sim, to(bastion, "linux"), to(host), pool=pool))
    wrong = line_to(sim, to(bastion, "linux", password=Secret("wrong")), to(host), pool=pool)
    assert isinstance(failure(wrong), PermissionDenied)
    assert say(line, "show clock").startswith("*08:30")
    line.close()


# Errors that name the hop.


def check_secrets(error: PycoError) -> None:
    shown = f"{error} {error.facts()}"
    assert PASSWORD not in shown
    assert "wr0ng" not in shown


@pytest.mark.parametrize("wrong", [1, 2, 3])
@pytest.mark.parametrize("typed", [False, True], ids=["forwarded", "typed"])
def test_a_wrong_password_says_at_which_hop(sim: Sim, wrong: int, typed: bool) -> None:
    hops: list[Host] = [sim.ssh(router("hop1")), sim.telnet(router("hop2"))]
    if not typed:
        hops = [sim.ssh(users={"demo": PASSWORD}, forward=True) for _ in range(2)]
    drivers = ["cisco_ios" if typed else "linux"] * 2 + ["cisco_ios"]
    hosts = [*hops, sim.telnet(router("r1"))]
    route = [to(host, driver) for host, driver in zip(hosts, drivers, strict=True)]
    route[wrong - 1] = replace(route[wrong - 1], password=Secret("wr0ng"))
    pool = SshPool()
    error = failure(line_to(sim, *route, pool=pool))
    assert isinstance(error, PermissionDenied)
    assert (error.hop, error.endpoint) == (wrong, f"demo@127.0.0.1:{hosts[wrong - 1].port}")
    assert error.reached is False
    check_secrets(error)
    assert pool.status() == []
    for host in hosts:
        assert "stopped" not in host.endings()


@pytest.mark.parametrize("typed", [False, True], ids=["forwarded", "typed"])
def test_a_closed_port_says_at_which_hop(sim: Sim, typed: bool) -> None:
    hop = sim.ssh(router("hop")) if typed else sim.ssh(users={"demo": PASSWORD}, forward=True)
    login = Endpoint("127.0.0.1", protocol="telnet", port=closed_port(), user="demo", driver="cisco_ios")
    error = failure(line_to(sim, to(hop, "cisco_ios" if typed else "linux"), login))
    assert error.hop == 2
    assert error.endpoint == f"demo@127.0.0.1:{login.port}"
    if typed:
        assert isinstance(error, ConnectionRefused)


def test_what_was_behind_an_error_is_still_there(sim: Sim) -> None:
    login = Endpoint("127.0.0.1", protocol="telnet", port=closed_port(), driver="cisco_ios")
    assert isinstance(failure(line_to(sim, login)).__cause__, ConnectionRefusedError)
    closing = sim.telnet(router("r1"), faults=Faults(drop={"terminal length 0": 0}))
    cause = failure(line_to(sim, to(closing))).__cause__
    assert isinstance(cause, (Closed, SessionClosed))


def test_a_closed_port_here_is_hop_one(sim: Sim) -> None:
    for protocol in ("ssh", "telnet"):
        login = Endpoint("127.0.0.1", protocol=protocol, port=closed_port(), driver="cisco_ios")
        error = failure(line_to(sim, login))
        assert (type(error), error.hop, error.driver) == (ConnectionRefused, 1, "cisco_ios")


def test_a_host_that_says_nothing_ends_at_the_deadline_of_the_whole_route(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    mute = sim.telnet(router("r1"), faults=Faults(mute=True))
    pool = SshPool()
    keep = walk(line_to(sim, to(bastion, "linux"), to(sim.telnet(router("r2"))), pool=pool))
    error = failure(line_to(sim, to(bastion, "linux"), to(mute), pool=pool), seconds=0.05)
    assert isinstance(error, ConnectTimedOut)
    assert error.hop == 2
    keep.close()


def test_a_hop_without_a_shell_is_named(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD})
    error = failure(line_to(sim, to(bastion, "linux"), to(sim.telnet(router("r1")))))
    assert error.hop == 1
    assert error.endpoint == f"demo@127.0.0.1:{bastion.port}"
    assert isinstance(error, LoginRefused)
    assert "password" not in error.hint
    assert "has no shell" in error.last_output


def test_a_hop_whose_driver_has_no_client_is_an_error_at_the_login_behind_it(sim: Sim) -> None:
    hop, host = sim.telnet(router("hop")), sim.telnet(router("r1"))
    error = failure(line_to(sim, to(hop, "frr"), to(host)))
    assert isinstance(error, ClientMissing)
    assert (error.hop, error.endpoint) == (2, f"demo@127.0.0.1:{host.port}")
    assert hop.endings() == ["exit"]


def test_a_hop_without_the_client_program_is_an_error_at_the_login_behind_it(sim: Sim) -> None:
    hop = sim.ssh(users={"demo": PASSWORD}, shell="/bin/sh")
    driver_without = Endpoint("127.0.0.1", protocol="telnet", port=closed_port(), driver="cisco_ios")
    line = line_to(sim, to(hop, "linux"), driver_without, forward="never")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/nowhere")
        error = failure(line)
    assert isinstance(error, ClientMissing)
    assert error.hop == 2


def scripted_line(
    monkeypatch: pytest.MonkeyPatch, steps: list[Step], *route: Endpoint, pool: SshPool | None = None
) -> tuple[Connection, Scripted]:
    """A line whose first login is a dialogue, for what a host on a socket cannot do at a given place."""
    transport = Scripted(*steps)
    monkeypatch.setattr(Telnet, "connect", lambda *_: transport)
    monkeypatch.setattr("pyco_core.session.session.secrets.token_hex", lambda _: TOKEN.decode())
    legs = plan(route[-1], route[:-1], NO_CONFIG)
    return Connection(legs, load_driver(legs[-1].endpoint.driver), NO_CONFIG, pool or SshPool()), transport


LINUX_HOP = Endpoint("hop", protocol="telnet", driver="linux", user="pyco")


TELNET_SHELL = [*LINUX_LOGIN[:2], *shell()]  # a host that lets everybody in


def test_a_hop_that_closes_while_the_next_one_is_typed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [*TELNET_SHELL, End(while_writing=True)]
    line, transport = scripted_line(monkeypatch, steps, LINUX_HOP, R1)
    error = failure(line)
    assert isinstance(error, SessionClosed)
    assert (error.hop, error.endpoint, error.driver) == (1, "pyco@hop:23", "linux")
    assert transport.closed


def test_a_hop_that_is_closed_when_the_next_one_shall_be_typed_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line, transport = scripted_line(monkeypatch, [*TELNET_SHELL, End()], LINUX_HOP, R1)
    error = failure(line)
    assert isinstance(error, SessionClosed)
    assert error.hop == 1
    assert transport.closed


def test_a_line_that_is_aborted_is_cut_off_without_a_word(sim: Sim) -> None:
    host = sim.telnet(router("r1"))
    line = walk(line_to(sim, to(host)))
    line.abort()
    assert line.session is not None
    assert line.session.closed_reason == "its user went away."
    line.close()
    assert host.endings() == ["client"]


@pytest.mark.parametrize("protocol", ["telnet", "ssh"])
def test_a_line_that_is_aborted_early_is_not_walked(sim: Sim, protocol: str) -> None:
    host: Host = getattr(sim, protocol)(router("r1"))
    pool = SshPool()
    line = line_to(sim, to(host), pool=pool)
    line.abort()
    error = failure(line)
    assert isinstance(error, ConnectionClosed)
    assert host.commands == []
    assert pool.status() == []


def test_an_ssh_login_that_is_lost_on_the_way_is_the_dead_hop(sim: Sim) -> None:
    with Sim() as near:
        first = near.ssh(users={"demo": PASSWORD}, forward=True)
        know(sim, near)
        second, host = sim.ssh(users={"demo": PASSWORD}, forward=True), sim.telnet(router("r1"))
        line = walk(line_to(sim, to(first, "linux"), to(second, "linux"), to(host)))
        assert line.lost_hop() is None
    with pytest.raises(SessionClosed):
        say(line, "show clock")
    assert line.lost_hop() == (1, f"demo@127.0.0.1:{first.port}")
    line.close()


def test_the_end_of_the_targets_own_login_is_no_dead_hop(sim: Sim) -> None:
    with Sim() as far:
        host = far.ssh(router("r1"))
        know(sim, far)
        line = walk(line_to(sim, to(host)))
    with pytest.raises(SessionClosed):
        say(line, "show clock")
    assert line.lost_hop() is None
    line.close()


def test_a_user_name_is_written_as_the_platform_wants_it(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text("parent: cisco_ios\nuser: '{user}+ct'\n")
    host = sim.telnet(replace(ROUTER, login=replace(ROUTER.login, users={"demo+ct": PASSWORD})))
    settings = settings_of(sim, driver_path=(str(tmp_path),))
    legs = plan(to(host, "acme"), (), settings)
    assert legs[0].endpoint.user == "demo+ct"
    walk(Connection(legs, load_driver("acme", (str(tmp_path),)), settings, SshPool())).close()
    assert host.sessions[0].typed[0].text == "demo+ct"
    [nameless] = plan(to(host, "acme", user=""), (), settings)
    assert nameless.endpoint.user == ""
