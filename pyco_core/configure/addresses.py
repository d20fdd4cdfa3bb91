# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses that move between interfaces, as a device refuses a network that it has, and the login's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network

from ..models.console import Console
from . import rules
from .tree import Node

_ADDRESS = re.compile(r"ip address (\d[\d.]*)[ /](\d[\d.]*)")


@dataclass(frozen=True, slots=True)
class Clash:
    """A new network of an interface that another one has until its own change. Both are keys of sections."""

    new: str
    old: str


def clashes(running: Node, intended: Node) -> Iterator[Clash]:
    """Yield each clash of an intended interface with another running one of the same VRF."""
    lost = list(_networks(running, intended))
    for new, vrf, network in _networks(intended, running):
        for old, its_vrf, other in lost:
            if new != old and vrf == its_vrf and network.overlaps(other):
                yield Clash(new, old)


def without_addresses(node: Node) -> Node:
    """Return a copy of an interface without its addresses."""
    children = {key: child for key, child in node.children.items() if not key.startswith("ip address ")}
    return Node(node.text, node.key, children)


def _networks(tree: Node, other: Node) -> Iterator[tuple[str, str, IPv4Network]]:
    """Yield interface, VRF and network of each address that its interface lacks in the other tree."""
    for key, node in tree.children.items():
        same = other.children.get(key)
        for line in node.children if key.startswith("interface ") else ():
            network = _network(line)
            if network and (same is None or line not in same.children):
                yield key, next(filter(rules.VRF.match, node.children), ""), network


@lru_cache(maxsize=65536)
def _network(line: str) -> IPv4Network | None:
    match = _ADDRESS.match(line)
    try:
        return IPv4Network(f"{match[1]}/{match[2]}", strict=False) if match else None
    except ValueError:
        return None


def own_addresses(console: Console) -> tuple[str, ...]:
    """Return the address that the login uses, () for a name."""
    host = (
        console.route[-1].rpartition("@")[2].rpartition(":")[0].rpartition("/")[2].strip("[]")
        if console.route
        else ""
    )
    return (host,) if host and not re.search(r"[g-zG-Z]", host) else ()
