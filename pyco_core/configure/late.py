# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of a section that are removed last, and those that are typed again because their order counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .entries import beginning
from .tree import Node

_IPV6 = "ipv6 address "


def removed_last(removed: Iterable[Node], after: Node) -> list[Node]:
    """Return the lines to remove behind all other changes of a section. after: the intended section.

    A group of objects must not become empty, an interface not lose its address before it has the new one, nor
    be switched on before all is in place, and a line not ask for a password that it has no more.
    """
    added = {_address(key) for key in after.children}
    return [
        node
        for node in removed
        if node.key == "shutdown"
        or node.key.startswith("password ")
        or after.key.startswith("object-group ")
        or (
            node.key.startswith(_IPV6)
            and not node.key.endswith(" link-local")
            and _address(node.key) not in added
        )
    ]


def _address(key: str) -> str:
    return key.removeprefix(_IPV6).partition("/")[0] if key.startswith(_IPV6) else ""


def renewed(before: Node, after: Node) -> Collection[str]:
    """Return the classes of a policy that have to be typed again: a device appends each new one."""
    if not after.key.startswith("policy-map "):
        return ()
    wanted = [key for key in after.children if _is_class(key)]
    own = [key for key in before.children if _is_class(key) and key in after.children]
    kept = beginning(own, wanted)
    return [key for key in own if key not in kept]


def _is_class(key: str) -> bool:
    return key.startswith("class ") and key != "class class-default"
