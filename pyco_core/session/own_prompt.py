# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A login shell that does not take the prompt of its driver: its own prompt is learned, as with `common`.

A prompt with a token is set by a command. A shell may refuse the command, not understand it, or set its own
prompt again each time.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..driver.model import DISCOVERED
from ..driver.own_prompt import is_marked, without_modes
from ..driver.patterns import compile_prompt
from ..errors import ModeError, PromptNotFound
from ..fsm.machine import AUTHENTICATED
from ..fsm.matcher import Pattern
from . import prompt
from .prompt_learner import prompt_pattern, similar_pattern
from .session import Session

_MESSAGE = re.compile(r"\w ?[:?]\Z|\.\.\.\Z")  # "Checking the age of your password:" is no prompt of a shell
_MENU = re.compile(
    r"(?i)(?:\b(?:select(?:ion)?|choose|choice|option|pick|enter)\b[^:?]{0,60}[:?]"
    r"|[\[(]y(?:es)?[/|,] ?no?[\])] ?[:?]?)\Z"
)
# A prompt that differs from the one of the login. Not the 10% of a progress.
SIGNS = 8  # characters of a prompt without a name
_OTHER = r".*[A-Za-z].*(?:[>#$]|(?<!\d)%)"


def check_menu(session: Session) -> None:
    """Raise PromptNotFound if the host shows the question of a menu. It gets no answer."""
    line = session.channel.prompt_line().strip()
    if _MENU.search(line):
        error = PromptNotFound(
            f"The host asks {session.failure.mask(line)!r} instead of showing the prompt of a shell.",
            hint="Answer it with an event in a driver; the driver common takes it for the prompt.",
        )
        raise session.failure.close_with(error)


def refusals(session: Session, target: str) -> tuple[Pattern, ...]:
    """Return the prompts of a shell that does not take the prompt of a mode, () for any other mode."""
    if not is_marked(session.driver.modes[target]):
        return ()
    own = session.channel.prompt_line().strip()
    # Some shells print the parameter in the prompt as it is.
    literal = compile_prompt("", f"[^'\"]*{session.channel.token}[^'\"]*")
    patterns = [literal, *_similar(own), replace(compile_prompt("", _OTHER), likely=True)]
    return tuple(replace(pattern, event=session.mode) for pattern in patterns)


def _similar(own: str) -> list[Pattern]:
    """Return the forms of a prompt, of which the login may have seen only the beginning."""
    if not own or _MESSAGE.search(own):
        return []
    similar = similar_pattern(own)
    return [prompt_pattern(own), similar or compile_prompt("", rf"{re.escape(own)}\W{{0,{SIGNS}}}")]


def keep(session: Session, own: str, refused: ModeError, deadline: float) -> str:
    """Learn the prompt of the shell, and return a notice about it.

    own: the prompt of the login. refused: the error of the command that sets another one.
    Raises PromptNotFound, Closed, TimedOut.
    """
    channel, driver = session.channel, session.driver
    marked = compile_prompt("", channel.fill_prompt(driver.modes[driver.home].prompt))
    shown = channel.prompt_line()
    session.switch_driver(without_modes(driver))
    text = prompt.learn(session, shown, AUTHENTICATED, deadline)
    if marked.regex.search(text.encode()):  # the shell was slow, and another of these prompts may follow
        error = PromptNotFound("The shell took its prompt too late.", hint="Try again.")
        raise session.failure.close_with(error)
    channel.force("own prompt", DISCOVERED)
    own = own.strip()
    is_prompt = own[-1:] == text[-1:] and similar_pattern(own) is not None and not _MESSAGE.search(own)
    session.learn_prompt(text, own if is_prompt else "")
    return (
        f"The shell keeps its own prompt {session.failure.mask(text.strip())!r}, so the exit status of "
        f"commands is not known. {refused.message}"
    )
