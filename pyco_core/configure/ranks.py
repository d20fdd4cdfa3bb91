# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the commands of a full replacement."""

from __future__ import annotations

from dataclasses import dataclass

from . import rules
from .compare import Step

# Objects, removals, changes, all that decides about logins, and removals of objects that nothing uses now.
OBJECTS, REMOVALS, CHANGES, LATE, LOGINS, UNUSED = 0, 100, 200, 300, 400, 510
LISTS = OBJECTS + 2 * 3  # before the entries of lists at the top level, and behind them


@dataclass(frozen=True, slots=True)
class Ranked:
    """A step and its place in the order: of equal ranks the first one comes first."""

    rank: int
    step: Step


def of_line(key: str) -> int:
    """Return the place of a line that is added or changed."""
    if rules.is_last(key):
        return LOGINS
    number = rules.order(key)
    return CHANGES if number == 9 else OBJECTS + 2 * number + 1


def of_removal(key: str) -> int:
    """Return the place of a line that is removed."""
    if rules.is_last(key):
        return LOGINS + 4
    if rules.is_bundle(key):  # its members would go down with it
        return LATE
    if rules.is_route(key):
        return LOGINS + 4
    number = rules.order(key)
    return REMOVALS if number == 9 else UNUSED - number
