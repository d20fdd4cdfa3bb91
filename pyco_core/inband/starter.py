# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs in the shell of a session: for telnet and for typed hops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary, WeakSet

from ..errors import ProgramsRefused, PycoError, SessionTimedOut
from ..models.execute import PLAIN, Start
from ..session.session import Session, clock
from ..shell.base import Program
from ..transport.base import Closed, TimedOut
from . import scripts, tools
from .frames import ACCEPTED, VALUE
from .program import TypedProgram
from .resident import Resident
from .talk import Talk
from .tools import Tools

_SHOWN = 200  # characters of a command line
PARALLEL = Start(live=True)
_RESIDENT = "the program that passes the output of other programs on"
_LOOKING = "looking for base64 and similar programs"


# Found once for each session.
KNOWN_TOOLS: WeakKeyDictionary[Session, Tools] = WeakKeyDictionary()
WITHOUT_PYTHON: WeakSet[Session] = WeakSet()


class TypedStarter:
    """Implements shell.base.Starter. session: at the prompt of a POSIX shell. seconds: for its answers."""

    def __init__(self, session: Session, seconds: float) -> None:
        self.session = session
        self._seconds = seconds

    @property
    def is_parallel(self) -> bool:
        """Return True if the host has a Python, which stays on the terminal then. Raises PycoError."""
        return self._resident(clock() + self._seconds, PARALLEL) is not None

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
    def program(self, command: bytes, deadline: float, start: Start = PLAIN) -> Iterator[Program]:
        """Start a program, see Starter.program.

        Without Python questions and the success marker of become would come in the end: nothing is run.
        """
        resident = self._resident(deadline, start)
        program: Program
        if resident is not None:
            program = resident.program(command)
        else:
            self.session.make_ready(deadline)
            is_asking = start.terminal or start.become is not None
            live = self._live(command, deadline, start) if is_asking else None
            if live is None and start.become is not None:
                raise self._refusal(start.become.name)
            program = live or self._plain(command, deadline)
        try:
            yield program
        finally:
            program.close()

    def _resident(self, deadline: float, start: Start) -> Resident | None:
        """Return the program that stays on the terminal, None if it cannot run this one.

        A program that may ask for a password, perhaps on the terminal itself, has the terminal alone.
        """
        if start.terminal or start.become is not None:
            return None
        resident = self.session.occupant
        if isinstance(resident, Resident) and self.session.is_occupied:
            return resident
        if not start.live or self.session in WITHOUT_PYTHON:
            return None
        self.session.make_ready(deadline)
        talk = Talk(self.session, deadline - clock(), _RESIDENT)
        if not self._has_python(talk, scripts.resident(), deadline):
            return None
        resident = Resident(talk)
        self.session.occupy(resident)
        return resident

    def _refusal(self, name: str) -> PycoError:
        """Return the error for a program of become on a host without Python."""
        return self.session.failure.with_context(
            ProgramsRefused(
                f"The host has no Python, which input for {name} needs over a terminal.",
                hint="Use raw, or pyco_command, which type into the session.",
            )
        )

    def _plain(self, command: bytes, deadline: float) -> TypedProgram:
        talk = Talk(self.session, deadline - clock(), _shown(command), self.tools.encoder.encoding)
        talk.start(scripts.program(_text(command), self.tools))
        return TypedProgram(talk, self.tools)

    def _live(self, command: bytes, deadline: float, start: Start) -> TypedProgram | None:
        """Start a program by Python, None if the host has none."""
        if self.session in WITHOUT_PYTHON:
            return None
        talk = Talk(self.session, deadline - clock(), _shown(command))
        if not self._has_python(talk, scripts.mux(_text(command), start), deadline):
            return None
        question = start.become.prompt if start.become else None
        return TypedProgram(talk, tools.FOR_PYTHON, scripts.LEAVE, question)

    def _has_python(self, talk: Talk, script: str, deadline: float) -> bool:
        """Start a script that runs Python; return False if the host has none. Raises PycoError."""
        talk.start(script)
        event = talk.wait(max(0.0, deadline - clock()))
        if event is not None and event[0] == ACCEPTED:
            return True
        if not talk.has_ended:
            raise talk.error(TimedOut(), self._seconds)
        WITHOUT_PYTHON.add(self.session)
        return False

    def error(self, exc: Exception, seconds: float) -> PycoError:
        """As Starter.error. A program that stays on the terminal outlasts another one that is silent."""
        if isinstance(exc, TimedOut) and self.session.is_occupied:
            error = SessionTimedOut(f"The program did not answer within {seconds:g} s.")
            return self.session.failure.with_context(error)
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
