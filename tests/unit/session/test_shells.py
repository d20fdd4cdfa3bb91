# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver linux on real shells, each on a pty of its own."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from pyco_core.driver.compiler import load
from pyco_core.errors import CommandError, SessionClosed, SessionTimedOut
from pyco_core.models.command import Command
from pyco_core.models.reply import Reply
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.session.login import login, logout
from pyco_core.session.send import send
from pyco_core.session.session import Session
from pyco_core.transport.process import Process

from .installed import installed
from .scripted import check_useless, endpoint, soon

BASH = ("bash", "--norc", "--noprofile", "-i")
SHELLS = {
    "bash": BASH,
    "bash without line editing": ("bash", "--noediting", *BASH[1:]),
    "bash in colours": ("env", r"PS1=\[\e[1;32m\]\u\[\e[0m\]:\[\e]0;title\a\]\w\$ ", *BASH),
    "bash in two lines": ("env", r"PS1=--- \h ---\n\$ ", *BASH),
    "bash with a PROMPT_COMMAND": ("env", "PROMPT_COMMAND=echo at your command; PS1='> '", *BASH),
    "dash": ("dash", "-i"),
    "busybox": ("busybox", "sh", "-i"),
    "mksh": ("mksh", "-i"),
    "zsh": ("zsh", "-f", "-i"),
}
PARAMS = installed(SHELLS)


@pytest.fixture(params=PARAMS)
def shell(request: pytest.FixtureRequest) -> Iterator[Session]:
    session = Session(
        Process(list(request.param)), load("linux"), endpoint(protocol="ssh"), Settings(), authenticated=True
    )
    try:
        login(session, soon(20))
        yield session
    finally:
        session.channel.transport.close()


@pytest.fixture
def bash() -> Iterator[Session]:
    session = Session(Process(list(BASH)), load("linux"), endpoint(), Settings(), authenticated=True)
    try:
        login(session, soon(20))
        yield session
    finally:
        session.channel.transport.close()


def run(session: Session, text: str, **more: Any) -> Reply:
    return send(session, Command(text, **more), soon(20))


def test_output_and_exit_status_are_returned(shell: Session) -> None:
    assert shell.mode == "shell"
    replies = [
        run(shell, text, check=False)
        for text in (
            "echo one; echo two",
            "true",
            "false",
            "(exit 37)",
            "printf 'no end'",
            "printf '\\n\\n'",
            "",
        )
    ]
    assert replies == ["one\ntwo", "", "", "", "no end", "\n", ""]
    assert [reply.status for reply in replies] == [0, 0, 1, 37, 0, 0, 0]


def test_shell_state_is_kept_between_commands(shell: Session) -> None:
    run(shell, "cd /usr && name='a b'")
    assert run(shell, 'echo "$PWD $name"') == "/usr a b"


def test_shell_can_be_used_after_command_error(shell: Session) -> None:
    with pytest.raises(CommandError) as caught:
        run(shell, "/no/such/program")
    assert caught.value.message.startswith("'/no/such/program' ended with status 127: ")
    assert "/no/such/program" in caught.value.output
    assert run(shell, "echo on") == "on"


def test_prompts_in_shell_output_are_ignored(shell: Session) -> None:
    token = shell.channel.token
    for text in (f"[pyco {token} 0]", f"x [pyco {token} 0] y", "$ ", "# ", "root@host:~# ", "Password: "):
        assert run(shell, f"echo '{text}'; echo more") == f"{text}\nmore"


def test_wide_command_leaves_no_echo(shell: Session) -> None:
    words = " ".join(f"word{number}" for number in range(100))
    assert run(shell, f"echo {words}") == words


@pytest.mark.parametrize(
    ("piece", "times"),
    [("x", 1100), ("x", 20000), ("'", 3000), ("\u00fc\u2713 ", 1000), ('$(false) `false` "\\', 0)],
)
def test_long_command_is_split_and_run(shell: Session, piece: str, times: int) -> None:
    text = piece * times or piece
    command = f"printf %s {shlex.quote(text)}{' ' * 1000}"
    reply = run(shell, command)
    assert (len(reply), reply == text, reply.command == command) == (len(text), True, True)
    assert (reply.status, reply.mode) == (0, "shell")
    assert run(shell, "echo on $PYCO") == "on"


def test_error_of_long_command_is_short(shell: Session) -> None:
    with pytest.raises(CommandError) as caught:
        run(shell, f"echo {'x' * 5000} >&2; exit_status() {{ return 3; }}; exit_status")
    assert len(caught.value.message) < 6000
    assert len(caught.value.command) < 300
    assert "ended with status 3" in caught.value.message


def test_long_command_can_ask_question(shell: Session) -> None:
    more = {"prompt": ("Name: ",), "answer": ("pyco",)}
    reply = run(shell, f"x={'x' * 2000}; printf 'Name: '; read name; echo \"$name\"", **more)
    assert reply.endswith("pyco")


def test_large_shell_output_is_complete(shell: Session) -> None:
    lines = run(shell, "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done").splitlines()
    assert lines == [f"line {number}" for number in range(20000)]


def test_non_ascii_text_is_returned(shell: Session) -> None:
    assert run(shell, "printf '%s' 'Gr\u00fc\u00dfe \u2713'") == "Gr\u00fc\u00dfe \u2713"


def test_question_on_terminal_is_answered(shell: Session) -> None:
    more = {"prompt": ("Password: ",), "answer": (Secret("Un4told"),)}
    reply = run(shell, "printf 'Password: '; read secret; [ \"$secret\" = Un4told ] && echo right", **more)
    assert reply.endswith("right")


def test_shell_prompt_variables_are_unset(shell: Session) -> None:
    assert "at your command" not in run(shell, "echo ok")
    assert run(shell, 'echo "[$PROMPT_COMMAND]"') == "[]"
    assert run(shell, 'echo "[$TMOUT]"') == "[]"


def test_logout_ends_shell(shell: Session) -> None:
    assert logout(shell) is False
    assert not shell.channel.transport.alive
    check_useless(shell)


def test_shell_exit_during_command_raises_session_closed(shell: Session) -> None:
    with pytest.raises(SessionClosed):
        run(shell, "echo bye; exit 3")
    check_useless(shell)


def test_killed_shell_raises_session_closed(bash: Session) -> None:
    with pytest.raises(SessionClosed):
        run(bash, "kill -9 $$")
    check_useless(bash)


def test_endless_command_times_out_and_kills_shell(bash: Session) -> None:
    assert isinstance(bash.channel.transport, Process)
    process = bash.channel.transport.pid
    assert process is not None
    with pytest.raises(SessionTimedOut):
        send(bash, Command("cat"), soon(0.03))
    check_useless(bash)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
