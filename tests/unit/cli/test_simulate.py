# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m pyco_core simulate`, in this process, and once in one of its own."""

from __future__ import annotations

import io
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from threading import Event, Thread, main_thread

import pytest

from pyco_core.__main__ import main

TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"
SECONDS = 10.0


class Spoken(io.StringIO):
    """A standard output that tells when it was flushed: the hosts listen then."""

    def __init__(self) -> None:
        super().__init__()
        self.flushed = Event()

    def flush(self) -> None:
        self.flushed.set()


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The signals of this process as they were."""
    kept = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, kept)


def simulated(monkeypatch: pytest.MonkeyPatch, *words: str, use: Callable[[list[str]], object] = len) -> str:
    """Run the command until its lines were used, then press Ctrl-C; what it printed."""
    spoken = Spoken()
    failures: list[Exception] = []

    def user() -> None:
        try:
            assert spoken.flushed.wait(SECONDS)
            use(spoken.getvalue().splitlines())
        except (AssertionError, OSError) as exc:
            failures.append(exc)
        finally:
            signal.pthread_kill(main_thread().ident, signal.SIGINT)

    monkeypatch.setattr(sys, "stdout", spoken)
    thread = Thread(target=user)
    thread.start()
    assert main(["simulate", *words]) == 0
    thread.join()
    assert not failures, failures
    return spoken.getvalue()


def greeting(port: str) -> bytes:
    with socket.create_connection(("127.0.0.1", int(port)), timeout=SECONDS) as sock:
        return sock.recv(3)


def test_it_says_how_to_connect_and_ends_on_ctrl_c(monkeypatch):
    def use(lines: list[str]) -> None:
        telnet, ssh = (line.split() for line in lines)
        assert telnet[:2] == ["telnet", "127.0.0.1"]
        assert greeting(telnet[2]) == b"\xff\xfb\x01"
        assert greeting(ssh[4]) == b"SSH"

    simulated(monkeypatch, TAPE, "--telnet", "0", "--ssh", "0", "--drop", "show version=40", use=use)


def test_many_devices_are_told_apart_by_their_names(monkeypatch):
    banners = []

    def use(lines: list[str]) -> None:
        for line in lines:
            with socket.create_connection(("127.0.0.1", int(line.split()[-1])), timeout=SECONDS) as sock:
                sock.sendall(b"demo\r\0demo-login\r\0exit\r\0")
                seen = b""
                while data := sock.recv(4096):
                    seen += data
                banners.append(seen.split(b"\r\n")[-2])

    simulated(monkeypatch, TAPE, "--telnet", "0", "--count", "3", use=use)
    assert banners == [b"r1>exit", b"r1-2>exit", b"r1-3>exit"]


def test_a_shell_gets_a_password_that_nobody_else_knows(monkeypatch):
    said = [simulated(monkeypatch, "--ssh", "0", "--shell", "/bin/sh") for _run in range(2)]
    assert len({line.split()[-1] for line in said}) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["no.yml", "--telnet", "0"], "no.yml: cannot read the tape: No such file or directory."),
        ([TAPE], "There is no port to listen on. Add --telnet 0 or --ssh 0."),
        (["--telnet", "0"], "A telnet host needs a tape."),
        ([TAPE, "--telnet", "65535", "--count", "2"], "invalid port 65536."),
    ],
)
def test_what_cannot_be_is_one_sentence(capsys, words, message):
    assert main(["simulate", *words]) == 1
    said = capsys.readouterr()
    assert said.err.startswith(message)
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--count", "0"], "argument --count: expected a number above 0, got '0'"),
        (["--chunk", "x"], "argument --chunk: expected a number above 0, got 'x'"),
        (["--drop", "show version"], "argument --drop: expected COMMAND=N, got 'show version'"),
        (["--drop", "show=all"], "argument --drop: expected COMMAND=N, got 'show=all'"),
    ],
)
def test_a_number_that_is_none_is_told(capsys, words, message):
    with pytest.raises(SystemExit):
        main(["simulate", TAPE, "--telnet", "0", *words])
    assert capsys.readouterr().err.endswith(f"{message}\n")


def test_a_port_that_is_taken_is_one_sentence(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["simulate", "--ssh", port, "--shell", "/bin/sh"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("A host cannot listen on 127.0.0.1: Address already in use")
    assert told.count("\n") == 1


def test_a_reader_that_has_seen_enough_is_no_error(monkeypatch):
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert main(["simulate", TAPE, "--telnet", "0"]) == 1


def test_it_is_a_command_of_the_package():
    with subprocess.Popen(
        [sys.executable, "-m", "pyco_core", "simulate", TAPE, "--telnet", "0"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("telnet 127.0.0.1 ")
        process.terminate()
        assert process.wait(SECONDS) == 0
