# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests with programs that may not be installed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import Any

import pytest


def installed(commands: Mapping[str, Sequence[str]]) -> list[Any]:
    """Return a parameter for each command, by name; a missing program skips its tests."""
    return [
        pytest.param(
            argv, id=name, marks=pytest.mark.skipif(not shutil.which(argv[0]), reason=f"no {argv[0]} here")
        )
        for name, argv in commands.items()
    ]
