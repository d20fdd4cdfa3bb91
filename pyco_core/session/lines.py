# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several lines of one request, each with its answer."""

from __future__ import annotations

from dataclasses import replace

from ..errors import CommandError, PycoError
from ..models.command import Command
from ..models.lines import Answer, Lines, Sections, Typed, bare_prompt
from ..models.reply import Reply
from . import modes
from .send import send
from .session import Session, clock
from .together import send_together
from .typeahead import send_behind
from .window import Window, window_size


def type_lines(session: Session, lines: Lines, timeout: float) -> Typed:
    """Type lines that are ready to be sent, see Lines. timeout: seconds of a line without its own."""
    typing = _Typing(session, lines, timeout)
    place = 0
    try:
        while place < len(lines.commands) and typing.end is None and typing.fits:
            place = typing.go_on(place)
    except CommandError as exc:
        typing.refuse(exc)
    except PycoError as exc:
        return Typed(tuple(typing.answers), exc)
    return Typed(tuple(typing.answers), typing.end)


class _Typing:
    """The state of typing: the answers so far. fits: False after a refused line or an unexpected prompt."""

    def __init__(self, session: Session, lines: Lines, timeout: float) -> None:
        self.answers: list[Answer] = []
        self.end: PycoError | None = None
        self.fits = True
        self._session = session
        self._lines = lines
        self._timeout = timeout
        self._window = Window(session, lines, window_size(session, lines.window))
        self._sections = Sections(session.mode, list(lines.prompts) or [self._bare()])

    def go_on(self, place: int) -> int:
        """Type the line at this place and those that may follow it at once; return the place behind them.

        Raises CommandError, PycoError.
        """
        commands = self._lines.commands
        end = self._window.end(place)
        if end > place + 1:
            self._send_together(place, end)
            return end
        end = place
        while commands[end].sendonly and end + 1 < len(commands):
            end += 1
        behind, command = commands[place:end], commands[end]
        deadline = clock() + self._seconds(command)
        if commands[place].mode:
            modes.enter(self._session, commands[place].mode, deadline)
        if behind:
            texts = [each.text for each in behind]
            reply = send_behind(self._session, texts, replace(command, sendonly=False), deadline)
            self.answers += [Answer(Reply("", command=text)) for text in texts]
        else:
            reply = send(self._session, command, deadline)
        self._add(end, Answer(reply, bare=self._bare()))
        return end + 1

    def _send_together(self, place: int, end: int) -> None:
        """Type lines without waiting for the answers in between."""
        commands = self._lines.commands[place:end]
        deadline = clock() + sum(map(self._seconds, commands))
        together = send_together(self._session, commands, self._sections.prompts, deadline)
        if not together.is_clean:
            self._window.close()
        self.end = together.end
        for number, answer in enumerate(together.answers, place):
            self._add(number, answer)

    def _add(self, place: int, answer: Answer) -> None:
        """Add the answer to a line, and check its prompt unless a line before it did not fit."""
        self.answers.append(answer)
        depth = self._lines.depths[place] if self._lines.depths else -1
        if answer.error is not None:
            self.fits = False
        elif self.fits:
            self.fits = self._sections.fits(depth, answer.reply.mode, answer.bare)
            if self.fits:
                self._window.learn(place)

    def refuse(self, error: CommandError) -> None:
        """Add the answer to a refused line, and to the lines typed behind each other before it."""
        place = len(self.answers)
        commands = self._lines.commands
        while commands[place].sendonly and place + 1 < len(commands):
            self.answers.append(Answer(Reply("", command=commands[place].text)))
            place += 1
        reply = Reply(
            error.output,
            command=commands[place].text,
            mode=self._session.mode,
            prompt=self._session.channel.prompt_line(),
        )
        self.answers.append(Answer(reply, error, self._bare()))

    def _seconds(self, command: Command) -> float:
        return self._timeout if command.timeout is None else command.timeout

    def _bare(self) -> str:
        return bare_prompt(self._session.channel.prompt_line(), self._session.hostname)
