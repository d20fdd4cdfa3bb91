# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What wait_for may say about the output of commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ._core import InvalidParameter

EXAMPLE = "An example: result[0] contains Up"
# Everything behind the operator is the value, spaces and backslashes as they are.
_FORM = re.compile(
    r"(?P<first>not\s+)?(?P<result>\S+)\s+(?P<second>not\s+)?(?P<operator>\S+)\s+(?P<value>.+)", re.DOTALL
)
_RESULT = re.compile(r"result\[([0-9]{1,6})\]")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def _equal(text: str, value: str) -> bool:
    left, right = _number(text), _number(value)
    return text.strip() == value if left is None or right is None else left == right


def _numeric(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def holds(text: str, value: str) -> bool:
        left = _number(text)
        return left is not None and compare(left, float(value))

    return holds


_GREATER = _numeric(lambda left, right: left > right)
_NOT_LESS = _numeric(lambda left, right: left >= right)
_LESS = _numeric(lambda left, right: left < right)
_NOT_GREATER = _numeric(lambda left, right: left <= right)
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, value: value in text,
    "matches": lambda text, value: re.search(value, text, re.MULTILINE) is not None,
    "eq": _equal,
    "==": _equal,
    "neq": lambda text, value: not _equal(text, value),
    "!=": lambda text, value: not _equal(text, value),
    "gt": _GREATER,
    ">": _GREATER,
    "ge": _NOT_LESS,
    ">=": _NOT_LESS,
    "lt": _LESS,
    "<": _LESS,
    "le": _NOT_GREATER,
    "<=": _NOT_GREATER,
}
_NUMERIC = (_GREATER, _NOT_LESS, _LESS, _NOT_GREATER)


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of wait_for: `result[index] [not] operator value`."""

    text: str
    index: int
    operator: str
    value: str
    negated: bool

    def holds(self, results: Sequence[str]) -> bool:
        """Whether the outputs meet it. A text that is no number meets no numeric comparison."""
        met = _OPERATORS[self.operator](results[self.index], self.value)
        return met is not self.negated


def parse(conditions: Sequence[object], commands: int) -> tuple[Condition, ...]:
    """Read wait_for; commands: how many outputs there will be.

    Raises InvalidParameter, which names the condition by its place, 1 for the first.
    """
    return tuple(_parse(str(text), place, commands) for place, text in enumerate(conditions, 1))


def _parse(text: str, place: int, commands: int) -> Condition:
    def wrong(why: str) -> InvalidParameter:
        return InvalidParameter(f"wait_for, condition {place} ({text}): {why}.", hint=f"{EXAMPLE}.")

    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise wrong("it is not of the form result[N] OPERATOR VALUE")
    result, operator, value = form["result"], form["operator"], _unquoted(form["value"])
    match = _RESULT.fullmatch(result)
    if match is None:
        raise wrong(f"it begins with {result!r}, not with result[N]")
    index = int(match[1])
    if index >= commands:
        raise wrong(f"there is no result[{index}], the last command's is result[{commands - 1}]")
    if operator not in _OPERATORS:
        raise wrong(f"there is no operator {operator!r}, only {', '.join(_OPERATORS)}")
    if _OPERATORS[operator] in _NUMERIC and _number(value) is None:
        raise wrong(f"{value!r} is not a number")
    if operator == "matches":
        try:
            re.compile(value)
        except re.error as exc:
            raise wrong(f"{value!r} is no regular expression: {exc}") from exc
    return Condition(text, index, operator, value, bool(form["first"] or form["second"]))
