# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that are typed at once, and their answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..errors import PycoError
from ..fsm.machine import SENT
from ..fsm.matcher import Match
from ..models.command import Command
from ..models.lines import Answer, bare_prompt
from ..models.reply import Reply
from ..transport.base import Closed, TimedOut
from .echo import MISSING
from .expectation import SETTLE, Expectation
from .reader import FOREVER
from .send import refusal, shown
from .session import Session, clock
from .terminal import render


@dataclass(frozen=True, slots=True)
class Together:
    """The answers to lines. end: the error that ended the session. is_clean: False if an echo was missing."""

    answers: list[Answer]
    end: PycoError | None = None
    is_clean: bool = True


@dataclass(frozen=True, slots=True)
class _Echo:
    """An echo with the prompt in front of it. place: number of its line."""

    place: int
    prompt: str


def send_together(
    session: Session, commands: Sequence[Command], prompts: Collection[str], deadline: float
) -> Together:
    """Type lines at once, each of which leads to one of the prompts but for the last one.

    prompts: bare, of the open sections. Raises SessionError if nothing was typed.
    """
    channel = session.channel
    session.make_ready(deadline)
    reading = _Reading(session, commands, frozenset(bare.rpartition("\n")[2] for bare in prompts))
    try:
        channel.fire(SENT)
        channel.write("".join(command.text + channel.ends.current for command in commands), deadline=deadline)
        is_clean = reading.read_echoes(deadline)
        expectation = Expectation(lambda match: 0.0 if is_clean and match.event == channel.mode else SETTLE)
        match = session.read_prompt(deadline, None, expectation)
    except (Closed, TimedOut) as exc:
        answers = reading.answers()
        name = shown(session, commands[len(answers)])
        error = session.failure.stream_error(exc, repr(name), deadline - reading.started, command=name)
        return Together(answers, error)
    answers = reading.answers(match)
    channel.clear()
    return Together(answers, None, is_clean)


class _Reading:
    """The output of lines so far. prompts: the last lines of bare ones."""

    def __init__(self, session: Session, commands: Sequence[Command], prompts: frozenset[str]) -> None:
        self._session = session
        self._commands = commands
        self._prompts = prompts
        self._height = len([line for line in session.channel.prompt_line().split("\n") if line.strip()])
        self.started = clock()

    def read_echoes(self, deadline: float) -> bool:
        """Read until the echo of the last line; return False if there is a prompt without it."""
        channel = self._session.channel
        wait = MISSING
        while len(self._echoes(self._lines())) < len(self._commands):
            if channel.read_more(wait, deadline):
                wait = MISSING
            elif self._is_prompt(channel.unfinished_line()):
                return False
            else:
                wait = FOREVER
        return True

    def answers(self, match: Match | None = None) -> list[Answer]:
        """Return the answers. match: of the prompt after the last line; None if only earlier ones have one.

        The output behind the last echo that was found belongs to its line.
        """
        channel = self._session.channel
        text = channel.unread_text() if match is None else channel.text_before(match)
        lines = render(text).split("\n")
        echoes = self._echoes(lines)
        answers = []
        for command, (echo, following) in zip(self._commands, pairwise(echoes), strict=False):
            output, above = self._above(lines[echo.place + 1 : following.place])
            answers.append(self._answer(command, output, "\n".join((*above, following.prompt))))
        if match is None:
            return answers
        rest = [str(line) for line in lines[echoes[-1].place + 1 if echoes else 0 :]]
        for command in self._commands[len(answers) :]:
            answers.append(self._answer(command, "\n".join(rest).removesuffix("\n"), channel.prompt_line()))
            rest = []
        return answers

    def _lines(self) -> list[str]:
        return self._session.channel.screen_text().split("\n")[:-1]

    def _echoes(self, lines: Sequence[str]) -> list[_Echo]:
        """Return the echoes in these lines, up to the first one that is missing."""
        echoes: list[_Echo] = []
        for place, line in enumerate(lines):
            if len(echoes) == len(self._commands):
                break
            text, shown = self._commands[len(echoes)].text.strip(), line.rstrip()
            prompt = shown.removesuffix(text)
            if shown.endswith(text) and (not echoes or self._is_prompt(prompt)):
                echoes.append(_Echo(place, prompt))
        return echoes

    def _is_prompt(self, line: str) -> bool:
        """Return True for a known prompt, and for another one of the device, such as that of a section."""
        shown, name = line.strip(), self._session.hostname
        if bare_prompt(shown, name) in self._prompts:
            return bool(shown)
        return bool(name) and shown.startswith(name) and shown[-1:] in {bare[-1:] for bare in self._prompts}

    def _above(self, lines: Sequence[str]) -> tuple[str, Sequence[str]]:
        """Return the output, and the lines at its end that belong to the prompt below it."""
        end = len(lines)
        for _line in range(self._height - 1):
            end = next((place for place in range(end - 1, -1, -1) if lines[place].strip()), 0)
        return "\n".join(lines[:end]), lines[end:]

    def _answer(self, command: Command, output: str, prompt: str) -> Answer:
        session = self._session
        reply = Reply(
            output,
            command=command.text,
            mode=session.mode,
            elapsed=clock() - self.started,
            notices=session.channel.notices.take(),
            prompt=prompt,
            parsing=session.driver.parse,
        )
        return Answer(reply, refusal(session, command, reply), bare_prompt(prompt, session.hostname))
