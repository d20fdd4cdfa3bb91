# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shutil
import socket
from typing import cast

import paramiko
import pexpect
import pytest

from pyco_core.sim import Session, Sim, Tape
from pyco_core.sim import ssh as ssh_server
from pyco_core.sim.ssh import Logins, SshServer

from .clients import USERS, Broken, Connect, Ends, SshLogin, read_until


def transport_of(client: paramiko.SSHClient) -> paramiko.Transport:
    transport = client.get_transport()
    assert transport is not None
    return transport


def test_client_without_ssh_protocol_is_disconnected(sim: Sim, tape: Tape, dial: Connect) -> None:
    client = dial(sim.ssh(tape).port)
    client.send(b"GET / HTTP/1.0\r\n\r\n")
    assert client.rest().startswith(b"SSH-2.0-")


def test_changed_window_size_is_recorded(sim: Sim, tape: Tape, ssh: SshLogin) -> None:
    router = sim.ssh(tape)
    channel = ssh(router, "demo", password="demo-login").invoke_shell("dumb", 80, 24)
    channel.resize_pty(132, 43)
    channel.sendall(b"exit\r")
    assert router.endings() == ["exit"]
    assert (router.sessions[0].columns, router.sessions[0].lines) == (132, 43)


def test_channel_of_unknown_kind_is_refused(sim: Sim, tape: Tape, ssh: SshLogin) -> None:
    transport = transport_of(ssh(sim.ssh(tape), "demo", password="demo-login"))
    with pytest.raises(paramiko.ChannelException) as refused:
        transport.open_channel("x11", ("127.0.0.1", 1), ("127.0.0.1", 1))
    assert refused.value.code == 3


def test_broken_channel_closes_forwarded_socket(ends: Ends) -> None:
    ours, theirs = ends
    theirs.sendall(b"from the device")
    ssh_server._copy_to_channel(ours, Broken())
    assert theirs.recv(100) == b""


class NeverClosed(Broken):
    """A channel whose connection goes while it is closed."""

    def close(self) -> None:
        raise EOFError


def test_close_of_channel_without_connection_is_ignored() -> None:
    ssh_server.close(NeverClosed())


def test_end_of_connection_closes_pending_forwarded_socket(ends: Ends) -> None:
    ours, theirs = ends
    server = SshServer(Logins(), Session, print)
    server._onward[1] = ours
    theirs.close()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        sock, _peer = listener.accept()
        client.close()
        with sock:
            server.run(sock, paramiko.ECDSAKey.generate())
    assert ours.fileno() == -1


class NoChannel:
    """A connection that ends before the channel that it granted is there."""

    def accept(self, timeout: float) -> None:
        return None


def test_missing_channel_is_not_served() -> None:
    server = SshServer(Logins(), Session, print)
    server._transport = cast(paramiko.Transport, NoChannel())
    server._accept()
    assert server._channels == {}


def test_ssh_client_reaches_prompt_without_second_login(sim: Sim, tape: Tape, ssh: SshLogin) -> None:
    router = sim.ssh(tape)
    channel = ssh(router, "demo", password="demo-login").invoke_shell("dumb", 511, 48)
    assert read_until(channel, b"r1>") == b"r1>"
    channel.sendall(b"show clock\r")
    assert read_until(channel, b"r1>").startswith(b"show clock\r\n*08:30:12")
    channel.sendall(b"exit\r")
    assert router.endings() == ["exit"]
    (session,) = router.sessions
    assert (session.terminal, session.columns, session.lines) == ("dumb", 511, 48)
    assert router.logins.accepted == ["demo"]


def test_wrong_password_is_refused(sim: Sim, ssh: SshLogin) -> None:
    host = sim.ssh(users=USERS)
    with pytest.raises(paramiko.AuthenticationException):
        ssh(host, password="wrong")
    assert (host.logins.accepted, host.logins.rejected) == ([], ["pyco"])


def test_key_is_accepted_for_known_users_only(sim: Sim, ssh: SshLogin) -> None:
    key = paramiko.ECDSAKey.generate()
    host = sim.ssh(users=USERS, keys=(key,))
    ssh(host, pkey=key)
    with pytest.raises(paramiko.AuthenticationException):
        ssh(host, pkey=paramiko.ECDSAKey.generate())
    with pytest.raises(paramiko.AuthenticationException):
        ssh(host, "nobody", pkey=key)


def test_known_hosts_has_key_of_every_host(sim: Sim, ssh: SshLogin) -> None:
    first, second = sim.ssh(users=USERS), sim.ssh(users=USERS)
    assert first.host_key != second.host_key
    ssh(first, password="secret")
    ssh(second, password="secret")


def test_host_without_shell_refuses_session(sim: Sim, ssh: SshLogin) -> None:
    host = sim.ssh(users=USERS)
    channel = ssh(host, password="secret").invoke_shell()
    assert channel.makefile("rb").read().startswith(b"This account has no shell")
    assert host.endings() == ["refused"]


def test_device_is_reached_through_forwarded_channel(sim: Sim, tape: Tape, ssh: SshLogin) -> None:
    router, bastion = sim.telnet(tape), sim.ssh(users=USERS, forward=True)
    transport = transport_of(ssh(bastion, password="secret"))
    channel = transport.open_channel("direct-tcpip", ("127.0.0.1", router.port), ("127.0.0.1", 0))
    channel.sendall(b"demo\r\0demo-login\r\0exit\r\0")
    assert channel.makefile("rb").read().endswith(b"r1>exit\r\n")
    assert bastion.forwards == [("127.0.0.1", router.port)]
    assert router.endings() == ["exit"]


def test_close_of_forwarded_channel_reaches_device(sim: Sim, tape: Tape, ssh: SshLogin) -> None:
    router, bastion = sim.telnet(tape), sim.ssh(users=USERS, forward=True)
    client = ssh(bastion, password="secret")
    channel = transport_of(client).open_channel("direct-tcpip", ("127.0.0.1", router.port), ("127.0.0.1", 0))
    read_until(channel, b"Username: ")
    client.close()
    assert router.endings() == ["client"]


def test_many_forwarded_channels_share_one_login(sim: Sim, tape: Tape, ssh: SshLogin) -> None:
    router, bastion = sim.telnet(tape), sim.ssh(users=USERS, forward=True)
    transport = transport_of(ssh(bastion, password="secret"))
    channels = [
        transport.open_channel("direct-tcpip", ("127.0.0.1", router.port), ("127.0.0.1", 0))
        for _count in range(20)
    ]
    for channel in channels:
        read_until(channel, b"Username: ")
    assert bastion.logins.accepted == ["pyco"]
    assert len(router.sessions) == 20


@pytest.mark.parametrize(
    ("forward", "host", "code"),
    [(False, "127.0.0.1", 1), (True, "192.0.2.1", 1), (True, "127.0.0.1", 2)],
    ids=["prohibited", "not loopback", "closed port"],
)
def test_refused_forwarding_has_reason_code(
    sim: Sim, ssh: SshLogin, forward: bool, host: str, code: int
) -> None:
    bastion = sim.ssh(users=USERS, forward=forward)
    transport = transport_of(ssh(bastion, password="secret"))
    with pytest.raises(paramiko.ChannelException) as refused:
        transport.open_channel("direct-tcpip", (host, 1), ("127.0.0.1", 0))
    assert refused.value.code == code


@pytest.mark.skipif(shutil.which("ssh") is None, reason="no ssh client on this machine")
def test_openssh_client_logs_in_with_known_hosts(sim: Sim, tape: Tape) -> None:
    router = sim.ssh(tape)
    options = ["-F", "none", "-o", f"UserKnownHostsFile={sim.known_hosts}", "-o", "StrictHostKeyChecking=yes"]
    client = pexpect.spawn("ssh", [*options, "-p", str(router.port), "demo@127.0.0.1"], timeout=10)
    try:
        client.expect("password: ")
        client.sendline("demo-login")
        client.expect("r1>")
        client.sendline("exit")
        client.expect(pexpect.EOF)
    finally:
        client.close()
    assert router.commands == ["exit"]
