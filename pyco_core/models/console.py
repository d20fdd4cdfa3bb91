# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface of a device's command line, the same in this process and over the broker."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, BinaryIO, Protocol

from ..parsing.model import Parsing
from .command import Command
from .configure import Configure
from .execute import MODE, Execute, Executed, Output
from .lines import Lines, Typed
from .reply import Reply


class DriverFacts(Protocol):
    """The facts of a driver that callers of a console may use."""

    @property
    def name(self) -> str:
        """Return the name of the driver."""

    @property
    def network(self) -> bool:
        """Return True for a network device, False for a host with a POSIX shell."""

    @property
    def become_mode(self) -> str:
        """Return the mode that `become` enters, "" if there is none."""

    @property
    def modes(self) -> Collection[str]:
        """Return the names of the modes."""

    @property
    def parse(self) -> Parsing:
        """Return the facts that parsers of outputs need."""

    @property
    def configure(self) -> Configure | None:
        """Return the commands that configure the platform, None if the driver has none."""


class Console(Protocol):
    """A device's command line. Implemented by Device and RemoteDevice."""

    @property
    def driver(self) -> DriverFacts:
        """Return the driver in use. Raises DriverError."""

    @property
    def mode(self) -> str:
        """Return the current mode, "" if not connected."""

    @property
    def home(self) -> str:
        """Return the mode that the login ended in, "" if not connected."""

    @property
    def hostname(self) -> str:
        """Return the name in the prompt, "" if there is none."""

    @property
    def prompt_line(self) -> str:
        """Return the last prompt as the device showed it, "" if not connected."""

    @property
    def route(self) -> tuple[str, ...]:
        """Return the hops and the target of the route in use, as `protocol://user@host:port`."""

    def mask(self, text: str) -> str:
        """Return the text with `********` in place of each secret of the route."""

    def connect(self) -> None:
        """Log in if not connected. Raises PycoError."""

    def enter(self, mode: str) -> None:
        """Enter a mode. Raises PycoError."""

    def __call__(self, command: str | Command, **options: Any) -> Reply:
        """Send one command and return its output; options: fields of Command. Raises PycoError."""

    def type_lines(self, lines: Sequence[str | Command] | Lines) -> Typed:
        """Type lines one after the other, in one request, and return their answers.

        A refused line ends it. Raises PycoError before the first line; later errors are in the result.
        """

    def reset(self) -> bool:
        """Close the session for good, so that the next use logs in anew; return False if none was open."""

    def twin(self) -> Console:
        """Return another console of the same device, for a login of its own. It is not connected yet."""

    def close(self) -> None:
        """Close the session, or return it to the broker. Never raises."""


class NotedConsole(Console, Protocol):
    """A console that keeps notes with its login, see `models.notes`."""

    @property
    def notes(self) -> Mapping[str, str]:
        """Return the texts that clients keep with the login, by name; none if not connected."""

    def note(self, name: str, text: str) -> None:
        """Keep a text with the login, for the next client too; it ends with the login. Raises PycoError."""


class HostConsole(NotedConsole, Protocol):
    """The console of a device that may be a host with a POSIX shell, which runs programs and has files."""

    @property
    def runs_programs(self) -> bool:
        """Return True if programs run on the host that is logged in to, so that `execute` and files work."""

    def log_in(self) -> None:
        """Log in, without a session for commands if programs need none. Raises PycoError."""

    def execute(self, order: str | Execute, on_output: Output | None = None) -> Executed:
        """Run a program on a host with a POSIX shell, and return its status, stdout and stderr.

        order: a string is a command line. on_output: receives the output as it is produced; the result has
        none of it then. The program is started once, in the home folder, and shares nothing with the session.

        Raises PycoError; ProgramsRefused for a network device.
        """

    def put(self, source: BinaryIO, path: str, mode: int = MODE) -> None:
        """Write the rest of a file to a file on the host, which is replaced in one step.

        path: relative to the home folder. mode: permissions of a new file, before the umask; an old one keeps
        its own. Raises PycoError; TransferFailed if the host refuses it.
        """

    def fetch(self, path: str, sink: BinaryIO) -> None:
        """Write the content of a file on the host to sink. Raises PycoError; TransferFailed if that fails."""
