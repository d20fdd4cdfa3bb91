# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions of a login in every driver, and the states in which a credential may be typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.driver.actions import ENDING
from pyco_core.driver.compiler import load
from pyco_core.driver.files import entries, folders
from pyco_core.driver.model import Driver
from pyco_core.fsm.machine import (
    AUTHENTICATED,
    BECOME_SENT,
    GROUND,
    LOGIN_STATES,
    MODE_SENT,
    PASSWORD_SENT,
    USERNAME_SENT,
)

from .machine_runs import matcher_for, run
from .tapes import every_tape, load_tape

DRIVERS = sorted(name for name, _file in entries(folders(())))
CREDENTIALS = {"send_username", "send_password", "send_become_password"}
SENTENCES = [
    b"Checking the age of your password: ",
    b"Days until your password expires: ",
    b"Last login: ",
    b"Last successful login: ",
    b"Checking your password: ",
    b"Your password: ",
    b"Loading the profile of the user: ",
    b"Number of failed logins of this user: ",
    b"Reading password policy: ",
    b"Time left for password: ",
    b"Change password: ",
    b"Old password was changed on: ",
    b"New password policy: ",
    "修改密码 3: ".encode(),
]
QUESTIONS = [
    b"login: ",
    b"Username: ",
    b"r1 login: ",
    b"Password: ",
    b"pyco@r1's password: ",
    b"Enter PASSCODE: ",
]
YES_OR_NO = [
    b"Do you want to change the password (yes/no): ",
    b"Change the password? [Y/N]: ",
    b"Save password? (y/n): ",
]
NEW_PASSWORD = [
    b"Enter old password: ",
    b"Enter new password: ",
    b"New password: ",
    b"(current) UNIX password: ",
    b"Retype new password: ",
    b"Please enter the new password: ",
    b"New Password (8-64 characters): ",
    b"New passwd:",
    b"Retype Password: ",
    b"Re-type new password: ",
    b"Confirm password:",
    b"Enter new password for user admin: ",
    b"Password has expired, enter new password: ",
    b"** Password must be changed. New password **: ",
    b"Neues Passwort: ",
    b"Nouveau mot de passe : ",
    "Nueva contraseña: ".encode(),
    b"Nova senha: ",
    b"Nuova password: ",
    "请输入新密码\uff1a".encode(),
    "确认密码:".encode(),
]
CHANGE = [
    b"new password> ",
    b"Change it now [Y/Any key - No]?",
    b"Update to new password? (y/n): ",
    b"Your Password Has Expired. Would you like to change it? [yes/no]: ",
    b"Do you want to change the password (yes/no): ",
]
USERNAMES = [
    b"login: ",
    b"Login Name:",
    b"Please Enter Login Name: ",
    b"Username(1-32 chars):",
    b"AD Username: ",
    b"TACACS+ Username: ",
    b"user name:",
    b"User:",
    b"User ID: ",
    b"Login ID: ",
    b"Account: ",
    b"Username (TACACS): ",
    b"Enter Username>",
    b"login as: ",
    b"Benutzername: ",
    b"Nom d'utilisateur : ",
    b"Identifiant :",
    b"Usuario: ",
    "Usuário: ".encode(),
    b"Utilizador: ",
    "用户名\uff1a".encode(),
    "请输入用户名\uff1a".encode(),
    "Имя пользователя: ".encode(),
    "\u2502 Login: ".encode(),
]
PASSWORDS = [
    b"Password:",
    b"Password(1-16 chars):",
    b"AD Password: ",
    b"Please Enter Password: ",
    b"Enter PASSCODE: ",
    b"PASSCODE: ",
    b"TACACS+ Password: ",
    b"Password for user pyco:",
    b"Password >",
    b"Enter Password>",
    b"Enter your RSA token: ",
    b"pyco@r1's password: ",
    b"(pyco@r1) Password: ",
    b"Passwort: ",
    b"Kennwort:",
    b"Mot de passe : ",
    "Contraseña: ".encode(),
    "Contraseña: ".encode("latin-1"),
    b"Senha: ",
    b"Palavra-passe: ",
    "密码\uff1a".encode(),
    "请输入密码:".encode(),
    "Пароль: ".encode(),
]
BANNERS = [
    b"You must change your password every 90 days.",
    b"If your password has expired, call the help desk.",
    b"This system is going down for maintenance on Sunday 22:00 UTC.",
    b"All lines are busy on Mondays.",
    b"Permission denied to all who are not staff.",
    b"Login failed attempts are recorded.",
]


def typed(driver: Driver, state: str, text: bytes) -> set[str]:
    """Return the actions that type a credential at this text."""
    return CREDENTIALS & set(run(driver, [text], state).actions)


@pytest.mark.parametrize("name", DRIVERS)
def test_accepted_login_gets_no_credential(name: str) -> None:
    driver = load(name)
    states = [PASSWORD_SENT] if driver.second_login else [AUTHENTICATED, PASSWORD_SENT]
    states += [] if driver.network else [MODE_SENT, BECOME_SENT]
    texts = [*SENTENCES, *QUESTIONS, *YES_OR_NO, *NEW_PASSWORD]
    wrong = {(state, text) for state in states for text in texts if typed(driver, state, text)}
    assert wrong == set()


@pytest.mark.parametrize("name", DRIVERS)
def test_sentence_before_login_gets_no_credential(name: str) -> None:
    driver = load(name)
    texts = [*SENTENCES, *YES_OR_NO, *NEW_PASSWORD]
    wrong = {
        (state, text) for state in (GROUND, USERNAME_SENT) for text in texts if typed(driver, state, text)
    }
    assert wrong == set()


@pytest.mark.parametrize("name", DRIVERS)
def test_question_in_use_is_answered(name: str) -> None:
    driver = load(name)
    users = {text for text in USERNAMES if typed(driver, GROUND, text) != {"send_username"}}
    passwords = {text for text in PASSWORDS if typed(driver, USERNAME_SENT, text) != {"send_password"}}
    assert (users, passwords) == (set(), set())


@pytest.mark.parametrize("name", DRIVERS)
def test_question_for_new_password_ends_login(name: str) -> None:
    driver = load(name)
    for state in (AUTHENTICATED, PASSWORD_SENT):
        for text in NEW_PASSWORD:
            assert "expire" in run(driver, [text], state).actions, (state, text)


@pytest.mark.parametrize("text", CHANGE)
@pytest.mark.parametrize("name", ["common", "cisco_ios", "hp_procurve", "linux"])
def test_question_for_change_of_password_ends_login(name: str, text: bytes) -> None:
    for state in (AUTHENTICATED, PASSWORD_SENT):
        assert run(load(name), [text], state).actions == ("expire",)


@pytest.mark.parametrize("name", DRIVERS)
@pytest.mark.parametrize("text", SENTENCES)
def test_sentence_does_not_end_login(name: str, text: bytes) -> None:
    for state in (AUTHENTICATED, PASSWORD_SENT):
        assert "expire" not in run(load(name), [text], state).actions


@pytest.mark.parametrize("name", DRIVERS)
def test_banner_line_has_no_action_but_one_that_waits(name: str) -> None:
    driver = load(name)
    for state in LOGIN_STATES:
        for text in BANNERS:
            assert set(run(driver, [text + b"\r\n"], state).actions) <= ENDING


@pytest.mark.parametrize("name", DRIVERS)
def test_question_that_ends_login_waits_for_idle_timeout(name: str) -> None:
    driver = load(name)
    for state in LOGIN_STATES:
        for text in (*QUESTIONS, *NEW_PASSWORD):
            matcher = matcher_for(driver)
            matcher.feed(text)
            match = matcher.next(state)
            if match is not None and ENDING & set(run(driver, [text], state).actions):
                assert match.is_likely


@every_tape
def test_questions_of_tape_are_answered(file: Path) -> None:
    driver, tape = load(file.parent.name), load_tape(file)
    if tape.login is None:
        return
    user, password = (
        text.replace("{hostname}", "r1").encode()
        for text in (tape.login.user_prompt, tape.login.password_prompt)
    )
    assert not user or typed(driver, GROUND, user) == {"send_username"}
    assert not password or typed(driver, USERNAME_SENT, password) == {"send_password"}
