# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that turn a configuration of lines with whole paths into another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .compare import Step
from .flat import is_setting, words_of
from .paths import split
from .tree import FLAT, Node, Syntax

# Keywords of lists whose order counts, with a keyword that has to stand before them, and of values.
_ORDERED = {"term": "", "policy": "policies", "rule": "rule-set"}
_VALUES = frozenset({"import", "export", "apply-groups", "authentication-order"})


def set_replacement(running: Node, intended: Node, syntax: Syntax) -> list[Step]:
    """Return the commands: removals of the shortest paths that nothing intended needs, then the new lines.

    A value that is replaced is removed with its whole setting and
    set again, because a device may refuse a removal that names a value. Terms that change their order are
    inserted at their new places. On a platform without the verb `set` a new value replaces the old one, and
    only whole sections and single statements are removed.
    """
    return [Step(text) for text in _Replacement(running, intended, syntax).lines()]


@dataclass(slots=True)
class _Replacement:
    running: Node
    intended: Node
    syntax: Syntax
    _texts: dict[str, str] = field(default_factory=dict, init=False)

    def lines(self) -> Iterator[str]:
        old, new = _counts(self.running), _counts(self.intended)
        removed: dict[str, None] = {}
        renewed: set[str] = set()
        for key, node in self.running.children.items():
            if key in self.intended.children or not key.startswith("set\0"):
                continue
            setting = key.rpartition("\0")[0]
            if self.syntax.kind == FLAT:
                if is_setting(node.text) and new[setting]:
                    continue
                path = _section(node, new)
                words = words_of(node.text)
            else:
                path = _removable(key, new)
                words = split(node.text)[1:]
                if path == key and old[setting] == new[setting] == 1:
                    path = setting
                    renewed.add(setting)
            removed[path] = None
            self._texts[path] = " ".join(words[: path.count("\0")])
        yield from self._activations()
        yield from (f"{self.syntax.negate}{self._texts[path]}" for path in removed)
        for key, node in self.intended.children.items():
            if key not in self.running.children or key.rpartition("\0")[0] in renewed:
                yield node.text
        yield from self._moves()

    def _activations(self) -> Iterator[str]:
        """Yield the commands that undo `deactivate`, if nothing intended does."""
        for key, node in self.running.children.items():
            if node.text.startswith("deactivate ") and key not in self.intended.children:
                yield f"activate {node.text.removeprefix('deactivate ')}"

    def _moves(self) -> Iterator[str]:
        """Yield the commands that put terms into the intended order."""
        wanted = _terms(self.intended)
        for section, before in _terms(self.running).items():
            after = wanted.get(section, [])
            order = [term for term in before if term in after]
            order += [term for term in after if term not in order]
            for index, term in enumerate(after):
                if order[index] != term:
                    order.remove(term)
                    order.insert(index, term)
                    place = f"after {after[index - 1]}" if index else f"before {order[1]}"
                    yield f"insert {section} {term} {place}"


def _counts(tree: Node) -> Counter[str]:
    """Return the number of commands with each beginning."""
    result: Counter[str] = Counter()
    for key in tree.children:
        parts = key.split("\0")
        result.update("\0".join(parts[:size]) for size in range(1, len(parts) + 1))
    return result


def _removable(key: str, kept: Counter[str]) -> str:
    """Return the shortest beginning of a key that nothing kept begins with."""
    parts = key.split("\0")
    beginnings: Iterable[str] = ("\0".join(parts[:size]) for size in range(2, len(parts)))
    return next((beginning for beginning in beginnings if not kept[beginning]), key)


def _section(node: Node, kept: Counter[str]) -> str:
    """Return the path of the outermost section around a statement that nothing kept is in.

    Without one it is the path of the statement: of a setting without its value.
    """
    parts = node.key.split("\0")
    paths = ("\0".join(parts[: end + 1]) for end in node.ends)
    whole = node.key.rpartition("\0")[0] if is_setting(node.text) else node.key
    return next((path for path in paths if not kept[path]), whole)


def _terms(tree: Node) -> dict[str, list[str]]:
    """Return the terms of each section whose order counts, in their order."""
    result: dict[str, dict[str, None]] = {}
    for node in tree.children.values():
        parts = split(node.text)
        if parts[0] != "set" or len(parts) < 3:
            continue
        for index, part in enumerate(parts[1:-1], 1):
            before = _ORDERED.get(part)
            if before is not None and (not before or before in parts[1:index]):
                result.setdefault(" ".join(parts[1:index]), {})[f"{part} {parts[index + 1]}"] = None
                break
        if parts[-2] in _VALUES:
            result.setdefault(" ".join(parts[1:-1]), {})[parts[-1]] = None
    return {section: list(terms) for section, terms in result.items()}
