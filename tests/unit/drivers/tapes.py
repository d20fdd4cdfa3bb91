# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tapes of all drivers. Each is read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from pyco_core.driver.graph import reachable
from pyco_core.driver.model import Mode
from pyco_core.tape import Tape, load

TAPES = Path(__file__).parents[2] / "tapes"
FILES = sorted(TAPES.glob("*/*.yml"))


def name(file: Path) -> str:
    """Return the name of a tape in the identifiers of tests, `DRIVER-TAPE`."""
    return f"{file.parent.name}-{file.stem}"


every_tape = pytest.mark.parametrize("file", FILES, ids=name)


@cache
def load_tape(file: Path) -> Tape:
    """Return a tape: reading its YAML takes as long as a short session with it."""
    return load(file)


def played(modes: Mapping[str, Mode], start: str) -> list[str]:
    """Return the modes that a session on a tape can reach; a tape plays lines, and no keys such as Ctrl-X."""
    return [name for name in reachable(modes, start) if modes[name].enter.isprintable()]
