# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A driver's answers to questions that an ssh server asks during the authentication."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from ..driver.model import Driver
from ..errors import PycoError
from ..fsm.machine import LOGIN_STATES, Action, lookup
from ..fsm.matcher import Matcher
from ..models.endpoint import Endpoint
from ..models.settings import Settings
from .action_call import call_action
from .masker import Masker
from .terminal import last_line

# Not used: keyboard-interactive has its own rules for passwords, and the host key is known by then.
_UNUSED = ("send_password", "deny", "deny_repeated", "ask_secret", "ask_host_key")


class QuestionLogin:
    """Collects the text that the actions of an event type. Implements driver.actions.Login.

    question: of the server. text: the collected text, None if nothing was typed.
    """

    entering = ""
    unread = ""

    def __init__(self, endpoint: Endpoint, settings: Settings, question: str) -> None:
        self.question = question.strip()
        self.text: str | None = None
        self.user = endpoint.user
        self.host_key_checking = settings.host_key_checking
        self._endpoint = endpoint

    def write(self, text: str) -> None:
        """Add text."""
        self.text = (self.text or "") + text

    def write_line(self, text: str) -> None:
        """Add text; an answer has no line end."""
        self.write(text)

    def write_user(self) -> None:
        """Add the user name."""
        self.write(self.user)

    def is_repeated(self) -> bool:
        """Return False: the server counts its questions itself."""
        return False

    def conclude(self) -> None:
        """Do nothing: a question follows no earlier message."""

    def write_password(self, which: str) -> bool:
        """Add a secret of the endpoint; return False if it is not set."""
        secret = self._endpoint.password if which == "password" else self._endpoint.become_password
        if secret is not None:
            self.write(secret.reveal())
        return secret is not None

    def erase(self) -> None:
        """Do nothing: a question is no output."""

    def fail(self, error: type[PycoError], message: str, hint: str = "", *, setting: str = "") -> NoReturn:
        """End the login with this error. setting: see PycoError."""
        raise error(message, hint=hint, setting=setting)


def driver_answers(driver: Driver, endpoint: Endpoint, settings: Settings) -> Callable[[str], str | None]:
    """Return a function that returns the text that the driver types for a question, None for none.

    It raises the errors of the driver's actions, and InvalidDriver.
    """
    mask = Masker(endpoint.secrets).mask

    def answer(question: str) -> str | None:
        for actions in _events(driver, question):
            if any(action.name in _UNUSED for action in actions):
                continue
            login = QuestionLogin(endpoint, settings, question)
            for action in actions:
                call_action(driver, login, action, mask)
            if login.text is not None:
                return login.text
        return None

    return answer


def _events(driver: Driver, question: str) -> list[tuple[Action, ...]]:
    """Return the actions of the events that match the question, in the states of a login."""
    matcher = Matcher(driver.sets, last_line)
    matcher.feed(question.encode())
    found = []
    for state in LOGIN_STATES:
        for pattern in driver.sets[state].tail:
            transition = None if pattern.whole else lookup(driver.table, pattern.event, state)
            if transition is not None and matcher.peek(pattern) is not None:
                found.append(transition.actions)
    return found
