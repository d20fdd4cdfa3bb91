# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs in the shell of a session: for telnet and for typed hops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary, WeakSet

from ..errors import ProgramsRefused, PycoError
from ..models.execute import PLAIN, Start
from ..session.session import Session, clock
from ..transport.base import Closed, TimedOut
from . import scripts, tools
from .frames import ACCEPTED, VALUE
from .program import TypedProgram
from .talk import Talk
from .tools import Tools

_SHOWN = 200  # characters of a command line
_LOOKING = "looking for base64 and similar programs"


# Found once for each session.
KNOWN_TOOLS: WeakKeyDictionary[Session, Tools] = WeakKeyDictionary()
WITHOUT_PYTHON: WeakSet[Session] = WeakSet()


class TypedStarter:
    """Implements shell.base.Starter. session: at the prompt of a POSIX shell. seconds: for its answers."""

    is_parallel = False

    def __init__(self, session: Session, seconds: float) -> None:
        self.session = session
        self._seconds = seconds

    @property
    def tools(self) -> Tools:
        """Return the tools of the host, which are looked for on the first use. Raises PycoError."""
        found = KNOWN_TOOLS.get(self.session)
        if found is None:
            found = KNOWN_TOOLS[self.session] = self._search()
        return found

    def _search(self) -> Tools:
        talk = Talk(self.session, self._seconds, _LOOKING)
        talk.start(scripts.value(tools.search()))
        answer = ""
        while not talk.has_ended:
            event = talk.wait(self._seconds)
            if event is None:
                raise talk.error(TimedOut(), self._seconds)
            if event[0] == VALUE:
                answer = event[1].decode("ascii", "replace")
        found = tools.read(answer)
        if found is None:
            raise self.session.failure.with_context(
                ProgramsRefused("The host lacks programs of POSIX, such as od, tr and head.")
            )
        return found

    @contextmanager
    def program(self, command: bytes, deadline: float, start: Start = PLAIN) -> Iterator[TypedProgram]:
        """Start a program, see Starter.program."""
        self.session.make_ready(deadline)
        program = None if start == PLAIN else self._live(command, deadline, start)
        program = program or self._plain(command, deadline)
        try:
            yield program
        finally:
            program.close()

    def _plain(self, command: bytes, deadline: float) -> TypedProgram:
        talk = Talk(self.session, deadline - clock(), _shown(command), self.tools.encoder.encoding)
        talk.start(scripts.program(_text(command), self.tools))
        return TypedProgram(talk, self.tools)

    def _live(self, command: bytes, deadline: float, start: Start) -> TypedProgram | None:
        """Start a program by Python, None if the host has none."""
        if self.session in WITHOUT_PYTHON:
            return None
        talk = Talk(self.session, deadline - clock(), _shown(command))
        talk.start(scripts.mux(_text(command), start))
        event = talk.wait(deadline - clock())
        if event is not None and event[0] == ACCEPTED:
            return TypedProgram(talk, tools.FOR_PYTHON, scripts.LEAVE, start.become is not None)
        if not talk.has_ended:
            raise talk.error(TimedOut(), self._seconds)
        WITHOUT_PYTHON.add(self.session)
        return None

    def error(self, exc: Exception, seconds: float) -> PycoError:
        """As Starter.error."""
        return self.session.failure.stream_error(exc, "the program ran", seconds)

    def check(self) -> None:
        """As Starter.check."""
        if self.session.channel.transport.is_silent:
            raise self.error(Closed(), 0.0)


def _text(command: bytes) -> str:
    return command.decode("utf-8", "surrogateescape")


def _shown(command: bytes) -> str:
    """Return the beginning of a command line, for transcripts and errors."""
    line = command.partition(b"\n")[0].decode("utf-8", "backslashreplace")
    return line if len(line) <= _SHOWN and b"\n" not in command else f"{line[:_SHOWN]}..."
