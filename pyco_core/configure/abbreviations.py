# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Abbreviated lines, such as `no shut` for `no shutdown`: the device takes them, and shows the full ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

_KEYWORD = re.compile(r"[a-z][a-z-]*")
# Behind each of these stands a name, which has no abbreviation.
_NAMED = frozenset(
    (
        *("access-list", "chain", "class", "class-map", "community", "definition", "extended", "group"),
        *("host", "instance", "interface", "key", "local-user", "name", "neighbor", "object"),
        *("object-group", "peer", "policy", "policy-map", "prefix-list", "profile", "route-map"),
        *("standard", "template", "user", "username", "view", "vrf"),
    )
)


class Words:
    """Lines as a tree of their parts. keys: the lines."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._tree: dict[str, Any] = {}
        for key in keys:
            branch = self._tree
            for word in key.split():
                branch = branch.setdefault(word, {})

    def has_longer(self, key: str) -> bool:
        """Return True if one of the lines begins with these words, at least one of them longer."""
        return _has(self._tree, key.split(), is_short=False, is_name=False)


def _has(tree: dict[str, Any], words: Sequence[str], *, is_short: bool, is_name: bool) -> bool:
    """Return True if a line has these beginnings of its parts. is_name: True if the first is a name."""
    if not words:
        return is_short
    first, *rest = words
    if first in tree and _has(tree[first], rest, is_short=is_short, is_name=is_name or first in _NAMED):
        return True
    if is_name or not _KEYWORD.fullmatch(first):
        return False
    longer = (word for word in tree if word.startswith(first) and word != first)
    return any(_has(tree[word], rest, is_short=True, is_name=word in _NAMED) for word in longer)
