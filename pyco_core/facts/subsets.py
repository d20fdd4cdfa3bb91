# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The choice of facts, with the names that the facts modules of vendors have."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import InvalidParameter, suggestion
from .schema import LISTS

CONFIG = "config"
_MIN = frozenset({"system"})
_ALL = _MIN | {"interfaces", CONFIG, *LISTS}
SUBSETS = {
    "min": _MIN,
    "all": _ALL,
    "interfaces": frozenset({"interfaces"}),
    "neighbors": frozenset({"neighbors"}),
    "arp": frozenset({"arp"}),
    "mac": frozenset({"mac_table"}),
    "bgp": frozenset({"bgp_peers"}),
    CONFIG: frozenset({CONFIG}),
    # Names of vendors' modules and of ansible.builtin.setup.
    "default": _MIN,
    "hardware": _MIN,
    "network": frozenset({"interfaces", "neighbors"}),
}


def parts(subsets: Iterable[str]) -> frozenset[str]:
    """Return the parts of the facts for these names; `!` excludes one, and `min` is included by default.

    Only exclusions are all the others. Raises InvalidParameter for an unknown name.
    """
    names = [name.strip() for name in subsets]
    included = [_subset(name) for name in names if not name.startswith("!")]
    excluded = [_subset(name[1:]) for name in names if name.startswith("!")]
    chosen = _MIN.union(*included) if included or not excluded else _ALL
    removed = frozenset().union(*excluded)
    if "!all" in names:
        chosen, removed = _MIN.union(*included), removed - _ALL
    if "!min" not in names:
        removed -= _MIN
    else:
        removed |= _MIN
    return chosen - removed


def _subset(name: str) -> frozenset[str]:
    if name not in SUBSETS:
        raise InvalidParameter(f"gather_subset: unknown subset {name!r}.", hint=suggestion(name, SUBSETS))
    return SUBSETS[name]
