# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument `wait_for` of a task: conditions on the output of commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import InvalidParameter
from ..models.checks import BROKEN, ESCAPE

_EXAMPLE = "Example: result[0] contains Up."
# Everything after the operator is the value, including spaces and backslashes.
_SYNTAX = re.compile(
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
    def is_met(text: str, value: str) -> bool:
        left = _number(text)
        return left is not None and compare(left, float(value))

    return is_met


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
    """One entry of wait_for: `result[INDEX] [not] OPERATOR VALUE`.

    text: the entry as the user wrote it. index: index of the command, starting at 0.
    """

    text: str
    index: int
    operator: str
    value: str
    negated: bool

    def is_met(self, outputs: Sequence[str]) -> bool:
        """Return True if the output of the command meets the condition.

        Numeric operators are false if the output is not a number.
        """
        return _OPERATORS[self.operator](outputs[self.index], self.value) is not self.negated


def parse_conditions(conditions: Sequence[object], commands: int) -> tuple[Condition, ...]:
    """Return the conditions of a task.

    commands: number of commands, and so of outputs. Raises InvalidParameter with the position of the
    condition, 1 for the first.
    """
    return tuple(_parse(str(text), position, commands) for position, text in enumerate(conditions, 1))


def _parse(text: str, position: int, commands: int) -> Condition:
    try:
        return _condition(text, commands)
    except ValueError as exc:
        raise InvalidParameter(f"wait_for, condition {position} ({text}): {exc}.", hint=_EXAMPLE) from exc


def _condition(text: str, commands: int) -> Condition:
    match = _SYNTAX.fullmatch(text.strip())
    if match is None:
        raise ValueError("expected result[N] OPERATOR VALUE")
    result = _RESULT.fullmatch(match["result"])
    if result is None:
        raise ValueError(f"expected result[N], got {match['result']!r}")
    index, operator, value = int(result[1]), match["operator"], _unquoted(match["value"])
    if index >= commands:
        raise ValueError(f"there is no result[{index}], the last one is result[{commands - 1}]")
    if operator not in _OPERATORS:
        raise ValueError(f"unknown operator {operator!r}, expected {', '.join(_OPERATORS)}")
    if _OPERATORS[operator] in _NUMERIC and _number(value) is None:
        raise ValueError(f"expected a number, got {value!r}")
    if operator == "matches":
        try:
            re.compile(value)
        except BROKEN as exc:
            raise ValueError(f"invalid regular expression {value!r}: {exc}. {ESCAPE.rstrip('.')}") from exc
    return Condition(text, index, operator, value, negated=bool(match["first"] or match["second"]))
