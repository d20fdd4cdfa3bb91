# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules by a runner on a real host, on the way of a program."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from pyco_core.device import Device
from pyco_core.models.execute import Become, Execute, Executed
from pyco_core.shell import stream

PROGRAM = b"_ANSIBALLZ_WRAPPER = 1\nimport os, sys\n"
PROGRAM += b"print(os.getppid())\nsys.stderr.write('err')\nsys.exit(3)\n"
MODULE = Execute(f"/bin/sh -c '{sys.executable}'", PROGRAM, runner=True)


def test_modules_of_a_login_have_one_parent_and_other_programs_none(host: Device) -> None:
    results = [host.execute(MODULE) for _ in range(2)]
    assert results[0] == results[1] == Executed(3, results[0].stdout, b"err", runner=True)
    assert host.execute(replace(MODULE, runner=False)).stdout != results[0].stdout
    other = host.execute(replace(MODULE, data=b"print(1)"))
    assert (other.stdout, other.runner) == (b"1\n", False)


def test_runner_ends_with_the_login(host: Device) -> None:
    parent = host.execute(MODULE).stdout.decode().strip()
    host.close()
    command = ["tail", "--pid", parent, "-f", "/dev/null"]  # ends with the process
    assert subprocess.run(command, timeout=20, check=False).returncode == 0
    assert host.execute(MODULE).stdout.decode().strip() != parent


def test_become_is_asked_once_for_a_runner(host: Device) -> None:
    inner = f"echo BECOME-SUCCESS-x1 ; {sys.executable}"
    asked = "/bin/sh -c 'env -i A=asked /bin/sh -c '\"'\"'" + inner + "'\"'\"''"
    become = Become("env", "BECOME-SUCCESS-x1")
    module = Execute(asked, PROGRAM.replace(b"os.getppid()", b"os.environ['A']"), become, runner=True)
    assert host.execute(module) == Executed(3, b"asked\n", b"err", runner=True)


def test_silent_module_is_waited_for(host: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHECK", 0.05)
    assert host.execute(MODULE).runner  # the timeout of a module is one for the start of its runner
    slow = PROGRAM.replace(b"import os", b"import time; time.sleep(0.7); import os")
    assert host.execute(replace(MODULE, data=slow, timeout=0.5)).status == 3
