# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shutil

import paramiko
import pexpect
import pytest

USERS = {"pyco": "secret"}


def read_until(channel: paramiko.Channel, end: bytes) -> bytes:
    channel.settimeout(10)
    seen = b""
    while not seen.endswith(end):
        data = channel.recv(4096)
        assert data, f"closed before {end!r}: {seen!r}"
        seen += data
    return seen


def test_a_router_is_played_over_ssh_without_a_login_of_its_own(sim, tape, ssh):
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


def test_a_wrong_password_is_refused(sim, ssh):
    host = sim.ssh(users=USERS)
    with pytest.raises(paramiko.AuthenticationException):
        ssh(host, password="wrong")
    assert (host.logins.accepted, host.logins.rejected) == ([], ["pyco"])


def test_a_key_lets_in_whom_it_belongs_to(sim, ssh):
    key = paramiko.ECDSAKey.generate()
    host = sim.ssh(users=USERS, keys=(key,))
    ssh(host, pkey=key)
    with pytest.raises(paramiko.AuthenticationException):
        ssh(host, pkey=paramiko.ECDSAKey.generate())
    with pytest.raises(paramiko.AuthenticationException):
        ssh(host, "nobody", pkey=key)


def test_hosts_have_keys_of_their_own_and_all_are_in_known_hosts(sim, ssh):
    first, second = sim.ssh(users=USERS), sim.ssh(users=USERS)
    assert first.host_key != second.host_key
    ssh(first, password="secret")
    ssh(second, password="secret")


def test_an_account_without_a_shell_says_so(sim, ssh):
    host = sim.ssh(users=USERS)
    channel = ssh(host, password="secret").invoke_shell()
    assert channel.makefile("rb").read().startswith(b"This account has no shell")
    assert host.endings() == ["refused"]


def test_a_router_is_reached_through_a_forwarding_host(sim, tape, ssh):
    router, bastion = sim.telnet(tape), sim.ssh(users=USERS, forward=True)
    transport = ssh(bastion, password="secret").get_transport()
    channel = transport.open_channel("direct-tcpip", ("127.0.0.1", router.port), ("127.0.0.1", 0))
    channel.sendall(b"demo\r\0demo-login\r\0exit\r\0")
    assert channel.makefile("rb").read().endswith(b"r1>exit\r\n")
    assert bastion.forwards == [("127.0.0.1", router.port)]
    assert router.endings() == ["exit"]


def test_the_end_of_a_forwarded_channel_reaches_the_device(sim, tape, ssh):
    router, bastion = sim.telnet(tape), sim.ssh(users=USERS, forward=True)
    client = ssh(bastion, password="secret")
    channel = client.get_transport().open_channel(
        "direct-tcpip", ("127.0.0.1", router.port), ("127.0.0.1", 0)
    )
    read_until(channel, b"Username: ")
    client.close()
    assert router.endings() == ["client"]


def test_many_forwarded_channels_share_one_login(sim, tape, ssh):
    router, bastion = sim.telnet(tape), sim.ssh(users=USERS, forward=True)
    transport = ssh(bastion, password="secret").get_transport()
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
def test_forwarding_is_refused_with_the_right_reason(sim, ssh, forward, host, code):
    bastion = sim.ssh(users=USERS, forward=forward)
    transport = ssh(bastion, password="secret").get_transport()
    with pytest.raises(paramiko.ChannelException) as refused:
        transport.open_channel("direct-tcpip", (host, 1), ("127.0.0.1", 0))
    assert refused.value.code == code


def test_a_shell_is_a_real_one_on_a_terminal(sim, ssh):
    host = sim.ssh(users=USERS, shell="/bin/sh")
    channel = ssh(host, password="secret").invoke_shell("dumb", 132, 43)
    channel.sendall(b"stty size; tty; echo $TERM; exit 3\n")
    output = channel.makefile("rb").read()
    assert b"43 132\r\n/dev/" in output
    assert b"\ndumb\r\n" in output
    assert channel.recv_exit_status() == 3
    assert host.endings() == ["exit"]
    assert host.raw.startswith(b"stty size")


def test_a_shell_ends_with_its_channel(sim, ssh):
    host = sim.ssh(users=USERS, shell="/bin/sh")
    client = ssh(host, password="secret")
    channel = client.invoke_shell()
    channel.sendall(b"PS1=; echo $((6 * 7)); cat\n")
    read_until(channel, b"42\r\n")
    client.close()
    assert host.endings() == ["client"]


@pytest.mark.skipif(shutil.which("ssh") is None, reason="no ssh client on this machine")
def test_openssh_logs_in_with_the_known_hosts_of_the_simulator(sim, tape):
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
