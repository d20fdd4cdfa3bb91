# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils._conditions import parse
from ansible_collections.pyco.cli.plugins.plugin_utils._core import InvalidParameter

OUTPUTS = ["eth0 is Up\nmtu 1500\n", "12", " 12.0 \n", ""]


def holds(text: str) -> bool:
    [condition] = parse([text], len(OUTPUTS))
    return condition.holds(OUTPUTS)


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
def test_a_condition_that_is_met(text: str) -> None:
    assert holds(text)


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
def test_a_condition_that_is_not_met(text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is not of the form result[N] OPERATOR VALUE"),
        ("result[0] contains", "it is not of the form"),
        ("result contains Up", "it begins with 'result', not with result[N]"),
        ("stdout[0] contains Up", "it begins with 'stdout[0]'"),
        ("result[4] contains Up", "there is no result[4], the last command's is result[3]"),
        ("result[0] has Up", "there is no operator 'has', only contains, matches, eq"),
        ("result[0] gt many", "'many' is not a number"),
        ("result[0] matches (", "'(' is no regular expression"),
    ],
)
def test_a_bad_condition_is_named_by_its_place_with_an_example(text: str, why: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse(["result[0] contains Up", text], 4)
    assert str(caught.value).startswith(f"wait_for, condition 2 ({text}): {why}")
    assert str(caught.value).endswith("An example: result[0] contains Up.")


def test_a_backslash_in_a_value_stays_one() -> None:
    [condition] = parse([r"result[0] contains a\b"], 1)
    assert condition.holds([r"a\b"])
