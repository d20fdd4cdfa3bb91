# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import paramiko
import pytest

from pyco_core.sim import Session, Sim, shell

from .clients import USERS, Broken, Ends, SshLogin, read_until


def test_input_after_exit_of_shell_is_ignored(ends: Ends) -> None:
    ours, channel = ends
    ours.sendall(b"exit\n")
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen([sys.executable, "-c", "pass"]) as child:
        shell._copy_input(channel, writing, child, Session())
    os.close(writing)
    assert child.returncode == 0


def test_output_to_broken_channel_is_ignored() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"output")
    os.close(writing)
    end, running = os.pipe()
    shell._copy_output(reading, end, Broken())
    for file in (reading, end, running):
        os.close(file)


def test_output_of_shell_is_copied_to_channel(ends: Ends) -> None:
    ours, theirs = ends
    reading, writing = os.pipe()
    os.write(writing, b"output")
    os.close(writing)
    end, running = os.pipe()
    shell._copy_output(reading, end, ours)
    for file in (reading, end, running):
        os.close(file)
    assert theirs.recv(100) == b"output"


class Gone:
    """A channel whose connection is lost while the shell exits."""

    closed = False

    def recv(self, size: int) -> bytes:
        return b""

    def sendall(self, data: bytes) -> None:
        pass

    def send_exit_status(self, status: int) -> None:
        raise EOFError


def test_connection_lost_at_exit_of_shell_is_client_hangup(tmp_path: Path) -> None:
    assert shell.run_shell("/bin/true", str(tmp_path), cast(paramiko.Channel, Gone()), Session()) == "client"


def test_shell_runs_on_terminal(sim: Sim, ssh: SshLogin) -> None:
    host = sim.ssh(users=USERS, shell="/bin/sh")
    channel = ssh(host, password="secret").invoke_shell("dumb", 132, 43)
    channel.sendall(b"stty size; tty; echo $TERM; exit 3\n")
    output = channel.makefile("rb").read()
    assert b"43 132\r\n/dev/" in output
    assert b"\ndumb\r\n" in output
    assert channel.recv_exit_status() == 3
    assert host.endings() == ["exit"]
    assert host.raw.startswith(b"stty size")


def test_program_in_the_background_does_not_keep_session_of_ended_shell(sim: Sim, ssh: SshLogin) -> None:
    host = sim.ssh(users=USERS, shell="/bin/sh")
    channel = ssh(host, password="secret").invoke_shell()
    channel.sendall(b"sleep 600 & echo pid=$!=; exit 3\n")
    output = channel.makefile("rb").read()
    try:
        assert channel.recv_exit_status() == 3
        assert host.endings() == ["exit"]
    finally:
        os.kill(int(output.rpartition(b"pid=")[2].partition(b"=")[0]), signal.SIGKILL)


@pytest.fixture
def _nohup() -> Iterator[None]:
    """Ignore the signal that ends a shell, as under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("_nohup")
def test_close_of_channel_ends_shell_under_nohup(sim: Sim, ssh: SshLogin) -> None:
    test_close_of_channel_ends_shell(sim, ssh)


def test_close_of_channel_ends_shell(sim: Sim, ssh: SshLogin) -> None:
    host = sim.ssh(users=USERS, shell="/bin/sh")
    client = ssh(host, password="secret")
    channel = client.invoke_shell()
    channel.sendall(b"PS1=; echo $((6 * 7)); cat\n")
    read_until(channel, b"42\r\n")
    client.close()
    assert host.endings() == ["client"]
