# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A separate home of pyco for every test, so that tests do not share learned prompts."""

from __future__ import annotations

from itertools import count

import pytest

_number = count()


@pytest.fixture(autouse=True)
def pyco_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Set PYCO_HOME to a new folder, which does not exist yet."""
    monkeypatch.setenv("PYCO_HOME", str(tmp_path_factory.getbasetemp() / f"pyco-home-{next(_number)}"))
