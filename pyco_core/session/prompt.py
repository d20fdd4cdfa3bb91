# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Discovery of the prompt if the driver does not describe it."""

from __future__ import annotations

import re
from functools import partial
from itertools import takewhile

from ..driver.model import DISCOVERED
from ..errors import PromptNotFound
from ..fsm.machine import AUTHENTICATED, GROUND
from ..fsm.matcher import Match
from ..fsm.names import is_ambiguous
from .expectation import Expectation
from .prompt_learner import normalize, prompt_pattern
from .question_text import NO_PROMPT, SURE_QUESTION
from .session import Session
from .terminal import render

TRIES = 5  # a banner that looks like a prompt costs one, an answer that comes in two reads two


def find(session: Session, deadline: float) -> str:
    """Log in up to a prompt, learn it, and return the text before it.

    The prompt of the last login costs no round trip if it appears again; a new one is learned.
    Raises PromptNotFound, Closed, TimedOut.
    """
    channel, name = session.channel, f"prompt of {session.driver.name} in {DISCOVERED}"
    known = session.memory.recall(name)
    is_open = channel.state == GROUND
    session.read_prompt(
        deadline, expectation=Expectation(partial(_settle_for_known, session, known)) if known else None
    )
    is_known = bool(known) and channel.ends_with(prompt_pattern(known), consumed=True)
    greeting = render(channel.take_text())
    # As long as nothing was answered, a question for a user may still come.
    state = GROUND if is_open and not session.dialogue.has_answered else AUTHENTICATED
    text = known if is_known else learn(session, greeting, state, deadline)
    channel.force("learnt", DISCOVERED)
    session.learn_prompt(text)
    if not is_known:
        session.memory.remember(name, text)
    return greeting


def _settle_for_known(session: Session, known: str, _match: Match) -> float:
    """Return the settle time of a prompt if that of the last login is known."""
    is_sure = not is_ambiguous(known) and session.channel.ends_with(prompt_pattern(known))
    return 0.0 if is_sure else session.driver.quiet


def learn(session: Session, shown: str, state: str, deadline: float) -> str:
    """Send empty lines until the previous output ends with the answer, which is the prompt then.

    It costs one round trip if the login ended with the prompt. Numbers in it may change. state: of the login;
    its questions are still answered. Raises PromptNotFound, Closed, TimedOut.
    """
    _refuse_question(session, SURE_QUESTION, shown)
    greeting = shown = normalize(shown)
    for _attempt in range(TRIES):
        session.channel.force("learn", AUTHENTICATED if session.dialogue.has_answered else state)
        session.write_line("")
        session.read_prompt(deadline, expectation=Expectation(partial(_settle_for_answer, session, shown)))
        text = _answer(session.channel.take_text())
        if _ends(shown, text):
            _refuse_question(session, NO_PROMPT, text)
            return _common_end(greeting, text)
        _refuse_question(session, SURE_QUESTION, text)
        shown = normalize(text)
    error = PromptNotFound(
        "The device answers each empty line differently, so its prompt cannot be learned.",
        hint="Name its driver.",
        setting="driver",
    )
    raise session.failure.close_with(error)


def _refuse_question(session: Session, pattern: re.Pattern[str], shown: str) -> None:
    """Raise PromptNotFound if the output ends in a question. An empty line could be a wrong answer."""
    line = shown.rstrip().rpartition("\n")[2].strip()
    if pattern.search(line):
        error = PromptNotFound(
            f"The device asks {session.failure.mask(line)!r} instead of showing a prompt.",
            hint="Name a driver whose events answer it, or answer it once by hand.",
            setting="driver",
        )
        raise session.failure.close_with(error)


def _settle_for_answer(session: Session, shown: str, _match: Match) -> float:
    """Return the settle time of an answer: a new one may be incomplete, and a number may get more digits."""
    text = _answer(session.channel.unread_text())
    return 0.0 if _ends(shown, text) and not text[-1].isalnum() else session.driver.quiet


def _ends(shown: str, answer: str) -> bool:
    """Return True if the previous output ends in the same whole lines as the answer."""
    end = normalize(answer)
    return bool(end) and (shown == end or shown.endswith(f"\n{end}"))


def _common_end(greeting: str, answer: str) -> str:
    """Return the lines at the end of an answer that a login shows too; all lines after a login of one line.

    A menu complains about the empty line before it shows itself again.
    """
    lines, before = answer.split("\n"), greeting.split("\n")
    pairs = zip(reversed(before), reversed(lines) if len(before) > 1 else (), strict=False)
    count = len(list(takewhile(lambda pair: pair[0] == normalize(pair[1]), pairs)))
    return "\n".join(lines[-count:]) if count else answer


def _answer(text: str) -> str:
    """Return the output after the echo of our line end, if there is one."""
    return re.sub(r"\A\s*\n", "", render(text)).rstrip(" ")
