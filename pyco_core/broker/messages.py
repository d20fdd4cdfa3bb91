# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages between a client and the broker: one dataclass for each operation, and one for its answer.

The client sends a request and waits for its answer. If it asked for them, events come before the answer.
The field named by `BODY` travels as the body of the message, the others in its header: see `protocol`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..models.command import Command
from ..models.configure import Configure
from ..models.driver_change import DriverChange
from ..models.endpoint import Route
from ..models.lines import Lines
from ..models.settings import Settings
from ..models.status import LoginStatus, OutageStatus, SessionStatus
from ..parsing.model import Parsing
from .program_messages import Fetch, Put, Run

VERSION = 9  # of these messages; a broker of another version answers `hello` only

# Requests.


@dataclass(frozen=True, slots=True)
class Hello:
    """The handshake. identity: see `paths.identity`."""

    version: int
    identity: str


@dataclass(frozen=True, slots=True)
class Open:
    """Acquire a session of this route, and log in if none is open.

    route: the hops in order and the target. persist: seconds the session stays open unused.
    changes: changes of the target's driver. observe: send events. fallbacks: further routes, in order.
    programs: open no session for commands, if programs need none.
    """

    route: Route
    settings: Settings
    persist: float
    changes: tuple[DriverChange, ...] = ()
    observe: bool = False
    fallbacks: tuple[Route, ...] = ()
    programs: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """Send one command."""

    BODY: ClassVar[tuple[str, ...]] = ("command", "text")

    command: Command


@dataclass(frozen=True, slots=True)
class TypeLines:
    """Type lines one after the other."""

    lines: Lines


@dataclass(frozen=True, slots=True)
class Enter:
    """Enter a mode; "" opens the session if that is not done yet."""

    mode: str


@dataclass(frozen=True, slots=True)
class Note:
    """Keep a text with the login."""

    BODY: ClassVar[tuple[str, ...]] = ("text",)

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Reset:
    """Close the sessions of this route, and of its fallbacks."""

    route: Route
    settings: Settings
    changes: tuple[DriverChange, ...] = ()
    fallbacks: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """Report the open sessions."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the broker; the answer is its last status."""


Request = Hello | Open | Send | TypeLines | Enter | Run | Put | Fetch | Note | Reset | Status | Stop
REQUESTS: dict[str, type[Any]] = {
    "hello": Hello,
    "open": Open,
    "send": Send,
    "type_lines": TypeLines,
    "enter": Enter,
    "run": Run,
    "put": Put,
    "fetch": Fetch,
    "note": Note,
    "reset": Reset,
    "status": Status,
    "stop": Stop,
}


# Answers.


@dataclass(frozen=True, slots=True)
class HelloAnswer:
    """pid: process id of the broker."""

    pid: int


@dataclass(frozen=True, slots=True)
class SessionState:
    """The state of a session after a request: see Console. login: its number, see Notes.

    programs: True if the host runs programs.
    """

    mode: str = ""
    home: str = ""
    hostname: str = ""
    prompt_line: str = ""
    login: int = 0
    programs: bool = False


@dataclass(frozen=True, slots=True)
class RemoteDriver:
    """The facts of a driver that its clients use. Implements DriverFacts."""

    name: str = ""
    network: bool = True
    become_mode: str = ""
    modes: tuple[str, ...] = ()
    parse: Parsing = field(default_factory=Parsing)
    configure: Configure | None = None


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An acquired session. route, notes: see Console."""

    driver: RemoteDriver
    state: SessionState
    route: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SendAnswer:
    """The facts of a Reply, and the state of the session after it."""

    BODY: ClassVar[tuple[str, ...]] = ("text",)

    text: str
    elapsed: float
    status: int | None
    state: SessionState
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnterAnswer:
    """The state of the session in the new mode."""

    state: SessionState


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """The status of a program, whose output came before. runner: see Executed."""

    status: int
    state: SessionState
    runner: bool = False


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """A file was copied."""

    state: SessionState


@dataclass(frozen=True, slots=True)
class NoteAnswer:
    """The state of the session that has the note."""

    state: SessionState


@dataclass(frozen=True, slots=True)
class ResetAnswer:
    """ended: False if no session was open."""

    ended: bool


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """uptime: seconds. memory: bytes, 0 if unknown. clients: without the one that asks.

    drivers: folders with the Python drivers that the broker may run.
    trouble: set by the client; a sentence if the broker does not answer in this version. pid is 0 then
    if its process is unknown.
    """

    pid: int
    uptime: float
    memory: int
    clients: int
    sessions: tuple[SessionStatus, ...] = ()
    logins: tuple[LoginStatus, ...] = ()
    outages: tuple[OutageStatus, ...] = ()
    drivers: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """An error. error: name of its class. output: of a CommandError."""

    BODY: ClassVar[tuple[str, ...]] = ("output",)

    error: str
    message: str
    hint: str = ""
    reached: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    output: str = ""


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """The facts of an Answer to one line. refused: its error."""

    text: str
    elapsed: float = 0.0
    status: int | None = None
    mode: str = ""
    prompt: str = ""
    notices: tuple[str, ...] = ()
    bare: str = ""
    refused: Failure | None = None


@dataclass(frozen=True, slots=True)
class LinesAnswer:
    """The answers to lines, and the state of the session after them. end: see Typed."""

    answers: tuple[LineAnswer, ...]
    state: SessionState
    end: Failure | None = None


_ForSession = SendAnswer | LinesAnswer | EnterAnswer | RunAnswer | FileAnswer | NoteAnswer
Answer = HelloAnswer | OpenAnswer | _ForSession | ResetAnswer | StatusAnswer | Failure
