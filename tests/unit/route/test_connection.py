# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections through simulated hosts on real sockets."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.driver.compiler import load as load_driver
from pyco_core.errors import (
    ConnectionClosed,
    ForwardingRefused,
    InvalidParameter,
    NameNotResolved,
    NegotiationFailed,
    PermissionDenied,
    SessionClosed,
)
from pyco_core.models.command import Command
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.status import LoginStatus
from pyco_core.route.connection import Connection
from pyco_core.route.plan import plan
from pyco_core.session.send import send
from pyco_core.session.session import clock
from pyco_core.sim import Sim
from pyco_core.sim.host import Host
from pyco_core.ssh_pool import SshPool
from tests.unit.route.helpers import (
    PASSWORD,
    ROUTER,
    connect_error,
    connected,
    connection_to,
    endpoint_of,
    router,
    send_command,
    settings_of,
    trust_host_keys,
)


def test_telnet_target_runs_command(sim: Sim) -> None:
    host = sim.telnet(router("r1"))
    connection = connected(connection_to(sim, endpoint_of(host)))
    assert send_command(connection, "show clock") == "*08:30:12.417 UTC Mon Mar 3 2025"
    connection.close()
    connection.close()
    assert host.endings() == ["exit"]


def test_ssh_target_opens_one_shell(sim: Sim) -> None:
    host = sim.ssh(router("r1"))
    pool = SshPool()
    connection = connected(connection_to(sim, endpoint_of(host), pool=pool))
    assert send_command(connection, "show clock").startswith("*08:30")
    assert pool.status() == [LoginStatus(f"demo@127.0.0.1:{host.port}", users=1, shells=1)]
    connection.close()
    assert host.endings() == ["exit"]
    assert pool.status() == []


def test_ssh_hop_forwards_without_shell(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    host = sim.telnet(router("r1"))
    connection = connected(connection_to(sim, endpoint_of(bastion, "linux"), endpoint_of(host)))
    assert send_command(connection, "show clock").startswith("*08:30")
    connection.close()
    assert bastion.forwards == [("127.0.0.1", host.port)]
    assert bastion.sessions == []
    assert host.endings() == ["exit"]


def test_ssh_target_is_forwarded_through_two_hops(sim: Sim) -> None:
    first = sim.ssh(users={"demo": PASSWORD}, forward=True)
    second = sim.ssh(users={"demo": PASSWORD}, forward=True)
    host = sim.ssh(router("r1"))
    connection = connected(
        connection_to(
            sim,
            endpoint_of(first, "linux"),
            endpoint_of(second, "linux"),
            endpoint_of(host),
            forward="always",
        )
    )
    assert send_command(connection, "show clock").startswith("*08:30")
    connection.close()
    assert (first.forwards, second.forwards) == (
        [("127.0.0.1", second.port)],
        [("127.0.0.1", host.port)],
    )
    assert host.endings() == ["exit"]


def test_refused_forwarding_falls_back_to_shell(sim: Sim) -> None:
    hop, host = sim.ssh(router("hop")), sim.telnet(router("r1"))
    connection = connected(connection_to(sim, endpoint_of(hop), endpoint_of(host)))
    assert connection.session is not None
    assert connection.session.hostname == "r1"
    assert send_command(connection, "show clock").startswith("*08:30")
    connection.close()
    assert f"telnet 127.0.0.1 {host.port}" in hop.commands
    assert host.endings() == ["exit"]
    assert hop.endings() == ["exit"]


def test_refused_forwarding_is_an_error_if_forward_is_always(sim: Sim) -> None:
    hop, host = sim.ssh(router("hop")), sim.telnet(router("r1"))
    error = connect_error(connection_to(sim, endpoint_of(hop), endpoint_of(host), forward="always"))
    assert isinstance(error, ForwardingRefused)
    assert error.hop == 2
    assert host.sessions == []


def test_refused_forwarding_is_an_error_if_host_key_of_target_is_known(sim: Sim) -> None:
    hop, host = sim.ssh(router("hop")), sim.ssh(router("r1"))
    error = connect_error(connection_to(sim, endpoint_of(hop), endpoint_of(host)))
    assert isinstance(error, ForwardingRefused)
    assert error.hop == 2
    assert "the hop would see the password" in error.message
    assert host.sessions == []
    connection = connected(connection_to(sim, endpoint_of(hop), endpoint_of(host), forward="never"))
    assert send_command(connection, "show clock").startswith("*08:30")
    connection.close()


def test_first_reply_has_notice_about_client_that_checks_no_host_key(sim: Sim) -> None:
    hop, host = sim.ssh(router("hop")), sim.ssh(router("r1"))
    connection = connected(connection_to(sim, endpoint_of(hop), endpoint_of(host), forward="never"))
    assert connection.session is not None
    first, second = (send(connection.session, Command("show clock"), clock() + 20) for _ in range(2))
    assert [notice.partition(":")[0] for notice in first.notices] == [
        "The host key of 127.0.0.1 may not have been checked"
    ]
    assert second.notices == ()
    connection.close()


def test_refused_forwarding_falls_back_to_shell_if_host_key_of_target_is_unknown(sim: Sim) -> None:
    with Sim() as other:
        hop, host = sim.ssh(router("hop")), other.ssh(router("r1"))
        connection = connected(connection_to(sim, endpoint_of(hop), endpoint_of(host)))
        assert send_command(connection, "show clock").startswith("*08:30")
        connection.close()


def test_telnet_behind_telnet_hop_uses_shell(sim: Sim) -> None:
    hop, host = sim.telnet(router("hop")), sim.telnet(router("r1"))
    connection = connected(connection_to(sim, endpoint_of(hop), endpoint_of(host)))
    assert connection.session is not None
    assert (connection.session.hop, connection.session.hostname) == (2, "r1")
    connection.close()
    assert host.endings() == ["exit"]
    assert hop.endings() == ["exit"]


def test_route_mixes_forwarding_and_shells(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    middle, inner, host = sim.telnet(router("hop2")), sim.ssh(router("hop3")), sim.telnet(router("r1"))
    connection = connected(
        connection_to(
            sim, endpoint_of(bastion, "linux"), endpoint_of(middle), endpoint_of(inner), endpoint_of(host)
        )
    )
    assert connection.session is not None
    assert (connection.session.hop, connection.session.hostname) == (4, "r1")
    assert send_command(connection, "show clock").startswith("*08:30")
    connection.close()
    assert host.endings() == ["exit"]
    assert middle.endings() == ["exit"]


def test_target_with_same_hostname_as_hop_is_reached(sim: Sim) -> None:
    hop, host = sim.telnet(router("Router")), sim.telnet(router("Router"))
    connection = connected(connection_to(sim, endpoint_of(hop), endpoint_of(host)))
    assert send_command(connection, "show clock").startswith("*08:30")
    assert "show clock" in host.commands
    connection.close()
    assert (host.endings(), hop.endings()) == (["exit"], ["exit"])


def test_openssh_process_logs_in_with_password(
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
    connection = connected(connection_to(sim, login, ssh_type="openssh"))
    assert send_command(connection, "echo here") == "here"
    connection.close()
    error = connect_error(connection_to(sim, replace(login, password=Secret("wrong")), ssh_type="openssh"))
    assert isinstance(error, PermissionDenied)


def test_openssh_process_error_names_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sim: Sim
) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\necho 'ssh: Could not resolve hostname bastion: Name or service not known'\n")
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    error = connect_error(
        connection_to(sim, Endpoint("bastion", user="demo", driver="linux"), ssh_type="openssh")
    )
    assert isinstance(error, NameNotResolved)
    assert error.message == "This machine cannot resolve the host name."
    assert error.hop == 1


def test_offer_of_host_is_in_error_of_openssh_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sim: Sim
) -> None:
    offer = "no matching host key type found. Their offer: ssh-rsa"
    ssh = tmp_path / "ssh"
    ssh.write_text(f"#!/bin/sh\necho 'Unable to negotiate with 192.0.2.1 port 22: {offer}'\n")
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    login = Endpoint("bastion", user="demo", driver="linux")
    error = connect_error(connection_to(sim, login, ssh_type="openssh"))
    assert isinstance(error, NegotiationFailed)
    assert error.message == "The host and this machine have no ssh algorithm in common."
    assert "ssh_algorithms" in error.hint
    assert offer in error.last_output


def test_proxy_command_connects_first_hop(sim: Sim, tmp_path: Path) -> None:
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
    hops = plan(endpoint_of(host), [Endpoint("bastion", password=Secret(PASSWORD))], settings)
    connection = connected(Connection(hops, load_driver("cisco_ios"), settings, SshPool()))
    assert send_command(connection, "show clock").startswith("*08:30")
    connection.close()
    assert bastion.logins.accepted == ["demo"]


# Sharing.


def test_targets_behind_ssh_hop_share_its_login(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    hosts = [sim.telnet(router("r1")), sim.ssh(router("r2"))]
    pool = SshPool()
    connections = [
        connected(connection_to(sim, endpoint_of(bastion, "linux"), endpoint_of(host), pool=pool))
        for host in hosts
    ]
    assert [send_command(connection, "show clock")[:6] for connection in connections] == ["*08:30", "*08:30"]
    connections[0].close()
    assert send_command(connections[1], "show clock").startswith("*08:30")
    connections[1].close()
    assert bastion.logins.accepted == ["demo"]
    assert pool.status() == []


def test_second_login_is_opened_when_shells_exceed_limit(sim: Sim) -> None:
    host = sim.ssh(users={"demo": PASSWORD}, shell="/bin/sh")
    pool = SshPool()
    connections = [connected(connection_to(sim, endpoint_of(host, "linux"), pool=pool)) for _ in range(11)]
    assert host.logins.accepted == ["demo", "demo"]
    assert [status.shells for status in pool.status()] == [10, 1]
    for number, connection in enumerate(connections):
        assert send_command(connection, f"echo {number}") == str(number)
        connection.close()
    assert pool.status() == []
    assert len(host.endings()) == 11


def test_login_is_not_shared_with_other_password(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    host = sim.telnet(router("r1"))
    pool = SshPool()
    connection = connected(connection_to(sim, endpoint_of(bastion, "linux"), endpoint_of(host), pool=pool))
    wrong = connection_to(
        sim, endpoint_of(bastion, "linux", password=Secret("wrong")), endpoint_of(host), pool=pool
    )
    assert isinstance(connect_error(wrong), PermissionDenied)
    assert send_command(connection, "show clock").startswith("*08:30")
    connection.close()


# Transcripts.


@pytest.mark.parametrize(("inventory_name", "file"), [("edge1", "edge1.log"), ("", "127.0.0.1.log")])
def test_transcript_of_route_is_named_after_inventory_host_or_address(
    sim: Sim, tmp_path: Path, inventory_name: str, file: str
) -> None:
    hop, host = sim.telnet(router("hop")), sim.telnet(router("r1"))
    route = [endpoint_of(hop), endpoint_of(host)]
    connection = connected(
        connection_to(sim, *route, transcript=str(tmp_path / "logs"), inventory_name=inventory_name)
    )
    send_command(connection, "show clock")
    connection.close()
    text = (tmp_path / "logs" / file).read_text()
    assert f" 1 * connected to {route[0]}\n" in text
    assert " 2 > show clock\n" in text
    assert PASSWORD not in text


def test_transcript_that_cannot_be_opened_is_an_error_of_first_hop(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("")
    host = sim.telnet(router("r1"))
    error = connect_error(connection_to(sim, endpoint_of(host), transcript=str(tmp_path / "logs")))
    assert isinstance(error, InvalidParameter)
    assert error.hop == 1
    assert host.sessions == []


@pytest.mark.parametrize("protocol", ["telnet", "ssh"])
def test_transcript_has_lines_of_hops_that_only_forward(sim: Sim, tmp_path: Path, protocol: str) -> None:
    hops = [sim.ssh(users={"demo": PASSWORD}, forward=True) for _ in range(2)]
    target: Host = getattr(sim, protocol)(router("r1"))
    route = [*(endpoint_of(hop, "linux") for hop in hops), endpoint_of(target)]
    pool = SshPool()
    for number in range(2):  # the second one reuses the logins
        folder = tmp_path / str(number)
        connected(connection_to(sim, *route, pool=pool, transcript=str(folder))).close()
        lines = (folder / "127.0.0.1.log").read_text().splitlines()
        events = [line.partition(" ")[2] for line in lines if " * " in line]
        assert events == [
            *(f"{hop} * connected to {endpoint}" for hop, endpoint in enumerate(route, 1)),
            "3 * closed: it was logged out.",
            "2 * closed: the session behind it has ended.",
            "1 * closed: the session behind it has ended.",
        ]


# Abort and lost hops.


def test_abort_closes_session_without_logout(sim: Sim) -> None:
    host = sim.telnet(router("r1"))
    connection = connected(connection_to(sim, endpoint_of(host)))
    connection.abort()
    session = connection.session
    assert session is not None
    assert session.closed_reason == "its client disconnected."
    connection.close()
    assert host.endings() == ["client"]


@pytest.mark.parametrize("protocol", ["telnet", "ssh"])
def test_abort_before_connect_cancels_login(sim: Sim, protocol: str) -> None:
    host: Host = getattr(sim, protocol)(router("r1"))
    pool = SshPool()
    connection = connection_to(sim, endpoint_of(host), pool=pool)
    connection.abort()
    error = connect_error(connection)
    assert isinstance(error, ConnectionClosed)
    assert host.commands == []
    assert pool.status() == []


def test_lost_hop_is_first_closed_ssh_connection(sim: Sim) -> None:
    with Sim() as near:
        first = near.ssh(users={"demo": PASSWORD}, forward=True)
        trust_host_keys(sim, near)
        second, host = sim.ssh(users={"demo": PASSWORD}, forward=True), sim.telnet(router("r1"))
        connection = connected(
            connection_to(sim, endpoint_of(first, "linux"), endpoint_of(second, "linux"), endpoint_of(host))
        )
        error = SessionClosed("Closed.", hop=3)
        connection.blame_hop(error)
        assert (error.hop, error.message) == (3, "Closed.")
    with pytest.raises(SessionClosed):
        send_command(connection, "show clock")
    connection.blame_hop(error)
    assert (error.hop, error.endpoint) == (1, f"demo@127.0.0.1:{first.port}")
    assert error.message == "The ssh connection to this hop was lost, and every session behind it with it."
    connection.close()


def test_no_hop_is_blamed_if_target_closed(sim: Sim) -> None:
    with Sim() as far:
        host = far.ssh(router("r1"))
        trust_host_keys(sim, far)
        connection = connected(connection_to(sim, endpoint_of(host)))
    with pytest.raises(SessionClosed) as caught:
        send_command(connection, "show clock")
    message = caught.value.message
    connection.blame_hop(caught.value)
    assert (caught.value.hop, caught.value.message) == (1, message)
    connection.close()


def test_user_name_is_sent_in_form_of_platform(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text("parent: cisco_ios\nuser: '{user}+ct'\n")
    assert ROUTER.login is not None
    host = sim.telnet(replace(ROUTER, login=replace(ROUTER.login, users={"demo+ct": PASSWORD})))
    settings = settings_of(sim, driver_path=(str(tmp_path),))
    hops = plan(endpoint_of(host, "acme"), (), settings)
    assert hops[0].endpoint.user == "demo+ct"
    connected(Connection(hops, load_driver("acme", (str(tmp_path),)), settings, SshPool())).close()
    assert host.sessions[0].typed[0].text == "demo+ct"
    [nameless] = plan(endpoint_of(host, "acme", user=""), (), settings)
    assert nameless.endpoint.user == ""
