# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.graph import steps as mode_steps
from pyco_core.errors import (
    ClientMissing,
    ConnectionClosed,
    ConnectionRefused,
    ConnectTimedOut,
    HostKeyChanged,
    HostKeyUnknown,
    HostUnreachable,
    LoginRefused,
    MissingParameter,
    ModeError,
    NameNotResolved,
    NegotiationFailed,
    PasswordExpired,
    PermissionDenied,
    PycoError,
    SessionClosed,
)
from pyco_core.models.command import Command
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.session.login import login, logout
from pyco_core.session.modes import enter
from pyco_core.session.send import send
from pyco_core.session.session import Session
from pyco_core.session.shared import Shared
from pyco_core.transport.base import Closed, TimedOut

from .dialogues import (
    ENABLE,
    FRR_LOGIN,
    IOS_LOGIN,
    LINUX_LOGIN,
    WAKES,
    asked,
    frr,
    ios,
    ps1,
    ran,
    sent,
    shell,
)
from .scripted import (
    BECOME,
    SECRET,
    TOKEN,
    WHOLE,
    Cut,
    End,
    Failure,
    Pause,
    Say,
    Scripted,
    Step,
    Stuck,
    Type,
    check_useless,
    endpoint,
    everywhere,
    play,
    quick,
    session_on,
    soon,
    transcript,
)

IOS, FRR, LINUX = quick("cisco_ios"), quick("frr"), quick("linux")
HOP_TOKEN = b"0badcafe"
DENIED = "Permission denied: the user or the password is wrong."


def failure(steps: list[Step], run: Callable[[Scripted], object]) -> PycoError:
    """Play the dialogue without cuts and return its error."""
    with pytest.raises(PycoError) as caught:
        run(Scripted(*steps))
    return caught.value


def log_in(transport: Scripted, driver: str = "cisco_ios", **more: Any) -> Session:
    session = session_on(transport, quick(driver), **more)
    login(session, soon())
    return session


# Logins that end at a prompt.


def test_user_and_password_are_typed_at_their_prompts() -> None:
    steps = [*ios(), *asked(b"show clock", b"*10:00:00 UTC\r\n", b"r1>")]
    assert play(steps, IOS, lambda on: sent(on, "show clock")) == ("*10:00:00 UTC", "user", None)


def test_password_only_login_gets_no_user() -> None:
    steps = [*frr(), *asked(b"show version", b"FRRouting 8.4.4 (edge).\r\n", b"edge> ")]
    assert play(steps, FRR, lambda on: sent(on, "show version")) == ("FRRouting 8.4.4 (edge).", "user", None)


def test_login_without_questions_ends_at_prompt() -> None:
    steps = [
        Say(b"\r\nHello, this is FRRouting (version 8.4.4).\r\n\r\nedge# "),
        *asked(b"terminal length 0", b"", b"edge# "),
    ]
    assert play(steps, FRR, lambda on: on.mode) == "enable"


def test_linux_shell_gets_own_prompt_after_motd() -> None:
    steps = [
        *LINUX_LOGIN,
        # The driver need not wait for the output before the first prompt: a shell reads input typed ahead.
        Say(b"\r\nLast login: Mon Mar  3 08:30:12 UTC 2025 from 192.0.2.1\r\nLoad: 7%\r\n$ ", unasked=True),
        *shell()[1:],
        *ran(b"id -u", b"1000\r\n"),
    ]
    assert play(steps, LINUX, lambda on: sent(on, "id -u")) == ("1000", "shell", 0)


def test_unusual_linux_prompt_is_detected_by_idle_timeout() -> None:
    steps = [
        *LINUX_LOGIN,
        Say(b"\r\nat your service"),
        Pause(),
        *shell()[1:],
        *ran(b"id -u", b"1000\r\n"),
    ]
    assert play(steps, LINUX, lambda on: sent(on, "id -u")) == ("1000", "shell", 0)


@pytest.mark.parametrize(
    "banner",
    [
        b"Welcome to: hop2\r\n",
        b"##############\r\n# No entry > #\r\n##############\r\n",
        b"100% uptime> ever?\r\n~~~~ ]]\r\n",
    ],
)
def test_banner_like_shell_prompt_gets_no_input(banner: bytes) -> None:
    login_dialogue = [Say(banner + b"hop2 login: "), *LINUX_LOGIN[1:]]
    steps = [*login_dialogue, Say(b"\r\n$ "), *shell()[1:], *ran(b"id -u", b"1000\r\n")]
    assert play(steps, LINUX, lambda on: sent(on, "id -u")) == ("1000", "shell", 0)


def test_banner_line_like_network_prompt_gets_no_input() -> None:
    banner = Say(b"\r\nr1#\r\nWelcome>\r\n***********#\r\n\r\nUsername: ")
    # Late, nobody can tell the line `Welcome>` from a prompt.
    assert play([banner, *ios()[1:]], IOS, lambda on: on.mode, late=False) == "user"


def test_motd_about_passwords_is_no_password_prompt() -> None:
    motd = b"\r\nYour password is not our password\r\nlast login: today\r\nr1>"
    steps = [*IOS_LOGIN, Say(motd), *ios()[5:]]
    assert play(steps, IOS, lambda on: on.mode, late=False) == "user"


def test_unknown_setup_command_is_tolerated() -> None:
    wrong = b"                    ^\r\n% Invalid input detected at '^' marker.\r\n\r\n"
    steps = [
        *IOS_LOGIN,
        Say(b"\r\nr1>"),
        *asked(b"terminal length 0", b"", b"r1>"),
        *asked(b"terminal width 511", wrong, b"r1>"),
        *asked(b"show clock", b"10:00\r\n", b"r1>"),
    ]
    assert play(steps, IOS, lambda on: sent(on, "show clock")) == ("10:00", "user", None)


def test_hostname_is_learned_from_first_prompt() -> None:
    assert play(ios(b"core-1.example"), IOS, lambda on: on.hostname) == "core-1.example"
    assert play(shell(), LINUX, lambda on: on.hostname) == ""


# Logins that are denied.


@pytest.mark.parametrize(
    ("driver", "dialogue", "answer"),
    [
        ("cisco_ios", IOS_LOGIN, b"\r\n% Login invalid\r\n\r\nUsername: "),
        ("cisco_ios", IOS_LOGIN, b"\r\n% Authentication failed\r\n\r\nUsername: "),
        ("cisco_ios", IOS_LOGIN, b"\r\nUsername: "),
        ("frr", FRR_LOGIN, b"\r\nPassword: "),
        ("frr", FRR_LOGIN, b"\r\n% Bad passwords, too many failures!\r\n"),
        ("linux", LINUX_LOGIN, b"\r\n\r\nLogin incorrect\r\nhop2 login: "),
        ("linux", LINUX_LOGIN, b"\r\nPermission denied, please try again.\r\npyco@hop2's password: "),
        ("common", LINUX_LOGIN, b"\r\nAuthentication failure\r\nhop2 login: "),
    ],
)
def test_wrong_password_is_denied_without_retry(driver: str, dialogue: list[Step], answer: bytes) -> None:
    result = play([*dialogue, Say(answer)], quick(driver), lambda on: on.mode)
    hint = "Check both for this host."
    assert result == Failure(PermissionDenied, DENIED, hint, "PASSWORD_SENT", "", "", 1)


def test_repeated_user_prompt_is_denied() -> None:
    steps = [Say(b"Username: "), Type(b"pyco\n"), Say(b"pyco\r\nUsername: ")]
    result = play(steps, IOS, lambda on: on.mode)
    assert result == Failure(
        PermissionDenied, DENIED, "Check both for this host.", "USERNAME_SENT", "", "", 1
    )


@pytest.mark.parametrize(
    ("dialogue", "parts", "message", "hint"),
    [
        (
            IOS_LOGIN[:1],
            {"user": ""},
            "The host asks for a user name, and none is set.",
            "Set the user of this login.",
        ),
        (
            IOS_LOGIN[:3],
            {"password": None},
            "The host asks for a password, and none is set.",
            "Set the password of this login.",
        ),
        (
            FRR_LOGIN[:1],
            {"password": None},
            "The host asks for a password, and none is set.",
            "Set the password of this login.",
        ),
    ],
)
def test_missing_user_or_password_is_named_in_error(
    dialogue: list[Step], parts: dict[str, object], message: str, hint: str
) -> None:
    result = play(dialogue, IOS, lambda on: on.mode, at=endpoint(**parts))
    assert isinstance(result, Failure)
    assert (result.error, result.message, result.hint) == (MissingParameter, message, hint)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"\r\nYour password has expired.\r\nChoose a new one: ", PasswordExpired),
        (b"\r\nYou are required to change your password immediately.\r\nCurrent password: ", PasswordExpired),
        (b"\r\nThis account is currently not available.\r\n", LoginRefused),
        (b"\r\nSystem is going down.\r\n\r\n", LoginRefused),
        (b"\r\nAll lines are busy\r\n", LoginRefused),
    ],
)
def test_refused_login_raises_error_by_reason(answer: bytes, error: type[PycoError]) -> None:
    result = play([*LINUX_LOGIN, Say(answer), End()], LINUX, lambda on: on.mode)
    assert isinstance(result, Failure)
    assert result.error is error


def test_refused_login_has_message_of_host_in_last_output() -> None:
    steps = [*LINUX_LOGIN, Say(b"\r\nThis account is currently not available.\r\n"), End()]
    error = failure(steps, partial(log_in, driver="linux"))
    assert error.last_output.endswith("This account is currently not available.")
    assert (error.endpoint, error.driver, error.reached) == ("pyco@r1:23", "linux", False)


# Logins that do not end.


@pytest.mark.parametrize("driver", ["cisco_ios", "linux", "common"])
def test_silent_host_raises_connect_timeout(driver: str) -> None:
    result = play(WAKES[:2], quick(driver), lambda on: on.mode, settings=Settings(connect_timeout=7))
    assert result == Failure(
        ConnectTimedOut,
        "The host is connected but sent nothing within the 7 s of the connect timeout.",
        "Check the protocol and the port. Line ends were typed, as for a console.",
        "GROUND",
        "",
        "",
        1,
    )


def test_unknown_prompt_raises_connect_timeout_with_last_output() -> None:
    steps = [*IOS_LOGIN, Say(b"\r\nRP/0/RSP0: wait ...\r\n(r1) $ ")]
    result = play(steps, IOS, lambda on: on.mode)
    assert isinstance(result, Failure)
    assert result.error is ConnectTimedOut
    assert result.message.startswith("No prompt of the driver cisco_ios within the 30 s")
    assert failure(steps, partial(log_in)).last_output.endswith("(r1) $")


def test_telnet_at_the_port_of_ssh_is_named() -> None:
    steps = [Say(b"SSH-2.0-OpenSSH_9.2\r\n"), *WAKES[:2]]
    result = play(steps, quick("cisco_ios"), lambda on: on.mode, settings=Settings(connect_timeout=7))
    assert isinstance(result, Failure)
    assert result.error is ConnectTimedOut
    assert result.message == "The port speaks ssh instead of telnet: 'SSH-2.0-OpenSSH_9.2'."


def test_endless_setup_command_raises_connect_timeout() -> None:
    steps = [*IOS_LOGIN, Say(b"\r\nr1>"), Type(b"terminal length 0\n"), Say(b"terminal length 0\r\n")]
    result = play(steps, IOS, lambda on: on.mode)
    assert isinstance(result, Failure)
    assert result.error is ConnectTimedOut


@pytest.mark.parametrize(
    ("steps", "state", "hint"),
    [
        ([End()], "GROUND", ""),
        ([Say(b"Too many connections\r\n"), End()], "GROUND", ""),
        ([Say(b"Username: "), End(while_writing=True)], "USERNAME_SENT", True),
        ([*IOS_LOGIN, End()], "PASSWORD_SENT", True),
        ([*IOS_LOGIN, Say(b"\r\nbye\r\n"), End()], "PASSWORD_SENT", True),
    ],
)
def test_connection_closed_before_prompt_raises_connection_closed(
    steps: list[Step], state: str, hint: str | bool
) -> None:
    result = play(steps, IOS, lambda on: on.mode)
    during = "during the login" if hint else "before the login"
    words = "Often the user or the password is wrong." if hint else ""
    assert result == Failure(
        ConnectionClosed, f"The host closed the connection {during}.", words, state, "", "", 1
    )


def test_connection_closed_during_setup_raises_connection_closed() -> None:
    steps = [*IOS_LOGIN, Say(b"\r\nr1>"), Type(b"terminal length 0\n"), Say(b"term"), End()]
    result = play(steps, IOS, lambda on: on.mode)
    assert isinstance(result, Failure)
    assert result.error is ConnectionClosed
    assert "terminal length 0" in result.message


def test_blocked_write_during_login_raises_connect_timeout() -> None:
    result = play([Say(b"Username: "), Stuck()], IOS, lambda on: on.mode)
    assert isinstance(result, Failure)
    assert result.error is ConnectTimedOut


def test_refused_home_mode_ends_login() -> None:
    at_home = replace(FRR, home="enable", setup=())
    steps = [
        *FRR_LOGIN,
        Say(b"\r\nedge> "),
        *asked(b"enable", b"% Command incomplete.\r\n", b"edge> "),
    ]
    result = play(steps, at_home, lambda on: on.mode)
    assert isinstance(result, Failure)
    assert (result.error, result.message) == (
        ModeError,
        "The mode 'enable' was refused: % Command incomplete.",
    )


# Logins that are typed into a hop's shell.


def behind(
    driver: str, command: bytes, transport: Scripted, hop_driver: str = "linux", at: Endpoint | None = None
) -> tuple[Session, Session]:
    """Log in to a hop, and type the command of a nested session; return both sessions."""
    hop = session_on(transport, quick(hop_driver), endpoint(host="hop"))
    login(hop, soon())
    hop.make_ready(soon())
    hop.write_line(command.decode())
    session = session_on(hop, quick(driver), at or endpoint(host="r2"), hop=2, token=HOP_TOKEN)
    try:
        login(session, soon(), hop.driver.connect.errors)
    finally:
        if session.closed_reason:
            check_useless(session)
    return session, hop


TELNET, SSH = b"telnet r2 23", b"ssh -l pyco -p 22 r2"
OPEN = b"Trying 192.0.2.2...\r\nConnected to r2.\r\nEscape character is '^]'.\r\n"


def test_telnet_typed_into_linux_hop_reaches_router() -> None:
    clock = asked(b"show clock", b"10:00\r\n", b"r1>")
    steps = [*shell(), Type(TELNET + b"\n"), Say(OPEN), *ios(), *clock]
    result = everywhere(steps, lambda on: sent(behind("cisco_ios", TELNET, on)[0], "show clock"))
    assert result == ("10:00", "user", None)


def test_telnet_typed_into_router_hop_reaches_router() -> None:
    words = b"telnet r2 23\r\nTrying r2, 23 ... Open\r\n"
    clock = asked(b"show clock", b"10:00\r\n", b"r2>")
    steps = [*ios(b"r1"), Type(TELNET + b"\n"), Say(words), *ios(b"r2"), *clock]
    result = everywhere(steps, lambda on: sent(behind("cisco_ios", TELNET, on, "cisco_ios")[0], "show clock"))
    assert result == ("10:00", "user", None)


def test_ssh_typed_into_linux_hop_reaches_linux_host() -> None:
    steps = [
        *shell(),
        Type(SSH + b"\n"),
        Say(b"pyco@r2's password: "),
        Type(SECRET.encode() + b"\n"),
        Say(b"\r\n"),
        *shell(token=HOP_TOKEN),
        *ran(b"hostname", b"r2\r\n", token=HOP_TOKEN),
    ]
    result = everywhere(steps, lambda on: sent(behind("linux", SSH, on)[0], "hostname"))
    assert result == ("r2", "shell", 0)


# Messages of the clients: OpenSSH 9.2, inetutils 2.4, netkit 0.17, busybox 1.35, bash 5.2, dash 0.5.
LINUX_FAILURES = [
    (NameNotResolved, "ssh: Could not resolve hostname r2: Name or service not known"),
    (NameNotResolved, "ssh: Could not resolve hostname r2: Temporary failure in name resolution"),
    (NameNotResolved, "telnet: could not resolve r2/23: Temporary failure in name resolution"),
    (NameNotResolved, "r2: Unknown host"),
    (NameNotResolved, "telnet: bad address 'r2'"),
    (NameNotResolved, "ssh: Could not resolve hostname r2: No address associated with hostname"),
    (NameNotResolved, "ssh: Could not resolve hostname r2: nodename nor servname provided, or not known"),
    (
        ConnectionRefused,
        "Trying 192.0.2.2...\r\ntelnet: Unable to connect to remote host: Connection refused",
    ),
    (ConnectionRefused, "ssh: connect to host r2 port 22: Connection refused"),
    (ConnectionRefused, "telnet: can't connect to remote host (192.0.2.2): Connection refused"),
    (ConnectTimedOut, "ssh: connect to host r2 port 22: Connection timed out"),
    (ConnectTimedOut, "telnet: Unable to connect to remote host: Connection timed out"),
    (ConnectTimedOut, "ssh: connect to host r2 port 22: Operation timed out"),
    (HostUnreachable, "ssh: connect to host r2 port 22: No route to host"),
    (HostUnreachable, "telnet: Unable to connect to remote host: Network is unreachable"),
    (HostUnreachable, "telnet: can't connect to remote host (192.0.2.2): Host is unreachable"),
    (
        HostKeyChanged,
        "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r\n"
        "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n"
        "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r\n"
        "IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\r\n"
        "Someone could be eavesdropping on you right now (man-in-the-middle attack)!\r\n"
        "It is also possible that a host key has just been changed.\r\n"
        "The fingerprint for the ED25519 key sent by the remote host is\r\n"
        "SHA256:A6Pho3iuyW5jWCVyFKIBgpTQGyPQKZbbRnVmlKbuXcE.\r\n"
        "Please contact your system administrator.\r\n"
        "Add correct host key in /home/pyco/.ssh/known_hosts to get rid of this message.\r\n"
        "Offending ED25519 key in /home/pyco/.ssh/known_hosts:1\r\n"
        '  remove with:\r\n  ssh-keygen -f "/home/pyco/.ssh/known_hosts" -R "r2"\r\n'
        "Host key for r2 has changed and you have requested strict checking.\r\n"
        "Host key verification failed.",
    ),
    (NegotiationFailed, "Unable to negotiate with 192.0.2.2 port 22: no matching host key type found."),
    (HostKeyUnknown, "No ED25519 host key is known for r2 and you have requested strict checking."),
    (HostKeyUnknown, "Host key verification failed."),
    (ClientMissing, "bash: ssh: command not found"),
    (ClientMissing, "-bash: telnet: command not found"),
    (ClientMissing, "sh: 1: telnet: not found"),
    (ClientMissing, "-sh: ssh: not found"),
    (ClientMissing, "zsh: command not found: ssh"),
    (ClientMissing, "bash: /usr/bin/ssh: Permission denied"),
    (ClientMissing, "bash: /usr/bin/telnet: No such file or directory"),
    (PermissionDenied, "pyco@r2: Permission denied (publickey,password)."),
    (ConnectionClosed, "Connection closed by 192.0.2.2 port 22"),
]


@pytest.mark.parametrize(("error", "words"), LINUX_FAILURES)
def test_client_error_of_linux_hop_raises_named_error(error: type[PycoError], words: str) -> None:
    steps = [*shell(), Type(SSH + b"\n"), Say(words.encode() + b"\r\n" + ps1(255))]
    result = everywhere(steps, lambda on: behind("cisco_ios", SSH, on))
    assert isinstance(result, Failure)
    assert (result.error, result.hop, result.mode) == (error, 2, "")
    assert result.hint
    assert "{" not in result.message
    assert result.message[0].isupper()
    last = words.rsplit("\n", 1)[-1]
    assert last in failure(steps, partial(behind, "cisco_ios", SSH)).last_output


def test_client_errors_of_linux_driver_are_all_tested() -> None:
    patterns = load("linux").connect.errors
    said = [words for _, words in LINUX_FAILURES]
    unused = [regex.pattern for _, regex in patterns if not any(regex.search(words) for words in said)]
    assert unused == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            NameNotResolved,
            'Translating "r2"...domain server (255.255.255.255)\r\n'
            "% Unknown command or computer name, or unable to find computer address",
        ),
        (NameNotResolved, "% Bad IP address or host name"),
        (ConnectionRefused, "Trying r2, 23 ... \r\n% Connection refused by remote host\r\n"),
        (ConnectTimedOut, "Trying r2, 23 ... \r\n% Connection timed out; remote host not responding\r\n"),
        (HostUnreachable, "Trying r2, 23 ... \r\n% Destination unreachable; gateway or host down\r\n"),
        (ClientMissing, "  ^\r\n% Invalid input detected at '^' marker.\r\n"),
        (PermissionDenied, "% Authentication failed.\r\n\r\n[Connection to r2 closed by foreign host]"),
    ],
)
def test_client_error_of_router_hop_raises_named_error(error: type[PycoError], words: str) -> None:
    said = Say(TELNET + b"\r\n" + words.encode() + b"\r\nr1>")
    steps = [*ios(b"r1"), Type(TELNET + b"\n"), said]
    result = everywhere(steps, lambda on: behind("cisco_ios", TELNET, on, "cisco_ios"))
    assert isinstance(result, Failure)
    assert (result.error, result.hop) == (error, 2)


def test_silent_end_of_client_raises_connection_closed() -> None:
    steps = [*shell(), Type(SSH + b"\n"), Say(ps1(255))]
    result = everywhere(steps, lambda on: behind("linux", SSH, on))
    assert isinstance(result, Failure)
    assert (result.error, result.message) == (
        ConnectionClosed,
        "The host closed the connection before the login.",
    )


def test_denied_login_behind_hop_raises_permission_denied() -> None:
    steps = [
        *shell(),
        Type(TELNET + b"\n"),
        Say(OPEN),
        *FRR_LOGIN,
        Say(b"\r\n% Bad passwords, too many failures!\r\nConnection closed by foreign host.\r\n" + ps1(1)),
    ]
    result = everywhere(steps, lambda on: behind("frr", TELNET, on))
    assert isinstance(result, Failure)
    assert (result.error, result.hop) == (PermissionDenied, 2)


@pytest.mark.parametrize("driver", ["cisco_ios", "linux", "common"])
def test_close_after_password_behind_hop_raises_connection_closed(driver: str) -> None:
    steps = [
        *shell(),
        Type(SSH + b"\n"),
        Say(b"pyco@r2's password: "),
        Type(SECRET.encode() + b"\n"),
        Say(b"\r\nConnection reset by 192.0.2.2 port 22\r\n" + ps1(255)),
    ]
    result = everywhere(steps, lambda on: behind(driver, SSH, on))
    assert isinstance(result, Failure)
    assert (result.error, result.hop) == (ConnectionClosed, 2)


TWIN_CLOSED = b"\r\n[Connection to r2 closed by foreign host]\r\n"


def twins(*steps: Step) -> list[Step]:
    """`Router>` behind `Router>`."""
    words = b"telnet r2 23\r\nTrying r2, 23 ... Open\r\n"
    return [*ios(b"Router"), Type(TELNET + b"\n"), Say(words), *ios(b"Router"), *steps]


def test_router_with_same_prompt_as_hop_can_be_used() -> None:
    steps = twins(*asked(b"show clock", b"10:00\r\n", b"Router>"))
    result = everywhere(steps, lambda on: sent(behind("cisco_ios", TELNET, on, "cisco_ios")[0], "show clock"))
    assert result == ("10:00", "user", None)


def test_close_during_command_is_detected_with_same_prompt_as_hop() -> None:
    steps = twins(Type(b"show clock\n"), Say(b"show clock\r\n10:0" + TWIN_CLOSED + b"Router>"))
    result = everywhere(steps, lambda on: sent(behind("cisco_ios", TELNET, on, "cisco_ios")[0], "show clock"))
    assert isinstance(result, Failure)
    assert (result.error, result.hop, result.command) == (SessionClosed, 2, "show clock")


def test_close_during_mode_change_is_detected_with_same_prompt_as_hop() -> None:
    steps = twins(Type(b"enable\n"), Say(b"enable\r\n" + TWIN_CLOSED + b"Router>"))
    result = everywhere(
        steps, lambda on: enter(behind("cisco_ios", TELNET, on, "cisco_ios")[0], "enable", soon())
    )
    assert isinstance(result, Failure)
    assert (result.error, result.hop) == (SessionClosed, 2)


def test_close_between_commands_is_detected_with_same_prompt_as_hop() -> None:
    def use(transport: Scripted) -> str:
        session, _ = behind("cisco_ios", TELNET, transport, "cisco_ios")
        transport.interrupt(Say(TWIN_CLOSED + b"Router>"))
        return sent(session, "reload")[0]

    result = everywhere(twins(), use, late=False)
    assert isinstance(result, Failure)
    assert (result.error, result.hop) == (SessionClosed, 2)
    assert "which was not sent" in result.message


def test_logout_returns_to_hop_with_same_prompt() -> None:
    steps = twins(
        Type(b"exit\n"),
        Say(b"exit\r\n" + TWIN_CLOSED + b"Router>"),
        *asked(b"show clock", b"1\r\n", b"Router>"),
    )

    def use(transport: Scripted) -> tuple[bool, str]:
        session, hop = behind("cisco_ios", TELNET, transport, "cisco_ios")
        return logout(session), sent(hop, "show clock")[0]

    assert everywhere(steps, use) == (True, "1")


def test_denied_login_is_detected_with_same_prompt_as_hop() -> None:
    words = b"telnet r2 23\r\nTrying r2, 23 ... Open\r\n"
    steps = [*ios(b"Router"), Type(TELNET + b"\n"), Say(words), *IOS_LOGIN]
    steps += [Say(b"\r\n% Login invalid\r\n" + TWIN_CLOSED + b"Router>")]
    result = everywhere(steps, lambda on: behind("cisco_ios", TELNET, on, "cisco_ios"))
    assert isinstance(result, Failure)
    assert (result.error, result.hop) == (PermissionDenied, 2)


def test_close_during_login_is_detected_with_same_prompt_as_hop() -> None:
    words = b"telnet r2 23\r\nTrying r2, 23 ... Open\r\n"
    steps = [*ios(b"Router"), Type(TELNET + b"\n"), Say(words), *IOS_LOGIN, Say(TWIN_CLOSED + b"Router>")]
    result = everywhere(steps, lambda on: behind("cisco_ios", TELNET, on, "cisco_ios"))
    assert isinstance(result, Failure)
    assert (result.error, result.hop) == (ConnectionClosed, 2)


def test_unreachable_host_behind_hop_raises_connect_timeout() -> None:
    steps = [*shell(), Type(TELNET + b"\n"), Say(b"Trying 192.0.2.2...\r\n")]
    result = everywhere(steps, lambda on: behind("cisco_ios", TELNET, on))
    assert isinstance(result, Failure)
    assert (result.error, result.hop) == (ConnectTimedOut, 2)


HOST_KEY = Say(
    b"The authenticity of host 'r2 (192.0.2.2)' can't be established.\r\n"
    b"ED25519 key fingerprint is SHA256:A6Pho3iuyW5jWCVyFKIBgpTQGyPQKZbbRnVmlKbuXcE.\r\n"
    b"This key is not known by any other names.\r\n"
    b"Are you sure you want to continue connecting (yes/no/[fingerprint])? "
)


def test_host_key_question_is_refused_if_keys_are_checked() -> None:
    steps = [*shell(), Type(SSH + b"\n"), HOST_KEY]
    result = everywhere(steps, lambda on: behind("linux", SSH, on))
    assert isinstance(result, Failure)
    assert (result.error, result.hop, result.state) == (HostKeyUnknown, 2, "GROUND")


def test_host_key_question_is_answered_if_keys_are_not_checked() -> None:
    steps = [
        HOST_KEY,
        Type(b"yes\n"),
        Say(b"yes\r\nWarning: Permanently added 'r2' (ED25519) to the list of known hosts.\r\n"),
        Say(b"pyco@r2's password: "),
        Type(SECRET.encode() + b"\n"),
        Say(b"\r\nr1>"),
        *ios()[5:],
    ]
    settings = Settings(host_key_checking=False)
    assert play(steps, IOS, lambda on: on.mode, settings=settings) == "user"


# Logout.


def test_logout_types_command_of_driver() -> None:
    steps = [*ios(), Type(b"exit\n"), Say(b"exit\r\n"), End()]
    assert play(steps, IOS, logout) is False
    steps = [*shell(), Type(b"exit\n"), End()]
    assert play(steps, LINUX, logout) is False


def test_logout_closes_transport_and_session() -> None:
    transport = Scripted(*ios(), Type(b"exit\n"), End())
    session = log_in(transport)
    logout(session)
    assert transport.closed
    assert session.closed_reason == "it was logged out."
    check_useless(session)
    logout(session)  # types nothing more
    transport.done()


def test_logout_command_is_repeated_for_each_mode() -> None:
    def leave(session: Session) -> bool:
        sent(session, "configure terminal")
        return logout(session)

    steps = [
        Say(b"edge# "),
        *asked(b"terminal length 0", b"", b"edge# "),
        *asked(b"configure terminal", b"", b"edge(config)# "),
        *asked(b"exit", b"", b"edge# "),
        Type(b"exit\n"),
        End(),
    ]
    assert play(steps, FRR, leave) is False


def test_logout_without_end_closes_transport() -> None:
    transport = Scripted(*frr(), *(step for _ in range(4) for step in asked(b"exit", b"", b"edge> ")))
    session = log_in(transport, "frr")
    assert logout(session) is False
    assert transport.closed
    transport.done()


@pytest.mark.parametrize("ending", [[Say(b"exit\r\nAre you sure?")], [Stuck()], [End(while_writing=True)]])
def test_failing_logout_raises_nothing(ending: list[Step]) -> None:
    typing: list[Step] = [Type(b"exit\n")] if isinstance(ending[0], Say) else []
    transport = Scripted(*ios(), *typing, *ending)
    assert logout(log_in(transport)) is False
    assert transport.closed


def test_logout_before_login_types_nothing() -> None:
    transport = Scripted(Say(b"Username: "))
    assert logout(session_on(transport, IOS)) is False
    assert transport.closed
    assert transport.typed == []


def test_logout_without_command_closes_transport() -> None:
    transport = Scripted(*ios())
    session = session_on(transport, replace(IOS, logout=""))
    login(session, soon())
    assert logout(session) is False
    assert transport.closed


def test_logout_of_nested_session_returns_to_hop() -> None:
    steps = [
        *shell(),
        Type(TELNET + b"\n"),
        Say(OPEN),
        *ios(),
        *ENABLE,
        Type(b"exit\n"),
        Say(b"exit\r\nConnection closed by foreign host.\r\n" + ps1(1)),
        *ran(b"echo here", b"here\r\n"),
        Type(b"exit\n"),
        Say(b"logout\r\n"),
        End(),
    ]

    def use(transport: Scripted) -> tuple[object, ...]:
        session, hop = behind("cisco_ios", TELNET, transport)
        sent_enable = mode_steps(session.driver, "user", "enable")
        assert sent_enable == (("enable", "enable"),)
        enter(session, "enable", soon())
        left = logout(session)
        check_useless(session)
        return left, transport.closed, sent(hop, "echo here"), logout(hop)

    assert everywhere(steps, use) == (True, 0, ("here", "shell", 0), False)


# Secrets.


def test_login_transcript_has_no_secret(tmp_path: Path, recorded: Shared) -> None:
    # A device that echoes the password.
    steps = [
        *IOS_LOGIN,
        Say(SECRET.encode() + b"\r\nr1>"),
        *ios()[5:],
        Type(b"exit\n"),
        End(),
    ]
    transport = Scripted(*steps, cut=Cut(frozenset(range(0, 400, 7))))
    session = log_in(transport, shared=recorded)
    logout(session)
    text = transcript(tmp_path)
    assert SECRET not in text
    assert "1 > pyco\n" in text
    assert text.count("********") == 2
    assert re.search(r"^1 < r1>\n1 > terminal length 0$", text, re.MULTILINE)


def test_echoed_password_is_masked_in_login_error() -> None:
    steps = [*IOS_LOGIN, Say(SECRET.encode() + b"\r\n% Login invalid\r\n")]
    error = failure(steps, partial(log_in))
    assert SECRET not in error.last_output
    assert "********" in error.last_output


def test_cause_of_failed_login_is_chained() -> None:
    assert isinstance(failure([End()], partial(log_in)).__cause__, Closed)
    assert isinstance(failure(WAKES[:2], partial(log_in)).__cause__, TimedOut)


def test_login_times_out_if_deadline_has_passed() -> None:
    session = session_on(Scripted(*ios(), cut=WHOLE), IOS)
    with pytest.raises(ConnectTimedOut):
        login(session, time.monotonic() - 1)


def test_become_password_is_not_typed_in_login() -> None:
    assert BECOME.encode() not in b"".join(
        step.data for step in (*ios(), *frr(), *shell(token=TOKEN)) if isinstance(step, Type)
    )


# The trace of a failed login.


def test_failed_login_has_trace_of_states() -> None:
    steps = [*IOS_LOGIN, Say(b"\r\n% Login invalid\r\n")]
    error = failure(steps, partial(log_in))
    assert error.trace == (
        "GROUND -username-> USERNAME_SENT -password-> PASSWORD_SENT -denied-> PASSWORD_SENT"
    )
    assert error.trace not in str(error)


def test_trace_of_failed_login_has_no_secret() -> None:
    at = endpoint(password=Secret("BASH_VERSION"))
    steps = [*shell()[:1], shell()[1], End()]
    error = failure(steps, partial(log_in, driver="linux", at=at, authenticated=True))
    assert error.trace.startswith("AUTHENTICATED -login-> login -sent ")
    assert error.trace.endswith("-> MODE_SENT")
    assert "$********" in error.trace
    assert "BASH_VERSION" not in error.trace


def test_error_after_login_has_no_trace() -> None:
    session = log_in(Scripted(*ios(), *asked(b"x", b"% Invalid input\r\n", b"r1>")))
    with pytest.raises(PycoError) as caught:
        send(session, Command("x"), soon())
    assert caught.value.trace == ""
