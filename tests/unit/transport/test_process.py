# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path

import pexpect
import pytest

from pyco_core.errors import ClientMissing, TooManyOpenFiles
from pyco_core.transport.base import Closed, TimedOut, Transport
from pyco_core.transport.process import Process

from .conftest import soon
from .descriptors import no_descriptors
from .processes import STUBBORN, Crowd

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


def test_close_ends_programs_of_program(start: Start, tmp_path: Path) -> None:
    crowd = Crowd(tmp_path)
    process = start(crowd.script(f"({STUBBORN}) & wait"))
    crowd.wait_for_start()
    process.close()
    process.close()
    assert crowd.is_gone()
    crowd.close()


def test_close_without_force_leaves_programs_of_program(start: Start, tmp_path: Path) -> None:
    crowd = Crowd(tmp_path)
    process = start(crowd.script(f"({STUBBORN}) & wait"))
    crowd.wait_for_start()
    process.close(force=False)
    os.killpg(process.ptyproc.pid, signal.SIGKILL)
    assert crowd.is_gone()
    crowd.close()


def read_until(process: Process, wanted: bytes) -> bytes:
    text = b""
    while wanted not in text:
        text += process.read(soon())
    return text


def test_process_is_a_transport(start: Start) -> None:
    transport: Transport = start("cat")
    assert transport.alive
    transport.write(b"hello\n", soon())
    assert transport.read(soon()).startswith(b"hello")


def test_process_has_wide_dumb_terminal(start: Start) -> None:
    process = start("/bin/sh", "-c", "echo $TERM; stty size")
    assert read_until(process, b"511\r\n") == b"dumb\r\n48 511\r\n"


def test_arguments_are_not_expanded_by_shell(start: Start) -> None:
    assert b"$HOME; echo x\r\n" in read_until(start("echo", "$HOME; echo x"), b"\n")


def test_pexpect_drives_process(start: Start) -> None:
    process = start("/bin/sh")
    process.expect(r"[$#] ", timeout=20)
    process.sendline("echo $((40 + 2))")
    process.expect("42", timeout=20)
    process.sendline("exit")
    process.expect(pexpect.EOF, timeout=20)
    assert not process.isalive()


def test_missing_program_is_an_error() -> None:
    with pytest.raises(ClientMissing) as caught:
        Process(["no-such-program-here", "x"])
    assert caught.value.message == "The program no-such-program-here cannot be run on this machine."


def test_stream_ends_with_program(start: Start) -> None:
    process = start("echo", "bye")
    assert read_until(process, b"bye").startswith(b"bye")
    with pytest.raises(Closed):
        read_until(process, b"more")
    assert process.pending()
    process.wait()
    assert not process.alive


def test_read_raises_closed_at_deadline_if_child_keeps_pty_open(start: Start) -> None:
    process = start("/bin/sh", "-c", "trap '' HUP; cat /dev/zero >/dev/null & echo $!")
    child = int(read_until(process, b"\n"))
    process.wait()
    with pytest.raises(Closed):
        process.read(soon() - 19.9)
    os.kill(child, 9)


def test_read_and_write_time_out(start: Start) -> None:
    process = start("cat")
    assert not process.pending()
    with pytest.raises(TimedOut):
        process.read(soon() - 19.95)
    with pytest.raises(TimedOut):
        process.read(soon() - 60)
    with pytest.raises(TimedOut):
        process.write(b"x", soon() - 60)


def test_write_times_out_if_program_does_not_read(start: Start) -> None:
    process = start("/bin/sh", "-c", "stty raw -echo; echo ready; exec cat /dev/zero >/dev/null")
    read_until(process, b"ready")
    with pytest.raises(TimedOut):
        process.write(b"x" * 1_000_000, soon() - 19.8)


def test_large_write_waits_for_program(start: Start) -> None:
    script = "import sys; print('ready', flush=True); print(len(sys.stdin.buffer.read(300000)))"
    process = start("/bin/sh", "-c", f'stty raw -echo; exec "{sys.executable}" -c "{script}"')
    read_until(process, b"ready")
    process.write(b"x" * 300_000, soon())
    assert b"300000" in read_until(process, b"300000")


def test_closed_process_has_ended_and_raises_closed(start: Start) -> None:
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


def test_close_wakes_reading_thread(start: Start) -> None:
    process = start("cat")
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(process.read, soon())
        with pytest.raises(FutureTimeout):
            reading.exception(0.05)
        process.close()
        assert isinstance(reading.exception(10), Closed)


def test_write_to_invalid_descriptor_raises_closed(start: Start) -> None:
    process = start("cat")
    process.child_fd = -1  # set by pexpect in the thread that closes
    process.write(b"", soon())
    with pytest.raises(Closed):
        process.write(b"x", soon())


def test_close_kills_program_that_ignores_hangup(start: Start) -> None:
    process = start("/bin/sh", "-c", "trap '' HUP INT; echo ready; while :; do :; done")
    read_until(process, b"ready")
    process.close()
    process.wait()
    assert process.signalstatus == signal.SIGKILL


def test_exhausted_descriptors_are_named() -> None:
    with no_descriptors(), pytest.raises(TooManyOpenFiles):
        Process(["/bin/cat"])


def test_error_of_system_is_client_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def pipe() -> None:
        raise OSError(errno.EIO, "out of pty devices")

    monkeypatch.setattr(os, "pipe", pipe)
    with pytest.raises(ClientMissing, match="cannot be started: Input/output error"):
        Process(["/bin/cat"])


def test_process_learns_size_of_terminal(start: Start) -> None:
    process = start("sh", "-c", "read line; stty size")
    process.resize(90, 30)
    process.write(b"\n", soon())
    read_until(process, b"30 90")
    process.close()
    with pytest.raises(Closed):
        process.resize(80, 24)
