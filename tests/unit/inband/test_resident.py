# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs beside each other on one terminal, and the commands of the session between them."""

from __future__ import annotations

import io
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pyco_core.device import Device, device
from pyco_core.errors import OutOfStep, SessionClosed, SessionTimedOut
from pyco_core.inband import scripts
from pyco_core.inband.frames import OUT, STATUS, VALUE, Event
from pyco_core.inband.resident import Resident
from pyco_core.inband.starter import PARALLEL, TypedStarter
from pyco_core.models.command import Command
from pyco_core.models.execute import PLAIN, Become, Execute, Executed, Start
from pyco_core.session.send import send
from pyco_core.session.session import Session
from pyco_core.shell.channels import ChannelShell
from pyco_core.shell.runner.runners import Runners
from tests.unit.inband.conftest import PARAMS, SECONDS, SHELLS, Opener
from tests.unit.session.scripted import soon

BYTES = bytes(range(256))
PROGRAM = b"_ANSIBALLZ_WRAPPER = 1\nimport os, sys\nprint(os.getppid())\nsys.exit(3)\n"
MODULE = Execute(f"/bin/sh -c '{sys.executable}'", PROGRAM, runner=True)


def shell_of(session: Session, seconds: float = SECONDS) -> ChannelShell:
    return ChannelShell(TypedStarter(session, seconds), seconds)


@pytest.fixture(params=PARAMS)
def session(request: pytest.FixtureRequest, open_shell: Opener) -> Session:
    return open_shell(*request.param)


@pytest.fixture
def bash(open_shell: Opener) -> Session:
    return open_shell(*SHELLS["bash"])


def resident_of(session: Session) -> Resident:
    assert isinstance(session.occupant, Resident)
    return session.occupant


def test_modules_share_a_runner_beside_other_programs_and_files(session: Session, tmp_path: Path) -> None:
    shell = shell_of(session)
    assert shell.is_parallel
    runners = Runners(shell.stream)
    parents = set()
    for _round in range(3):
        result = runners.run(MODULE)
        assert result is not None
        assert (result.status, result.stderr, result.runner) == (3, b"", True)
        parents.add(result.stdout)
        assert shell.execute(Execute("cat; echo two >&2; exit 5", BYTES)) == Executed(5, BYTES, b"two\n")
        shell.put(io.BytesIO(BYTES * 3000), str(tmp_path / "file"))
        sink = io.BytesIO()
        shell.fetch(str(tmp_path / "file"), sink)
        assert sink.getvalue() == BYTES * 3000
    assert len(parents) == 1
    runners.close()


def test_command_of_the_session_ends_the_programs_and_finds_the_shell_as_it_was(session: Session) -> None:
    state = Command("umask; pwd; stty -g; echo $X $-", check=False)
    before = send(session, state, soon(SECONDS))
    shell = shell_of(session)
    runners = Runners(shell.stream)
    for _round in range(2):
        assert runners.run(MODULE) is not None
        assert session.is_occupied
        assert send(session, state, soon(SECONDS)) == before
        assert not session.is_occupied
    with pytest.raises(SessionClosed, match="ended by the next command"):
        _stale(shell, session)


def _stale(shell: ChannelShell, session: Session) -> None:
    """Read from a program that a command has ended."""
    stream = shell.stream("cat")
    send(session, Command("true"), soon(SECONDS))
    stream.close()
    stream = shell.stream("cat")
    send(session, Command("true"), soon(SECONDS))
    stream.read(1, soon(SECONDS))


def test_program_that_asks_has_the_terminal_alone(bash: Session) -> None:
    shell = shell_of(bash)
    assert shell.is_parallel
    become = Become("env", "MARK-1")
    assert shell.execute(Execute("echo MARK-1; cat", BYTES, become)) == Executed(0, BYTES)
    assert not bash.is_occupied
    assert shell.is_parallel


def test_plain_program_uses_a_resident_that_is_there(bash: Session) -> None:
    shell = shell_of(bash)
    assert shell.execute(Execute("echo one")) == Executed(0, b"one\n")
    assert not bash.is_occupied
    assert shell.is_parallel
    resident = resident_of(bash)
    assert shell.execute(Execute("echo two")) == Executed(0, b"two\n")
    assert resident_of(bash) is resident


def test_host_without_python_has_one_program_at_a_time(
    bash: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripts, "PYTHONS", "/nowhere/python3")
    shell = shell_of(bash)
    assert [shell.is_parallel for _ in range(2)] == [False, False]
    assert shell.execute(Execute("echo here")) == Executed(0, b"here\n")


def test_silent_program_is_given_up_and_the_session_goes_on(bash: Session) -> None:
    stream = shell_of(bash).stream("cat >/dev/null; sleep 60")
    with pytest.raises(SessionTimedOut, match="did not answer"):
        stream.read(1, time.monotonic())
    stream.close()
    stream.close()
    assert shell_of(bash).execute(Execute("echo here")) == Executed(0, b"here\n")


def test_input_waits_for_a_program_that_reads_slowly(bash: Session, tmp_path: Path) -> None:
    shell = shell_of(bash)
    os.mkfifo(tmp_path / "go")
    with TypedStarter(bash, SECONDS).program(
        f"cat {tmp_path}/go; cat | wc -c".encode(), soon(SECONDS), PARALLEL
    ) as program:
        sent = sum(iter(lambda: program.send(BYTES * 1024), 0))
        (tmp_path / "go").write_text("begin\n")
        output = b""
        program.end_input()
        program.end_input()
        assert program.send(b"late") == 4
        while not program.has_ended:
            output += program.receive()[0]
            program.wait(1)
        assert program.status == 0
        program.end_input()
        assert program.send(b"dropped") == 7
    assert output == b"begin\n%d\n" % sent
    assert shell.execute(Execute("echo here")) == Executed(0, b"here\n")


def test_program_that_reads_nothing_takes_all_input(bash: Session) -> None:
    shell = shell_of(bash)
    assert shell.is_parallel
    result = shell.execute(Execute("exec <&-; seq 20000 | wc -l", BYTES * 9000))
    assert result == Executed(0, b"20000\n")


def test_signal_and_daemon_end_as_by_ssh(bash: Session) -> None:
    shell = shell_of(bash)
    assert shell.is_parallel
    assert shell.execute(Execute("kill -9 $$")).status == 255
    result = shell.execute(Execute("(sleep 0.2; echo later) & exit 4"))
    assert result == Executed(4, b"later\n")
    result = shell.execute(Execute("exec >&- 2>&-; sleep 0.2; exit 6"))
    assert result == Executed(6)


@pytest.mark.parametrize("start", [PARALLEL, PLAIN], ids=["resident", "plain"])
def test_nothing_is_awaited_after_the_end_of_a_program(bash: Session, start: Start) -> None:
    with TypedStarter(bash, SECONDS).program(b"exit 5", soon(SECONDS), start) as program:
        while not program.has_ended:
            assert program.receive() == (b"", b"")  # the status arrives without output
            program.end_input()
        assert program.wait(0.0)
        assert program.status == 5


def test_program_cannot_reach_the_terminal(bash: Session) -> None:
    shell = shell_of(bash)
    assert shell.is_parallel
    assert shell.execute(Execute("echo x >/dev/tty")).status != 0


def test_resident_that_is_killed_is_an_error_and_then_replaced(bash: Session) -> None:
    shell = shell_of(bash)
    parent = int(shell.execute(Execute("echo $PPID"), lambda *_both: None).status)
    assert parent == 0
    seen: list[bytes] = []
    shell.execute(Execute("echo $PPID"), lambda stdout, _stderr: seen.append(stdout))
    os.kill(int(b"".join(seen)), signal.SIGKILL)
    deadline = soon(SECONDS)
    while bash.is_occupied and time.monotonic() < deadline:
        continue
    assert not bash.is_occupied
    assert send(bash, Command("echo here"), soon(SECONDS)) == "here"
    with pytest.raises(OutOfStep, match="has ended"):
        shell.execute(Execute("kill -9 $PPID; sleep 5"), lambda *_both: None)
    assert bash.closed_reason
    assert not bash.is_occupied


def test_resident_that_does_not_leave_is_a_timeout(bash: Session) -> None:
    seen: list[bytes] = []
    shell_of(bash).execute(Execute("echo $PPID"), lambda stdout, _stderr: seen.append(stdout))
    pid = int(b"".join(seen))
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(SessionTimedOut):
        resident_of(bash).leave(time.monotonic() + 0.3)
    assert bash.closed_reason
    with suppress(ProcessLookupError):  # the end of its terminal may have ended it
        os.kill(pid, signal.SIGKILL)


class Hostile:
    """Answers of a host that does not run our program."""

    has_ended = False

    def __init__(self, *events: Event) -> None:
        self._events = iter(events)

    def take(self) -> Event | None:
        return next(self._events, None)


def test_answers_that_fit_no_program_are_dropped() -> None:
    values = [(VALUE, answer) for answer in (b"x", b"99", b"99+", b"99#1", b"1#")]
    talk: Any = Hostile(*values, (OUT, b"output of an unknown program"), (STATUS, b"0"))
    assert Resident(talk).is_ready
    assert talk.take() is None


def test_resident_of_a_lost_session_is_not_ready() -> None:
    class Lost:
        def take(self) -> Event | None:
            raise SessionClosed("lost")

    talk: Any = Lost()
    assert not Resident(talk).is_ready


def test_output_of_a_program_that_was_closed_is_dropped(bash: Session) -> None:
    shell = shell_of(bash)
    for _round in range(3):
        stream = shell.stream("cat; yes")
        stream.write(BYTES * 2000, soon(SECONDS))
        assert stream.read(100, soon(SECONDS))
        stream.close()
    assert shell.execute(Execute("echo here")) == Executed(0, b"here\n")


def test_runner_of_a_device_lasts_over_commands_of_other_kinds() -> None:
    with device("exec:///bin/sh", driver="linux") as host:
        first = _ran(host)
        assert host.execute("echo one") == Executed(0, b"one\n")
        assert _ran(host) == first
        assert host("echo typed") == "typed"
        assert _ran(host) != first


def _ran(host: Device) -> bytes:
    result = host.execute(MODULE)
    assert (result.status, result.runner) == (3, True)
    return result.stdout
