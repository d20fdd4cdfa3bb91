# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that are typed one after the other in one request, and their answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import CommandError, InvalidParameter, PycoError
from .command import Command, as_command
from .reply import Reply

_MARKS = re.compile(r"[*~!+]")  # of a changed candidate, in prompts of Nokia and Huawei
_IDENTITY = re.compile(r"\[[^@\]\n]*@[^\]\n]*\](?=[\w/ .<-]*>)")  # of RouterOS, which may have blanks
_NEW = re.compile(r"(?<=[\w)])\$$")  # of a new section of SR OS: its first line makes it "#"


@dataclass(frozen=True, slots=True)
class Lines:
    """Commands, each typed once and in this order, until the device refuses one.

    commands: one with `sendonly` waits for no prompt: the next one is typed after its echo, and the answer of
    the first one without `sendonly` has the output of all of them. If the last one has it, the session is
    closed before its next use.
    depths: the number of open sections after each command, from 0; -1 for any. A larger number needs another
    prompt, a smaller one the prompt before that section, the same one the same prompt, all in the same mode.
    After a prompt that does not fit nothing is typed. () checks nothing.
    prompts: the bare prompts of the sections that are open before, the outermost first; () for none.
    window: bytes of lines that may be on their way to the device; 0 waits for the answer of each line. The
    first line of a kind, and one that enters a section or has options, is always waited for.

    Raises InvalidParameter.
    """

    commands: tuple[Command, ...]
    depths: tuple[int, ...] = ()
    prompts: tuple[str, ...] = ()
    window: int = 0

    def __post_init__(self) -> None:
        if self.depths and len(self.depths) != len(self.commands):
            raise InvalidParameter(f"depths: expected {len(self.commands)} numbers, got {len(self.depths)}.")
        for command in self.commands:
            as_command(command, {})


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one line.

    reply: its output, "" for one with `sendonly`. error: None if the device accepted the line.
    bare: the prompt after it, see `bare_prompt`.
    """

    reply: Reply
    error: CommandError | None = None
    bare: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """The answers to lines, in their order.

    end: the error that ended the typing: the line after the answered ones was typed and not answered, or not
    typed. None if no line is without an answer, or the last answer ended it.
    """

    answers: tuple[Answer, ...]
    end: PycoError | None = None

    @property
    def refused(self) -> int:
        """Return the index of the first refused line, -1 if there is none."""
        return next((place for place, answer in enumerate(self.answers) if answer.error), -1)

    def check(self) -> None:
        """Raise the error of the first refused line, or the one that ended the typing."""
        errors = [answer.error for answer in self.answers if answer.error is not None]
        error = errors[0] if errors else self.end
        if error is not None:
            raise error


def as_lines(commands: Sequence[str | Command] | Lines) -> Lines:
    """Return lines without conditions for a sequence of commands. Raises InvalidParameter."""
    if isinstance(commands, Lines):
        return commands
    if isinstance(commands, str):
        raise InvalidParameter("lines: expected a list of commands, got a string.")
    return Lines(tuple(as_command(command, {}) for command in commands))


def bare_prompt(prompt: str, hostname: str) -> str:
    """Return a prompt without the hostname, which a line may change, and without marks of a candidate.

    Only its last two lines are certain; a list of other users may be above them.
    """
    lines = [line.strip() for line in prompt.splitlines() if line.strip()]
    bare = "\n".join(lines[-2:])
    bare, found = _IDENTITY.subn("[@]", bare)
    if hostname and not found:
        bare = bare.replace(hostname, "", 1)
    return _NEW.sub("#", _MARKS.sub("", bare).strip())


@dataclass(slots=True)
class Sections:
    """The sections that lines open and leave. mode: of all of them. prompts: bare, the outermost first."""

    mode: str
    prompts: list[str]

    def fits(self, depth: int, mode: str, bare: str) -> bool:
        """Return True if the mode and the prompt after a line fit the number of open sections.

        depth: -1 for any. See Lines.
        """
        if depth < 0:
            return True
        if mode != self.mode:
            return False
        if depth >= len(self.prompts):
            self.prompts.append(bare)
            return bare != self.prompts[-2]
        del self.prompts[depth + 1 :]
        return bare == self.prompts[depth]
