# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that a user mistyped, and the ones that were meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def suggestion(name: str, known: Iterable[str], *, all_of_them: bool = True) -> str:
    """A sentence with the known name nearest to this one, else with all of them, or ""."""
    known = list(known)
    if near := get_close_matches(name, known, 1, 0.5):
        return f"Did you mean {near[0]!r}?"
    return f"There are {', '.join(known)}." if all_of_them else ""
