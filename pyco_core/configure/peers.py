# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The neighbors of a routing process: the removal of some lines takes others with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import rules
from .tree import Node


def peer(node: Node) -> str:
    """Return the neighbor of a line, "" if it has none."""
    match = rules.PEER.match(node.key)
    return match[1] if match else ""


@dataclass(frozen=True, slots=True)
class Peers:
    """The neighbors whose base an outer section removes.

    gone: for good. renewed: those that come back with another base; all their lines are typed again.
    """

    gone: frozenset[str] = frozenset()
    renewed: frozenset[str] = frozenset()

    def and_removed(self, removed: Iterable[Node], after: Node) -> Peers:
        """Return these neighbors and those of removed lines. after: the intended section."""
        bases = {peer(node) for node in removed if rules.is_peer_base(node.key)}
        kept = {peer(node) for node in after.children.values()}
        return Peers(self.gone | (bases - kept), self.renewed | (bases & kept))

    def are_without(self, node: Node) -> bool:
        """Return True if a line is not removed by the removal of its neighbor."""
        return peer(node) not in self.gone | self.renewed


def without_dependent(removed: list[Node], intended: Node) -> list[Node]:
    """Return the lines to remove without those that go with the base of their neighbor."""
    kept = {peer(node) for key, node in intended.children.items() if rules.is_peer_base(key)}
    bases: dict[str, Node] = {}
    for node in removed:
        if rules.is_peer_base(node.key) and peer(node) not in kept:
            bases.setdefault(peer(node), node)
    return [node for node in removed if bases.get(peer(node), node) is node]


def in_order(removed: Iterable[Node]) -> list[Node]:
    """Return the lines to remove in an order that a device accepts.

    Secondary addresses before the primary one, members before their group, addresses before `switchport`.
    """
    return sorted(
        removed,
        key=lambda node: (
            2
            if node.key == "no switchport"
            else rules.single(node.key) == "ip address" or rules.is_peer_group(node.key)
        ),
    )
