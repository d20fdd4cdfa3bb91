# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of algorithms in OpenSSH's form: comma-separated patterns, perhaps preceded by +, - or ^."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from . import legacy


def arranged(wanted: str, supported: Sequence[str], added: str) -> list[str]:
    """Return the supported algorithms, arranged by OpenSSH's list. Unsupported ones are skipped.

    added: more names, separated by commas, for the end of the list. Old algorithms have to be named.
    """
    defaults = [algorithm for algorithm in supported if algorithm not in legacy.NAMES]
    chosen = _matching(wanted, supported)
    others = [algorithm for algorithm in defaults if algorithm not in chosen]
    if not wanted:
        result = defaults
    elif wanted.startswith("+"):
        result = [*defaults, *(algorithm for algorithm in chosen if algorithm not in defaults)]
    elif wanted.startswith("-"):
        result = others
    elif wanted.startswith("^"):
        result = chosen + others
    else:
        result = chosen
    return result + [algorithm for algorithm in _matching(added, supported) if algorithm not in result]


def _matching(patterns: str, supported: Sequence[str]) -> list[str]:
    """Return the supported algorithms in a list of patterns, in the order of the list."""
    items = patterns.lstrip("+-^").replace(" ", "").split(",")
    return [algorithm for item in items for algorithm in supported if fnmatchcase(algorithm, item)]
