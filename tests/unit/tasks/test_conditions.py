# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.tasks.conditions import parse_conditions

OUTPUTS = ["eth0 is Up\nmtu 1500\n", "12", " 12.0 \n", ""]


def is_met(text: str) -> bool:
    [condition] = parse_conditions([text], len(OUTPUTS))
    return condition.is_met(OUTPUTS)


@pytest.mark.parametrize(
    "text",
    [
        "result[0] contains Up",
        "result[0] contains 'is Up'",
        'result[0] contains "eth0 is"',
        "result[0] contains is Up",
        "result[0] not contains Down",
        "not result[0] contains Down",
        r"result[0] matches ^mtu \d+$",
        "result[0] not matches ^up",
        "result[1] eq 12",
        "result[1] == 12.0",
        "result[2] eq 12",
        "result[2] == 12.00",
        "result[1] neq 13",
        "result[1] != 13",
        "result[0] neq 12",
        "result[1] gt 11",
        "result[1] > 11.5",
        "result[1] ge 12",
        "result[1] >= 12",
        "result[1] lt 13",
        "result[1] < 100",
        "result[1] le 12",
        "result[1] <= 12",
        "result[1] not gt 12",
        "  result[1]   eq   12  ",
    ],
)
def test_condition_is_met(text: str) -> None:
    assert is_met(text)


@pytest.mark.parametrize(
    "text",
    [
        "result[0] contains up",
        "result[0] not contains Up",
        "result[0] matches ^up",
        "result[0] eq eth0",
        "result[1] neq 12.0",
        "result[1] gt 12",
        "result[1] < 2",
        "result[0] > 1",
        "result[0] < 1",
        "result[3] >= 0",
        "result[3] contains x",
    ],
)
def test_condition_is_not_met(text: str) -> None:
    assert not is_met(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected result[N] OPERATOR VALUE"),
        ("result[0] contains", "expected result[N] OPERATOR VALUE"),
        ("result contains Up", "expected result[N], got 'result'"),
        ("stdout[0] contains Up", "expected result[N], got 'stdout[0]'"),
        ("result[4] contains Up", "there is no result[4], the last one is result[3]"),
        ("result[0] has Up", "unknown operator 'has', expected contains, matches, eq"),
        ("result[0] gt many", "expected a number, got 'many'"),
        ("result[0] matches (", "invalid regular expression '(': "),
    ],
)
def test_invalid_condition_is_reported_with_its_position_and_an_example(text: str, message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse_conditions(["result[0] contains Up", text], 4)
    assert str(caught.value).startswith(f"wait_for, condition 2 ({text}): {message}")
    assert str(caught.value).endswith("Example: result[0] contains Up.")


def test_backslash_in_value_is_kept() -> None:
    [condition] = parse_conditions([r"result[0] contains a\b"], 1)
    assert condition.is_met([r"a\b"])
