# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From one mode to another, with the passwords on the way."""

from __future__ import annotations

from ..driver.graph import steps
from ..errors import ModeError
from ..fsm.machine import MODE_SENT
from ..models.command import Command
from ..transport.base import Closed, TimedOut
from .send import send
from .session import Session
from .terminal import decode, render, split_echo, strip_escapes
from .transcript import mask

DEEPEST = 8  # submodes within each other


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
    # The device may go back to another mode than the first that a mode is entered from, or leave submodes,
    # which are all one mode, one at a time.
    for _rest in range(len(driver.modes) + DEEPEST):
        try:
            path = steps(driver, session.mode, target)
        except ModeError as exc:
            raise session.located(exc) from None
        if not path:
            return
        for command, following in path:
            _step(session, command, following, deadline)
            prepare(session, deadline)
            if session.mode != following:
                break
    raise session.located(
        ModeError(
            f"The way to the mode {target!r} leads to {session.mode!r} again and again.",
            hint=f"Check `enter` and `leave` of these modes in the driver {driver.name}.",
        )
    )


def prepare(session: Session, deadline: float) -> None:
    """Send what the mode wants when a session comes to it for the first time. Raises SessionError."""
    mode = session.mode
    if mode not in session.prepared and not session.bare:
        session.prepared.add(mode)
        for command in session.driver.modes[mode].setup:
            send(session, Command(command, check=False), deadline)


def _step(session: Session, command: str, following: str, deadline: float) -> None:
    command = command.replace("{token}", decode(session.matcher.bindings["token"]))
    before, shown = session.mode, session.shown
    session.ready(deadline)
    try:
        session.entering = following
        session.write_command(command)
        session.machine.force(f"sent {command}", MODE_SENT)
        seen = session.run(deadline, patience=session.patience(command))
    except (Closed, TimedOut) as exc:
        raise session.broken(exc, f"entering the mode {following!r}") from exc
    text = decode(strip_escapes(bytes(session.matcher.buffer[: seen.start])))
    session.matcher.clear()
    known = session.driver.modes
    if session.mode != following and known[session.mode].prompt == known[following].prompt:
        session.machine.force("same prompt", following)
    left = session.mode == before and command == known[before].leave and session.shown != shown
    if session.mode == before and not left:
        # The last line, in the device's words; a question for a password may stand before it.
        rest = split_echo(text, command)
        words = mask(render(text if rest is None else rest).strip().rpartition("\n")[2], session.masked)
        raise session.located(
            ModeError(
                f"The mode {following!r} was refused" + (f": {words}" if words else "."),
                hint=f"The device is in the mode {session.mode!r}.",
            )
        )
