# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema says what the loader says, of every driver and of anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from pyco_core.driver import json_schema
from pyco_core.driver import schema as driver_schema
from pyco_core.driver.files import BUILT_IN, names
from pyco_core.driver.keys import MEANINGS
from pyco_core.driver.schema import FORM
from pyco_core.errors import InvalidDriver

from .test_compiler import said

CHECK = jsonschema.Draft202012Validator(json_schema.schema())


def paths(form: Any, path: str = "") -> Iterator[str]:
    """Every word that a driver file may say."""
    if isinstance(form, list):
        form = form[0]
    if isinstance(form, Mapping):
        for key, inner in form.items():
            yield f"{path}{key}"
            yield from paths(inner, f"{path}{key}.")


def described(part: Mapping[str, Any]) -> Iterator[str]:
    """The meanings that are in a schema."""
    if "description" in part and isinstance(part["description"], str):
        yield part["description"]
    for key in ("items", "additionalProperties"):
        if isinstance(part.get(key), Mapping):
            yield from described(part[key])
    for inner in part.get("properties", {}).values():
        yield from described(inner)


def test_every_word_of_a_driver_file_has_its_meaning_and_no_other_has() -> None:
    assert set(MEANINGS) == set(paths(FORM))
    assert set(MEANINGS.values()) == set(described(json_schema.schema()))


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema.schema())


@pytest.mark.parametrize("name", sorted(names([BUILT_IN])))
def test_every_driver_keeps_to_it(name: str) -> None:
    data = yaml.safe_load(Path(names([BUILT_IN])[name]).read_text("utf-8"))
    assert [error.message for error in CHECK.iter_errors(data)] == []


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("", True),
        ("modes: {user: {prompt: x}}", True),
        ("echo: yes", True),
        ("echo: 'NO'", True),
        ("logout: null", True),
        ("logout: 5", True),
        ("transitions: [{event: more}]", True),
        ("modes: {user: null}", True),
        ("mods: {}", False),
        ("modes: {user: {prmpt: x}}", False),
        ("echo: maybe", False),
        ("quiet: -1", False),
        ("quiet: [1]", False),
        ("logout: [x]", False),
        ("setup: {a: b}", False),
        ("setup: [[a]]", False),
        ("setup: [null]", False),
        ("transitions: {event: more}", False),
        ("transitions: [null]", False),
        ("transitions: [{evnt: more}]", False),
        ("connect: {errors: {refsed: x}}", False),
        ("[]", False),
    ],
)
def test_it_takes_what_the_loader_takes(text: str, right: bool) -> None:
    assert CHECK.is_valid(yaml.safe_load(text)) == right
    assert loads(yaml.safe_load(text)) == right


def loads(data: Any) -> bool:
    """Whether the loader takes the form of this."""
    if data is None:
        return True
    try:
        driver_schema.checked(driver_schema.from_code(data, "x"), "x")
    except (InvalidDriver, AttributeError):
        return False
    return True


def odd(data: Any) -> bool:
    """What JSON does not have, or what an editor cannot take for what the loader does: a number in quotes."""
    if isinstance(data, Mapping):
        return any(not isinstance(key, str) or odd(value) for key, value in data.items())
    if isinstance(data, list):
        return any(map(odd, data))
    return not isinstance(data, (str, bool, int, float, type(None))) or data in ("1.5", float("inf"))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(said(FORM).filter(lambda data: isinstance(data, Mapping) and not odd(data)))
def test_it_takes_of_anything_what_the_loader_takes(data: Any) -> None:
    assert CHECK.is_valid(data) == loads(data)
