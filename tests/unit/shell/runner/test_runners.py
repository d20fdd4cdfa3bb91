# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runners of one login: their start, their number, their end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyco_core.errors import BecomeFailed, SessionClosed
from pyco_core.models.execute import Execute
from pyco_core.shell.base import Stream
from pyco_core.shell.runner.runners import MOST_RUNNERS, Runners

from .served import ProcessStream, measured_command, shell_stream

PYTHON = sys.executable
MODULES = int(os.environ.get("PYCO_MODULES", "50"))  # in a row


class Login:
    """A login whose streams are local processes."""

    def __init__(self) -> None:
        self.streams: list[ProcessStream] = []
        self.is_measured = False
        self.runners = Runners(self.start)

    def start(self, text: str) -> Stream:
        """Start a program."""
        stream = ProcessStream(measured_command(PYTHON)) if self.is_measured else shell_stream(text)
        self.streams.append(stream)
        return stream

    def run(self, program: str, words: str = PYTHON) -> tuple[int, str] | None:
        """Run a module; return status and stdout."""
        order = Execute(f"/bin/sh -c '{words}'", f"_ANSIBALLZ_WRAPPER = 1\n{program}\n".encode())
        result = self.runners.run(order)
        return (result.status, result.stdout.decode()) if result else None


@pytest.fixture
def login() -> Iterator[Login]:
    login = Login()
    yield login
    login.runners.close()
    assert all(stream.process.poll() is not None for stream in login.streams)


@pytest.mark.parametrize("words", ["/nowhere/python3", "/bin/false", "/bin/cat"])
def test_host_without_python_runs_modules_as_they_are(login: Login, words: str) -> None:
    assert [login.run("print(1)", words) for _ in range(2)] == [None, None]
    assert len(login.streams) == 1


def test_wrong_become_password_is_not_tried_again() -> None:
    def start(text: str) -> Stream:
        raise BecomeFailed("Incorrect sudo password")

    with pytest.raises(BecomeFailed):
        Runners(start).run(Execute(f"/bin/sh -c '{PYTHON}'", b"_ANSIBALLZ_WRAPPER = 1"))


def test_output_goes_to_the_callback() -> None:
    pieces: list[bytes] = []
    runners = Runners(shell_stream)
    order = Execute(f"/bin/sh -c '{PYTHON}'", b"_ANSIBALLZ_WRAPPER = 1\nprint('x')", timeout=20)
    result = runners.run(order, lambda out, err: pieces.append(out))
    runners.close()
    assert result is not None
    assert (result.status, result.stdout, b"".join(pieces)) == (0, b"", b"x\n")


def test_environment_is_that_of_one_module(login: Login) -> None:
    program = "import os; print(os.environ.get('A'), os.environ.get('PYTHONHASHSEED'))"
    assert login.run(program, f"A=1 {PYTHON}") == (0, "1 None\n")
    assert login.run(program) == (0, "None None\n")
    assert len(login.streams) == 1
    # Python reads this one only when it starts.
    assert login.run("print(hash('a') == hash('a'))" + "\n" + program, f"PYTHONHASHSEED=1 {PYTHON}") == (
        0,
        "True\nNone 1\n",
    )
    assert len(login.streams) == 2


def test_number_of_runners_is_limited(login: Login) -> None:
    for number in range(MOST_RUNNERS + 1):
        assert login.run("print(1)", f"LC_X={number} {PYTHON}") == (0, "1\n")
    assert [stream.process.poll() is None for stream in login.streams] == [False] + [True] * MOST_RUNNERS


def test_new_package_restarts_the_runner(login: Login, tmp_path: Path) -> None:
    words = f"PYTHONPATH={tmp_path} {PYTHON}"
    assert login.run("import new", words) == (1, "")
    (tmp_path / "new.py").write_text("print('new')")
    assert login.run("import new", words) == (0, "new\n")
    assert len(login.streams) == 2


def test_module_that_ends_the_runner_is_not_repeated(login: Login, tmp_path: Path) -> None:
    with pytest.raises(SessionClosed, match="module runner has ended"):
        login.run(f"open({str(tmp_path / 'x')!r}, 'a').write('x')\nimport os; os.kill(os.getppid(), 9)")
    assert (tmp_path / "x").read_text() == "x"
    assert login.run("print(1)") == (0, "1\n")


def test_runner_ends_with_its_stream_but_the_module_goes_on(login: Login, tmp_path: Path) -> None:
    login.is_measured = True
    fifo, file = tmp_path / "fifo", tmp_path / "file"
    os.mkfifo(fifo)
    program = (
        f"print('begin', flush=True)\ndata = open({str(fifo)!r}).read()\nopen({str(file)!r}, 'w').write(data)"
    )
    order = Execute(
        f"/bin/sh -c '{PYTHON}'", f"_ANSIBALLZ_WRAPPER = 1\n{program}\nopen({str(fifo)!r}, 'w')".encode()
    )

    def leave(stdout: bytes, stderr: bytes) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        login.runners.run(order, leave)
    assert login.streams[0].process.poll() == 0
    fifo.write_text("content")
    with fifo.open():  # until the module has written
        assert file.read_text() == "content"


def test_runner_that_ended_meanwhile_is_replaced(login: Login) -> None:
    result = login.run("import os; print(os.getppid())")
    assert result is not None
    os.kill(int(result[1]), signal.SIGKILL)
    login.streams[0].process.wait()
    assert login.run("print(2)") == (0, "2\n")


def test_many_modules_leave_nothing_behind(login: Login) -> None:
    login.run("pass")
    runner = login.streams[0].process.pid

    def state() -> tuple[int, int]:
        with open(f"/proc/{runner}/statm") as statm:
            return len(os.listdir(f"/proc/{runner}/fd")), int(statm.read().split()[1])

    login.run("x = bytearray(10 ** 7)")
    descriptors, pages = state()
    for _ in range(MODULES):
        assert login.run("open('/dev/null'); print('x' * 1000)") == (0, "x" * 1000 + "\n")
    assert state()[0] == descriptors
    assert state()[1] <= pages + 64
