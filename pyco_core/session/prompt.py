# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Learns the prompt of a device that no driver describes."""

from __future__ import annotations

import re

from ..driver.loader import compile_prompt
from ..driver.model import DISCOVERED
from ..errors import PromptNotFound
from .session import Session
from .terminal import decode, render, strip_escapes

TRIES = 3  # a banner that looks like a prompt costs one


def learn(session: Session, deadline: float) -> None:
    """Send an empty line until the same answer comes twice: that is the prompt.

    Numbers in it may change from one to the next. It costs one round trip where the first answer
    is the line that the login ended in. Raises PromptNotFound, and what `Session.run` raises.
    """
    before = session.matcher.unfinished().rstrip()
    for _ in range(TRIES):
        session.matcher.reset()
        session.write_line("")
        session.run(deadline, patience=lambda: _patience(session))
        whole = bytes(session.matcher.buffer)
        text = render(decode(strip_escapes(whole))).lstrip("\n")
        last = text.rsplit("\n", 1)[-1]
        session.matcher.reset()
        if _shape(last.encode()) == _shape(before):
            session.matcher.exact[DISCOVERED] = compile_prompt(DISCOVERED, _regex(text.rstrip(" ")))
            return
        before = last.encode().rstrip()
    session.fail(
        PromptNotFound,
        "It answers an empty line with something else each time, so that no prompt can be learnt.",
        "Name its driver with ansible_pyco_driver.",
    )


def _patience(session: Session) -> float:
    """The prompt comes after the line end that echoes ours."""
    return 0.0 if b"\n" in session.matcher.buffer else session.driver.quiet


def _shape(line: bytes) -> bytes:
    return re.sub(rb"\d+", b"0", line.rstrip())


def _regex(text: str) -> str:
    pieces = re.split(r"(\d+)", text)
    joined = "".join(r"\d+" if piece.isdigit() else re.escape(piece) for piece in pieces)
    return joined.replace("\\\n", r"\n").replace("\n", r"\n")
