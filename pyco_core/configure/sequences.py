# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of lists whose order counts, with the sequence numbers that the device gives them.

A device that shows numbers gets new entries with numbers between those that it has, another one gets none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .tree import Node

# Lists whose entries are lines of the top level: the name of one, and its first word behind it.
LISTED = re.compile(
    r"((?:ip |ipv6 |bgp )?(?:prefix-list|as-path access-list|access-list|(?:ext|large-)?community-list"
    r"(?: (?:standard|expanded|regular))?) (?!seq )\S+) (?:seq \d+ )?"
    r"(?:(?:extended|standard|ethertype|webtype) )?(?:permit|deny|remark|line)\b"
)
_NUMBER = re.compile(r"^((?:seq |sequence )?)(\d+) |(?<= )(seq )(\d+) (?=(?:permit|deny|remark)\b)")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list.

    node: its line. number: 0 for none. word: in front of the number, such as `seq `. plain: the key without
    both.
    """

    node: Node
    number: int
    word: str
    plain: str

    def numbered(self, number: int, word: str, step: int) -> Entry:
        """Return the entry with a number. step: 5 if the number stands behind the name of its list."""
        texts = [_with_number(text, number, word, step) for text in (self.node.text, self.node.key)]
        return replace(self, node=Node(texts[0], texts[1], self.node.children), number=number, word=word)


def read(node: Node, *, is_line: bool) -> Entry:
    """Return the entry of a line. is_line: True for a line of the top level, with the name of its list."""
    match = _NUMBER.search(node.key)
    if match is None or is_line is (match[2] is not None):
        return Entry(node, 0, "", node.key)
    plain = node.key[: match.start()] + node.key[match.end() :]
    return Entry(node, int(match[2] or match[4]), match[1] or match[3] or "", plain)


def _with_number(text: str, number: int, word: str, step: int) -> str:
    match = _NUMBER.search(text)
    plain = text[: match.start()] + text[match.end() :] if match and (step == 10 or match[4]) else text
    if step == 10:
        return f"{word}{number} {plain.lstrip()}"
    return re.sub(r" (?=(?:permit|deny|remark)\b)", f" {word}{number} ", plain, count=1)


def aligned(running: Iterable[Node], intended: Iterable[Node], *, are_lines: bool) -> list[Node]:
    """Return the intended entries in the form in which the device shows its own: with numbers or without.

    are_lines: True for lines of the top level.
    """
    old = [read(node, is_line=are_lines) for node in running]
    new = [read(node, is_line=are_lines) for node in intended]
    if not any(entry.number for entry in old):
        return [_without_number(entry) for entry in _in_order(new)] if old else [each.node for each in new]
    if all(entry.number for entry in new) or not all(entry.number for entry in old):
        return [entry.node for entry in new]
    step = 5 if are_lines else 10
    new = _in_order(new)
    numbers = _numbers(sorted(old, key=lambda one: one.number), new, step)
    word = old[0].word
    return [entry.numbered(number, word, step).node for entry, number in zip(new, numbers, strict=True)]


def _without_number(entry: Entry) -> Node:
    node = entry.node
    text = _NUMBER.sub("", node.text, count=1) if entry.number else node.text
    return Node(text, entry.plain, node.children)


def _in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries by their numbers; one without is ten behind the one before it."""
    last = 0
    placed: list[tuple[int, Entry]] = []
    for entry in entries:
        last = entry.number or last + 10
        placed.append((last, entry))
    return [entry for _number, entry in sorted(placed, key=lambda one: one[0])]


def _numbers(old: Sequence[Entry], new: Sequence[Entry], step: int) -> list[int]:
    """Return numbers for the new entries: the device's own for entries that stay, others between them."""
    numbers = [0] * len(new)
    places = {entry.plain: place for place, entry in enumerate(old)}
    kept = [(place, places[entry.plain]) for place, entry in enumerate(new) if entry.plain in places]
    for index in rising([old_place for _place, old_place in kept]):
        numbers[kept[index][0]] = old[kept[index][1]].number
    place, last = 0, 0
    while place < len(numbers):
        if numbers[place] > last:
            last = numbers[place]
            place += 1
            continue
        end = next((one for one in range(place, len(numbers)) if numbers[one] > last), len(numbers))
        gap = (numbers[end] - last) // (end - place + 1) if end < len(numbers) else step
        if not gap:  # the next entry gets another number, too
            numbers[end] = 0
            continue
        gap = min(step, gap)
        for one in range(place, end):
            last = numbers[one] = last + gap
        place = end
    return numbers


def rising(values: Sequence[int]) -> list[int]:
    """Return the indices of the longest subsequence in which each value is higher than the one before it."""
    ends: list[int] = []  # the lowest last value of a subsequence of each length
    indices: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values):
        length = bisect_left(ends, value)
        before.append(indices[length - 1] if length else -1)
        ends[length : length + 1] = [value]
        indices[length : length + 1] = [index]
    result: list[int] = []
    index = indices[-1] if indices else -1
    while index >= 0:
        result.append(index)
        index = before[index]
    return result[::-1]
