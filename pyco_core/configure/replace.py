# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that turn a running configuration into another one, for sections that are indented."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from . import ranks, rules
from .addresses import clashes, without_addresses
from .compare import Step
from .entries import entries
from .guards import guards
from .late import removed_last, renewed
from .lines import TRUNK, is_negated, number_list, numbers, opposite
from .listed import describes, list_steps, lists
from .peers import Peers, in_order, without_dependent
from .prepare import prepared
from .ranks import Ranked
from .sequences import LISTED
from .tree import Node, Syntax
from .vty import split

_NONE = Peers()


def replacement(running: Node, intended: Node, syntax: Syntax, own: Iterable[str] = ()) -> list[Step]:
    """Return the commands that turn the running configuration into the intended one.

    own: addresses of the device that the login uses: their sections are changed last.
    """
    new = prepared(intended, running, syntax)
    return _Replacement(syntax, frozenset(own)).steps(split(running, new), new)


@dataclass(frozen=True, slots=True)
class _Replacement:
    syntax: Syntax
    own: frozenset[str]

    def steps(self, running: Node, intended: Node) -> list[Step]:
        """Return the steps for whole configurations, in order."""
        running, ranked, late = self._cleared(running, intended)
        gone = running.children.keys() - intended.children.keys()
        unused = lists(running).keys() - lists(intended).keys()
        removed = [node for node in self._removed(running, intended) if describes(node.key) not in unused]
        places = {rules.place(key): key for key in intended.children if key not in running.children}
        ranked += list_steps(running, intended, self.syntax.negate)
        for node in reversed(removed):
            place = rules.place(node.key)
            first = Step(rules.removal(node, self.syntax))
            if place and place in places:
                ranked.append(Ranked(self._rank(intended.children[places[place]]) - 1, first))
            else:
                rank = self._removal_rank(node, gone)
                ranked += (Ranked(rank, step) for step in self._remove(node, ()))
        ranked += self._vlans(running, intended)
        for key, node in intended.children.items():
            before = running.children.get(key)
            is_plain = _is_vlan_list(node) and (before is None or not before.children)
            if LISTED.match(key) or rules.IGNORED.match(key) or is_plain:
                continue
            steps = self._node(before, node, running, ())
            rank = ranks.LOGINS + 3 if key in late else self._rank(node, before)
            ranked += (Ranked(rank, step) for step in steps)
        own = [node for node in running.children.values() if self._is_own(node)]
        ranked = [*guards(own, intended, ranked, self.syntax.negate), *ranked]
        return [one.step for one in sorted(ranked, key=lambda one: one.rank)]

    def _cleared(self, running: Node, intended: Node) -> tuple[Node, list[Ranked], set[str]]:
        """Free the networks that move to another interface.

        Return the running configuration after that, the steps, and the sections that wait for the one with
        the address of the login.
        """
        steps: list[Ranked] = []
        late: set[str] = set()
        sections = dict(running.children)
        for clash in clashes(running, intended):
            old = running.children[clash.old]
            if self._is_own(old):
                late.add(clash.new)
            elif clash.old not in intended.children and not rules.is_kept(clash.old):
                continue  # it is removed before
            elif sections[clash.old] is old:
                sections[clash.old] = without_addresses(old)
                steps.append(Ranked(ranks.CHANGES - 1, Step(f"{self.syntax.negate}ip address", (old.text,))))
        return Node(running.text, running.key, sections), steps, late

    def _rank(self, node: Node, before: Node | None = None) -> int:
        """Return the place of a node that is added or changed."""
        if self._is_own(node) or before is not None and self._is_own(before):
            return ranks.LOGINS + 2
        if node.key == "no aaa new-model":
            return ranks.LOGINS - 1
        return ranks.of_line(node.key)

    def _removal_rank(self, node: Node, gone: Collection[str]) -> int:
        if self._is_own(node):
            return ranks.LOGINS + 4
        if node.key.startswith("aaa ") and "aaa new-model" in gone:
            return ranks.LOGINS - 1  # lines for logins without it are refused before
        if rules.is_route(node.key) and any(f"interface {word}" in gone for word in node.key.split()):
            return ranks.REMOVALS
        return ranks.of_removal(node.key)

    def _is_own(self, node: Node) -> bool:
        """Return True for a section that has an address of the login."""
        return any(
            word.partition("/")[0] in self.own
            for child in node.children.values()
            if self.own and "address" in child.key
            for word in child.key.split()
        )

    def _vlans(self, running: Node, intended: Node) -> Iterator[Ranked]:
        """Yield the steps for lists of VLANs, of which only the difference is typed."""
        before, after = _vlan_ids(running.children.values()), _vlan_ids(intended.children.values())
        listed = _vlan_ids(filter(_is_vlan_list, intended.children.values()))
        if listed - before:
            yield Ranked(ranks.OBJECTS + 2 * 1 + 1, Step(f"vlan {number_list(listed - before)}"))
        if before - after:
            yield Ranked(ranks.UNUSED - 1, Step(f"{self.syntax.negate}vlan {number_list(before - after)}"))

    def _removed(self, running: Node, intended: Node) -> list[Node]:
        """Return the lines to remove, without those that a new line replaces."""
        settings: dict[str, list[str]] = {}
        for key in intended.children:
            settings.setdefault(rules.single(key), []).append(key)
        result = []
        for key, node in running.children.items():
            name = "" if self._has_several(key) else rules.single(key)
            if key in intended.children or rules.IGNORED.match(key) or LISTED.match(key):
                continue
            if rules.VLANS.match(key):
                continue
            if name and name in settings and not self._is_left(node, settings[name], running):
                continue
            if self._opposite(key) in intended.children:
                continue
            if self._is_empty(key) or rules.is_default(key):
                continue
            result.append(node)
        return without_dependent(result, intended)

    def _is_left(self, node: Node, wanted: Iterable[str], running: Node) -> bool:
        """Return True for a static route that no other line will replace, and whose removal removes no other.

        wanted: the intended routes to the same next hop.
        """
        is_alone = not any(key.startswith(node.key) for key in wanted)
        return rules.is_route(node.key) and is_alone and all(key in running.children for key in wanted)

    def _is_empty(self, key: str) -> bool:
        """Return True for a line that shows only that something is not set, such as `no ip address`."""
        if not is_negated(key, self.syntax.negate):
            return False
        positive = self._opposite(key)
        return rules.shows_if_set(positive) and positive != "shutdown"

    def _has_several(self, key: str) -> bool:
        return any(regex.match(key) for regex in self.syntax.several)

    def _opposite(self, key: str) -> str:
        return opposite(key, self.syntax.negate)

    def _node(
        self,
        before: Node | None,
        node: Node,
        level: Node,
        path: tuple[str, ...],
        peers: Peers = _NONE,
    ) -> list[Step]:
        """Return the steps for an intended line. before: the same line of the running configuration."""
        if node.children or before is not None and before.children or rules.is_down_if_new(node, before):
            steps = self._section(before or Node(is_new=True), node, (*path, node.text), peers)
            if rules.is_down_if_new(node, before):
                steps.append(Step(f"{self.syntax.negate}shutdown", (*path, node.text)))
            return steps or ([] if before else [Step(node.text, path)])
        return [] if before or self._is_needless(node, level) else [Step(node.text, path)]

    def _is_needless(self, node: Node, level: Node) -> bool:
        """Return True for a negation of a line that is not set. level: the running section."""
        if not is_negated(node.key, self.syntax.negate) or level.is_new:
            return False
        return self._opposite(node.key) not in level.children and rules.shows_if_set(self._opposite(node.key))

    def _section(self, before: Node, after: Node, path: tuple[str, ...], peers: Peers = _NONE) -> list[Step]:
        """Return the steps for the lines of a section. peers: removed in an outer one."""
        if rules.ACCESS_LIST.match(after.key or before.key):
            return entries(before, after, path, self.syntax)
        again = renewed(before, after)
        steps = [step for key in again for step in self._remove(before.children[key], path)]
        before = before.without(again)
        removed = [node for node in self._removed(before, after) if peers.are_without(node)]
        peers = peers.and_removed(removed, after)
        lists = self._vlan_lists(before, after, path)
        removed = [node for node in removed if not (lists and TRUNK.fullmatch(node.key))]
        last = removed_last(removed, after)
        late = {node.key for node in last}
        removed = [node for node in removed if node.key not in late]
        steps += (step for node in in_order(removed) for step in self._remove(node, path))
        moved = any(rules.VRF.match(key) for key in before.children.keys() ^ after.children.keys())
        order = sorted(after.children.values(), key=lambda node: not (moved and rules.VRF.match(node.key)))
        for node in order:
            if lists and TRUNK.fullmatch(node.key):
                continue
            old = before.children.get(node.key)
            is_lost = moved and rules.ADDRESSED.match(node.key) or not peers.are_without(node)
            if is_lost and old is not None:
                steps.append(Step(node.text, path))
            else:
                steps += self._node(old, node, before, path, peers)
        return [*steps, *lists, *(step for node in last for step in self._remove(node, path))]

    def _remove(self, node: Node, path: tuple[str, ...]) -> list[Step]:
        if rules.is_kept(node.key):
            return self._section(node, Node(node.text, node.key), (*path, node.text))
        return [Step(rules.removal(node, self.syntax), path)]

    def _vlan_lists(self, before: Node, after: Node, path: tuple[str, ...]) -> list[Step]:
        """Return the steps that change a list of allowed VLANs without emptying it."""
        old, new = _allowed(before), _allowed(after)
        if old is None or new is None or old[0] != new[0] or old[1] == new[1]:
            return []
        added, gone = number_list(new[1] - old[1]), number_list(old[1] - new[1])
        if not old[0].startswith("switchport"):
            steps = [f"{new[0]} {added}"] if added else []
            return [Step(line, path) for line in steps + ([f"undo {new[0]} {gone}"] if gone else [])]
        return [
            Step(f"{new[0]} {verb} {text}", path) for verb, text in (("add", added), ("remove", gone)) if text
        ]


def _allowed(section: Node) -> tuple[str, set[int]] | None:
    for match in map(TRUNK.fullmatch, section.children):
        values = numbers(match[3]) if match and not match[2] else None
        if match and values:
            return match[1], values
    return None


def _is_vlan_list(node: Node) -> bool:
    return rules.VLANS.match(node.key) is not None and not node.children


def _vlan_ids(nodes: Iterable[Node]) -> set[int]:
    """Return the numbers of VLANs that these lines create."""
    matches = (rules.VLANS.match(node.key) for node in nodes)
    return {number for match in matches if match for number in numbers(match[1]) or ()}
