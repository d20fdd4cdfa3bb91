# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The login of a tape, from the dialogue before the first prompt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..models.secret import MASK
from ..session.terminal import decode, render, split_echo, strip_escapes
from ..tape import Login, Question
from .dialogue import Exchange

LOGIN_PASSWORD = "masked-login"  # replaces the password of the login in a tape


def screen_text(data: bytes) -> str:
    """Return the text that a person sees on the terminal."""
    return render(decode(strip_escapes(data)))


def text_after_echo(exchange: Exchange) -> str | None:
    """Return the text after the echo of the typed text, None if it has no echo."""
    if exchange.sent in (MASK, ""):
        return None
    return split_echo(screen_text(exchange.received), exchange.sent)


def tape_login(
    dialogue: Sequence[Exchange], prompt: str, user: str, masked: Callable[[str], str]
) -> Login | None:
    """Return the login of a tape, None if the device asked for no password and ssh gave no user.

    dialogue: from the start to the first prompt. prompt: that prompt. user: the user name of the login, ""
    for none. masked: masks the secrets in a text.
    """
    login: dict[str, Any] = {}
    questions: list[Question] = []
    shown = screen_text(dialogue[0].received)
    for exchange in dialogue[1:]:
        asked, text = masked(shown), exchange.sent
        if text == MASK and "welcome" not in login:
            login |= {"password_prompt": asked, "welcome": ""}
            login |= (
                {"users": {user: LOGIN_PASSWORD}} if "user_prompt" in login else {"password": LOGIN_PASSWORD}
            )
        elif text == user and not login.keys() & {"password_prompt", "user_prompt"}:
            above, newline, login["user_prompt"] = asked.rpartition("\n")
            login["banner"] = above + newline
        elif len(text) < 2:
            questions.append(Question(asked, keys=f"{text}\r\n"))
        else:
            questions.append(Question(asked, answer=masked(text)))
        rest = text_after_echo(exchange)
        shown = (screen_text(exchange.received) if rest is None else rest).removeprefix("\n")
    if len(dialogue) == 1 and user:  # authenticated by ssh
        login["users"] = {user: LOGIN_PASSWORD}
    if not questions:
        login["welcome"] = masked(shown[: len(shown) - len(prompt)])
    return _login(login, questions)


def _login(login: Mapping[str, Any], questions: Sequence[Question]) -> Login | None:
    return Login(**login, ask=tuple(questions)) if login.keys() & {"users", "password"} else None
