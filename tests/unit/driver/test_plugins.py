# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions in a Python file beside the driver file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.model import Driver
from pyco_core.errors import InvalidDriver, PycoError, UnknownAction
from pyco_core.fsm.machine import Action

from .test_actions import Recorder

EVENT = "events: {token: {pattern: 'Token: ', state: GROUND, action: %s}}\n"


def compiled(folder: Path, code: str, action: str = "send_token", name: str = "acme") -> Driver:
    (folder / f"{name}.yml").write_text(EVENT % action, "utf-8")
    (folder / f"{name}.py").write_text(code, "utf-8")
    return load(name, (str(folder),))


def compile_error(folder: Path, code: str, action: str = "send_token") -> PycoError:
    with pytest.raises((InvalidDriver, UnknownAction)) as caught:
        compiled(folder, code, action)
    return caught.value


CODE = "def send_token(login, argument):\n    login.write_line(argument or 'none')\n"


@pytest.mark.parametrize(
    ("action_text", "typed"), [("send_token", "line 'none'"), ("'send_token: 123'", "line '123'")]
)
def test_function_in_python_file_is_an_action(tmp_path: Path, action_text: str, typed: str) -> None:
    driver = compiled(tmp_path, CODE, action_text)
    [action] = driver.table["token", "GROUND"].actions
    login = Recorder()
    driver.actions[action.name](login, action.argument)
    assert login.calls == [typed]


def test_child_inherits_and_overrides_actions(tmp_path: Path) -> None:
    parent = compiled(tmp_path, CODE)
    (tmp_path / "child.yml").write_text("parent: acme\n", "utf-8")
    child = load("child", (str(tmp_path),))
    assert child.table["token", "GROUND"].actions == (Action("send_token"),)
    (tmp_path / "child.py").write_text(CODE, "utf-8")
    own = load("child", (str(tmp_path),))
    assert own.actions["send_token"] is not parent.actions["send_token"]


def test_edited_python_file_is_loaded_again(tmp_path: Path) -> None:
    before = compiled(tmp_path, CODE)
    after = compiled(tmp_path, CODE + "\n\ndef other(login, argument):\n    pass\n")
    assert "other" not in before.actions
    assert "other" in after.actions


def test_private_and_imported_functions_are_no_actions(tmp_path: Path) -> None:
    error = compile_error(
        tmp_path, "from os.path import join\n\ndef _hidden(login, argument):\n    pass\n", "join"
    )
    assert error.message == f"{tmp_path}/acme.yml:1: action: unknown action 'join'."


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def x(:\n", "acme.py:1: invalid Python: invalid syntax."),
        ("\nimport no_such_module\n", "acme.py:2: ModuleNotFoundError: No module named 'no_such_module'."),
        ("raise KeyError('x')\n", "acme.py:1: KeyError: 'x'."),
    ],
)
def test_failing_code_raises_error_with_line(tmp_path: Path, code: str, message: str) -> None:
    assert compile_error(tmp_path, code).message == f"{tmp_path}/{message}"


def test_code_with_invalid_encoding_raises_error(tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text("description: Acme\n", "utf-8")
    (tmp_path / "acme.py").write_bytes(b"x = '\xff'\n")
    with pytest.raises(InvalidDriver, match=r"acme\.py"):
        load("acme", (str(tmp_path),))
