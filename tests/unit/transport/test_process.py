# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from itertools import pairwise
from pathlib import Path

import pexpect
import pytest

from pyco_core.errors import ClientMissing
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.transport.base import Closed, TimedOut, Transport
from pyco_core.transport.process import Process, openssh_argv

from .conftest import soon

Start = Callable[..., Process]


@pytest.fixture
def start() -> Iterator[Start]:
    processes = []

    def start(*argv: str) -> Process:
        processes.append(Process(list(argv)))
        return processes[-1]

    yield start
    for process in processes:
        process.close()


def read_until(process: Process, wanted: bytes) -> bytes:
    text = b""
    while wanted not in text:
        text += process.read(soon())
    return text


def test_a_process_is_a_transport(start: Start) -> None:
    transport: Transport = start("cat")
    assert transport.alive
    transport.write(b"hello\n", soon())
    assert transport.read(soon()).startswith(b"hello")


def test_a_process_has_a_wide_dumb_terminal(start: Start) -> None:
    process = start("/bin/sh", "-c", "echo $TERM; stty size")
    assert read_until(process, b"511\r\n") == b"dumb\r\n48 511\r\n"


def test_arguments_are_not_seen_by_a_shell(start: Start) -> None:
    assert b"$HOME; echo x\r\n" in read_until(start("echo", "$HOME; echo x"), b"\n")


def test_pexpect_drives_a_process(start: Start) -> None:
    process = start("/bin/sh")
    process.expect(r"[$#] ", timeout=20)
    process.sendline("echo $((40 + 2))")
    process.expect("42", timeout=20)
    process.sendline("exit")
    process.expect(pexpect.EOF, timeout=20)
    assert not process.isalive()


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(ClientMissing) as caught:
        Process(["no-such-program-here", "x"])
    assert caught.value.message == "The program no-such-program-here cannot be run on this machine."


def test_the_end_of_the_program_is_the_end_of_the_stream(start: Start) -> None:
    process = start("echo", "bye")
    assert read_until(process, b"bye").startswith(b"bye")
    with pytest.raises(Closed):
        read_until(process, b"more")
    assert process.pending()
    process.wait()
    assert not process.alive


def test_a_program_whose_child_keeps_the_terminal_open_is_closed_at_the_deadline(start: Start) -> None:
    process = start("/bin/sh", "-c", "trap '' HUP; cat /dev/zero >/dev/null & echo $!")
    child = int(read_until(process, b"\n"))
    process.wait()
    with pytest.raises(Closed):
        process.read(soon() - 19.9)
    os.kill(child, 9)


def test_silence_is_a_time_out_and_so_is_a_deadline_that_passed(start: Start) -> None:
    process = start("cat")
    assert not process.pending()
    with pytest.raises(TimedOut):
        process.read(soon() - 19.95)
    with pytest.raises(TimedOut):
        process.read(soon() - 60)
    with pytest.raises(TimedOut):
        process.write(b"x", soon() - 60)


def test_a_program_that_does_not_read_holds_a_write_until_the_deadline_only(start: Start) -> None:
    process = start("/bin/sh", "-c", "stty raw -echo; echo ready; exec cat /dev/zero >/dev/null")
    read_until(process, b"ready")
    with pytest.raises(TimedOut):
        process.write(b"x" * 1_000_000, soon() - 19.8)


def test_a_large_write_waits_for_the_program_to_read(start: Start) -> None:
    script = "import sys; print('ready', flush=True); print(len(sys.stdin.buffer.read(300000)))"
    process = start("/bin/sh", "-c", f'stty raw -echo; exec "{sys.executable}" -c "{script}"')
    read_until(process, b"ready")
    process.write(b"x" * 300_000, soon())
    assert b"300000" in read_until(process, b"300000")


def test_a_closed_process_is_gone_and_closed_for_good(start: Start) -> None:
    process = start("cat")
    pid = process.pid
    assert pid is not None
    process.close()
    process.close()
    assert not process.alive
    assert process.pending()
    with pytest.raises(Closed):
        process.read(soon())
    with pytest.raises(Closed):
        process.write(b"x", soon())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_closing_wakes_who_reads_in_another_thread(start: Start) -> None:
    process = start("cat")
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(process.read, soon())
        with pytest.raises(FutureTimeout):
            reading.exception(0.05)
        process.close()
        assert isinstance(reading.exception(10), Closed)


def test_a_descriptor_that_is_gone_is_closed(start: Start) -> None:
    process = start("cat")
    process.child_fd = -1  # as pexpect sets it, in the thread that closes
    process.write(b"", soon())
    with pytest.raises(Closed):
        process.write(b"x", soon())


def test_a_program_that_ignores_the_hang_up_is_killed(start: Start) -> None:
    process = start("/bin/sh", "-c", "trap '' HUP INT; echo ready; while :; do :; done")
    read_until(process, b"ready")
    process.close()
    assert not process.isalive()


def options(argv: list[str]) -> list[str]:
    return [value for flag, value in pairwise(argv) if flag == "-o"]


def test_the_ssh_command_line_names_everything_but_the_password(home: Path) -> None:
    endpoint = Endpoint("r1", port=2222, user="pyco", password=Secret("sesame"))
    argv = openssh_argv(endpoint, Settings(connect_timeout=2.5))
    assert argv[:2] == ["ssh", "-tt"]
    assert argv[-2:] == ["--", "r1"]
    assert "sesame" not in " ".join(argv)
    assert argv[argv.index("-p") + 1] == "2222"
    assert argv[argv.index("-l") + 1] == "pyco"
    assert options(argv) == [
        "NumberOfPasswordPrompts=1",
        "ConnectTimeout=3",
        "ServerAliveInterval=30",
        "StrictHostKeyChecking=yes",
        "PubkeyAuthentication=no",
    ]


def test_the_ssh_command_line_without_user_and_password_leaves_both_to_ssh() -> None:
    argv = openssh_argv(Endpoint("r1"), Settings())
    assert "-l" not in argv
    assert "-i" not in argv
    assert "-F" not in argv
    assert "PubkeyAuthentication=no" not in argv


def test_the_ssh_command_line_uses_the_files_of_the_settings(home: Path) -> None:
    endpoint = Endpoint("r1", password=Secret("sesame"), private_key_file="~/key")
    argv = openssh_argv(endpoint, Settings(known_hosts="~/my hosts", ssh_config="~/config"))
    assert argv[argv.index("-i") + 1] == f"{home}/key"
    assert argv[argv.index("-F") + 1] == f"{home}/config"
    assert options(argv)[3:] == [
        "StrictHostKeyChecking=yes",
        f'UserKnownHostsFile="{home}/my hosts"',
        "GlobalKnownHostsFile=/dev/null",
        "IdentitiesOnly=yes",
    ]


def test_the_ssh_command_line_without_host_key_checking_knows_no_hosts() -> None:
    argv = openssh_argv(Endpoint("r1"), Settings(host_key_checking=False, known_hosts="/etc/hosts"))
    assert options(argv)[3:] == [
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "GlobalKnownHostsFile=/dev/null",
    ]
