# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers to lines, as messages and back."""

from __future__ import annotations

from ..errors import CommandError
from ..models.lines import Answer, Lines, Typed
from ..models.reply import Reply
from ..parsing.model import Parsing
from . import protocol
from .messages import LineAnswer, LinesAnswer, SessionState


def lines_answer(typed: Typed, state: SessionState) -> LinesAnswer:
    """Return the message for the answers to lines. state: of the session after them."""
    end = protocol.failure(typed.end) if typed.end else None
    return LinesAnswer(tuple(map(_line_answer, typed.answers)), state, end)


def typed_lines(answer: LinesAnswer, lines: Lines, parsing: Parsing) -> Typed:
    """Return the answers of a message. lines: the typed ones. parsing: of the driver."""
    answers = tuple(
        Answer(_reply(each, command.text, parsing), _refusal(each), each.bare)
        for each, command in zip(answer.answers, lines.commands, strict=False)
    )
    return Typed(answers, protocol.error_of(answer.end) if answer.end else None)


def _line_answer(answer: Answer) -> LineAnswer:
    reply = answer.reply
    return LineAnswer(
        str(reply),
        reply.elapsed,
        reply.status,
        reply.mode,
        reply.prompt,
        reply.notices,
        answer.bare,
        protocol.failure(answer.error) if answer.error else None,
    )


def _reply(answer: LineAnswer, command: str, parsing: Parsing) -> Reply:
    return Reply(
        answer.text,
        command=command,
        mode=answer.mode,
        elapsed=answer.elapsed,
        status=answer.status,
        notices=answer.notices,
        prompt=answer.prompt,
        parsing=parsing,
    )


def _refusal(answer: LineAnswer) -> CommandError | None:
    error = protocol.error_of(answer.refused) if answer.refused else None
    return error if isinstance(error, CommandError) else None
