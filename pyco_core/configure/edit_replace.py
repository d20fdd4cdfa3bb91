# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that turn a configuration of `config` and `edit` blocks into another one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .compare import Step
from .edit import setting_of, values_of, verb_of
from .edit_compare import entry_names, is_equal, setting
from .tree import Node

_INTERFACES = "config system\0interface"
# Values that the device makes itself.
_OWN = frozenset({"uuid", "uuid-idx", "snmp-index", "macaddr"})
# Settings without which an interface of the hardware does not exist.
_KEPT = frozenset({"vdom", "type"})
# Tables whose entries are tried in their order.
_ORDERED = re.compile(
    r"config (?:firewall\0(?:.*policy6?|central-snat-map)|router\0policy6?|firewall\0shaping-policy)$"
)
_NOTHING = Node()


def edit_replacement(running: Node, intended: Node, own: Iterable[str] = ()) -> list[Step]:
    """Return the commands: addresses that move are freed, then changes in the intended order, then removals.

    Entries are removed in the reverse order of the configuration, in which an entry stands behind those that
    it refers to. The interface with an address of the login is changed last. own: these addresses.
    """
    return _Replacement(frozenset(own)).steps(running, intended)


@dataclass(slots=True)
class _Replacement:
    own: frozenset[str]
    _removals: list[Step] = field(default_factory=list)
    _last: list[Step] = field(default_factory=list)

    def steps(self, running: Node, intended: Node) -> list[Step]:
        running = running.copy()
        freed = list(self._freed(running, intended))
        changes = list(self._block(running, intended, ()))
        return [*freed, *changes, *reversed(self._removals), *self._last]

    def _freed(self, running: Node, intended: Node) -> Iterator[Step]:
        """Yield the commands that free addresses which another interface gets."""
        before = running.children.get(_INTERFACES, _NOTHING)
        after = intended.children.get(_INTERFACES, _NOTHING)
        wanted = {key: setting(node, "ip") for key, node in after.children.items()}
        for key, node in before.children.items():
            old, new = setting(node, "ip"), wanted.get(key)
            if old is None or self._is_own(node) or new is not None and new.key == old.key:
                continue
            if any(other is not None and other.key == old.key for other in wanted.values()):
                node.discard(old.key)
                yield Step("unset ip", (before.text, node.text))

    def _block(self, before: Node, after: Node, path: tuple[str, ...]) -> Iterator[Step]:
        """Yield the commands that change the statements of a block and of those in it."""
        settings = {setting_of(key) for key in after.children if verb_of(key) == "set"}
        for key in before.children:
            name = setting_of(key)
            if verb_of(key) == "set" and name not in settings | _OWN and not _is_kept(before, name):
                yield Step(f"unset {name}", path)
        for key, node in after.children.items():
            old = before.children.get(key)
            if verb_of(key) in ("config", "edit"):
                yield from self._inner(old, node, path)
            elif not _is_set(before, key):
                yield Step(node.text, path)
        for key, node in before.children.items():
            if key not in after.children and verb_of(key) in ("config", "edit"):
                self._remove(node, path)
        if _ORDERED.match(after.key):
            yield from _moves(before, after, path)

    def _inner(self, old: Node | None, node: Node, path: tuple[str, ...]) -> Iterator[Step]:
        steps = list(self._block(old or _NOTHING, node, (*path, node.text)))
        if not steps and old is None and verb_of(node.key) == "edit":
            steps = [Step(node.text, path)]
        if self._is_own(node) or old is not None and self._is_own(old):
            self._last += steps
        else:
            yield from steps

    def _remove(self, node: Node, path: tuple[str, ...]) -> None:
        """Remove an entry, or all that is in a block which has no entry around it."""
        if verb_of(node.key) == "edit" and not _is_hardware(node):
            self._removals.append(Step(f"delete {node.text.partition(' ')[2]}", path))
            return
        inner = list(self._block(node, Node(node.text, node.key), (*path, node.text)))
        self._removals += reversed(inner)

    def _is_own(self, node: Node) -> bool:
        """Return True for an interface with an address of the login."""
        address = setting(node, "ip")
        return address is not None and values_of(address.key)[0] in self.own


def _is_set(section: Node, key: str) -> bool:
    own = setting(section, setting_of(key)) if verb_of(key) == "set" else section.children.get(key)
    return own is not None and is_equal(key, own)


def _is_hardware(node: Node) -> bool:
    kind = setting(node, "type")
    return kind is not None and values_of(kind.key) == ["physical"]


def _is_kept(before: Node, name: str) -> bool:
    return name in _KEPT and _is_hardware(before)


def _moves(before: Node, after: Node, path: tuple[str, ...]) -> Iterator[Step]:
    """Yield the commands that put entries into the intended order; new ones are behind the others."""
    wanted = entry_names(after)
    order = [name for name in entry_names(before) if name in wanted]
    order += [name for name in wanted if name not in order]
    for index, name in enumerate(wanted):
        if order[index] != name:
            order.remove(name)
            order.insert(index, name)
            place = f"after {_quoted(wanted[index - 1])}" if index else f"before {_quoted(order[1])}"
            yield Step(f"move {_quoted(name)} {place}", path)


def _quoted(name: str) -> str:
    return name if name.isdecimal() else '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
