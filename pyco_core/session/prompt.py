# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Learns the prompt of a device that no driver describes."""

from __future__ import annotations

import re
from functools import partial

from ..driver.model import DISCOVERED
from ..driver.patterns import compile_prompt
from ..errors import PromptNotFound
from ..fsm.machine import AUTHENTICATED
from .session import Session
from .terminal import decode, last_line, render, strip_escapes

TRIES = 5  # a banner that looks like a prompt costs one, an answer that comes in two reads two


def learn(session: Session, deadline: float) -> None:
    """Send an empty line until the same answer comes twice: that is the prompt.

    Numbers in it may change from one to the next. It costs one round trip where the answer is the
    line that the login ended in, and a second one for a prompt of several lines. Raises
    PromptNotFound, and what `Session.run` raises.
    """
    end = session.matcher.reset()
    before = _shape(decode(last_line(end[end.rfind(b"\n") + 1 :])))
    for _rest in range(TRIES):
        # Here a question for a user or a password still counts, and a line of any form when it is quiet.
        session.machine.jump("learn", AUTHENTICATED)
        session.write_line("")
        session.run(deadline, patience=partial(_patience, session, before))
        text = _answer(session)
        session.matcher.clear()
        if _shape(text) == before:
            session.machine.jump("learnt", DISCOVERED)
            session.matcher.exact[DISCOVERED] = compile_prompt(DISCOVERED, _regex(text))
            return
        before = _shape(text)
    session.fail(
        PromptNotFound,
        "It answers an empty line with something else each time, so that no prompt can be learnt.",
        "Name its driver with ansible_pyco_driver.",
    )


def _patience(session: Session, before: str) -> float:
    """An answer that is new may be the first half of one."""
    return 0.0 if _shape(_answer(session)) == before else session.driver.quiet


def _answer(session: Session) -> str:
    """What came after the line end that echoes ours, or so far before it."""
    text = render(decode(strip_escapes(bytes(session.matcher.buffer))))
    return re.sub(r"\A\s*\n", "", text).rstrip(" ")


def _shape(text: str) -> str:
    return re.sub(r"\d+", "0", text.rstrip())


def _regex(text: str) -> str:
    pieces = re.split(r"(\d+)", text)
    joined = "".join(r"\d+" if piece.isdigit() else re.escape(piece) for piece in pieces)
    return joined.replace("\\\n", r"\n")
