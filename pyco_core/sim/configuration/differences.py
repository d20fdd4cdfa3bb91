# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The difference of two indented configurations, and the replacement of one by the other line by line.

Sources: Cisco IOS "Configuration Replace and Configuration Rollback" and "Contextual Configuration Diff
Utility": `-` for a line of the first configuration only, `+` for one of the second only, and at most five
passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .access_lists import is_access_list
from .editor import ROOT, Editor
from .platform import Done
from .section import Section

_PASSES = 5
Refuses = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Replaced:
    """The result of a replacement.

    passes: number of passes. failed: lines that were refused, in the last pass.
    """

    passes: int
    failed: tuple[str, ...] = ()


def difference(old: Section, new: Section, depth: int = 0) -> Iterator[str]:
    """Yield the lines that differ, below the lines of their sections."""
    indent = " " * depth
    present, wanted = _by_line(old), _by_line(new)
    if is_access_list(old.mode) and list(present) != list(wanted):
        present = {f"{line} ": section for line, section in present.items()}
    for text, line in wanted.items():
        other = present.get(text)
        if other is None:
            yield f"{indent}+{text}"
            yield from _all(line, depth + 1, "+")
        else:
            below = list(difference(other, line, depth + 1))
            if below:
                yield f"{indent}{text}"
                yield from below
    for text, line in present.items():
        if text not in wanted:
            yield f"{indent}-{text.rstrip()}"
            yield from _all(line, depth + 1, "-")


def replace_by(editor: Editor, target: Editor, refuses: Refuses = lambda _line: False) -> Replaced:
    """Change a configuration into another one, as the device does: first removals, then additions, in passes.

    refuses: returns whether the device refuses a line.
    """
    for number in range(1, _PASSES + 1):
        change = _Change(editor, refuses)
        failed = [*change.remove(editor.root, target.root), *change.add(editor.root, target.root)]
        if not list(difference(editor.root, target.root)):
            return Replaced(number)
    return Replaced(_PASSES, tuple(failed))


def merge(editor: Editor, source: Editor) -> None:
    """Carry out all lines of another configuration."""
    list(_Change(editor, lambda _line: False).add(editor.root, source.root))


def _all(section: Section, depth: int, sign: str) -> Iterator[str]:
    for line in section.ordered():
        yield f"{' ' * depth}{sign}{line.line}"
        yield from _all(line, depth + 1, sign)


def transfer(old: Section, new: Section, editor: Editor, section: Section | None = None) -> None:
    """Make the changes from one section to another also in a further configuration."""
    target = section or editor.root
    present, wanted = _by_line(old), _by_line(new)
    for text in present:
        if text not in wanted:
            editor.perform(target.mode, target, editor.platform.opposite(text))
    for text, line in wanted.items():
        before = present.get(text, Section(text, line.mode))
        if text not in present:
            editor.perform(target.mode, target, text)
        elif not list(difference(before, line)):
            continue
        elif text not in _by_line(target):
            editor.perform(target.mode, target, text)
        below = _by_line(target).get(text)
        if below is not None and below.mode:
            transfer(before, line, editor, below)


class _Change:
    """The lines that change one configuration into another.

    Both methods yield the lines that were refused.
    """

    def __init__(self, editor: Editor, refuses: Refuses) -> None:
        self._editor = editor
        self._refuses = refuses

    def remove(self, old: Section, new: Section) -> Iterator[str]:
        """Remove the lines that are only in the old section."""
        present, wanted = _by_line(old), _by_line(new)
        if is_access_list(old.mode) and list(present) != list(wanted):
            old.clear()
            return
        for text, line in present.items():
            if text in wanted:
                yield from self.remove(line, wanted[text])
            else:
                yield from self._perform(old, self._editor.platform.opposite(text))

    def add(self, old: Section, new: Section) -> Iterator[str]:
        """Add the lines that are only in the new section."""
        present = _by_line(old)
        for text in _by_line(new):
            if text not in present:
                yield from self._perform(old, text)
        present = _by_line(old)
        for text, line in _by_line(new).items():
            if text in present:
                yield from self.add(present[text], line)

    def _perform(self, section: Section, text: str) -> Iterator[str]:
        if self._refuses(text) or not isinstance(
            self._editor.perform(section.mode or ROOT, section, text), Done
        ):
            yield text


def _by_line(section: Section) -> dict[str, Section]:
    return {line.line: line for line in section.ordered()}
