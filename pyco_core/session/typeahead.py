# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that are typed without waiting for a prompt, each after the echo of the one before."""

from __future__ import annotations

from collections.abc import Sequence

from ..driver.graph import changes_mode
from ..fsm.machine import SENT
from ..fsm.matcher import Match
from ..models.command import Command
from ..models.reply import Reply
from ..transport.base import Closed, TimedOut
from .expectation import SETTLE, Expectation
from .send import finish, shown
from .session import Session, clock
from .terminal import render


def send_behind(session: Session, lines: Sequence[str], command: Command, deadline: float) -> Reply:
    """Type lines and a command, and return the output of all of them up to the prompt after the command.

    Echoes, with the prompts in front of them, are left out. The next line is typed after a pause if an echo
    is missing. Raises as `send`.
    """
    channel = session.channel
    session.make_ready(deadline)
    texts = (*lines, command.text)
    renames = channel.driver.renames
    if renames is not None and any(map(renames.search, texts)):
        channel.forget_hostname()
    started = clock()
    try:
        for text in texts:
            size = channel.size
            channel.fire(SENT)
            channel.write(text + channel.ends.current, deadline=deadline)
            while not channel.is_echoed(size, text) and channel.read_more(SETTLE, deadline):
                pass
        match = session.read_prompt(deadline, None, _expectation(session, texts))
    except (Closed, TimedOut) as exc:
        name = shown(session, command)
        raise session.failure.stream_error(exc, repr(name), deadline - started, command=name) from exc
    elapsed = clock() - started
    if renames is not None:
        channel.learn_hostname()
    output = _without_echoes(render(channel.text_before(match)), texts)
    return finish(session, command, output, match, elapsed, deadline)


def _expectation(session: Session, texts: Sequence[str]) -> Expectation:
    """Return the conditions of the prompt after the last line.

    A device that echoes a line before it reads it may show an earlier prompt behind that echo. It does not
    if the echo follows a prompt.
    """
    channel = session.channel
    before, mode, last = channel.prompt_line().strip(), channel.mode, texts[-1].strip()
    lines = [line.strip() for line in channel.screen_text().split("\n")]
    echo = next((line for line in reversed(lines) if last and line.endswith(last)), "")
    prompt = echo.removesuffix(last).strip()
    is_certain = bool(prompt) and prompt[-1:] == before[-1:]
    may_change = any(changes_mode(channel.driver, text) for text in texts)

    def seconds(match: Match) -> float:
        return 0.0 if is_certain and (match.event == mode or may_change) else SETTLE

    return Expectation(seconds)


def _without_echoes(output: str, texts: Sequence[str]) -> str:
    """Return the output without the lines that end in the typed ones, which are in this order."""
    pending = [text.strip() for text in texts if text.strip()]
    kept = []
    for line in output.split("\n"):
        if pending and line.rstrip().endswith(pending[0]):
            del pending[0]
        else:
            kept.append(line)
    return "\n".join(kept)
