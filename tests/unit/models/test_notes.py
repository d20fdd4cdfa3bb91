# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes of a login."""

from __future__ import annotations

from pyco_core.models.notes import Notes


def test_each_login_has_a_number_of_its_own_and_no_notes() -> None:
    first, second = Notes(), Notes()
    first["a"] = "1"
    assert second == {}
    assert 0 < first.login < second.login
