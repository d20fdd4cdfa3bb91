# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package offers its data classes and imports nothing that opens connections."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("paramiko", "pexpect", "yaml", "pyco_core.device", "pyco_core.transport", "pyco_core.session")


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", HEAVY)
def test_package_import_does_not_load_heavy_module(name: str) -> None:
    assert run(f"import sys, pyco_core; print({name!r} in sys.modules)") == "False\n"


def test_package_exports_data_classes_and_errors() -> None:
    code = "from pyco_core import PycoError, Settings, parse_url\n"
    code += "print(Settings().connect_timeout, parse_url('ssh://r1').url, PycoError('x'))"
    assert run(code) == "30.0 ssh://r1:22 x\n"


def test_documented_import_gives_the_functions() -> None:
    code = "from pyco_core.device import device, path; print(device('ssh://r1').endpoint.url, path.__name__)"
    assert run(code) == "ssh://r1:22 path\n"
