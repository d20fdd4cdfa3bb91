# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.driver.compiler import load
from pyco_core.driver.patterns import LIKELY_PROMPT
from pyco_core.driver.template import fill
from pyco_core.fsm.machine import (
    AUTHENTICATED,
    BECOME_SENT,
    GROUND,
    LOGIN_STATES,
    MODE_SENT,
    PASSWORD_SENT,
    QUIET,
    USERNAME_SENT,
    lookup,
)

from .machine_runs import TOKEN, Run, events_in, every_split, matcher_for, prompt, run

LINUX = load("linux")
PS1 = b"[pyco " + TOKEN + b" 0]"


@pytest.mark.parametrize(
    "text",
    [
        b"$ ",
        b"# ",
        b"/ # ",
        b"~ # ",
        b"sh-5.1$ ",
        b"bash-5.2# ",
        b"pyco@r1:~$ ",
        b"[pyco@r1 ~]$ ",
        b"root@OpenWrt:/# ",
        b"root@(none):/# ",
        b"host% ",
        b"pyco@r1 ~ % ",
        b"\x1b]0;pyco@r1: ~\x07\x1b[01;32mpyco@r1\x1b[00m:\x1b[01;34m~\x1b[00m$ ",
        b"\x1b[?2004hpyco@r1:~$ ",
        b"\x1b[1m\x1b[7m%\x1b[27m\x1b[1m\x1b[0m" + b" " * 79 + b"\r \r\r\x1b[0mpyco@r1 ~ % \x1b[K\x1b[?2004h",
        b"\x1b[32m\xe2\x9e\x9c  \x1b[36m~\x1b[0m ",
        b"pyco in r1 in ~\r\n\xe2\x9d\xaf ",
        b"\xe2\x94\x8c\xe2\x94\x80[pyco@r1]\r\n\xe2\x94\x94\xe2\x94\x80$ ",
        b"BusyBox v1.35.0 () built-in shell (ash)\r\nEnter 'help' for a list of commands.\r\n\r\n/ # ",
        b"caf\xe9:~$ ",
    ],
)
def test_login_shell_prompt_of_any_form_is_recognized(text: bytes) -> None:
    for state in (AUTHENTICATED, PASSWORD_SENT):
        assert prompt(LINUX, state, b"Welcome\r\n" + text) == ("login", "")
    for state in (GROUND, USERNAME_SENT, MODE_SENT, BECOME_SENT, "shell"):
        assert prompt(LINUX, state, text) is None


def test_login_shell_prompt_is_likely_prompt() -> None:
    assert LINUX.modes["login"].prompt == LIKELY_PROMPT


def test_idle_timeout_after_login_counts_as_prompt() -> None:
    for state in LOGIN_STATES:
        transition = lookup(LINUX.table, QUIET, state)
        assert transition is not None
        assert transition.next_state == "login"


# The prompt set by the driver.


@pytest.mark.parametrize(
    ("output", "status"),
    [
        (b"", b"0"),
        (b"output\r\n", b"0"),
        (b"no line end", b"1"),
        (b"10%\r100%", b"127"),
        (b"a line that is longer than the prompt\r", b"0"),
        (b"colour\x1b[0m", b"255"),
        (b"\x1b[?2004l\r", b"0"),
        (b"caf\xe9\x07", b"0"),
        (b"two\r\r\n", b"0"),
        (b"x" * 5000, b"0"),
        (b"[pyco 0badcafe 0]", b"0"),
        (b"$ echo [pyco] ", b"0"),
    ],
)
def test_prompt_after_any_output_gives_status(output: bytes, status: bytes) -> None:
    shown = b"[pyco " + TOKEN + b" " + status + b"]"
    for state in ("shell", MODE_SENT, BECOME_SENT, GROUND, USERNAME_SENT):
        matcher = matcher_for(LINUX)
        matcher.feed(output + shown)
        match = matcher.next(state)
        assert match is not None
        assert (match.event, match.groups["status"]) == ("shell", status)
        assert matcher.buffer[match.start : match.end] == shown


@pytest.mark.parametrize(
    "text",
    [
        PS1[:-1],
        PS1 + b"\r\n",
        PS1 + b"x",
        b"[pyco 0badcafe 0]",
        b"[pyco " + TOKEN + b" x]",
        b"[pyco " + TOKEN + b" ]",
        # The echo of the command that sets the prompt.
        b"PS1='[pyco " + TOKEN + b" $?]'",
        b"$ ",
        b"# ",
    ],
)
def test_prompt_without_exact_token_is_ignored(text: bytes) -> None:
    for state in ("shell", MODE_SENT):
        assert prompt(LINUX, state, text) is None


def test_echo_of_prompt_command_is_not_prompt() -> None:
    command = LINUX.modes["shell"].enter.replace("{token}", TOKEN.decode())
    assert events_in(LINUX, MODE_SENT, f"$ {command}\r\n".encode()) == set()


@given(st.binary(max_size=60).filter(lambda data: b"\x1b" not in data))
def test_any_output_ends_at_prompt(output: bytes) -> None:
    matcher = matcher_for(LINUX)
    matcher.feed(output + PS1)
    match = matcher.next("shell")
    assert match is not None
    assert bytes(matcher.buffer[: match.start]) == output


# Logins.


PASSWORD = Run(("username", "password"), ("send_username", "send_password"), PASSWORD_SENT)
DENIED = Run((*PASSWORD.events, "denied"), (*PASSWORD.actions, "deny"), PASSWORD_SENT)
LOGINS: dict[str, tuple[list[bytes], Run]] = {
    "telnetd on Debian": ([b"Debian GNU/Linux 12\r\r\nr1 login: ", b"pyco\r\nPassword: "], PASSWORD),
    "inetutils": (
        [b"\r\nLinux 6.1.0-13-amd64 (r1) (pts/0)\r\n\r\nr1 login: ", b"pyco\r\nPassword: "],
        PASSWORD,
    ),
    "busybox": ([b"\r\n(none) login: ", b"pyco\r\nPassword: "], PASSWORD),
    "Red Hat": ([b"\r\nKernel 5.14.0 on an x86_64\r\nr1 login: ", b"pyco\r\nPassword: "], PASSWORD),
    "FreeBSD": ([b"FreeBSD/amd64 (r1) (pts/0)\r\n\r\nlogin: ", b"pyco\r\nPassword:"], PASSWORD),
    "denied": (
        [b"r1 login: ", b"pyco\r\nPassword: ", b"\r\n\r\nLogin incorrect\r\nr1 login: "],
        DENIED,
    ),
    "expired": (
        [
            b"r1 login: ",
            b"pyco\r\nPassword: ",
            b"\r\nYou must change your password now and login again!\r\n",
        ],
        Run((*PASSWORD.events, "expired"), (*PASSWORD.actions, "expire"), PASSWORD_SENT),
    ),
    "no shell": (
        [b"r1 login: ", b"pyco\r\nPassword: ", b"\r\nThis account is currently not available.\r\n"],
        Run((*PASSWORD.events, "refused"), (*PASSWORD.actions, "refuse"), PASSWORD_SENT),
    ),
    "ssh typed on a hop": (
        [b"ssh -l pyco r1\r\npyco@r1's password: ", b"\r\nPermission denied, please try again.\r\n"],
        Run(("password", "denied"), ("send_password", "deny"), PASSWORD_SENT),
    ),
    "ssh typed on a hop that does not know the host": (
        [
            b"The authenticity of host 'r1 (192.0.2.1)' can't be established.\r\n"
            b"ED25519 key fingerprint is SHA256:AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg.\r\n"
            b"This key is not known by any other names.\r\n"
            b"Are you sure you want to continue connecting (yes/no/[fingerprint])? "
        ],
        Run(("host_key",), ("ask_host_key",), GROUND),
    ),
}


@pytest.mark.parametrize(("steps", "expected"), LOGINS.values(), ids=LOGINS.keys())
def test_login_gives_same_events_for_every_split(steps: list[bytes], expected: Run) -> None:
    assert run(LINUX, steps) == expected
    assert {run(LINUX, feeds) for feeds in every_split(steps)} == {expected}


# The ssh and telnet clients of a hop.


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("ssh: connect to host r1 port 22: Connection refused", "refused"),
        ("telnet: Unable to connect to remote host: Connection refused", "refused"),
        ("ssh: connect to host r1 port 22: Connection timed out", "timed_out"),
        ("ssh: connect to host r1 port 22: Operation timed out", "timed_out"),
        ("ssh: connect to host r1 port 22: No route to host", "unreachable"),
        ("telnet: Unable to connect to remote host: Network is unreachable", "unreachable"),
        ("ssh: Could not resolve hostname nowhere: Name or service not known", "resolve"),
        ("ssh: Could not resolve hostname nowhere: Temporary failure in name resolution", "resolve"),
        ("telnet: could not resolve nowhere/23: Name or service not known", "resolve"),
        ("telnet: bad address 'nowhere'", "resolve"),
        ("nowhere: Unknown host", "resolve"),
        (
            "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
            "key_changed",
        ),
        ("Host key verification failed.", "key_unknown"),
        (
            "Unable to negotiate with r1 port 22: no matching host key type found. Their offer: ssh-rsa",
            "negotiation",
        ),
        ("No ED25519 host key is known for r1 and you have requested strict checking.", "key_unknown"),
        ("bash: ssh: command not found", "missing"),
        ("-bash: telnet: command not found", "missing"),
        ("sh: 1: ssh: not found", "missing"),
        ("-ash: telnet: not found", "missing"),
        ("zsh: command not found: ssh", "missing"),
        ("bash: /usr/bin/ssh: Permission denied", "missing"),
        ("bash: /usr/bin/ssh: No such file or directory", "missing"),
        ("rbash: /usr/bin/ssh: restricted: cannot specify `/' in command names", "missing"),
        ("pyco@r1: Permission denied (publickey,password).", "denied"),
        ("Permission denied (publickey).", "denied"),
        ("kex_exchange_identification: Connection closed by remote host", ""),
        ("Connection closed by foreign host.", "closed"),
        ("", ""),
    ],
)
def test_client_error_on_hop_is_classified(message: str, kind: str) -> None:
    output = f"ssh -l pyco r1\n{message}\n"
    assert next((name for name, pattern in LINUX.connect.errors if pattern.search(output)), "") == kind


def test_connect_commands_contain_host_port_and_user() -> None:
    values: dict[str, str | int] = {"host": "fe80::1%eth0", "port": 2222, "user": "DOM\\pyco;x"}
    assert (
        fill(LINUX.connect.ssh, **values)
        == "ssh -o StrictHostKeyChecking=yes -l 'DOM\\pyco;x' -p 2222 fe80::1%eth0"
    )
    assert fill(LINUX.connect.telnet, **values) == "telnet fe80::1%eth0 2222"
    assert "StrictHostKeyChecking=no" in fill(LINUX.connect.ssh_unchecked, **values)
