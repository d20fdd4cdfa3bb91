# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A home of pyco's own for every test: what one test learns is not known to the next."""

from __future__ import annotations

from itertools import count

import pytest

_number = count()


@pytest.fixture(autouse=True)
def pyco_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is not made before something is written to it."""
    monkeypatch.setenv("PYCO_HOME", str(tmp_path_factory.getbasetemp() / f"pyco-home-{next(_number)}"))
