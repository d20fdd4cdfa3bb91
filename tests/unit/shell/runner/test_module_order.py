# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recognition of modules, in command lines as versions of ansible-core and become plugins build them."""

from __future__ import annotations

import shlex
import subprocess
from functools import reduce

import pytest

from pyco_core.models.execute import Become, Execute
from pyco_core.models.secret import Secret
from pyco_core.shell.runner.module_order import module_order
from pyco_core.shell.runner.program import bootstrap

DATA = b"#!/usr/bin/python3\n_ANSIBALLZ_WRAPPER = True\n"
PYTHON = "/usr/bin/python3"
START = f"{PYTHON} -c {shlex.quote(bootstrap(PYTHON))}"


def sudo(script: str, number: str = "abc", password: bool = True) -> str:
    flags = f'-p "[sudo via ansible, key={number}] password:"' if password else "-n"
    marked = shlex.quote(f"echo BECOME-SUCCESS-{number} ; {script}")
    return f"/bin/sh -c {shlex.quote(f'sudo -H -S  {flags} -u root /bin/sh -c {marked}')}"


@pytest.mark.parametrize(
    ("text", "start", "environment"),
    [
        (f"/bin/sh -c '{PYTHON}'", f"/bin/sh -c {shlex.quote(START)}", {}),
        (f"/bin/sh -c '{PYTHON} && sleep 0'", f"/bin/sh -c {shlex.quote(START)}", {}),
        (
            f"/bin/bash -c {shlex.quote(f'A=1 B={shlex.quote(chr(39))} C= LC_ALL=C {PYTHON} && sleep 0')}",
            f"/bin/bash -c {shlex.quote(f'LC_ALL=C {START}')}",
            {"A": "1", "B": "'", "C": ""},
        ),
        (sudo(f"X=1 {PYTHON}"), sudo(START), {"X": "1"}),
        (
            sudo(f"TZ=UTC {PYTHON}", password=False)[:-1] + " && sleep 0'",
            sudo(f"TZ=UTC {START}", password=False),
            {},
        ),
        (f"sh -c {shlex.quote(f'PATH=/x {PYTHON}')}", f"sh -c {shlex.quote(START)}", {"PATH": "/x"}),
    ],
)
def test_module_is_recognized(text: str, start: str, environment: dict[str, str]) -> None:
    module = module_order(Execute(text, DATA))
    assert module is not None
    assert shlex.split(module.start) == shlex.split(start)
    assert (module.environment, module.program) == (environment, DATA)


def test_path_of_bare_interpreter_is_there_at_its_start() -> None:
    module = module_order(Execute("/bin/sh -c 'PATH=/x python3'", DATA))
    assert module is not None
    assert (module.environment, module.interpreter) == ({}, "python3")
    assert "PATH=/x python3 -c " in module.start


@pytest.mark.parametrize(
    "text",
    [
        PYTHON,
        f"/bin/sh -c '{PYTHON} -E'",
        f"/bin/sh -c '{PYTHON} /tmp/x.py'",
        f"/bin/sh -c '{PYTHON}; id'",
        f"/bin/sh -c '{PYTHON}' x",
        f"/bin/sh -x -c '{PYTHON}'",
        f"/bin/sh -c '{PYTHON} > x'",
        f"/bin/sh -c '{PYTHON} && sleep 1'",
        f"/bin/sh -c 'cd / && {PYTHON}'",
        "/bin/sh -c '~/bin/python3'",
        "/bin/sh -c '$HOME/python3'",
        '/bin/sh -c "$(id)"',
        "/bin/sh -c 'A=`id` python3'",
        "/bin/sh -c 'A=1'",
        "/bin/sh -c 'x\npython3'",
        f"/opt/csh -c '{PYTHON}'",
        "/bin/sh -c 'unclosed",
        "",
        "sh -c " * 9 + PYTHON,
        reduce(lambda text, _: f"sh -c {shlex.quote(text)}", range(6), PYTHON),
    ],
)
def test_other_command_line_is_not_recognized(text: str) -> None:
    assert module_order(Execute(text, DATA)) is None


@pytest.mark.parametrize(
    "order",
    [
        Execute(f"/bin/sh -c {PYTHON}", b"print(1)"),
        Execute(f"/bin/sh -c {PYTHON}", b" " * 3000 + DATA),
        Execute(f"/bin/sh -c {PYTHON}", DATA, terminal=True),
    ],
)
def test_other_input_is_not_recognized(order: Execute) -> None:
    assert module_order(order) is None


def test_calls_of_become_share_a_runner_if_user_and_password_are_the_same() -> None:
    def key(number: str, password: str, text: str = PYTHON) -> object:
        become = Become("sudo", f"BECOME-SUCCESS-{number}", f"key={number}", Secret(password))
        module = module_order(Execute(sudo(text, number), DATA, become))
        assert module is not None
        return module.key

    assert key("abc", "x") == key("def", "x")
    assert len({key("abc", "x"), key("abc", "y"), key("abc", "x", "LANG=C " + PYTHON)}) == 3
    plain = module_order(Execute(f"/bin/sh -c {PYTHON}", DATA))
    unmarked = module_order(Execute(f"/bin/sh -c {PYTHON}", DATA, Become("su")))
    assert plain is not None
    assert unmarked is not None
    assert plain.key != unmarked.key


def test_start_is_the_same_command_for_a_shell() -> None:
    """Let a shell take apart a line with several levels and all kinds of quotes."""
    inner = "echo M ; TZ='a b' python3"
    text = f"/bin/sh -c {shlex.quote(f'env -i PATH=/usr/bin:/bin /bin/sh -c {shlex.quote(inner)}')}"
    module = module_order(Execute(text, DATA))
    assert module is not None
    line = module.start.replace(" python3 -c ", " printf [%s] -c ").replace("TZ=", "Q=")
    output = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=True).stdout
    assert output == f"M\n[-c][{bootstrap('python3')}]"
