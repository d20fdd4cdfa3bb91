# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.tasks.values import to_bool, to_seconds, to_strings


@pytest.mark.parametrize("value", [True, 1, 1.0, "yes", "On", "TRUE", " y ", "t", "1"])
def test_boolean_is_true_for_every_spelling_of_ansible(value: object) -> None:
    assert to_bool("newline", value) is True


@pytest.mark.parametrize("value", [False, 0, 0.0, "no", "Off", "FALSE", " n ", "f", "0"])
def test_boolean_is_false_for_every_spelling_of_ansible(value: object) -> None:
    assert to_bool("newline", value) is False


@pytest.mark.parametrize("value", ["perhaps", "", 2, None])
def test_boolean_with_another_value_is_an_error(value: object) -> None:
    with pytest.raises(InvalidParameter) as caught:
        to_bool("newline", value)
    assert str(caught.value) == f"newline: expected a boolean, got {value!r}. Use yes or no."


def test_list_instead_of_boolean_is_not_repeated() -> None:
    with pytest.raises(InvalidParameter, match="expected a boolean, got a value of the type list") as caught:
        to_bool("newline", ["S3cret"])
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(("value", "seconds"), [(5, 5.0), ("2.5", 2.5), (-1, -1.0)])
def test_seconds_may_be_a_number_or_a_string(value: object, seconds: float) -> None:
    assert to_seconds("timeout", value) == seconds


def test_seconds_that_are_not_a_number_are_an_error() -> None:
    with pytest.raises(InvalidParameter) as caught:
        to_seconds("timeout", "soon")
    assert str(caught.value) == "timeout: expected a number of seconds, got 'soon'."


@pytest.mark.parametrize(("value", "strings"), [("a", ("a",)), (5, ("5",)), (["a", 5], ("a", "5")), ((), ())])
def test_single_value_is_a_list_of_one_string(value: object, strings: tuple[str, ...]) -> None:
    assert to_strings(value) == strings
