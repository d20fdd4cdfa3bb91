# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on a host with a POSIX shell, started by a command line, and its result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .checks import check_fields, check_pattern, check_seconds, check_text, check_type
from .secret import Secret

MODE = 0o666  # permissions of a new file, before the umask of the login
Output = Callable[[bytes, bytes], None]  # receives a piece of stdout and a piece of stderr; one may be b""


@dataclass(frozen=True, slots=True)
class Become:
    """How to answer a program such as sudo that a command line begins with.

    name: of the program, for errors. success: marker in a line of stdout before the output of the command; ""
    for none. prompt: regex of the question for the password, on stdout or stderr; "" if none is asked.
    password: None if there is none. incorrect: texts after a wrong password. missing: texts if a
    password is needed and was not given.

    Raises InvalidParameter.
    """

    name: str
    success: str = ""
    prompt: str = ""
    password: Secret | None = None
    incorrect: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self, "The option {!r} of become")
        check_pattern("The option 'prompt' of become", self.prompt)


@dataclass(frozen=True, slots=True)
class Execute:
    """A command line for the login shell of a host, as `ssh HOST COMMAND` passes it.

    text: of any number of lines. data: standard input of the program, and then its end. With `become` it is
    written after the success marker.
    become: None for a command line that asks for no password.
    timeout: seconds without progress of the start, and of become, up to its marker; None is
    Settings.command_timeout. A program that runs is not ended, also if it is silent.
    terminal: run it on a terminal of its own, for programs that want one. stderr is a part of stdout then,
    and `data` is typed.
    runner: a Python that stays on the host may run `data`, if it is an Ansible module, see `shell.runner`.

    Raises InvalidParameter.
    """

    text: str
    data: bytes = b""
    become: Become | None = None
    timeout: float | None = None
    terminal: bool = False
    runner: bool = False

    def __post_init__(self) -> None:
        label = "The option {!r} of a program"
        check_type(label.format("text"), self.text, (str,), "a string")
        check_text(label.format("text"), self.text)
        check_type(label.format("data"), self.data, (bytes, bytearray), "bytes")
        check_type(label.format("become"), self.become, (Become, type(None)), "Become or None")
        for name in ("terminal", "runner"):
            check_type(label.format(name), getattr(self, name), (bool,), "true or false")
        if self.timeout is not None:
            check_seconds(label.format("timeout"), self.timeout)


@dataclass(frozen=True, slots=True)
class Start:
    """The manner in which a program is started.

    terminal: on a terminal of its own. live: its output is wanted as it is produced. become: of a program
    that may ask for a password. subsystem: it is named as a subsystem of ssh, such as sftp.
    """

    terminal: bool = False
    live: bool = False
    become: Become | None = None
    subsystem: bool = False


PLAIN = Start()


def as_execute(order: str | Execute) -> Execute:
    """Return the order; a string is its command line. Raises InvalidParameter."""
    return order if isinstance(order, Execute) else Execute(order)


@dataclass(frozen=True, slots=True)
class Executed:
    """The result of a program.

    status: as the status of `ssh HOST COMMAND`; 255 also for a command line that a signal has ended.
    stdout, stderr: byte for byte; b"" if a callback has received them.
    runner: True if it was a module that a runner has run.
    """

    status: int
    stdout: bytes = b""
    stderr: bytes = b""
    runner: bool = False
