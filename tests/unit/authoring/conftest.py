# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator

import pytest

from pyco_core.sim import Sim


@pytest.fixture(scope="module")
def sim() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim
