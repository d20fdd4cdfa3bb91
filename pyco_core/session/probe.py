# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command on a device of which little is known: its pager may be one that nobody described."""

from __future__ import annotations

from dataclasses import dataclass

from ..transport.base import TimedOut
from .session import Session, clock
from .terminal import decode, render, split_echo, strip_escapes

NEXT, LEAVE = " ", "q"  # the keys for a page more, and for a pager that waits at the end


@dataclass(frozen=True, slots=True)
class Probed:
    """What a command printed, with the prompt at its end.

    stops: the unfinished lines at which a key was typed because nothing came any more, and the key.
    """

    text: str
    stops: tuple[tuple[str, str], ...] = ()


def probe(session: Session, command: str, deadline: float) -> Probed:
    """Send a command that only shows something. Raises what `Session.run` raises."""
    session.ready(deadline)
    session.write_line(command)
    stops: list[tuple[str, str]] = []
    at = -1  # how much had come when the last key was typed
    while True:
        before = len(session.matcher.buffer)
        try:
            session.run(min(deadline, clock() + session.driver.quiet), patience=session.patience(command))
            break
        except TimedOut:
            if clock() >= deadline:
                raise
            # A pager waits behind words of its own; where a line has just ended, the command is slow.
            if len(session.matcher.buffer) == before and session.matcher.unfinished().strip():
                key = LEAVE if at == before else NEXT
                stops.append((decode(session.matcher.unfinished()), key))
                session.write(key, deadline)
                at = before
    text = decode(strip_escapes(bytes(session.matcher.buffer)))
    session.matcher.take()
    rest = split_echo(text, command)
    return Probed(render(text if rest is None else rest), tuple(stops))
