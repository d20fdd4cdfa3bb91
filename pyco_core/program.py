# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name of pyco's command line, for messages that tell the user to run it."""

from __future__ import annotations

import shlex
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def program(root: Path = _ROOT) -> str:
    """Return the command that runs pyco's command line, as a user types it into a shell.

    root: the directory that holds this package. A collection and a checkout have the script `scripts/pyco`
    there; a wheel installs `pyco`.
    """
    script = root / "scripts" / "pyco"
    return shlex.quote(str(script)) if script.is_file() else "pyco"
