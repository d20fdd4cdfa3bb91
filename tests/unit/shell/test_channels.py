# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs on a real sshd, by channels of the shared login, with OpenSSH's own client as the reference."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from pyco_core.device import Device, device
from pyco_core.errors import BecomeFailed, LoginRefused, SessionClosed, SessionTimedOut
from pyco_core.models.execute import Become, Execute, Executed
from pyco_core.models.secret import Secret
from tests.unit.sshd import Sshd

from .conftest import SETTINGS

# Reads a line without echo, as sudo does with -S, and asks on stderr.
ASK = """printf 'key=1 password:' >&2; read -r p; [ "$p" = right ] || { echo Sorry >&2; exit 1; }; """
SUDO = Become("sudo", "BECOME-SUCCESS-1", "key=1 password:", Secret("right"), ("Sorry",), ("is required",))
MARKED = "echo BECOME-SUCCESS-1; exec cat"


@pytest.fixture
def by_openssh(server: Sshd) -> Callable[[str, bytes], Executed]:
    """Return a function that runs a command line by OpenSSH's client."""

    def run(command: str, data: bytes) -> Executed:
        options = ("-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null", "-oLogLevel=ERROR")
        argv = ["ssh", "-F/dev/null", f"-i{server.key}", f"-p{server.port}", *options, "root@127.0.0.1"]
        done = subprocess.run([*argv, command], input=data, capture_output=True, check=False)
        return Executed(done.returncode, done.stdout, done.stderr)

    return run


@pytest.mark.parametrize(
    ("command", "data"),
    [
        ("printf 'a\\000b\\377\\r\\n'; printf 'no line end' >&2; exit 37", b""),
        ("cat; echo 日本語 >&2", bytes(range(256)) * 1000),
        ("kill -9 $$", b""),
        ("exec 2>&-; sh -c 'kill -9 $$'; exit $?", b""),
        ("set -e\nfalse\necho 'not reached'", b""),
        ("exec 0<&-; echo closed", b"x" * 3_000_000),
        (f": {'x' * 100_000}; echo ${{#PATH}} | wc -l", b""),
        ("nonexistent-program", b""),
        ("tty; echo $-", b""),
    ],
)
def test_program_gives_result_of_openssh(
    host: Device, by_openssh: Callable[[str, bytes], Executed], command: str, data: bytes
) -> None:
    assert host.execute(Execute(command, data)) == by_openssh(command, data)


def test_programs_share_login_of_session(server: Sshd, host: Device) -> None:
    before = server.logins
    assert host.execute("echo 1").stdout == b"1\n"
    assert host("echo $((1+1))") == "2"
    assert server.logins == before


def test_program_needs_no_session(server: Sshd) -> None:
    target = device(server.endpoint, settings=SETTINGS)
    assert target.execute("echo 1").stdout == b"1\n"
    assert target.mode == ""
    shells = server.log.count("Starting session: shell")
    assert target("echo 2") == "2"
    assert server.log.count("Starting session: shell") == shells + 1
    target.close()


def test_large_output_and_input_at_the_same_time_arrive_whole(host: Device) -> None:
    data = os.urandom(1 << 20) * 12
    result = host.execute(Execute("tee /dev/stderr", data))
    assert (result.status, result.stdout == data, result.stderr == data) == (0, True, True)


def test_output_arrives_as_it_is_produced(host: Device, server: Sshd) -> None:
    arrived: list[tuple[bytes, bytes]] = []
    first = threading.Event()

    def note(stdout: bytes, stderr: bytes) -> None:
        arrived.append((stdout, stderr))
        first.set()

    fifo = server.key.parent / "fifo"
    os.mkfifo(fifo)
    results: list[Executed] = []
    order = Execute(f"echo early; cat {fifo}; echo late >&2; exit 4")
    thread = threading.Thread(target=lambda: results.append(host.execute(order, note)))
    thread.start()
    assert first.wait(20)
    assert arrived == [(b"early\n", b"")]
    fifo.write_bytes(b"")
    thread.join()
    assert b"".join(stderr for _stdout, stderr in arrived) == b"late\n"
    assert results == [Executed(4)]


def test_terminal_is_given_if_wanted_and_changes_no_byte(host: Device) -> None:
    result = host.execute(
        Execute("test -t 0 && printf 'a\\nb\\r\\n'; cat; echo err >&2", b"in", terminal=True)
    )
    assert result == Executed(0, b"a\nb\r\ninerr\n")


def test_password_is_given_once_and_data_follows_marker(host: Device) -> None:
    order = Execute(f"echo before; {ASK}{MARKED}", b"the data", SUDO)
    assert host.execute(order) == Executed(0, b"before\nthe data", b"")


def test_marker_without_question_is_enough(host: Device) -> None:
    assert host.execute(Execute(MARKED, b"data", SUDO)) == Executed(0, b"data")


def test_question_on_stdout_is_answered_too(host: Device) -> None:
    ask = ASK.replace("printf 'key=1 password:' >&2", "printf 'key=1 password:'")
    assert host.execute(Execute(f"{ask}{MARKED}", b"data", SUDO)) == Executed(0, b"data")


@pytest.mark.parametrize(
    ("command", "become", "message"),
    [
        (f"{ASK}{MARKED}", replace(SUDO, password=Secret("wrong")), "Incorrect sudo password"),
        (f"{ASK}{MARKED}", replace(SUDO, password=None), "Missing sudo password"),
        ("echo a password is required >&2; exit 1", SUDO, "Missing sudo password"),
        # It asks again instead of a text about the wrong password.
        (ASK.replace("echo Sorry", "printf 'key=1 password:'") + MARKED, SUDO, "Incorrect sudo password"),
    ],
)
def test_become_fails_with_name_of_program(host: Device, command: str, become: Become, message: str) -> None:
    if "Incorrect" in message and become == SUDO:
        become = replace(SUDO, password=Secret("other"))
    with pytest.raises(BecomeFailed, match=message) as caught:
        host.execute(Execute(command, b"data", become))
    assert caught.value.reached
    assert "other" not in repr(vars(caught.value))


def test_program_that_ends_before_marker_keeps_its_result(host: Device) -> None:
    result = host.execute(Execute("echo not installed >&2; exit 127", b"data", SUDO))
    assert result == Executed(127, b"", b"not installed\n")


def test_endless_output_before_marker_ends_the_dialogue(host: Device) -> None:
    result = host.execute(Execute("head -c 300000 /dev/zero; cat >&2", b"data", SUDO))
    assert (len(result.stdout), result.stderr) == (300000, b"data")


def test_become_without_prompt_waits_for_marker_only(host: Device) -> None:
    become = Become("sudo", "BECOME-SUCCESS-1")
    assert host.execute(Execute(f"echo before >&2; {MARKED}", b"data", become)) == Executed(
        0, b"data", b"before\n"
    )


def test_silent_become_program_is_an_error_at_its_timeout(host: Device) -> None:
    with pytest.raises(SessionTimedOut, match="did not answer within 2 s"):
        host.execute(Execute("exec sleep 60", b"", SUDO, timeout=2.0))


def test_lost_connection_is_an_error_and_program_is_not_repeated(server: Sshd) -> None:
    count = server.key.parent / "count"
    with device(server.endpoint, settings=SETTINGS) as target:
        with pytest.raises(SessionClosed, match="The connection was lost while a program ran") as caught:
            target.execute(f"echo x >>{count}; kill -9 $PPID; sleep 60")
        assert (caught.value.hop, caught.value.hops, caught.value.reached) == (1, 1, True)
        assert target.execute(f"cat {count}").stdout == b"x\n"


def test_login_without_right_to_run_programs_is_an_error(start_server: Callable[[str], Sshd]) -> None:
    server = start_server("MaxSessions 0\n")
    with pytest.raises(LoginRefused, match="refused to open a shell") as caught:
        device(server.endpoint, settings=SETTINGS).execute("true")
    assert caught.value.hop == 1


def test_program_beside_session_uses_second_login_if_server_allows_one_channel(
    start_server: Callable[[str], Sshd],
) -> None:
    server = start_server("MaxSessions 1\n")
    target = device(server.endpoint, settings=SETTINGS)
    assert target.execute("echo 1").stdout == b"1\n"
    assert server.logins == 1
    assert target("echo 2") == "2"
    assert target.execute("echo 3").stdout == b"3\n"
    assert target.execute("echo 4").stdout == b"4\n"
    assert server.logins in (2, 3)  # the server may still count the channel of the first program
    target.close()
