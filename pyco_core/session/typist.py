# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a session that the actions of a driver use."""

from __future__ import annotations

from typing import NoReturn

from ..driver.model import Driver
from ..errors import InvalidDriver, PycoError
from ..fsm.machine import USERNAME_SENT, Action
from ..models.endpoint import Endpoint
from ..models.secret import MASK, Secret
from ..models.settings import Settings
from .action_call import call_action
from .channel import Channel
from .dialogue import LoginDialogue
from .failure import Failure

RECENT = 8192  # bytes at the end of the output that may have the question and its reason
LATE_USER = "user was missing"  # in the trace


class Typist:
    """Types text, user names and secrets into a channel. Implements driver.actions.Login.

    Base class of Session, which opens the channel. entering: the mode that is being entered.
    """

    channel: Channel
    failure: Failure

    def __init__(self, endpoint: Endpoint, settings: Settings) -> None:
        self.endpoint = endpoint
        self.settings = settings
        self.entering = ""
        self.dialogue = LoginDialogue()

    @property
    def driver(self) -> Driver:
        """Return the current driver."""
        return self.channel.driver

    def begin_entering(self, mode: str) -> None:
        """Record the mode for the messages of actions."""
        self.entering = mode

    @property
    def user(self) -> str:
        """Return the user to log in as, "" if there is none."""
        return self.endpoint.user

    @property
    def host_key_checking(self) -> bool:
        """Return True if an unknown ssh host key is an error."""
        return self.settings.host_key_checking

    def write(self, text: str) -> None:
        """Type text as it is."""
        self.channel.write(text)

    def write_line(self, text: str) -> None:
        """Type text and the line end."""
        self.channel.write(text + self.channel.ends.current)

    def write_secret(self, secret: Secret, newline: bool = True) -> None:
        """Type a secret, and mask it from now on. newline: type the line end too."""
        self.channel.masker.add(secret.reveal())
        self.channel.write(secret.reveal() + (self.channel.ends.current if newline else ""), MASK)

    @property
    def question(self) -> str:
        """Return the last line of the output, as a terminal shows it, secrets masked."""
        return self.channel.tail_text(RECENT).rpartition("\n")[2].strip()

    @property
    def unread(self) -> str:
        """Return the end of the unread output as a terminal shows it, secrets masked."""
        return self.channel.tail_text(RECENT)

    def write_user(self) -> None:
        """Type the user name and the line end as the answer to the question."""
        self.dialogue.answer(self.question)
        self.write_line(self.user)

    def write_password(self, which: str) -> bool:
        """Type a secret of the endpoint, `password` or `become_password`; return False if there is none."""
        secret: Secret | None = getattr(self.endpoint, which)
        if secret is None:
            return False
        self.dialogue.answer(self.question)
        self.write_secret(secret)
        return True

    def is_repeated(self) -> bool:
        """Return True if the question was answered before."""
        return self.dialogue.is_repeated(self.question)

    def conclude(self) -> None:
        """End the login if a message of the device asks for it. Raises LoginError."""
        verdict = self.dialogue.verdict
        if verdict is not None:
            self.driver.actions[verdict.name](self, verdict.argument)

    def erase(self) -> None:
        """Drop the unfinished last line."""
        self.channel.erase_line()

    def fail(self, error: type[PycoError], message: str, hint: str = "", *, setting: str = "") -> NoReturn:
        """Close the session permanently with this error. setting: see PycoError."""
        raise self.failure.close_with(error(message, hint=hint, setting=setting))

    def perform(self, action: Action, is_line: bool = False) -> None:
        """Carry out an action of the driver, or keep it if it ends the login and is_line is true.

        is_line: True if a finished line led to the action. Raises InvalidDriver if its code fails.
        """
        if is_line and self.dialogue.postpone(action):
            return
        if action.name == "deny_repeated" and self._lacks_user():
            self.channel.force(LATE_USER, USERNAME_SENT)
            self.write_user()
            return
        try:
            call_action(self.driver, self, action, self.failure.mask)
        except InvalidDriver as exc:
            self.failure.close_with(exc)
            raise

    def _lacks_user(self) -> bool:
        """Return True if the question for the user is new: a line end that woke a slow device answered it.

        The device has then refused the password of an empty user, and asks for the first user again.
        """
        events = [event for event, _before, _after in self.channel.trace]
        asks_user = events[-1:] == ["username"] and events.count("username") == 1
        return asks_user and self.channel.ends.is_tried and bool(self.user)
