# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tape format: the dialogue of a device as data, recorded or written by hand.

The simulator plays tapes. `Tape` and its parts are the format, `load` reads a tape and `dumps` writes one.
tests/tapes/README.md documents the keys.
"""

from __future__ import annotations

from .model import Command, Configuration, Connect, Errors, Expected, Login, Mode, Question, Tape
from .platforms import KINDS
from .reader import load, loads, platform_tape
from .writer import dumps

__all__ = [
    "KINDS",
    "Command",
    "Configuration",
    "Connect",
    "Errors",
    "Expected",
    "Login",
    "Mode",
    "Question",
    "Tape",
    "dumps",
    "load",
    "loads",
    "platform_tape",
]
