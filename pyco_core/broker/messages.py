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
from ..models.driver_change import DriverChange
from ..models.endpoint import Route
from ..models.settings import Settings
from ..models.status import LoginStatus, SessionStatus

VERSION = 4  # of these messages; a broker of another version answers `hello` only

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
    """

    route: Route
    settings: Settings
    persist: float
    changes: tuple[DriverChange, ...] = ()
    observe: bool = False
    fallbacks: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Send:
    """Send one command."""

    BODY: ClassVar[tuple[str, ...]] = ("command", "text")

    command: Command


@dataclass(frozen=True, slots=True)
class Enter:
    """Enter a mode."""

    mode: str


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


Request = Hello | Open | Send | Enter | Reset | Status | Stop
REQUESTS: dict[str, type[Any]] = {
    "hello": Hello,
    "open": Open,
    "send": Send,
    "enter": Enter,
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
    """The state of a session after a request: see Console."""

    mode: str = ""
    home: str = ""
    hostname: str = ""


@dataclass(frozen=True, slots=True)
class RemoteDriver:
    """The facts of a driver that its clients use. Implements DriverFacts."""

    name: str = ""
    network: bool = True
    become_mode: str = ""
    modes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An acquired session. route: see Console."""

    driver: RemoteDriver
    state: SessionState
    route: tuple[str, ...] = ()


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
class ResetAnswer:
    """ended: False if no session was open."""

    ended: bool


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """uptime: seconds. memory: bytes, 0 if unknown. clients: without the one that asks.

    trouble: set by the client; a sentence if the broker does not answer in this version. pid is 0 then
    if its process is unknown.
    """

    pid: int
    uptime: float
    memory: int
    clients: int
    sessions: tuple[SessionStatus, ...] = ()
    logins: tuple[LoginStatus, ...] = ()
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


Answer = HelloAnswer | OpenAnswer | SendAnswer | EnterAnswer | ResetAnswer | StatusAnswer | Failure


# Events, see Observer.


@dataclass(frozen=True, slots=True)
class Connected:
    """A login was opened."""

    hop: int
    endpoint: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Text was typed."""

    BODY: ClassVar[tuple[str, ...]] = ("text",)

    hop: int
    text: str


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes arrived, secrets masked."""

    BODY: ClassVar[tuple[str, ...]] = ("data",)

    hop: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Transition:
    """The state machine took a step."""

    hop: int
    event: str
    before: str
    after: str
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """A session ended."""

    hop: int
    reason: str


Event = Connected | Sent | Received | Transition | Closed
EVENTS: dict[str, type[Any]] = {
    "connected": Connected,
    "sent": Sent,
    "received": Received,
    "transition": Transition,
    "closed": Closed,
}
