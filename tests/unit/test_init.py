# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package itself imports nothing."""

from __future__ import annotations

import subprocess
import sys


def test_package_imports_no_module_by_itself() -> None:
    code = "import sys, pyco_core; print([name for name in sys.modules if name.startswith('pyco_core.')])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


def test_documented_import_gives_the_functions() -> None:
    code = "from pyco_core.device import device, path; print(device('ssh://r1').endpoint.url, path.__name__)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "ssh://r1:22 path\n"
