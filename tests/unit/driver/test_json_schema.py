# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema accepts the same definitions as the loader."""

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
from pyco_core.driver.keys import KEYS
from pyco_core.errors import InvalidDriver

from .strategies import definitions

CHECK = jsonschema.Draft202012Validator(json_schema.schema())


def descriptions(part: Mapping[str, Any]) -> Iterator[str]:
    """Yield the descriptions in a schema."""
    if "description" in part and isinstance(part["description"], str):
        yield part["description"]
    for key in ("items", "additionalProperties"):
        if isinstance(part.get(key), Mapping):
            yield from descriptions(part[key])
    for inner in part.get("properties", {}).values():
        yield from descriptions(inner)


def test_schema_describes_every_key() -> None:
    assert sorted(descriptions(json_schema.schema())) == sorted(key.meaning for key in KEYS)


def test_schema_has_default_of_key() -> None:
    assert json_schema.schema()["properties"]["echo"]["default"] is True
    assert "default" not in json_schema.schema()["properties"]["second_login"]


def test_schema_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema.schema())


@pytest.mark.parametrize("name", sorted(names([BUILT_IN])))
def test_schema_accepts_every_driver(name: str) -> None:
    data = yaml.safe_load(Path(names([BUILT_IN])[name]).read_text("utf-8"))
    assert [error.message for error in CHECK.iter_errors(data)] == []


@pytest.mark.parametrize(
    ("text", "valid"),
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
def test_schema_accepts_same_definitions_as_loader(text: str, valid: bool) -> None:
    assert CHECK.is_valid(yaml.safe_load(text)) == valid
    assert loader_accepts(yaml.safe_load(text)) == valid


def loader_accepts(data: Any) -> bool:
    """Return True if the loader accepts the data."""
    if data is None:
        return True
    try:
        driver_schema.checked(driver_schema.from_code(data, "x"), "x")
    except (InvalidDriver, AttributeError):
        return False
    return True


def is_odd(data: Any) -> bool:
    """Return True for data that JSON lacks, or that an editor reads differently: a number in quotes."""
    if isinstance(data, Mapping):
        return any(not isinstance(key, str) or is_odd(value) for key, value in data.items())
    if isinstance(data, list):
        return any(map(is_odd, data))
    return not isinstance(data, (str, bool, int, float, type(None))) or data in ("1.5", float("inf"))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(definitions().filter(lambda data: isinstance(data, Mapping) and not is_odd(data)))
def test_schema_and_loader_agree_on_any_definition(data: Any) -> None:
    assert CHECK.is_valid(data) == loader_accepts(data)
