# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to the simulator only now and then, on streams that a test holds both ends of."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import paramiko
import pytest

from pyco_core.sim import Faults, Session, Sim, relay, shell
from pyco_core.sim import ssh as ssh_server
from pyco_core.sim.host import Host
from pyco_core.sim.pipe import HungUp
from pyco_core.sim.ssh import Logins, SshServer
from pyco_core.sim.telnet import Telnet
from pyco_core.sim.terminal import Terminal


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_host_of_no_kind_serves_nobody(ends):
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(NotImplementedError):
        Host(listener, Faults(), Event()).serve(ends[0])


# Telnet, byte by byte.

COMMANDS = [
    b"\xff\xff",  # a byte 255
    b"\xff\xf1",  # no operation
    b"\xff\xfd\x01",  # DO ECHO
    b"\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0",  # a window of 80 by 24
    b"\xff\xfa\x1f\x00\xff\xf0",  # half a window, which means nothing
    b"\xff\xfa\x20\x00\xff\xf0",  # something else
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_telnet_command_is_one_however_it_is_cut(ends, command):
    ours, theirs = ends
    telnet = Telnet(ours, Session())
    plain = b""
    for byte in command + b"x":
        theirs.sendall(bytes((byte,)))
        try:
            plain += telnet.recv(100)
        except BlockingIOError:
            continue
    assert plain == (b"\xffx" if command == b"\xff\xff" else b"x")


def test_a_client_tells_its_terminal_when_it_is_asked(ends):
    ours, theirs = ends
    telnet = Telnet(ours, Session(terminal="dumb"), server=False)
    theirs.sendall(b"\xff\xfa\x18\x01\xff\xf0")
    with pytest.raises(BlockingIOError):
        telnet.recv(100)
    assert theirs.recv(100) == b"\xff\xfa\x18\x00dumb\xff\xf0"


# The terminal.


def test_a_key_that_means_nothing_is_not_echoed(ends):
    ours, theirs = ends
    theirs.sendall(b"\x01s\r")
    assert Terminal(ours, Session()).line() == "s"
    assert theirs.recv(100) == b"s\r\n"


def test_ctrl_c_at_a_login_starts_it_anew(sim, tape, dial):
    router = sim.telnet(tape)
    client = dial(router.port)
    client.until(b"Username: ")
    client.send(b"de\x03demo\r\0demo-login\r\0")
    client.until(b"r1>")
    assert [typed.text for typed in router.sessions[0].typed] == ["demo", "demo-login"]


def test_a_device_without_a_login_prompts_at_once(sim, tape, dial):
    client = dial(sim.telnet(replace(tape, login=None)).port)
    assert client.until(b"r1>").endswith(b"\xff\xfd\x1fr1>")


# Streams that end while something is written or read.


class Broken:
    """A stream that is gone."""

    def recv(self, size: int) -> bytes:
        raise ConnectionResetError

    def sendall(self, data: bytes) -> None:
        raise BrokenPipeError

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        pass


def test_a_stream_that_is_gone_has_ended():
    assert relay._read(Broken()) == b""
    relay._write(Broken(), b"data")
    with pytest.raises(HungUp):
        Terminal(Broken(), Session()).key()
    with pytest.raises(HungUp):
        Terminal(Broken(), Session()).write("text")


def test_a_shell_that_has_just_exited_takes_no_more_keys(ends):
    ours, theirs = ends
    channel = theirs  # has recv, as a channel has
    ours.sendall(b"exit\n")
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen([sys.executable, "-c", "pass"]) as child:
        shell._copy_input(channel, writing, child, Session())
    os.close(writing)
    assert child.returncode == 0


def test_what_a_shell_prints_after_its_channel_is_gone_is_lost():
    reading, writing = os.pipe()
    os.write(writing, b"output")
    os.close(writing)
    shell._copy_output(reading, Broken())
    os.close(reading)


def test_what_a_shell_prints_is_passed_on_to_its_end(ends):
    ours, theirs = ends
    reading, writing = os.pipe()
    os.write(writing, b"output")
    os.close(writing)
    shell._copy_output(reading, ours)
    os.close(reading)
    assert theirs.recv(100) == b"output"


class Gone:
    """A channel whose connection went while the shell exited."""

    closed = False

    def recv(self, size: int) -> bytes:
        return b""

    def sendall(self, data: bytes) -> None:
        pass

    def send_exit_status(self, status: int) -> None:
        raise EOFError


def test_a_shell_whose_connection_goes_at_its_end_ended_by_the_client(tmp_path):
    assert shell.run_shell("/bin/true", str(tmp_path), Gone(), Session()) == "client"


def test_a_connection_that_was_taken_back_before_it_was_accepted_is_none(sim, tape):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        sim._welcome(listener, sim.telnet(tape))
    assert sim._live == {}


# The ssh server.


def test_a_client_that_speaks_no_ssh_is_left(sim, tape, dial):
    client = dial(sim.ssh(tape).port)
    client.send(b"GET / HTTP/1.0\r\n\r\n")
    assert client.rest().startswith(b"SSH-2.0-")


def test_a_window_that_changes_is_remembered(sim, tape, ssh):
    router = sim.ssh(tape)
    channel = ssh(router, "demo", password="demo-login").invoke_shell("dumb", 80, 24)
    channel.resize_pty(132, 43)
    channel.sendall(b"exit\r")
    assert router.endings() == ["exit"]
    assert (router.sessions[0].columns, router.sessions[0].lines) == (132, 43)


def test_a_channel_of_another_kind_is_refused(sim, tape, ssh):
    transport = ssh(sim.ssh(tape), "demo", password="demo-login").get_transport()
    with pytest.raises(paramiko.ChannelException) as refused:
        transport.open_channel("x11", ("127.0.0.1", 1), ("127.0.0.1", 1))
    assert refused.value.code == 3


def test_a_forwarded_stream_ends_with_its_channel(ends):
    ours, theirs = ends
    theirs.sendall(b"from the device")
    ssh_server._copy_to_channel(ours, Broken())
    assert theirs.recv(100) == b""


class NeverClosed(Broken):
    """A channel whose connection goes while it is closed."""

    def close(self) -> None:
        raise EOFError


def test_a_channel_whose_connection_went_is_closed_already():
    ssh_server.close(NeverClosed())


def test_an_account_without_a_shell_may_be_left_before_it_is_told(sim):
    host = sim.ssh(users={"pyco": "secret"})
    session = Session()
    host._serve_shell(Broken(), session)
    assert session.ended == "refused"


def test_a_connection_that_ends_takes_along_what_it_had_not_handed_on(ends):
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


def test_what_is_typed_after_the_end_does_not_cut_the_last_output_off(sim, tape, log_in):
    router = sim.telnet(tape)
    client = log_in(router.port)
    client.send(b"exit\r\0")
    assert router.endings() == ["exit"]
    client.send(b"more\r\0")
    assert client.rest().endswith(b"exit\r\n")


def test_a_simulator_is_closed_once(tape):
    with Sim() as sim:
        sim.telnet(tape)
        sim.close()
    sim.close()


class NoChannel:
    """A connection that ends before the channel that it granted is there."""

    def accept(self, timeout: float) -> None:
        return None


def test_a_channel_that_never_comes_is_not_served():
    server = SshServer(None, Session, print)
    server._transport = NoChannel()
    server._accept()
    assert server._channels == {}
