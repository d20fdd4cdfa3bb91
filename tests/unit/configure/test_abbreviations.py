# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.configure.abbreviations import Words

WORDS = Words(["shutdown", "ip address 192.0.2.1 255.255.255.0", "username bobby secret x", "description a"])


@pytest.mark.parametrize(
    "key", ["shut", "ip addr", "ip addr 192.0.2.1 255.255.255.0", "i ad", "desc", "user bobby"]
)
def test_abbreviation_is_found(key: str) -> None:
    assert WORDS.has_longer(key)


@pytest.mark.parametrize(
    "key", ["shutdown", "shutdowns", "ip address 192.0.2", "username bob", "IP addr", "ip", "x"]
)
def test_full_names_and_numbers_are_no_abbreviation(key: str) -> None:
    assert not WORDS.has_longer(key)
