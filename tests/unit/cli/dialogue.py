# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small device and a terminal for tests of commands that log in."""

from __future__ import annotations

import io
from typing import Any

from pyco_core.tape import Command, Errors, Mode, Tape

PASSWORD = "demo-login"


class Terminal(io.StringIO):
    """A standard input that is a terminal."""

    def isatty(self) -> bool:
        return True


def small(**fields: Any) -> Tape:
    """Return the tape of a device without a driver."""
    commands = (
        Command(("show", "this"), "this\nis it\n"),
        Command(("show", "all"), "line\n" * 30),
        Command(("exit",), "bye\n", close=True),
    )
    return Tape(
        modes={"outer": Mode("box-7> ", commands)},
        start="outer",
        errors=Errors("unknown: {line}\n"),
        **fields,
    )
