# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a tape, as frozen dataclasses: each field is the YAML key of the same name.

A tape is written in the order of the fields. A field with its default value is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a command asks before it acts.

    answer: the only right answer, typed with Enter; None accepts any. keys: if not empty, one key without
    Enter answers, and each of these is right. hidden: whether the answer is not echoed. attempts: number of
    times that the question is asked. failed: printed after the last wrong answer; the command then does
    nothing.
    """

    prompt: str
    answer: str | None = None
    keys: str = ""
    hidden: bool = False
    attempts: int = 1
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a mode.

    words: one string for each word; `{name}` accepts any word and `{name:number}` any number, and the typed
    word becomes the variable of that name. In YAML they are the key of the command. output: printed
    `repeat` times. ask: questions before the command acts. mode: name of the next mode, "" to stay.
    connect: "telnet" or "ssh", connects onward to the variables host, port and user; "" for a plain
    command. close: whether the command ends the session. set: variables and their new values.
    """

    words: tuple[str, ...]
    output: str = ""
    repeat: int = 1
    ask: tuple[Question, ...] = ()
    mode: str = ""
    connect: str = ""
    close: bool = False
    set: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode of the device: its prompt and commands.

    mode: the driver's name of this mode, "" if it is the same. prompts: this prompt on real devices, examples
    that the driver's pattern must match.
    """

    prompt: str
    commands: tuple[Command, ...] = ()
    mode: str = ""
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Login:
    """The dialogue of a login.

    users: password by user name. password: used without `users`, for a device that asks for no user name.
    attempts: number of times that the device asks. failed: printed after each wrong attempt. refused:
    printed after the last one, before the device closes the connection. welcome: printed after the login.
    ask: questions between login and first prompt. inside: whether the device also asks for user and
    password after ssh has authenticated the client.
    """

    banner: str = ""
    user_prompt: str = "Username: "
    password_prompt: str = "Password: "
    users: Mapping[str, str] = field(default_factory=dict)
    password: str = ""
    attempts: int = 3
    failed: str = ""
    refused: str = ""
    welcome: str = ""
    ask: tuple[Question, ...] = ()
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Errors:
    """The messages for an unknown, an incomplete and an ambiguous command; `{line}` is the typed command.

    incomplete, ambiguous: "" for the same message as for an unknown command. caret: whether a line with ^
    under the first wrong character precedes `unknown`.
    """

    unknown: str
    incomplete: str = ""
    ambiguous: str = ""
    caret: bool = False


@dataclass(frozen=True, slots=True)
class Connect:
    """The messages of the device's own `telnet` and `ssh` clients; `{host}` and `{port}` are filled in."""

    trying: str = ""
    open: str = "\n"
    refused: str = "% Connection refused by remote host\n"
    closed: str = "\n[Connection to {host} closed by foreign host]\n"


@dataclass(frozen=True, slots=True)
class Expected:
    """The result that a driver must get from this tape.

    mode: the mode after the login. hostname: the host name in the prompt, "" for none. errors: commands whose
    output is an error. paged: a command whose output needs the pager, "" if the device has none.
    """

    mode: str
    hostname: str = ""
    errors: tuple[str, ...] = ()
    paged: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The configuration of a device that carries out its configuration commands.

    kind: the platform, one of the files in `platforms/`. running: its configuration at the start. startup:
    the saved one, None for the same.
    """

    kind: str
    running: str = ""
    startup: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """A whole device.

    start: name of the mode after the login. abbreviate: whether commands may be shortened. expected: None for
    a tape that proves no driver. configuration: None for a device whose configuration commands are only those
    of its modes. variables: initial values of `{name}` in prompts and outputs. more: the pager's prompt, ""
    for no pager. more_erased: printed after a key to erase that prompt, "" for backspaces and blanks.
    more_end: the pager's prompt at the end of the output, which waits for `q`; "" if the pager ends by
    itself. login: None for a device without one.
    """

    description: str = ""
    source: str = ""
    start: str
    abbreviate: bool = False
    expected: Expected | None = None
    configuration: Configuration | None = None
    more: str = ""
    more_erased: str = ""
    more_end: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    login: Login | None = None
    errors: Errors
    connect: Connect = Connect()
    modes: Mapping[str, Mode]
