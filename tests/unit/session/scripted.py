# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A transport that plays a dialogue, strictly and in no time.

A dialogue is a list of steps. The input of the session must be exactly the next step, and must not come
while the device still has output; anything else fails the test. No time passes: without further output a
read times out at once, and a Pause costs only the reads with a deadline before its end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.model import Driver
from pyco_core.errors import OutOfStep, PycoError
from pyco_core.models.command import Command
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.session.login import ClientErrors, login
from pyco_core.session.send import send
from pyco_core.session.session import Session
from pyco_core.transport.base import Closed, TimedOut, Transport

T = TypeVar("T")
QUIET = 60.0  # seconds that nobody waits; a machine under load must not make a silence of a pause


class Step:
    """One step of a dialogue."""


@dataclass(frozen=True)
class Say(Step):
    """Bytes from the device. unasked: they may come before or after the next input (a log message)."""

    data: bytes
    unasked: bool = False


@dataclass(frozen=True)
class Type(Step):
    """Input that the session must type now, in one write."""

    data: bytes


@dataclass(frozen=True)
class Pause(Step):
    """The device is silent for so many seconds, longer than a driver's idle timeout."""

    seconds: float = 2 * QUIET


@dataclass(frozen=True)
class End(Step):
    """The device closes the connection. while_writing: only a write meets it."""

    while_writing: bool = False


@dataclass(frozen=True)
class Stuck(Step):
    """The device takes no more bytes: a write times out."""


@dataclass(frozen=True)
class Cut:
    """The delivery of the device's output.

    at: positions in the output at which a read ends; None for every byte on its own. late: the rest after a
    cut has not arrived yet when the session checks for pending bytes.
    """

    at: frozenset[int] | None = frozenset()
    late: bool = False

    def __str__(self) -> str:
        cut = "byte by byte" if self.at is None else f"cut at {sorted(self.at)}" if self.at else "whole"
        return cut + (", late" if self.late else "")


WHOLE = Cut()
BYTES = Cut(None)
LATE_BYTES = Cut(None, late=True)


class Scripted:
    """The transport. typed: all writes. left: the steps that were not played yet."""

    def __init__(self, *steps: Step, cut: Cut = WHOLE) -> None:
        self.left: list[Step] = list(steps)
        self.typed: list[bytes] = []
        self.closed = 0
        self.cut = cut
        self._position = 0  # position in the output of the device
        self._withheld = False  # a late cut is just here

    def read(self, deadline: float) -> bytes:
        wait = deadline - time.monotonic()
        if wait <= 0:
            raise TimedOut
        if self.closed:
            raise Closed
        self._withheld = False
        step = self.left[0] if self.left else None
        if isinstance(step, Pause):
            if wait < step.seconds:
                self.left[0] = Pause(step.seconds - wait)
                raise TimedOut
            del self.left[0]
            return self.read(deadline)
        if isinstance(step, End) and not step.while_writing:
            raise Closed
        if not isinstance(step, Say):
            raise TimedOut
        return self._take(step)

    def resize(self, columns: int, lines: int) -> None:
        """Ignore the size."""

    def pending(self) -> bool:
        step = self.left[0] if self.left else None
        ended = isinstance(step, End) and not step.while_writing
        return bool(self.closed) or (not self._withheld and (isinstance(step, Say) or ended))

    def write(self, data: bytes, deadline: float) -> None:
        if self.closed:
            raise Closed
        place = 0
        while place < len(self.left) and self._may_be_overtaken(self.left[place]):
            place += 1
        step = self.left[place] if place < len(self.left) else None
        if isinstance(step, End):
            raise Closed
        if isinstance(step, Stuck):
            raise TimedOut
        assert isinstance(step, Type), f"typed {data!r} but the dialogue has {step!r}"
        assert data == step.data, f"typed {data!r} but the dialogue has {step.data!r}"
        assert deadline > time.monotonic(), "typed with a deadline that has passed"
        self.typed.append(data)
        del self.left[place]
        self.left = [step for at, step in enumerate(self.left) if at >= place or not isinstance(step, Pause)]
        self._withheld = False

    def close(self) -> None:
        self.closed += 1

    @property
    def is_silent(self) -> bool:
        return False

    @property
    def alive(self) -> bool:
        return not self.closed

    def interrupt(self, *steps: Step) -> None:
        """Insert these steps before the rest of the dialogue."""
        self.left[:0] = steps

    def done(self) -> None:
        """Fail unless the whole dialogue was played; the output of a closed transport may be left."""
        left = [step for step in self.left if not self._may_be_overtaken(step)]
        if self.closed:
            left = [step for step in left if not isinstance(step, (Say, End, Pause, Stuck))]
        assert not left, f"not played: {left}"

    def _may_be_overtaken(self, step: Step) -> bool:
        # The blank after a prompt may come when the prompt was answered already.
        blank = isinstance(step, Say) and self.cut.late and not step.data.strip(b" ")
        return blank or isinstance(step, Pause) or (isinstance(step, Say) and step.unasked)

    def _take(self, step: Say) -> bytes:
        whole = b""
        while self.left and isinstance(say := self.left[0], Say) and say.unasked == step.unasked:
            size = self._up_to_the_cut(len(say.data))
            whole += say.data[:size]
            self._position += size
            if size < len(say.data):
                self.left[0] = replace(say, data=say.data[size:])
            else:
                del self.left[0]
            if self._is_cut(self._position) or size < len(say.data):
                self._withheld = self.cut.late and bool(self.left)
                break
        return whole

    def _is_cut(self, position: int) -> bool:
        return self.cut.at is None or position in self.cut.at

    def _up_to_the_cut(self, size: int) -> int:
        if self.cut.at is None:
            return 1
        return min(
            (at - self._position for at in self.cut.at if 0 < at - self._position <= size), default=size
        )


def cuts(steps: Sequence[Step], *, near: int = 10, late: bool = True) -> Iterator[Cut]:
    """Yield whole delivery, byte by byte, and cuts at each position near the end of each output.

    late: also so that the rest is not there yet when the session looks for it.
    """
    yield WHOLE
    yield BYTES
    position, edges = 0, [0]
    for step in steps:
        if isinstance(step, Say):
            position += len(step.data)
        elif edges[-1] != position:
            edges.append(position)
    edges.append(position)
    places = sorted({at for edge in edges for at in range(edge - near, edge + 4) if 0 < at < position})
    yield from (Cut(frozenset({at})) for at in places)
    if late:
        yield LATE_BYTES
        yield from (Cut(frozenset({at}), late=True) for at in places)


@dataclass(frozen=True)
class Failure:
    """The facts of an error that must not depend on the delivery of the bytes."""

    error: type[PycoError]
    message: str
    hint: str
    state: str
    mode: str
    command: str
    hop: int | None


def outcome(use: Callable[[], T]) -> T | Failure:
    """Return the result of a function, or its error as data; no secret may be in it."""
    try:
        return use()
    except PycoError as exc:
        shown = f"{exc} {exc!r} {exc.facts()}"
        assert SECRET not in shown
        assert BECOME not in shown
        return Failure(type(exc), exc.message, exc.hint, exc.state, exc.mode, exc.command, exc.hop)


TOKEN = b"c0ffee42"
SECRET, BECOME = "S3cret-login", "S3cret-enable"


def endpoint(**parts: Any) -> Endpoint:
    """Return a telnet login with a user and both passwords, changed by these parts."""
    usual: dict[str, Any] = {
        "host": "r1",
        "protocol": "telnet",
        "user": "pyco",
        "password": Secret(SECRET),
        "become_password": Secret(BECOME),
    }
    return Endpoint(**{**usual, **parts})


def quick(name: str, **parts: Any) -> Driver:
    """Return the driver with QUIET as its idle timeout, and these parts changed."""
    return replace(load(name), **{"quiet": QUIET, **parts})


def soon(seconds: float = 3600.0) -> float:
    """Return a deadline. The dialogues need none of the time."""
    return time.monotonic() + seconds


def session_on(
    source: Transport | Session,
    driver: Driver,
    at: Endpoint | None = None,
    settings: Settings | None = None,
    *,
    token: bytes = TOKEN,
    **options: Any,
) -> Session:
    """Return a session before its login. token: in the prompt of a shell, instead of a random one."""
    session = Session(source, driver, at or endpoint(), settings or Settings(), **options)
    session.channel._matcher.bindings["token"] = token
    return session


def transport_of(session: Session) -> Scripted:
    """Return the scripted transport of a session."""
    transport = session.channel.transport
    assert isinstance(transport, Scripted)
    return transport


def receive(session: Session, data: bytes) -> None:
    """Let the device send bytes, and read them."""
    transport_of(session).interrupt(Say(data))
    session.channel._reader.receive(soon())


def transcript(folder: Path, name: str = "r1") -> str:
    """Return a transcript without its timestamps."""
    lines = (folder / f"{name}.log").read_text("utf-8").splitlines()
    return "".join(f"{line.partition(' ')[2]}\n" for line in lines)


def everywhere(steps: Sequence[Step], run: Callable[[Scripted], T], *, late: bool = True) -> T | Failure:
    """Run with the dialogue cut at every relevant position, and return the outcome, which must be the same.

    late: also cut so that the rest is not there yet when the session looks for more.
    """
    first: T | Failure | None = None
    for cut in cuts(steps, late=late):
        transport = Scripted(*steps, cut=cut)
        try:
            result = outcome(partial(run, transport))
            transport.done()
        except AssertionError as exc:
            raise AssertionError(f"{cut}: {exc}") from exc
        if cut == WHOLE:
            first = result
        assert result == first, f"{cut}: {result} is not {first}"
    assert first is not None
    return first


def play(
    steps: Sequence[Step],
    driver: Driver,
    use: Callable[[Session], T],
    *,
    late: bool = True,
    at: Endpoint | None = None,
    settings: Settings | None = None,
    client_errors: ClientErrors = (),
    authenticated: bool = False,
) -> T | Failure:
    """Log in and use the session, with all cuts as above. A closed session types nothing more."""

    def run(transport: Scripted) -> T:
        session = session_on(transport, driver, at, settings, authenticated=authenticated)
        try:
            login(session, soon(), client_errors)
            return use(session)
        finally:
            if session.closed_reason:
                check_useless(session)

    return everywhere(steps, run, late=late)


def check_useless(session: Session) -> None:
    """Fail if a closed session can still be used."""
    transport = session.channel.transport
    before = list(transport.typed) if isinstance(transport, Scripted) else []
    with pytest.raises(OutOfStep) as caught:
        send(session, Command("show secrets of the next user"), soon())
    assert caught.value.message == f"The session was closed earlier: {session.closed_reason}"
    assert not isinstance(transport, Scripted) or transport.typed == before
