# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of the mode, with the passwords that they need."""

from __future__ import annotations

from ..driver.actions import NOT_SET, NOT_SET_HINT
from ..driver.graph import steps
from ..driver.model import Mode
from ..driver.own_prompt import is_marked
from ..errors import ModeError, suggestion
from ..fsm.machine import MODE_SENT, SENT
from ..fsm.matcher import Match
from ..models.command import Command
from ..transport.base import Closed, TimedOut
from . import own_prompt
from .dialogue import keeping_changes
from .send import send
from .session import Session, clock
from .terminal import render, split_echo

DEEPEST = 8  # submodes within each other
_SHOWN = 500  # last characters of a refusal that its error keeps


def enter(session: Session, target: str, deadline: float) -> None:
    """Go to a mode, through as many steps as the driver needs. Does nothing if it is the current mode.

    Raises ModeError (unknown, unreachable or refused mode; wrong or missing password), SessionError.
    """
    driver = session.driver
    if target not in driver.modes:
        raise session.failure.with_context(
            ModeError(
                f"The driver {driver.name} has no mode {target!r}.",
                hint=suggestion(str(target), driver.modes),
            )
        )
    # A device may return to another mode than the first parent. Submodes share one mode, and are left one at
    # a time.
    for _round in range(len(driver.modes) + DEEPEST):
        try:
            path = steps(driver, session.mode, target)
        except ModeError as exc:
            raise session.failure.with_context(exc) from None
        if not path:
            _complete(session, target, deadline)
            return
        for command, following in path:
            _step(session, command, following, deadline)
            run_setup(session, deadline)
            if session.mode != following:
                is_next = following == target and following in driver.modes[session.mode].parents
                if is_next and session.mode == driver.become_mode:
                    return  # a device without user mode, whose command leads to the next one
                break
    raise session.failure.with_context(
        ModeError(
            f"The way to the mode {target!r} leads to {session.mode!r} again and again.",
            hint=f"Check `enter` and `leave` of these modes in the driver {driver.name}.",
        )
    )


def leave_configuration(session: Session, deadline: float) -> None:
    """Leave the configuration mode if a login ended in it because somebody left it on a console.

    Raises ModeError (there are uncommitted changes), SessionError.
    """
    driver, mode = session.driver, session.driver.modes[session.mode]
    if driver.configure is None or mode.name != driver.configure.mode or mode.name == driver.become_mode:
        return
    if mode.leave and mode.parents:
        session.channel.switch_driver(keeping_changes(driver))
        enter(session, mode.parents[0], deadline)
        session.channel.switch_driver(driver)


def enter_home(session: Session, deadline: float) -> str:
    """Enter the mode of the driver in which a login ends, and return a notice for the user, mostly "".

    A shell that does not take the driver's prompt keeps its own. Raises ModeError, PromptNotFound,
    SessionError, Closed, TimedOut.
    """
    driver, own = session.driver, session.channel.prompt_line()
    has_token = is_marked(driver.modes[driver.home])
    if has_token:
        own_prompt.check_menu(session)
    try:
        enter(session, driver.home, deadline)
    except ModeError as exc:
        if not has_token or session.closed_reason:
            raise
        return own_prompt.keep(session, own, exc, deadline)
    return ""


def run_setup(session: Session, deadline: float) -> None:
    """Send the setup commands of the current mode, once in a session. Raises SessionError."""
    mode = session.mode
    if session.settings.setup and session.begin_setup(mode):
        for command in session.driver.modes[mode].setup:
            prepare(session, command, deadline)


def prepare(session: Session, command: str, deadline: float) -> str:
    """Send a command of our own and return its output. Notices are kept for the next command of the user."""
    reply = send(session, Command(command, check=False), deadline)
    session.channel.notices.put_back(reply.notices)
    return reply


def _complete(session: Session, mode: str, deadline: float) -> None:
    """Type `enter` of the current mode if a login ended in it without all its rights. Raises ModeError."""
    entry = session.driver.modes[mode]
    if (
        not entry.check
        or session.endpoint.become_password is None
        or not session.begin_setup(f"{mode} rights")
    ):
        return
    if not _is_partial(session, entry, deadline):
        return
    refused = _type(session, entry.enter, mode, deadline)
    if refused is not None and _is_partial(session, entry, deadline):
        raise refused


def _is_partial(session: Session, mode: Mode, deadline: float) -> bool:
    """Ask the device whether the user lacks rights of this mode."""
    output = prepare(session, mode.check, deadline)
    return any(pattern.search(output) for pattern in mode.partial)


def _step(session: Session, command: str, following: str, deadline: float) -> None:
    """Type the command that enters or leaves a mode, or another one if the device refuses it."""
    mode = session.driver.modes[following]
    is_entry = command == mode.enter
    if is_entry:
        session.begin_setup(f"{following} rights")  # this command gives all
    refused = _type(session, command, following, deadline)
    for other in mode.fallback if is_entry else ():
        if refused is not None:
            refused = _type(session, other, following, deadline)
    if refused is not None:
        raise refused


def _type(session: Session, command: str, following: str, deadline: float) -> ModeError | None:
    """Type the command that enters or leaves a mode, and return the error if the device stays in its mode."""
    channel = session.channel
    command = command.replace("{token}", channel.token)
    before, prompt = session.mode, channel.prompt_text
    session.make_ready(deadline)
    started = clock()
    try:
        session.begin_entering(following)
        expectation = channel.expect(command)._replace(refusals=own_prompt.refusals(session, following))
        channel.fire(SENT)
        # A key such as Ctrl-X acts at once.
        (session.write_line if command.isprintable() else session.write)(command)
        channel.force(f"sent {command}", MODE_SENT)
        match = session.read_prompt(deadline, expectation=expectation)
    except (Closed, TimedOut) as exc:
        activity = f"entering the mode {following!r}"
        raise session.failure.stream_error(exc, activity, deadline - started) from exc
    modes = session.driver.modes
    if session.mode != following and modes[session.mode].prompt == modes[following].prompt:
        channel.force("same prompt", following)
    left = session.mode == before and command == modes[before].leave and channel.prompt_text != prompt
    if session.mode == before and not left:
        return _refused(session, command, following, match)
    channel.clear()
    return None


def _refused(session: Session, command: str, following: str, match: Match) -> ModeError:
    """Return the error of a device that stays in its mode, with the last line of its answer."""
    text = session.channel.text_before(match)
    session.channel.clear()
    rest = split_echo(text, command)
    # A question for a password may precede the answer.
    answer = session.failure.mask(render(text if rest is None else rest).strip())
    lines = (line.strip() for line in reversed(answer.split("\n")) if session.channel.token not in line)
    line = next((line for line in lines if any(map(str.isalnum, line)) and line[-1] != ":"), "")
    if NOT_SET.search(answer):
        message, hint = f"The device has no password for the mode {following!r}", NOT_SET_HINT
    else:
        message, hint = f"The mode {following!r} was refused", f"The device is in the mode {session.mode!r}."
    error = ModeError(message + (f": {line}" if line else "."), hint=hint, last_output=answer[-_SHOWN:])
    return session.failure.with_context(error)
