# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the dialogues in the tests: logins and commands, step by step."""

from __future__ import annotations

from typing import Any

from pyco_core.driver.compiler import load
from pyco_core.models.command import Command
from pyco_core.session.send import send
from pyco_core.session.session import Session

from .scripted import BECOME, SECRET, TOKEN, Say, Step, Type, soon

# Cisco IOS over telnet: user name, password, and the driver's setup.
IOS_LOGIN: list[Step] = [
    Say(b"\r\n\r\nUser Access Verification\r\n\r\nUsername: "),
    Type(b"pyco\n"),
    Say(b"pyco\r\nPassword: "),
    Type(SECRET.encode() + b"\n"),
]

# FRRouting's telnet vty: a password alone.
FRR_LOGIN: list[Step] = [
    Say(
        b"\r\nHello, this is FRRouting (version 8.4.4).\r\n"
        b"Copyright 1996-2005 Kunihiro Ishiguro, et al.\r\n\r\n\r\n"
        b"User Access Verification\r\n\r\nPassword: "
    ),
    Type(SECRET.encode() + b"\n"),
]

# telnetd and login(1) on Debian.
LINUX_LOGIN: list[Step] = [
    Say(b"Debian GNU/Linux 12\r\nhop2 login: "),
    Type(b"pyco\n"),
    Say(b"pyco\r\nPassword: "),
    Type(SECRET.encode() + b"\n"),
]

# The line ends that a silent login gets, one after the other.
WAKES: list[Step] = [Type(b"\n"), Type(b"\r"), Type(b"\r\n"), Type(b"\n")]

# The command of the driver linux that sets the prompt of a shell.
PS1 = load("linux").modes["shell"].enter


def asked(command: bytes, output: bytes, prompt: bytes, *, echo: bool = True) -> list[Step]:
    """Return the steps of a command: typed, echoed, its output and the prompt."""
    return [Type(command + b"\n"), Say((command + b"\r\n" if echo else b"") + output + prompt)]


def ios(name: bytes = b"r1") -> list[Step]:
    """Return a complete login to IOS, up to the prompt after the setup."""
    return [
        *IOS_LOGIN,
        Say(b"\r\n" + name + b">"),
        *asked(b"terminal length 0", b"", name + b">"),
        *asked(b"terminal width 511", b"", name + b">"),
    ]


def frr(name: bytes = b"edge") -> list[Step]:
    """Return a complete login to FRRouting's vty."""
    return [*FRR_LOGIN, Say(b"\r\n" + name + b"> "), *asked(b"terminal length 0", b"", name + b"> ")]


def shell(prompt: bytes = b"$ ", token: bytes = TOKEN) -> list[Step]:
    """Return the begin of a shell on ssh, up to the prompt that the driver linux sets."""
    words = PS1.replace("{token}", token.decode()).encode()
    return [Say(prompt), Type(words + b"\n"), Say(words + b"\r\n" + ps1(0, token))]


def ps1(status: int = 0, token: bytes = TOKEN) -> bytes:
    """Return the prompt that the driver linux sets, after a command with this exit status."""
    return b"[pyco %s %d]" % (token, status)


def ran(command: bytes, output: bytes, status: int = 0, token: bytes = TOKEN) -> list[Step]:
    """Return the steps of a command in a shell with the prompt of the driver linux."""
    return [Type(command + b"\n"), Say(output + ps1(status, token))]


ENABLE: list[Step] = [
    Type(b"enable\n"),
    Say(b"enable\r\nPassword: "),
    Type(BECOME.encode() + b"\n"),
    Say(b"\r\nr1#"),
]


def sent(session: Session, text: str, **more: Any) -> tuple[str, str, int | None]:
    """Send a command; return its output, the mode after it, and the status."""
    reply = send(session, Command(text, **more), soon())
    assert reply.command == text
    assert reply.elapsed >= 0
    return str(reply), reply.mode, reply.status
