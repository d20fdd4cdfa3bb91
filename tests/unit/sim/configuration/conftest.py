# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock and terminals for tests of devices with a configuration."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pyco_core.sim import Faults, Sim

from .router import Setting
from .terminals import Clock, Open, Terminal


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connect() -> Iterator[Open]:
    """Open terminals on a port."""
    terminals: list[Terminal] = []

    def terminal(port: int) -> Terminal:
        terminals.append(Terminal(port))
        return terminals[-1]

    yield terminal
    for terminal_ in terminals:
        terminal_.sock.close()


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> Faults:
    faults: Faults = getattr(request, "param", Faults())
    return faults


@pytest.fixture
def setting(sim: Sim, connect: Open, clock: Clock, faults: Faults) -> Setting:
    return Setting(sim, connect, clock, faults)
