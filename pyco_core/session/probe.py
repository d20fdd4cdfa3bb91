# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands on a device with an unknown pager."""

from __future__ import annotations

from dataclasses import dataclass

from ..transport.base import Closed, TimedOut
from .session import Session, clock
from .terminal import render, split_echo

NEXT, LEAVE = " ", "q"  # the keys for the next page, and for a pager that waits at the end


@dataclass(frozen=True, slots=True)
class Probed:
    """The output of a command, with the prompt at its end.

    stops: the unfinished lines at which a key was typed after a silence, and the key.
    """

    text: str
    stops: tuple[tuple[str, str], ...] = ()


def probe(session: Session, command: str, deadline: float) -> Probed:
    """Send a read-only command, and type keys at an unknown pager. Raises SessionError."""
    started = clock()
    try:
        return run_probe(session, command, deadline)
    except (Closed, TimedOut) as exc:
        raise session.failure.stream_error(exc, repr(command), deadline - started) from exc


def run_probe(session: Session, command: str, deadline: float) -> Probed:
    """Do the same during a login. Raises Closed, TimedOut too."""
    channel = session.channel
    session.make_ready(deadline)
    session.write_line(command)
    stops: list[tuple[str, str]] = []
    key_size = -1  # size of the output when the last key was typed
    while True:
        before = channel.size
        try:
            until = min(deadline, clock() + session.driver.quiet)
            expectation = channel.expect(command)._replace(is_partial=until < deadline)
            session.read_prompt(until, expectation=expectation)
            break
        except TimedOut:
            if until == deadline:
                raise
            # A pager waits behind a text of its own. After a finished line, the command is slow.
            if channel.size == before and channel.unfinished_line().strip():
                key = LEAVE if key_size == before else NEXT
                stops.append((channel.unfinished_line(), key))
                channel.write(key, deadline=deadline)
                key_size = before
    text = channel.take_text()
    rest = split_echo(text, command)
    return Probed(render(text if rest is None else rest), tuple(stops))
