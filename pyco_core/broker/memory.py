# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Protection of the broker's memory, which holds passwords, as ssh-agent protects its own."""

from __future__ import annotations

import ctypes
import resource
from contextlib import suppress

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def protect() -> None:
    """Forbid core dumps of this process, and other processes of the user to trace it.

    Both are set, because the kernel ignores the limit if it pipes dumps to a program, and Linux alone has the
    flag. The files of the process in /proc then belong to root. A program that it starts keeps the limit.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(AttributeError):  # not Linux
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
