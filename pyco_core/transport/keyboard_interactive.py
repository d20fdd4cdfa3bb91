# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers to the questions of the ssh method keyboard-interactive."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import paramiko

from ..errors import PasswordExpired

MAX_QUESTIONS = 50  # of one attempt
EXPIRED = "The password of {} has expired: {} asks for a new one."
EXPIRED_HINT = "Log in by hand and change it."

# "New password:", "(current) UNIX password:", "Retype new password:", "Do you want to change the password".
_NEW_PASSWORD = re.compile(
    r"\b(?:new|old|current|re-?type|re-?enter|change)\b[^\n]{0,40}\bpass(?:word|code|phrase)", re.IGNORECASE
)

Answers = Callable[[str], str | None]  # returns the text that the driver types for a question, or None


class Unanswered(paramiko.AuthenticationException):
    """A question without an answer."""


class Questions:
    """The questions of one attempt.

    A question with an event of the driver gets the text that the driver types. The first other question for
    hidden text gets the password; other questions for visible text get an empty line.

    password: None if there is none. answers: of the driver, None for no driver.
    typed_password: True after the password was an answer. unanswered: the question that ended the attempt, ""
    for the same one that the password has answered.
    unusual: the last question that got an empty line, or none, and is not just for a password.
    """

    def __init__(self, user: str, host: str, password: str | None, answers: Answers | None) -> None:
        self.typed_password = False
        self.unanswered = ""
        self.unusual = ""
        self._password_question = ""
        self._count = 0
        self._user = user
        self._host = host
        self._password = password
        self._answers = answers

    def answer(self, title: str, instructions: str, prompts: Sequence[tuple[str, bool]]) -> list[str]:
        """Return the answers of one round. Raises Unanswered, PasswordExpired and the driver's errors."""
        self._count += max(1, len(prompts))
        if self._count > MAX_QUESTIONS:
            raise Unanswered
        statement = [title, instructions]
        return [self._answer("\n".join([*statement, prompt]), echo) for prompt, echo in prompts]

    def _answer(self, text: str, echo: bool) -> str:
        lines = [line for line in text.splitlines() if line.strip()]
        question = lines[-1] if lines else ""
        if _NEW_PASSWORD.search(question):
            raise PasswordExpired(EXPIRED.format(self._user, self._host), hint=EXPIRED_HINT)
        answer = self._answers(question) if self._answers else None
        if answer is not None:
            self.typed_password = self.typed_password or (not echo and answer == self._password)
            return answer
        if echo:
            self.unusual = question.strip()
            return ""
        if self.typed_password and question == self._password_question:
            raise Unanswered  # the password was wrong
        if self._password is None or self.typed_password:
            self.unanswered = question.strip()
            self.unusual = "" if "password" in question.lower() else self.unanswered
            raise Unanswered
        self.typed_password, self._password_question = True, question
        return self._password
