# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions that a driver brings along in a .py file beside its .yml."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.model import Driver
from pyco_core.errors import InvalidDriver, PycoError, UnknownAction
from pyco_core.fsm.machine import Action

EVENT = "events: {token: {pattern: 'Token: ', state: GROUND, action: %s}}\n"


def made(folder: Path, code: str, action: str = "send_token", name: str = "acme") -> Driver:
    (folder / f"{name}.yml").write_text(EVENT % action, "utf-8")
    (folder / f"{name}.py").write_text(code, "utf-8")
    return load(name, (str(folder),))


def wrong(folder: Path, code: str, action: str = "send_token") -> PycoError:
    with pytest.raises((InvalidDriver, UnknownAction)) as caught:
        made(folder, code, action)
    return caught.value


CODE = "def send_token(login, argument):\n    login.write_line(argument or 'none')\n"


class Typed(list[str]):
    """As much of a login as these actions use."""

    def write_line(self, text: str) -> None:
        self.append(text)


@pytest.mark.parametrize(("said", "typed"), [("send_token", "none"), ("'send_token: 123'", "123")])
def test_a_function_beside_the_driver_is_an_action(tmp_path: Path, said: str, typed: str) -> None:
    driver = made(tmp_path, CODE, said)
    [action] = driver.table["token", "GROUND"].actions
    login = Typed()
    driver.actions[action.name](login, action.argument)  # type: ignore[arg-type]
    assert login == [typed]


def test_a_child_has_its_parents_actions_and_may_say_them_anew(tmp_path: Path) -> None:
    parent = made(tmp_path, CODE)
    (tmp_path / "child.yml").write_text("parent: acme\n", "utf-8")
    child = load("child", (str(tmp_path),))
    assert child.table["token", "GROUND"].actions == (Action("send_token"),)
    (tmp_path / "child.py").write_text(CODE, "utf-8")
    own = load("child", (str(tmp_path),))
    assert own.actions["send_token"] is not parent.actions["send_token"]


def test_an_edit_of_the_code_is_seen(tmp_path: Path) -> None:
    before = made(tmp_path, CODE)
    after = made(tmp_path, CODE + "\n\ndef other(login, argument):\n    pass\n")
    assert "other" not in before.actions
    assert "other" in after.actions


def test_what_is_private_or_imported_is_no_action(tmp_path: Path) -> None:
    error = wrong(tmp_path, "from os.path import join\n\ndef _hidden(login, argument):\n    pass\n", "join")
    assert error.message == f"{tmp_path}/acme.yml:1: action: unknown action 'join'."


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def x(:\n", "acme.py:1: invalid Python: invalid syntax."),
        ("\nimport no_such_module\n", "acme.py:2: ModuleNotFoundError: No module named 'no_such_module'."),
        ("raise KeyError('x')\n", "acme.py:1: KeyError: 'x'."),
    ],
)
def test_code_that_fails_is_an_error_with_its_line(tmp_path: Path, code: str, message: str) -> None:
    assert wrong(tmp_path, code).message == f"{tmp_path}/{message}"


def test_code_that_cannot_be_decoded_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text("", "utf-8")
    (tmp_path / "acme.py").write_bytes(b"x = '\xff'\n")
    with pytest.raises(InvalidDriver, match=r"acme\.py"):
        load("acme", (str(tmp_path),))
