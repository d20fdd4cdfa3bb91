# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the ssh configuration that run on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from time import monotonic

from .base import TimedOut


def succeeds(command: str, deadline: float) -> bool:
    """Run a command in the user's shell, and return True if it succeeds. Raises TimedOut, OSError."""
    with subprocess.Popen(
        [os.environ.get("SHELL") or "/bin/sh", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(max(0.0, deadline - monotonic())) == 0
        except subprocess.TimeoutExpired as exc:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise TimedOut from exc
