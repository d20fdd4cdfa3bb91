# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from pyco_core.sim import Sim


@pytest.fixture(scope="module")
def sim() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim


@pytest.fixture(autouse=True)
def empty_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make standard input an empty file, so that nothing asks for a password."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
