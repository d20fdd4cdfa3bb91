# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts that do not start, do not end, or are disturbed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from pyco_core.driver.compiler import load
from pyco_core.errors import OutOfStep, ProgramsRefused, SessionClosed, SessionTimedOut
from pyco_core.inband import program, scripts, tools
from pyco_core.inband.starter import KNOWN_TOOLS, TypedStarter
from pyco_core.models.command import Command
from pyco_core.models.execute import Become, Execute, Executed
from pyco_core.models.settings import Settings
from pyco_core.session.login import login
from pyco_core.session.send import send
from pyco_core.session.session import Session
from pyco_core.shell.channels import ChannelShell
from tests.unit.inband.conftest import SECONDS, SHELLS, Opener
from tests.unit.session.scripted import endpoint, soon

SHORT = 0.3


def shell_of(session: Session, seconds: float = SECONDS) -> ChannelShell:
    return ChannelShell(TypedStarter(session, seconds), seconds)


def on_the_terminal(session: Session) -> ChannelShell:
    """Return a shell whose programs can write to the terminal, because the host has no setsid."""
    shell = shell_of(session)
    known = TypedStarter(session, SECONDS).tools
    KNOWN_TOOLS[session] = tools.Tools(known.decoder, known.encoder, known.take, "", known.window)
    return shell


def test_restricted_shell_is_an_error_that_leaves_the_session_usable(open_shell: Opener) -> None:
    session = open_shell("bash", "--norc", "--noprofile", "-r", "-i")
    for _round in range(2):
        with pytest.raises(ProgramsRefused, match=r"did not run /bin/sh: .*restricted") as error:
            shell_of(session).execute(Execute("echo one\necho two"))
        assert error.value.hop == 1
    assert send(session, Command("echo here"), soon()) == "here"


def test_message_within_the_output_closes_the_session(open_shell: Opener) -> None:
    session = open_shell(*SHELLS["bash"])
    with pytest.raises(OutOfStep, match="Other text appeared"):
        on_the_terminal(session).execute(Execute("echo 'Message from root@box:' >/dev/tty; sleep 60"))
    assert session.closed_reason


@pytest.mark.parametrize("terminal", [False, True])
def test_messages_beside_the_output_are_dropped(open_shell: Opener, terminal: bool) -> None:
    session = open_shell(*SHELLS["dash"])
    place = send(session, Command("tty"), soon(SECONDS))
    seen: list[bytes] = []
    order = Execute(f"seq 30000 >{place}; echo one", terminal=terminal)
    result = shell_of(session).execute(order, lambda stdout, _stderr: seen.append(stdout))
    assert (result.status, b"".join(seen).split()) == (0, [b"one"])
    assert send(session, Command("echo here"), soon()) == "here"


def test_program_that_ends_the_script_is_an_error(open_shell: Opener) -> None:
    session = open_shell(*SHELLS["bash"])
    with pytest.raises(OutOfStep, match="has ended the script"):
        on_the_terminal(session).execute(Execute("kill -9 0"))
    assert session.closed_reason


def test_prompt_of_a_hop_is_the_end_of_the_session(open_shell: Opener) -> None:
    parent = open_shell(*SHELLS["bash"])
    parent.start_client("env PS1='inner> ' bash --norc --noprofile -i", soon(SECONDS))
    nested = Session(parent, load("linux"), endpoint(protocol="ssh"), Settings(), hop=2, authenticated=True)
    login(nested, soon(SECONDS))
    pid = send(nested, Command("echo $$"), soon(SECONDS))
    with pytest.raises(SessionClosed):
        shell_of(nested).execute(Execute(f"kill -9 {pid}; sleep 60"))


def test_shell_that_does_not_answer_is_a_timeout(open_shell: Opener) -> None:
    session = open_shell(*SHELLS["bash"])
    pid = int(send(session, Command("echo $$"), soon(SECONDS)))
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(SessionTimedOut):
        shell_of(session, SHORT).execute(Execute("echo here"))


@pytest.mark.parametrize(
    ("script", "error"), [("pyco_v=none", ProgramsRefused), ("sleep 9", SessionTimedOut)]
)
def test_host_without_tools_is_an_error(
    script: str, error: type[Exception], open_shell: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "search", lambda: script)
    with pytest.raises(error):
        shell_of(open_shell(*SHELLS["bash"]), 2 * SHORT).execute(Execute("echo here"))


@pytest.mark.parametrize("terminal", [False, True])
def test_python_that_does_not_start_is_a_timeout(
    open_shell: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    (tmp_path / "python").write_text("#!/bin/sh\nexec sleep 9\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(scripts, "PYTHONS", str(tmp_path / "python"))
    session = open_shell(*SHELLS["bash"])
    with pytest.raises(SessionTimedOut):
        shell_of(session, 4.0).execute(Execute("echo here", terminal=terminal), lambda *_both: None)
    assert session.closed_reason


def test_program_that_shows_no_marker_is_a_timeout(
    open_shell: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "GRACE", 0.1)
    session = open_shell(*SHELLS["bash"])
    with pytest.raises(SessionTimedOut):
        shell_of(session).execute(Execute("exec sleep 9", b"", Become("sudo", "MARK"), timeout=2 * SHORT))
    assert session.closed_reason


def test_program_that_goes_on_after_an_error_closes_the_session(
    open_shell: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "GRACE", 0.1)
    session = open_shell(*SHELLS["bash"])

    def fail(_stdout: bytes, _stderr: bytes) -> None:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        shell_of(session).execute(Execute("echo one; exec sleep 9", terminal=True), fail)
    assert session.closed_reason


def test_silent_peer_is_the_end_of_the_session(open_shell: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    session = open_shell(*SHELLS["bash"])
    starter = TypedStarter(session, SECONDS)
    starter.check()
    monkeypatch.setattr(type(session.channel.transport), "is_silent", True)
    with pytest.raises(SessionClosed):
        starter.check()


def test_stream_passes_bytes_in_both_directions(open_shell: Opener) -> None:
    session = open_shell(*SHELLS["bash"])
    stream = shell_of(session).stream("cat; echo end")
    data = bytes(range(256)) * 3000
    stream.write(data, soon(SECONDS))
    received = b""
    while len(received) < len(data):
        received += stream.read(1000, soon(SECONDS))
    assert received == data
    stream.close()
    stream.close()
    assert shell_of(session).execute(Execute("echo here")) == Executed(0, b"here\n")


def test_stream_whose_session_is_lost_ends_in_an_error(open_shell: Opener) -> None:
    session = open_shell(*SHELLS["bash"])
    stream = shell_of(session).stream("cat")
    session.channel.transport.close()
    with pytest.raises(SessionClosed):
        stream.read(1000, soon(SECONDS))
    stream.close()
