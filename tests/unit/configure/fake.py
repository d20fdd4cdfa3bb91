# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A console of a device in this process, for the paths that a real device takes rarely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pyco_core.configure.compare import Step
from pyco_core.configure.configurable import Configurable
from pyco_core.configure.project import project
from pyco_core.configure.tree import Syntax, parse
from pyco_core.errors import CommandError
from pyco_core.models.command import Command, as_command
from pyco_core.models.configure import Configure
from pyco_core.models.lines import Lines, Typed
from pyco_core.models.reply import Reply
from pyco_core.parsing.model import Parsing
from tests.unit.typed_lines import type_lines

NOW = Configure(mode="config", running="show run", save="write", negate="no ")
CANDIDATE = Configure(
    mode="config",
    running="show run",
    compare="compare",
    commit="commit",
    comment='commit comment "{comment}"',
    confirm="commit confirmed {minutes}",
    confirmed="commit",
    discard="discard",
    failed="failed",
    negate="no ",
    locked=("locked by:? .*",),
)


@dataclass
class FakeDriver:
    """The facts of a driver."""

    configure: Configure | None
    name: str = "fake"
    network: bool = True
    become_mode: str = "enable"
    modes: tuple[str, ...] = ("enable", "config")
    parse: Parsing = field(default_factory=Parsing)


@dataclass
class FakeConsole(Configurable):
    """A device with sections.

    refused: answers by line; such a line has no effect. stays: sections that are not entered. errors: raised
    by a line instead of an answer. typed: all commands. uncommitted: changes of somebody else. says: answers
    to accepted lines.
    """

    how: Configure | None = NOW
    text: str = ""
    refused: dict[str, str] = field(default_factory=dict)
    stays: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)
    uncommitted: str = ""
    says: dict[str, str] = field(default_factory=dict)
    network: bool = True
    enters: tuple[str, ...] = ("interface ", "router ", "address-family ", "vlan ")
    hostname: str = "r1"
    mode: str = ""
    home: str = "enable"
    route: tuple[str, ...] = ("ssh://u@192.0.2.1:22",)
    typed: list[str] = field(default_factory=list)
    resets: int = 0
    path: list[str] = field(default_factory=list)
    candidate: str | None = None

    @property
    def driver(self) -> FakeDriver:
        return FakeDriver(self.how, network=self.network)

    @property
    def prompt_line(self) -> str:
        inner = "".join(f"-{name.split()[0]}" for name in self.path)
        return f"{self.hostname}(config{inner})#" if self.mode == "config" else f"{self.hostname}#"

    def mask(self, text: str) -> str:
        return text.replace("s3cret", "********")

    def connect(self) -> None:
        self.mode = self.mode or "enable"

    def close(self) -> None:
        self.mode = ""

    def reset(self) -> bool:
        self.resets += 1
        self.mode = "enable"
        return True

    def twin(self) -> FakeConsole:
        return FakeConsole(self.how, self.text)

    def enter(self, mode: str) -> None:
        if f"enter {mode}" in self.errors:
            raise self.errors[f"enter {mode}"]
        if mode != self.mode:
            self.path.clear()
            if mode == "config":
                self.candidate = self.text if self.candidate is None else self.candidate
        self.mode = mode

    def __call__(self, command: str | Command, **options: Any) -> Reply:
        command = as_command(command, options)
        line = "\n".join((command.text, *map(str, command.answer))) if "" in command.prompt else command.text
        self.typed.append(line)
        if line in self.errors:
            raise self.errors[line]
        if line in self.refused:
            message = self.refused[line]
            if command.check:
                raise CommandError(
                    f"The device refused {line!r}: {message}",
                    command=line,
                    output=message,
                    driver="fake",
                    mode=self.mode,
                )
            return Reply(message)
        answer = self.answer(line)
        return Reply(self.says.get(line, answer))

    def type_lines(self, lines: Sequence[str | Command] | Lines) -> Typed:
        return type_lines(self, lines)

    def answer(self, line: str) -> str:
        if line == "show run":
            return self.text
        if line in ("failed", "compare", "write"):
            return self.uncommitted if line == "compare" else ""
        if line.startswith("configure revert"):
            self.enter("config")
        elif line == "exit":
            if self.path:
                self.path.pop()
            else:
                self.mode = "enable"
        elif line.startswith("commit"):
            self.text = self.candidate or ""
        elif line == "discard":
            self.candidate = None
        elif line in self.stays:
            return self.stays[line]
        elif self.mode == "config":
            self.configure_line(line)
        return ""

    def configure_line(self, line: str) -> None:
        tree = parse(self.candidate or "", Syntax())
        self.candidate = project(tree, [Step(line, tuple(self.path))], Syntax()).render()
        if line.startswith(self.enters):
            self.path.append(line)
        if line.startswith("hostname "):
            self.hostname = line.split()[1]
        if not (self.how and self.how.commit):
            self.text = self.candidate
