# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan: the commands that lead from one configuration to another, before anything is typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..errors import InvalidParameter
from ..models.checks import check_choice
from ..models.command import check_line
from ..models.secret import shown
from . import rules
from .blocks import delimited
from .compare import MATCHES, REPLACES, Step, common_sections, missing
from .edit import CLOSERS, is_opener, verb_of
from .edit_replace import edit_replacement
from .paths import is_open
from .project import difference, project
from .renewed import renewed
from .replace import replacement
from .set_replace import set_replacement
from .tree import EDIT, EXEC, INDENTED, SET, Node, Syntax, parse


@dataclass(frozen=True, slots=True)
class Request:
    """The intended configuration and the way of comparing it.

    text: lines of configuration. parents: sections that all of them belong to. before, after: commands typed
    before and after the others if there are any; each of the three is a tuple, and may be given as a list or
    as one line. match, replace: see `compare.missing`; `replace="full"` also removes all that the text lacks.

    Raises InvalidParameter.
    """

    text: str
    parents: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    match: str = "line"
    replace: str = "line"

    def __post_init__(self) -> None:
        for name in ("parents", "before", "after"):
            value: object = getattr(self, name)
            lines = (value,) if isinstance(value, str) else value
            if not isinstance(lines, (list, tuple)) or not all(isinstance(line, str) for line in lines):
                raise InvalidParameter(f"{name}: expected a line or a list of lines, got {shown(value)}.")
            object.__setattr__(self, name, tuple(lines))
        check_choice("match", self.match, MATCHES)
        check_choice("replace", self.replace, REPLACES)
        if self.replace == "full" and (self.parents or self.before or self.after):
            raise InvalidParameter(
                "`replace: full` takes a whole configuration, without parents, before and after."
            )


@dataclass(frozen=True, slots=True)
class Plan:
    """The commands of a change, in order.

    steps: the commands with their sections. diff: the difference for people, "" if nothing changes.
    warnings: dangers of the change. whole: all lines of a full replacement, for platforms that replace their
    configuration by them. has_closers: True if the sections are blocks that `next` and `end` close.
    """

    steps: tuple[Step, ...] = ()
    diff: str = ""
    warnings: tuple[str, ...] = ()
    whole: tuple[Step, ...] = ()
    has_closers: bool = False

    def __bool__(self) -> bool:
        return bool(self.steps)

    def __str__(self) -> str:
        return self.diff

    @property
    def commands(self) -> list[str]:
        """Return the commands as typed, with the lines that enter their sections."""
        if self.has_closers:
            return list(_in_blocks(self.steps))
        result: list[str] = []
        section: tuple[str, ...] = ()
        for step in self.steps:
            if step.parents != section:
                result += step.parents
                section = step.parents
            result.append(step.text)
        return result


def _in_blocks(steps: Iterable[Step]) -> Iterator[str]:
    """Yield the commands between those that open and close their blocks."""
    opened: list[str] = []
    for step in (*steps, Step("")):
        common = common_sections(opened, step.parents)
        yield from (CLOSERS[verb_of(text)] for text in reversed(opened[common:]))
        yield from step.parents[common:]
        opened = [*step.parents, *([step.text] if is_opener(step.text) else [])]
        yield from [step.text] * bool(step.text)


def make_plan(
    request: Request, running: Node, syntax: Syntax, *, complete: Node | None = None, own: Iterable[str] = ()
) -> Plan:
    """Return the plan for a request.

    running: the running configuration. complete: the same with defaults, None if it was not read. own:
    addresses of the device that the login uses.

    Raises InvalidParameter, ConfigureError.
    """
    intended = parse(request.text, syntax, request.parents)
    steps = _steps(request, intended, running, syntax, complete, own)
    if not steps:
        return Plan()
    steps = [*map(Step, request.before), *steps, *map(Step, request.after)]
    for step in steps:
        text = step.text if syntax.kind == EDIT else delimited(step.text)
        for line in (*step.parents, *text.split("\n")):
            check_line(line)
        if syntax.kind in (SET, EXEC) and is_open(step.text):
            start = " ".join(step.text.split()[:2])
            raise InvalidParameter(f"The line {start!r} has a quote without an end.", hint="Close it.")
    after = project(running, steps, syntax)
    whole = _whole(intended, syntax) if request.replace == "full" else ()
    warnings = _warnings(running, after, own)
    return Plan(tuple(steps), difference(running, after), warnings, whole, syntax.kind == EDIT)


def _steps(
    request: Request, intended: Node, running: Node, syntax: Syntax, complete: Node | None, own: Iterable[str]
) -> list[Step]:
    if request.replace == "full":
        if not syntax.can_remove:
            raise InvalidParameter(
                "`replace: full` is not possible on this platform: its commands cannot be undone one by one.",
                hint="Use lines that set and remove what differs.",
            )
        if not _has_settings(intended, syntax):
            raise InvalidParameter(
                "`replace: full` would remove the whole configuration: the intended one sets nothing.",
                hint="Check the text, or the template and its variables.",
            )
        return full(running, intended, syntax, own)
    steps = missing(
        intended, running, syntax, match=request.match, replace=request.replace, complete=complete
    )
    return renewed(steps, intended, running, syntax) if request.match == "line" else steps


def _has_settings(tree: Node, syntax: Syntax) -> bool:
    """Return True if the text has a line, of lines with paths one that does not only remove."""
    keys = [key for key in tree.children if not rules.IGNORED.match(key)]
    return any(not syntax.has_paths or key.startswith("set\0") for key in keys)


def _whole(intended: Node, syntax: Syntax) -> tuple[Step, ...]:
    """Return all lines of a configuration, without headers of an output."""
    lines = missing(intended, Node(), syntax, match="none")
    return tuple(step for step in lines if step.parents or not rules.IGNORED.match(step.text))


def full(running: Node, intended: Node, syntax: Syntax, own: Iterable[str] = ()) -> list[Step]:
    """Return the commands that turn one configuration into another."""
    if syntax.kind == INDENTED:
        return replacement(running, intended, syntax, own)
    if syntax.kind == EDIT:
        return edit_replacement(running, intended, own)
    return set_replacement(running, intended, syntax)


def _warnings(before: Node, after: Node, own: Iterable[str]) -> tuple[str, ...]:
    """Return a warning for each address of the login that the change removes."""
    lost = [address for address in own if _has(before, address) and not _has(after, address)]
    return tuple(f"The change removes the address {address}, which this login uses." for address in lost)


def _has(tree: Node, address: str) -> bool:
    return any(
        address == word.partition("/")[0]
        for _parents, node in tree.walk()
        if "address" in node.text or node.text.startswith("set ip ")
        for word in node.text.split()
    )
