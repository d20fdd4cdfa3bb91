# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.driver.compiler import load


@pytest.mark.parametrize(("name", "learns"), [("common", True), ("linux", False), ("cisco_ios", False)])
def test_only_driver_without_modes_learns_its_prompt(name: str, learns: bool) -> None:
    assert load(name).learns_prompt is learns
