# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One command and its output."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from ..driver.graph import changes_mode
from ..driver.patterns import find_errors
from ..driver.template import split_command
from ..errors import CommandError, InvalidParameter
from ..fsm.machine import SENT
from ..fsm.matcher import Match, Pattern
from ..models.command import Command, check_line
from ..models.reply import Reply
from ..models.secret import MASK, Secret
from ..transport.base import Closed, TimedOut
from .caller_question import Question
from .expectation import SETTLE, Expectation
from .failure import LAST_OUTPUT
from .regex_limit import check_search
from .session import Session, clock

# A device reports an error at the start or the end of the output. Searching no further keeps large outputs
# cheap, and an error quoted in the middle of a log is not an error.
ERROR_REACH = 4096  # characters at each end
REDRAW_TIMEOUT = 5.0  # seconds for the prompt after a refused command
# A question for a secret. A question mark or a choice in brackets asks about one.
_SECRET = re.compile(r"(?i)(?:pass(?:word|wd|code|phrase)?|secret|pin)\b[^?\[]*\Z")
SHOWN = 200  # characters of a command in an error


def send(session: Session, command: Command, deadline: float, ready: bool = False) -> Reply:
    """Type a command once, and return its output.

    `command.mode` and `command.timeout` are left to the caller. ready: True if the caller has just called
    `session.make_ready`.

    Raises CommandError (the device reports an error, or the exit status is not 0; the session can be used
    further), InvalidParameter (nothing was sent), SessionError (the session is closed).
    """
    text = command.text
    if not text.isprintable():
        _check(session, text)
    questions = _questions(session, command) if command.prompt else []
    long = session.channel.driver.long
    if not ready:
        session.make_ready(deadline)
    if long.size and len(text.encode()) > long.size:
        if not long.append:
            raise session.failure.with_context(_too_long(session, text))
        for line in split_command(long, text):
            _run(session, replace(command, sendonly=False), line, [], deadline)
            session.make_ready(deadline)
        return _run(session, command, long.run, questions, deadline)
    return _run(session, command, text, questions, deadline)


def _check(session: Session, text: str) -> None:
    try:
        check_line(text)
    except InvalidParameter as exc:
        raise session.failure.with_context(exc) from None


def _too_long(session: Session, text: str) -> InvalidParameter:
    size = session.driver.long.size
    return InvalidParameter(
        f"The command has {len(text.encode())} bytes, but a line of the device may have {size}.",
        hint="Put it into a script on the host, or use several commands.",
    )


def _run(session: Session, command: Command, line: str, questions: list[Question], deadline: float) -> Reply:
    """Type a line, which is the command or a part of it, and read up to the prompt."""
    channel = session.channel
    driver = channel.driver
    renamed = driver.renames is not None and driver.renames.search(command.text) is not None
    if renamed:
        channel.forget_hostname()
    started = clock()
    try:
        channel.fire(SENT)
        channel.write(line + channel.ends.current)
        if command.sendonly:
            session.failure.retire(f"{shown(session, command)!r} was sent with `sendonly`.")
            return Reply("", command=command.text, mode=session.mode, elapsed=clock() - started)
        expectation = channel.expect(line, partial(changes_mode, driver, line), is_renamed=renamed)
        match = session.read_prompt(deadline, questions, expectation)
    except (Closed, TimedOut) as exc:
        name = shown(session, command)
        unseen = [question.pattern.regex.pattern.decode() for question in questions]
        raise session.failure.stream_error(
            exc, repr(name), deadline - started, command=name, unseen=unseen
        ) from exc
    elapsed = clock() - started
    if renamed:
        channel.learn_hostname()
    return finish(session, command, channel.output(match, line), match, elapsed, deadline)


def finish(
    session: Session, command: Command, text: str, match: Match, elapsed: float, deadline: float
) -> Reply:
    """Return the reply of a command. text: its complete output. match: of the prompt. elapsed: seconds.

    Raises CommandError.
    """
    channel = session.channel
    driver = channel.driver
    output = _mask_echo(command, text.removesuffix("\n"))
    status = int(match.groups["status"]) if "status" in match.groups else None
    reply = Reply(
        output,
        command=command.text,
        mode=channel.mode,
        elapsed=elapsed,
        status=status,
        notices=channel.notices.take(),
        prompt=channel.prompt_line(),
        parsing=driver.parse,
    )
    try:
        if command.check or driver.settle:
            _check_reply(session, command, reply, deadline)
    except CommandError:
        channel.notices.put_back(reply.notices)  # the error has none
        raise
    finally:
        channel.clear()
    return reply


def _mask_echo(command: Command, output: str) -> str:
    """Return the output with `********` for an answer that was echoed behind a question for a secret."""
    for answer in command.answer:
        text = answer.reveal() if isinstance(answer, Secret) else answer
        if text and text in output:
            lines = (_mask_answer(line, answer, text) for line in output.split("\n"))
            output = "\n".join(lines)
    return output


def _mask_answer(line: str, answer: str | Secret, text: str) -> str:
    question = line.rstrip().removesuffix(text)
    is_answered = question != line.rstrip() and (isinstance(answer, Secret) or _SECRET.search(question))
    return f"{question}{MASK}" if is_answered else line


def _check_reply(session: Session, command: Command, reply: Reply, deadline: float) -> None:
    """Raise CommandError if the device reports an error and the command is checked."""
    message = _error_message(session, command, reply)
    if message and session.driver.settle:
        _await_redrawn_prompt(session, max(deadline, clock() + REDRAW_TIMEOUT))
    if message and command.check:
        raise _refused(session, command, reply, message)


def refusal(session: Session, command: Command, reply: Reply) -> CommandError | None:
    """Return the error that a reply shows, None if the device accepted the command."""
    message = _error_message(session, command, reply)
    return _refused(session, command, reply, message) if message else None


def _await_redrawn_prompt(session: Session, deadline: float) -> None:
    """Wait longer for the end of a prompt, because the device may show the refused line behind it."""
    channel = session.channel
    channel.clear()
    channel.take_over(channel.prompt_text)
    try:
        session.read_prompt(deadline, None, Expectation(lambda _match: SETTLE))
    except (Closed, TimedOut):
        session.failure.retire("The device showed no prompt after it refused a command.")


def _error_message(session: Session, command: Command, reply: Reply) -> str:
    """Return the message for an error that the device reports, "" if there is none."""
    if reply.status:
        last = session.failure.mask(reply[-ERROR_REACH:].strip()).rpartition("\n")[2]
        ending = f": {last}" if last else "."
        return f"{shown(session, command)!r} ended with status {reply.status}{ending}"
    text = reply if len(reply) <= 2 * ERROR_REACH else f"{reply[:ERROR_REACH]}\n{reply[-ERROR_REACH:]}"
    for pattern in session.channel.driver.errors:
        if pattern.search(text) is None:  # most outputs; the generator costs more
            continue
        for match in find_errors(pattern, text):
            end = text.find("\n", match.end())
            line = session.failure.mask(text[match.start() : end if end >= 0 else len(text)].strip())
            return f"The device refused {shown(session, command)!r}: {line}"
    return ""


def _refused(session: Session, command: Command, reply: Reply, message: str) -> CommandError:
    """Return the error of a command; the session can be used further."""
    output = session.failure.mask(reply)
    error = CommandError(
        message,
        command=shown(session, command),
        output=output,
        last_output=output[-LAST_OUTPUT:].strip(),
    )
    return session.failure.with_context(error)


def shown(session: Session, command: Command) -> str:
    """Return the command as messages name it: masked and shortened."""
    text = session.failure.mask(command.text)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _questions(session: Session, command: Command) -> list[Question]:
    """Return the questions that may be asked first. Answering one changes the list."""
    answers = command.answer
    if len(answers) == 1:
        answers *= len(command.prompt)
    patterns = [Pattern("question", re.compile(text.encode()), check=check_search) for text in command.prompt]
    pending: list[Question] = []

    channel = session.channel
    sizes = [0]  # of the unread bytes when an answer was typed

    def ask(number: int) -> Question:
        def is_echoed() -> bool:
            before = answers[number - 1] if number else None
            return isinstance(before, str) and channel.is_echoed(sizes[-1], before)

        def is_over() -> bool:
            return bool(command.answer_until) and channel.has_line(command.answer_until)

        def reply() -> None:
            answer = answers[number]
            sizes.append(channel.size)
            if isinstance(answer, Secret) or _SECRET.search(session.question):
                secret = answer if isinstance(answer, Secret) else Secret(answer)
                session.write_secret(secret, command.newline)
            else:
                (session.write_line if command.newline else session.write)(answer)
            has_next = command.check_all and number + 1 < len(patterns)
            pending[:] = [ask(number + 1)] if has_next else []

        return Question(patterns[number], reply, is_echoed, is_over)

    pending += [ask(number) for number in range(1 if command.check_all and patterns else len(patterns))]
    return pending
