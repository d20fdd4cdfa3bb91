# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m pyco_core simulate`, in this process and in one of its own."""

from __future__ import annotations

import io
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread, get_ident

import pytest

from pyco_core.__main__ import main

TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"
TIMEOUT = 10.0


class FlushedOutput(io.StringIO):
    """A standard output with an event for its flush: the hosts listen then."""

    def __init__(self) -> None:
        super().__init__()
        self.flushed = Event()

    def flush(self) -> None:
        self.flushed.set()


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Enable SIGINT, which a process in the background ignores, and restore the handlers at the end."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def simulate(
    monkeypatch: pytest.MonkeyPatch, *arguments: str, use: Callable[[list[str]], object] = len
) -> str:
    """Run the command, call `use` with the printed lines, press Ctrl-C, and return the output."""
    output = FlushedOutput()
    failures: list[Exception] = []
    main_thread = get_ident()

    def user() -> None:
        try:
            assert output.flushed.wait(TIMEOUT)
            use(output.getvalue().splitlines())
        except (AssertionError, OSError) as exc:
            failures.append(exc)
        finally:
            signal.pthread_kill(main_thread, signal.SIGINT)

    monkeypatch.setattr(sys, "stdout", output)
    thread = Thread(target=user)
    thread.start()
    assert main(["simulate", *arguments]) == 0
    thread.join()
    assert not failures, failures
    return output.getvalue()


def first_bytes(port: str) -> bytes:
    with socket.create_connection(("127.0.0.1", int(port)), timeout=TIMEOUT) as sock:
        return sock.recv(3)


def test_printed_commands_connect_until_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    def use(lines: list[str]) -> None:
        telnet, ssh = (line.split() for line in lines)
        assert telnet[:2] == ["telnet", "127.0.0.1"]
        assert first_bytes(telnet[2]) == b"\xff\xfb\x01"
        assert ssh[:2] == ["ssh", "-o"]
        assert first_bytes(ssh[4]) == b"SSH"

    simulate(monkeypatch, TAPE, "--telnet", "0", "--ssh", "0", "--drop", "show version=40", use=use)


def test_several_hosts_have_different_names(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = []

    def use(lines: list[str]) -> None:
        for line in lines:
            with socket.create_connection(("127.0.0.1", int(line.split()[-1])), timeout=TIMEOUT) as sock:
                sock.sendall(b"demo\r\0demo-login\r\0exit\r\0")
                output = b""
                while data := sock.recv(4096):
                    output += data
                prompts.append(output.split(b"\r\n")[-2])

    simulate(monkeypatch, TAPE, "--telnet", "0", "--count", "3", use=use)
    assert prompts == [b"r1>exit", b"r1-2>exit", b"r1-3>exit"]


def test_password_of_shell_is_random(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = [simulate(monkeypatch, "--ssh", "0", "--shell", "/bin/sh") for _run in range(2)]
    assert len({line.split()[-1] for line in outputs}) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no.yml", "--telnet", "0"], "no.yml: cannot read the tape: No such file or directory."),
        ([TAPE], "There is no port to listen on. Add --telnet 0 or --ssh 0."),
        (["--telnet", "0"], "A telnet host needs a tape. Add the path of a tape."),
        (
            [TAPE, "--telnet", "65535", "--count", "2"],
            "There is no port 65536: ports are 0 to 65535. It is that of host 2, from port 65535 on.",
        ),
    ],
)
def test_invalid_arguments_are_error_of_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["simulate", *arguments]) == 1
    err = capsys.readouterr().err
    assert err.startswith(message)
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--telnet", "65536"], "argument --telnet: expected a port from 0 to 65535, got '65536'"),
        (["--ssh", "-1"], "argument --ssh: expected a port from 0 to 65535, got '-1'"),
        (["--ssh", "first"], "argument --ssh: expected a port from 0 to 65535, got 'first'"),
        (["--count", "0"], "argument --count: expected a number above 0, got '0'"),
        (["--chunk", "x"], "argument --chunk: expected a number above 0, got 'x'"),
        (["--drop", "show version"], "argument --drop: expected COMMAND=N, got 'show version'"),
        (["--drop", "show=all"], "argument --drop: expected COMMAND=N, got 'show=all'"),
    ],
)
def test_invalid_option_value_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["simulate", TAPE, "--telnet", "0", *arguments])
    assert capsys.readouterr().err.endswith(f"{message}\n")


def test_port_in_use_is_error_of_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert main(["simulate", "--ssh", port, "--shell", "/bin/sh"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("A host cannot listen on 127.0.0.1: Address already in use")
    assert err.count("\n") == 1


def test_closed_pipe_ends_command(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert main(["simulate", TAPE, "--telnet", "0"]) == 1
    assert signal.set_wakeup_fd(-1) == -1


def test_sigterm_ends_process_with_status_0() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pyco_core", "simulate", TAPE, "--telnet", "0"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("telnet 127.0.0.1 ")
        process.terminate()
        assert process.wait(TIMEOUT) == 0


def test_device_with_configuration_needs_no_tape(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    running = tmp_path / "r9.cfg"
    running.write_text("hostname r9\n")

    def use(lines: list[str]) -> None:
        assert first_bytes(lines[0].split()[2]) == b"\xff\xfb\x01"

    for arguments in ([], ["--running", str(running)]):
        simulate(monkeypatch, "--configuration", "ios", "--telnet", "0", *arguments, use=use)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--running", "x"], "--running needs a platform."),
        ([TAPE, "--configuration", "ios"], "A tape and --configuration exclude each other."),
        (["--configuration", "ios", "--running", "/nonexistent"], "--running: cannot read /nonexistent"),
    ],
)
def test_wrong_configuration_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["simulate", "--telnet", "0", *arguments]) != 0
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        *(
            ([option, "("], f"argument {option}: invalid regular expression '(': missing ")
            for option in ("--refuse", "--uncommittable", "--down", "--needed")
        ),
        *(
            ([option, value], f"argument {option}: expected 0 to 604800 seconds, got {value!r}")
            for option in ("--pause", "--delay")
            for value in ("-1", "nan", "x")
        ),
    ],
)
def test_invalid_fault_is_a_wrong_argument(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["simulate", "--configuration", "ios", "--telnet", "0", "=".join(arguments)])
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_unreadable_configuration_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing, binary = tmp_path / "missing", tmp_path / "binary"
    binary.write_bytes(b"\xff")
    for path, message in (
        (missing, f"--running: cannot read {missing}: No such file or directory.\n"),
        (binary, f"--running: {binary} is not a text in UTF-8.\n"),
    ):
        assert main(["simulate", "--configuration", "ios", "--telnet", "0", "--running", str(path)]) == 1
        assert capsys.readouterr().err.endswith(message)


def test_valid_faults_start_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = ("--refuse", "^mtu (9|1)", "--pause", "0", "--delay", "0.5")
    lines = simulate(monkeypatch, "--configuration", "ios", "--telnet", "0", *faults).splitlines()
    assert [line.split()[0] for line in lines] == ["telnet"]
