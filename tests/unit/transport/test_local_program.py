# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of an exec login."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pyco_core.errors import ClientMissing, InvalidParameter
from pyco_core.transport import local_command, process
from pyco_core.transport.base import Closed, Ended
from pyco_core.transport.local_program import LocalProgram

from .conftest import soon
from .processes import Crowd

Start = Callable[[str], LocalProgram]


@pytest.fixture
def start() -> Iterator[Start]:
    programs = []

    def start(command: str) -> LocalProgram:
        programs.append(LocalProgram(command))
        return programs[-1]

    yield start
    for program in programs:
        program.close()


def output(program: LocalProgram) -> tuple[bytes, str]:
    """Return everything that a program prints, and the clause about its end."""
    text = b""
    try:
        while True:
            text += program.read(soon())
    except Ended as exc:
        return text, exc.text


def test_command_is_split_like_shell_and_not_expanded(start: Start) -> None:
    assert output(start("""printf '<%s>' 'a b' "c'd" $HOME * \\;"""))[0] == b"<a b><c'd><$HOME><*><;>"


def test_program_runs_in_root_folder(start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert output(start("sh -c pwd"))[0] == b"/\r\n"
    assert output(start("bin/sh -c pwd"))[0] == b"/\r\n"


def test_name_with_blank_and_quote_is_one_program(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "my 'own' program"
    file.write_text("#!/bin/sh\necho $# arguments\n")
    file.chmod(0o700)
    assert output(start(f'"{file}"')) == (b"0 arguments\r\n", "ended with status 0")


@pytest.mark.parametrize(
    ("command", "ending"),
    [("sh -c 'exit 3'", "ended with status 3"), ("sh -c 'kill -9 $$'", "was ended by SIGKILL")],
)
def test_end_of_program_has_status(start: Start, command: str, ending: str) -> None:
    assert output(start(command)) == (b"", ending)


def test_program_that_closes_its_terminal_is_named(start: Start) -> None:
    program = start("sh -c 'trap \"\" HUP; exec sleep 60 <&- >&- 2>&-'")
    assert output(program)[1] == "closed its terminal"


def test_status_is_known_without_descriptors_of_processes(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_pid: int) -> int:
        raise AttributeError

    program = start("sh -c 'read line; exit 4'")
    monkeypatch.setattr(os, "pidfd_open", missing, raising=False)
    program.write(b"\n", soon())
    assert output(program)[1] in ("ended with status 4", "closed its terminal")


def test_read_of_closed_program_is_closed(start: Start) -> None:
    program = start("cat")
    program.close()
    with pytest.raises(Closed) as caught:
        program.read(soon())
    assert not isinstance(caught.value, Ended)


@pytest.mark.parametrize("command", ["'sh", "sh \\"])
def test_open_quotation_mark_is_an_error(command: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        LocalProgram(command)
    assert caught.value.message == "The command has an open quotation mark or a backslash at its end."


def test_empty_name_of_program_is_an_error() -> None:
    with pytest.raises(InvalidParameter, match="The name of the program is empty"):
        LocalProgram("'' x")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("no-such-program x", "The program no-such-program cannot be run on this machine."),
        ("/no/program", "The program /no/program cannot be run on this machine: No such file or directory."),
        ("/bin/sh/linux", "The program /bin/sh/linux cannot be run on this machine: Not a directory."),
        ("/etc", "The program /etc cannot be run on this machine: it is a folder."),
        ("/etc/passwd x", "The program /etc/passwd cannot be run on this machine: it is not executable."),
    ],
)
def test_program_that_cannot_run_is_an_error_with_reason(command: str, message: str) -> None:
    with pytest.raises(ClientMissing) as caught:
        LocalProgram(command)
    assert caught.value.message == message


def test_file_without_program_format_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    (tmp_path / "empty").chmod(0o700)
    with pytest.raises(ClientMissing, match=r"cannot be started: Exec format error\."):
        LocalProgram(str(tmp_path / "empty"))


def test_close_ends_background_jobs_in_groups_of_their_own(start: Start, tmp_path: Path) -> None:
    crowd = Crowd(tmp_path)
    job = "trap '' HUP TERM; echo started >&9; while :; do sleep 60; done"
    program = start(crowd.script(f"set -m\n({job}) &\nwait"))
    crowd.wait_for_start()
    program.close()
    assert crowd.is_gone()
    crowd.close()


def test_killed_owner_leaves_no_program(tmp_path: Path) -> None:
    crowd = Crowd(tmp_path)
    script = crowd.script("echo started >&9; (sleep 60; sleep 60); sleep 60")
    code = (
        "import os, signal; from pyco_core.transport.local_program import LocalProgram\n"
        f"program = LocalProgram({script!r}); program.read(1e9) if os.read(0, 1) else os.kill(os.getpid(), 9)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as owner:
        crowd.wait_for_start()
        assert owner.stdin is not None
        owner.stdin.close()
        assert owner.wait(20) == -signal.SIGKILL
    assert crowd.is_gone()
    crowd.close()


def test_close_without_force_leaves_session(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    program = start("cat")
    program.close(force=False)
    assert not program.alive


def test_process_that_ends_during_search_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_path: Path, **_options: str) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", gone)
    local_command.end_session(os.getsid(0))


def test_program_gets_signals_that_this_process_ignores(start: Start) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert output(start("sh -c 'kill -HUP $$; echo ignored'")) == (b"", "was ended by SIGHUP")
        handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGQUIT)]
        process.restore_signals()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
        signal.signal(signal.SIGINT, handlers[0])
        signal.signal(signal.SIGQUIT, handlers[1])
    finally:
        signal.signal(signal.SIGHUP, before)
