# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access lists of the interface with the address of the login: an incomplete one may lock it out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .compare import Step
from .ranks import CHANGES, LISTS, Ranked
from .tree import Node

_GROUP = re.compile(r"(?:ip|ipv[46]) (?:access-group|traffic-filter) (\S+) ")
_LIST = re.compile(r"(?:(?:ip|ipv[46]|mac) )?access-list (?:(?:standard|extended) )?(\S+)")


def guards(own: Iterable[Node], intended: Node, steps: Iterable[Ranked], negate: str) -> Iterator[Ranked]:
    """Yield the steps that take lists off these interfaces while their entries are exchanged.

    own: the sections of the interfaces with the address of the login. steps: those of the change.
    """
    removed: set[str] = set()
    added: set[str] = set()
    for one in steps:
        name = _list_name(one.step.parents[0] if one.step.parents else one.step.text.removeprefix(negate))
        if one.rank < CHANGES and name:
            (removed if one.step.text.startswith(negate) else added).add(name)
    for section in own:
        after = intended.children.get(section.key)
        for key, node in section.children.items():
            match = _GROUP.match(key)
            if match and match[1] in removed & added:
                yield Ranked(LISTS, Step(f"{negate}{node.text}", (section.text,)))
                if after is not None and key in after.children:
                    yield Ranked(LISTS + 2, Step(node.text, (section.text,)))


def _list_name(text: str) -> str:
    match = _LIST.match(text)
    return match[1] if match else ""
