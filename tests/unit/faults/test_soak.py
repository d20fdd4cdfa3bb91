# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short form of `make soak`."""

from __future__ import annotations

from pathlib import Path

from tests.soak.soak import Soak


def test_short_soak_is_clean(home: Path) -> None:
    counts = Soak(seconds=5, devices=12, clients=2, seed=7).run()
    assert counts.is_clean, counts.report()
