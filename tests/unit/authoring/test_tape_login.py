# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.authoring.dialogue import Exchange
from pyco_core.authoring.tape_login import tape_login
from pyco_core.models.secret import MASK
from pyco_core.tape import Login, Question

USER = [
    Exchange("", b"Welcome\r\nUsername: "),
    Exchange("demo", b"demo\r\nPassword: "),
]


@pytest.mark.parametrize(
    ("dialogue", "login"),
    [
        (
            [*USER, Exchange(MASK, b"\r\nLast login: today\r\nr1> ")],
            Login(banner="Welcome\n", users={"demo": "masked-login"}, welcome="Last login: today\n"),
        ),
        (
            [*USER, Exchange(MASK, b"\r\nAgree? "), Exchange("yes", b"yes\r\nr1> ")],
            Login(
                banner="Welcome\n",
                users={"demo": "masked-login"},
                ask=(Question("Agree? ", answer="yes"),),
            ),
        ),
        (
            [Exchange("", b"Password: "), Exchange(MASK, b"\r\nPress any key"), Exchange("", b"\r\nr1> ")],
            Login(password="masked-login", ask=(Question("Press any key", keys="\r\n"),)),
        ),
        ([Exchange("", b"r1> ")], Login(users={"demo": "masked-login"})),
    ],
    ids=["user and password", "question with answer", "question with key", "ssh"],
)
def test_login_is_built_from_dialogue(dialogue: list[Exchange], login: Login) -> None:
    assert tape_login(dialogue, "r1> ", "demo", lambda text: text) == login


def test_device_without_user_and_password_has_no_login() -> None:
    assert tape_login([Exchange("", b"r1> ")], "r1> ", "", lambda text: text) is None
