# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of configuration, typed into the sections that they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import CommandError, ConfigureError
from ..models.command import Command
from ..models.configure import Configure
from ..models.console import Console
from ..models.lines import Answer, Lines, Sections, bare_prompt
from .blocks import delimited, is_free_text
from .compare import Step, common_sections
from .edit import CLOSERS, is_opener, verb_of
from .pending import Pending
from .questions import ANSWERS, QUESTIONS
from .tree import EDIT, SET

_DEEPEST = 4  # sections that one line may enter
# IOS asks before it removes a user, a trustpoint with its certificates, or AAA.
_ASKED = re.compile(
    r"(?:no|undo) (?:"
    r"(?:username|local-user|crypto (?:pki|ca) (?:trustpoint|certificate chain)) |aaa new-model$)"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that the device refused, or a section that it did not enter. before: steps accepted earlier."""

    step: Step
    error: CommandError
    before: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A line to type.

    depth: see Lines. step: the line itself, or the one that it is typed for. done: the number of steps that
    are typed with it. opens, closes: True if it enters a section, or leaves one.
    """

    command: Command
    depth: int
    step: Step
    done: int
    is_last: bool = False
    opens: bool = False
    closes: bool = False


@dataclass(slots=True)
class Typist:
    """The state of typing on one console: the sections that are open.

    questions: of lines, by their text. window: see Lines. accepted: the steps that the device accepted, in
    blocks those that are in force. answers: of the lines, with the lines. has_entered: True after the first
    section, which the device may have created.
    """

    console: Console
    how: Configure
    questions: Mapping[str, Command] = field(default_factory=dict)
    window: int = 0
    accepted: list[Step] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    has_entered: bool = False
    _sections: Sections = field(default_factory=lambda: Sections("", []))
    _open: list[str] = field(default_factory=list)
    _pending: Pending = field(init=False)

    def __post_init__(self) -> None:
        self._pending = Pending(self.accepted, self._has_blocks)

    @property
    def is_unfinished(self) -> bool:
        """Return True if lines wait for the end of their block."""
        return self._has_blocks and bool(self._open)

    def begin(self) -> None:
        """Take the current mode for the one in which configuration is typed."""
        self._sections = Sections(self.console.mode, [self._bare()])
        self._open = []

    def type(self, steps: Sequence[Step]) -> tuple[int, list[Refusal]]:
        """Type steps in their sections until one is refused; return the number of typed ones and refusals.

        Blocks whose end puts them into force are closed behind the last step.

        Raises ConfigureError (the device left the configuration mode), and PycoError of the session.
        """
        lines = list(self._script(steps))
        while lines:
            answered, refusals = self._request(lines)
            if refusals:
                return lines[answered - 1].done, refusals
            lines = lines[answered:]
        return len(steps), []

    def leave(self) -> None:
        """Leave all sections. Raises as `type`, and CommandError."""
        lines = list(self._leaving(self._open, 0, Step(self.how.leave), 0))
        while lines:
            answered, refusals = self._request(lines)
            if refusals:
                raise refusals[0].error
            lines = lines[answered:]

    def abandon(self) -> None:
        """Drop the block that is being typed, and leave all blocks. Raises ConfigureError, and as `type`."""
        base = self._sections.prompts[0]
        for command in ("abort", "end") * (len(self._open) + 1):
            if self._bare() == base:
                break
            self.console(Command(command, check=False))
        else:
            blocks = self.console.mask(" / ".join(self._open))
            raise ConfigureError(f"The blocks {blocks!r} cannot be left.", reached=True)
        self._open = []
        self._pending.drop()

    def _script(self, steps: Sequence[Step]) -> Iterator[_Line]:
        """Yield the lines that type these steps, with those that leave and enter sections."""
        opened = list(self._open)
        for place, step in enumerate(steps):
            common = common_sections(opened, step.parents)
            yield from self._leaving(opened, common, step, place)
            del opened[common:]
            for parent in step.parents[common:]:
                section = Step(parent, tuple(opened))
                opened.append(parent)
                yield _Line(Command(parent), len(opened), section, place, opens=True)
            *rest, last = self._commands(step.text)
            yield from (_Line(command, -1, step, place + 1) for command in rest)
            opens = self._has_blocks and is_opener(step.text)
            yield _Line(last, len(opened) + opens, step, place + 1, is_last=True, opens=opens)
            opened += [step.text] * opens
        if self._has_blocks:
            yield from self._leaving(opened, 0, Step(""), len(steps))

    def _leaving(self, opened: Sequence[str], to: int, step: Step, done: int) -> Iterator[_Line]:
        for sections in range(len(opened) - 1, to - 1, -1):
            leave = self.how.leave
            if self._has_blocks:
                leave = CLOSERS[verb_of(opened[sections])]
                step = Step(leave, tuple(opened[: sections + 1]))
            yield _Line(Command(leave), sections, step, done, closes=True)

    def _commands(self, text: str) -> list[Command]:
        """Return the commands that type a line, or a token of several lines."""
        if text in self.questions:
            return [self.questions[text]]
        if "\n" not in text:
            line = text if self._has_blocks else delimited(text)
            return [Command(line, prompt=QUESTIONS, answer=ANSWERS) if _ASKED.match(text) else Command(line)]
        if self.how.kind == SET:  # a quoted value
            return [Command(text.replace("\n", "\\n"))]
        first, *rest = (text if self._has_blocks else delimited(text)).split("\n")
        if self._has_blocks or is_free_text(text):
            return [Command(first, prompt=("",) * len(rest), answer=tuple(rest), check_all=True)]
        return [Command(line) for line in (first, *rest)]

    def _request(self, lines: Sequence[_Line]) -> tuple[int, list[Refusal]]:
        """Type lines in one request; return the number of those with an answer, and the refusals."""
        # The device names each block that it does not enter, and the prompts of two blocks may be equal.
        depths = () if self._has_blocks else tuple(line.depth for line in lines)
        request = Lines(
            tuple(line.command for line in lines), depths, tuple(self._sections.prompts), self.window
        )
        typed = self.console.type_lines(request)
        refusals: list[Refusal] = []
        is_lost = False
        for number, (line, answer) in enumerate(zip(lines, typed.answers, strict=False), 1):
            is_end = number == len(typed.answers) and typed.end is None
            error = answer.error
            is_fit = is_lost or (error is not None and line.opens) or self._fits(line, answer)
            if not is_fit and error is None:
                error = self._unfit(line, answer, is_end)
                is_lost = error is not None and not line.opens
            if error is not None:
                refusals.append(Refusal(line.step, error, len(self.accepted)))
            elif line.is_last:
                self._pending.add(line.step)
            if error is None and answer.reply and not line.command.prompt:
                self.answers.append((line.command.text, answer.reply))
            if line.closes:
                self._pending.close(line.step.parents, line.depth, is_refused=error is not None)
        if typed.end is not None:
            raise typed.end
        if refusals and lines[len(typed.answers) - 1].closes and self._has_blocks:
            self.abandon()
        if is_lost:
            self._open = []
            self._sections = Sections(self._sections.mode, self._sections.prompts[:1])
            self._return_to(self._sections.prompts[0], self.how.leave)
        return len(typed.answers), refusals

    def _fits(self, line: _Line, answer: Answer) -> bool:
        """Return True if the prompt after a line fits its sections, and keep them."""
        if self._has_blocks:
            del self._open[line.depth :]
            self._open += [line.step.text] * line.opens
            self.has_entered |= line.opens
            return True
        if not self._sections.fits(line.depth, answer.reply.mode, answer.bare):
            return False
        if line.opens:
            self._open.append(line.step.text)
            self.has_entered = True
        elif line.depth >= 0:
            del self._open[line.depth :]
        return True

    def _unfit(self, line: _Line, answer: Answer, is_end: bool) -> CommandError | None:
        """Leave the sections that a line has entered, or return the error of a line that did not fit.

        is_end: True if no line was typed behind it.
        """
        shown = self.console.mask(line.command.text)
        if line.opens and answer.reply.mode == self._sections.mode:
            self._sections.prompts.pop()
            reason = answer.reply.strip().rpartition("\n")[2] or "no answer"
            message = f"The device did not enter the section {shown!r}: {reason}"
        elif is_end:
            self._return_to(self._sections.prompts[min(line.depth, len(self._sections.prompts) - 1)], shown)
            del self._open[line.depth :]
            return None
        else:
            message = f"The prompt changed after {shown!r}, and lines were typed behind it."
        return CommandError(message, command=shown, output=answer.reply)

    def _return_to(self, bare: str, shown: str) -> None:
        """Leave the sections that a line has entered. Raises ConfigureError."""
        for _level in range(_DEEPEST):
            if self.console.mode != self._sections.mode:
                raise ConfigureError(
                    f"The device left the mode {self._sections.mode!r} after {shown!r}.", reached=True
                )
            if self._bare() == bare:
                return
            self.console(self.how.leave)
        raise ConfigureError(f"The sections that {shown!r} entered cannot be left.", reached=True)

    @property
    def _has_blocks(self) -> bool:
        return self.how.kind == EDIT

    def _bare(self) -> str:
        return bare_prompt(self.console.prompt_line, self.console.hostname)
