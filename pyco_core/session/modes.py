# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From one mode to another, with the passwords on the way."""

from __future__ import annotations

from ..errors import ModeError
from ..fsm.machine import MODE_SENT
from ..transport.base import Closed, TimedOut
from .session import Session
from .terminal import decode, render, split_echo, strip_escapes
from .transcript import mask


def enter(session: Session, target: str, deadline: float) -> None:
    """Go to the mode target, through as many steps as the driver needs; nothing to do if there.

    Raises ModeError (no such mode, no way, refused, password wrong or missing), SessionError.
    """
    driver = session.driver
    if target not in driver.modes:
        raise session.located(
            ModeError(
                f"The driver {driver.name} has no mode {target!r}.",
                hint=f"Its modes are {', '.join(driver.modes)}.",
            )
        )
    try:
        steps = driver.steps(session.mode, target)
    except ModeError as exc:
        session.located(exc)
        raise
    for command, following in steps:
        _step(session, command, following, deadline)


def _step(session: Session, command: str, following: str, deadline: float) -> None:
    command = command.replace("{token}", decode(session.matcher.known["token"]))
    session.ready(deadline)
    try:
        session.entering = following
        session.write_line(command)
        session.machine.jump(f"sent {command}", MODE_SENT)
        seen = session.run(deadline, patience=session.patience(command))
    except (Closed, TimedOut) as exc:
        raise session.broken(exc, f"entering the mode {following!r}") from exc
    text = decode(strip_escapes(bytes(session.matcher.buffer[: seen.start])))
    session.matcher.clear()
    if session.mode != following:
        # The last line, in the device's words; a question for a password may stand before it.
        rest = split_echo(text, command)
        words = mask(render(text if rest is None else rest).strip().rpartition("\n")[2], session.masked)
        raise session.located(
            ModeError(
                f"The mode {following!r} was refused" + (f": {words}" if words else "."),
                hint=f"The device is in the mode {session.mode!r}.",
            )
        )
