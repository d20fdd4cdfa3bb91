# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the prompt of a device that no driver describes: learns it, or knows it from the last login."""

from __future__ import annotations

import re
from functools import partial

from ..driver.model import DISCOVERED
from ..errors import PromptNotFound
from ..fsm.machine import AUTHENTICATED
from .prompt_learner import PromptLearner, is_ambiguous, normalize, prompt_pattern
from .session import Session
from .terminal import decode, render, strip_escapes

TRIES = 5  # a banner that looks like a prompt costs one, an answer that comes in two reads two


def find(session: Session, deadline: float) -> None:
    """Log in up to a prompt, and know from then on what it looks like.

    The prompt of the last login, where it stands there again, costs no round trip; an other one is
    learnt. Raises PromptNotFound, and what `Session.run` raises.
    """
    what = f"prompt of {session.driver.name} in {DISCOVERED}"
    known = session.recall(what)
    session.run(deadline, patience=partial(_trust, session, known) if known else None)
    shows = bool(known) and session.matcher.matches_tail(prompt_pattern(known))
    session.greeting = _text(session.matcher.take())
    text = known if shows else _learn(session, session.greeting, deadline)
    session.machine.force("learnt", DISCOVERED)
    session.learnt = PromptLearner(text, session.matcher, session.driver.quiet)
    if not shows:
        session.remember(what, text)


def _trust(session: Session, known: str) -> float:
    """How long a line that looks like a prompt has to stand, where the one of the last login is known."""
    sure = not is_ambiguous(known) and session.matcher.peek(prompt_pattern(known)) is not None
    return 0.0 if sure else session.driver.quiet


def _learn(session: Session, shown: str, deadline: float) -> str:
    """Send an empty line until what was shown ends with the answer to it: that is the prompt.

    It costs one round trip where the login ended in the prompt. Numbers in it may change.
    """
    shown = normalize(shown)
    for _rest in range(TRIES):
        # Here a question for a user or a password still counts, and a line of any form when it is quiet.
        session.machine.force("learn", AUTHENTICATED)
        session.write_line("")
        session.run(deadline, patience=partial(_patience, session, shown))
        text = _answer(bytes(session.matcher.buffer))
        session.matcher.clear()
        if _ends(shown, text):
            break
        shown = normalize(text)
    else:
        session.fail(
            PromptNotFound,
            "It answers an empty line with something else each time, so that no prompt can be learnt.",
            "Name its driver with ansible_pyco_driver.",
        )
    return text


def _patience(session: Session, shown: str) -> float:
    """An answer that is new may be the first half of one, and a number the first digits of one."""
    text = _answer(bytes(session.matcher.buffer))
    return 0.0 if _ends(shown, text) and not text[-1].isalnum() else session.driver.quiet


def _ends(shown: str, answer: str) -> bool:
    """Whether what was shown ends in the same whole lines as the answer."""
    end = normalize(answer)
    return bool(end) and (shown == end or shown.endswith(f"\n{end}"))


def _answer(data: bytes) -> str:
    """What came after the line end that echoes ours, or so far before it."""
    return re.sub(r"\A\s*\n", "", _text(data)).rstrip(" ")


def _text(data: bytes) -> str:
    return render(decode(strip_escapes(data)))
