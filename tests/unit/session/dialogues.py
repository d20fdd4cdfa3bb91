# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What devices say, step by step: the beginnings and pieces that the dialogues of the tests are made of."""

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

# What the driver linux types at the shell's own prompt, and the prompt that it gets.
PS1 = load("linux").modes["shell"].enter


def asked(command: bytes, output: bytes, prompt: bytes, *, echo: bool = True) -> list[Step]:
    """A command is typed, the device echoes it, prints and prompts."""
    return [Type(command + b"\n"), Say((command + b"\r\n" if echo else b"") + output + prompt)]


def ios(name: bytes = b"r1") -> list[Step]:
    """A whole login to IOS, up to the prompt after the setup."""
    return [
        *IOS_LOGIN,
        Say(b"\r\n" + name + b">"),
        *asked(b"terminal length 0", b"", name + b">"),
        *asked(b"terminal width 511", b"", name + b">"),
    ]


def frr(name: bytes = b"edge") -> list[Step]:
    """A whole login to FRRouting's vty."""
    return [*FRR_LOGIN, Say(b"\r\n" + name + b"> "), *asked(b"terminal length 0", b"", name + b"> ")]


def shell(prompt: bytes = b"$ ", token: bytes = TOKEN) -> list[Step]:
    """A shell that ssh has logged in to already, up to the prompt that the driver linux sets."""
    words = PS1.replace("{token}", token.decode()).encode()
    return [Say(prompt), Type(words + b"\n"), Say(words + b"\r\n" + ps1(0, token))]


def ps1(status: int = 0, token: bytes = TOKEN) -> bytes:
    """The prompt that the driver linux sets, after a command with this exit status."""
    return b"[pyco %s %d]" % (token, status)


def ran(command: bytes, output: bytes, status: int = 0, token: bytes = TOKEN) -> list[Step]:
    """A command in a shell that the driver linux has set up."""
    return [Type(command + b"\n"), Say(output + ps1(status, token))]


ENABLE: list[Step] = [
    Type(b"enable\n"),
    Say(b"enable\r\nPassword: "),
    Type(BECOME.encode() + b"\n"),
    Say(b"\r\nr1#"),
]


def sent(session: Session, text: str, **more: Any) -> tuple[str, str, int | None]:
    """Send a command; its output, the mode after it, and the status."""
    reply = send(session, Command(text, **more), soon())
    assert reply.command == text
    assert reply.elapsed >= 0
    return str(reply), reply.mode, reply.status
