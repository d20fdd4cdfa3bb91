# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of the Pythons that the tests of runners start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="package")
def _buffered() -> Iterator[None]:
    """Let Python buffer its output, as on most hosts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONUNBUFFERED", raising=False)
        yield
