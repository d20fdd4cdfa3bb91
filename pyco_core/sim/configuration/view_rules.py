# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines with a special meaning on Huawei VRP and Comware.

Source: Huawei NetEngine 8000 Command Reference, "peer as-number (BGP view)".
"""

from __future__ import annotations

from .grammar import Wrong
from .platform import Change, Done, Lines, Outcome
from .section import Section, starting_with

_SIZE_OF_PEER = 2


def peer(lines: Lines, change: Change) -> Outcome | None:
    """Remove a BGP peer with all its lines, also those of address families."""
    words = change.line.words
    if change.mode != "config-bgp" or not change.negated or words[0] != "peer":
        return None
    if len(words) == _SIZE_OF_PEER:
        _remove(change.section, words)
        return Done()
    return Wrong("unknown", len(f"undo {' '.join(words[:2])} ")) if words[2] == "as-number" else None


def _remove(section: Section, words: tuple[str, ...]) -> None:
    for key in starting_with(section, words):
        section.remove(key)
    for _key, inner in section.items():
        _remove(inner, words)
