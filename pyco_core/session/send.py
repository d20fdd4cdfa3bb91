# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One command and its output."""

from __future__ import annotations

import re
from dataclasses import replace

from ..driver.patterns import BROKEN
from ..driver.template import split_command
from ..errors import CommandError, InvalidParameter
from ..fsm.matcher import Match, Pattern
from ..models.command import Command
from ..models.reply import Reply
from ..models.secret import Secret
from ..transport.base import Closed, TimedOut
from .reader import Question
from .session import LAST_OUTPUT, Session, clock
from .terminal import decode, render, split_echo, strip_escapes
from .transcript import mask

# A device says that a command is wrong where its output starts or ends. Looking no further keeps
# large outputs cheap, and a log that quotes an error in its middle is no error.
ERROR_REACH = 4096
SHOWN = 200  # characters of a command in an error


def send(session: Session, command: Command, deadline: float, ready: bool = False) -> Reply:
    """Type a command once and read its output up to the prompt.

    ready: whether the caller has just made sure that the session is. Raises CommandError (the device
    says that it is wrong, or its exit status is not 0; the session goes on), InvalidParameter (nothing
    was sent), SessionError (the session is over).
    """
    if "\n" in command.text or "\r" in command.text:
        raise session.located(
            InvalidParameter("A command is one line.", hint="Give one command for each line.")
        )
    _typed(session, command.text, "command")
    questions = _questions(session, command) if command.prompt or command.answer else []
    long = session.driver.long
    if not ready:
        session.ready(deadline)
    if long.size and len(command.text.encode()) > long.size:
        for line in split_command(long, command.text):
            _type(session, replace(command, sendonly=False), line, [], deadline)
            session.ready(deadline)
        return _type(session, command, long.run, questions, deadline)
    return _type(session, command, command.text, questions, deadline)


def _type(session: Session, command: Command, line: str, questions: list[Question], deadline: float) -> Reply:
    """Type a line, which is the command or a part of it, and read up to the prompt."""
    renames = session.driver.renames
    renamed = renames is not None and renames.search(command.text) is not None
    if renamed:
        session.matcher.bindings.pop("hostname", None)
    started = clock()
    try:
        session.write_command(line)
        if command.sendonly:
            session.closed_reason = f"{_shown(session, command.text)!r} was sent without waiting for its end."
            return Reply("", command=command.text, mode=session.mode, elapsed=clock() - started)
        seen = session.run(deadline, questions, session.patience(line))
    except (Closed, TimedOut) as exc:
        shown = _shown(session, command.text)
        raise session.broken(exc, f"{shown!r}").locate(command=shown) from exc
    if renamed:
        session.learn_name()
    return _finish(session, command, line, seen, clock() - started)


def _finish(session: Session, command: Command, line: str, seen: Match, elapsed: float) -> Reply:
    text = decode(strip_escapes(bytes(memoryview(session.matcher.buffer)[: seen.start])))
    if session.echo is not False:
        rest = split_echo(text, line)
        session.echo = session.echo or rest is not None
        text = text if rest is None else rest
    text = render(text).removesuffix("\n")
    status = int(seen.groups["status"]) if "status" in seen.groups else None
    reply = Reply(text, command=command.text, mode=session.mode, elapsed=elapsed, status=status)
    error = _complaint(session, reply) if command.check else ""
    if error:
        failure = CommandError(
            error,
            command=_shown(session, command.text),
            last_output=mask(text[-LAST_OUTPUT:].strip(), session.masked),
            output=mask(text, session.masked),
        )
        raise session.located(failure)
    session.matcher.clear()
    return reply


def _shown(session: Session, command: str) -> str:
    """The command as messages name it: masked, and no longer than a reader wants it."""
    text = mask(command, session.masked)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _complaint(session: Session, reply: Reply) -> str:
    """What the device says is wrong, "" for nothing."""
    if reply.status:
        words = mask(reply[-ERROR_REACH:].strip(), session.masked)
        ending = f": {words.splitlines()[-1]}" if words else "."
        return f"{_shown(session, reply.command)!r} ended with status {reply.status}{ending}"
    reach = reply if len(reply) <= 2 * ERROR_REACH else f"{reply[:ERROR_REACH]}\n{reply[-ERROR_REACH:]}"
    for pattern in session.driver.errors:
        match = pattern.search(reach)
        if match:
            end = reach.find("\n", match.end())
            words = reach[match.start() : end if end >= 0 else len(reach)].strip()
            return f"The device refused {_shown(session, reply.command)!r}: {mask(words, session.masked)}"
    return ""


def _questions(session: Session, command: Command) -> list[Question]:
    answers = command.answer
    if len(answers) == 1:
        answers *= len(command.prompt)
    if len(answers) != len(command.prompt):
        raise session.located(
            InvalidParameter(
                f"There are {len(command.prompt)} prompts and {len(answers)} answers.",
                hint="Give one answer for all or one for each.",
            )
        )
    for answer in answers:
        _typed(session, answer.reveal() if isinstance(answer, Secret) else answer, "answer")
    patterns = [_question(session, text) for text in command.prompt]
    waiting: list[Question] = []

    def ask(number: int) -> Question:
        def reply() -> None:
            answer = answers[number]
            if isinstance(answer, Secret):
                session.write_secret(answer, command.newline)
            else:
                (session.write_line if command.newline else session.write)(answer)
            waiting[:] = [ask(number + 1)] if command.check_all and number + 1 < len(patterns) else []

        return Question(patterns[number], reply)

    waiting += [
        ask(number) for number in range(min(1, len(patterns)) if command.check_all else len(patterns))
    ]
    return waiting


def _typed(session: Session, text: str, what: str) -> None:
    """Raise InvalidParameter where a text has half a character; the error must not repeat it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        found = InvalidParameter(
            f"The {what} holds a character that cannot be typed.",
            hint="It is half of one: check its encoding.",
        )
        raise session.located(found) from None


def _question(session: Session, text: str) -> Pattern:
    try:
        return Pattern("question", re.compile(text.encode()))
    except BROKEN as exc:
        raise session.located(InvalidParameter(f"{text!r} is no regular expression: {exc}.")) from exc
