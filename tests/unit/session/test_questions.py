# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.driver.compiler import load
from pyco_core.errors import InvalidDriver, LoginRefused
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.session.questions import QuestionLogin, driver_answers

STATEMENT = "Do you accept and acknowledge the statement above ? (yes/no) : "

ACME = """\
parent: common
modes: {user: {prompt: '{hostname}>'}}
events:
  code: {pattern: '^Code: ?', state: PASSWORD_SENT, action: [erase, 'send: 12', 'sendline: 34']}
  enable: {pattern: 'Second password: ?', state: GROUND, action: send_become_password}
  closed: {pattern: 'Closed today\\? ?', state: GROUND, action: refuse}
  noted: {pattern: 'Noted: ?', state: GROUND, action: erase}
  token: {pattern: 'Token: ?', state: GROUND, action: token}
  broken: {pattern: 'Broken: ?', state: GROUND, action: broken}
"""
ACTIONS = """\
def token(login, argument):
    assert login.host_key_checking and not login.entering and not login.is_repeated()
    login.write_line("654321")

def broken(login, argument):
    login.write_password("password")
    raise RuntimeError("no token in " + login.text)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "acme.yml").write_text(ACME)
    (tmp_path / "acme.py").write_text(ACTIONS)
    return tmp_path


def answer(question: str, name: str, *folders: str) -> str | None:
    endpoint = Endpoint("r1", user="ops", password=Secret("sesame"), become_password=Secret("open"))
    return driver_answers(load(name, folders), endpoint, Settings())(question)


def test_statement_is_accepted_by_event_of_driver() -> None:
    assert answer(STATEMENT, "paloalto_panos") == "yes"


def test_user_name_question_gets_user_name() -> None:
    assert answer("Username: ", "cisco_ios") == "ops"


@pytest.mark.parametrize(
    "question",
    ["Password: ", "Verification code: ", "Continue connecting (yes/no)? ", "r1# ", "(yes/no) \xe9"],
)
@pytest.mark.parametrize("name", ["cisco_ios", "linux", "common"])
def test_other_question_has_no_answer_of_driver(name: str, question: str) -> None:
    assert answer(question, name) is None


@pytest.mark.parametrize(
    ("question", "expected"), [("Code: ", "1234"), ("Second password: ", "open"), ("Token: ", "654321")]
)
def test_actions_of_driver_type_answer(folder: Path, question: str, expected: str) -> None:
    assert answer(question, "acme", str(folder)) == expected


def test_event_that_types_nothing_has_no_answer(folder: Path) -> None:
    assert answer("Noted: ", "acme", str(folder)) is None


def test_secret_that_is_not_set_is_error_of_action(folder: Path) -> None:
    answers = driver_answers(load("acme", (str(folder),)), Endpoint("r1"), Settings())
    with pytest.raises(Exception, match="Set the become password"):
        answers("Second password: ")


def test_error_of_action_is_raised(folder: Path) -> None:
    with pytest.raises(LoginRefused):
        answer("Closed today? ", "acme", str(folder))


def test_exception_in_action_is_invalid_driver_with_secrets_masked(folder: Path) -> None:
    with pytest.raises(InvalidDriver, match=r"no token in \*{8}\. It was raised by the action 'broken'"):
        answer("Broken: ", "acme", str(folder))


def test_all_drivers_leave_password_to_login() -> None:
    names = [file.stem for file in (Path(__file__).parents[3] / "drivers").glob("*.yml")]
    assert len(names) > 150
    assert {name: answer("Password: ", name) for name in names if answer("Password: ", name)} == {}


def test_question_of_server_is_never_repeated_or_concluded() -> None:
    login = QuestionLogin(Endpoint("r1", "ssh", 22, "pyco"), Settings(), "Username: ")
    login.write_user()
    login.conclude()
    assert (login.text, login.question, login.is_repeated()) == ("pyco", "Username:", False)
