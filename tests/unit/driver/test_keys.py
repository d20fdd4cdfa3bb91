# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of keys and everything derived from it."""

from __future__ import annotations

from dataclasses import fields

import pytest

from pyco_core.driver import reference
from pyco_core.driver.key import MAPPING, MAPPINGS, STRING, Key
from pyco_core.driver.keys import KEYS, children, defaults
from pyco_core.driver.model import Connect, Driver, Long, Mode
from pyco_core.models.configure import Configure

# Fields that are no keys, and keys that are no fields of the same name.
COMPUTED = {"name", "file", "table", "sets", "definition", "actions"}
COMPILED = {"parent", "inherit_facts", "events", "transitions"}


def test_paths_are_unique_and_their_mappings_come_first() -> None:
    paths = [key.path for key in KEYS]
    assert len(paths) == len(set(paths))
    for number, key in enumerate(KEYS):
        parent = key.path.rpartition(".")[0]
        if parent:
            assert KEYS[paths[:number].index(parent)].type in (MAPPING, MAPPINGS)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.path)
def test_meaning_is_a_sentence(key: Key) -> None:
    assert key.meaning[0].isupper() or key.meaning.startswith("`")
    assert key.meaning.endswith(".")
    assert "|" not in key.meaning


@pytest.mark.parametrize(
    ("path", "model", "ignored"),
    [
        ("", Driver, COMPUTED),
        ("modes.*", Mode, {"name"}),
        ("long", Long, set()),
        ("connect", Connect, set()),
        ("configure", Configure, set()),
    ],
)
def test_every_key_is_a_field_of_the_model(path: str, model: type, ignored: set[str]) -> None:
    renamed = {"from": "parents"}
    names = {renamed.get(name, name) for name in children(path)} - COMPILED
    assert names == {field.name for field in fields(model)} - ignored


@pytest.mark.parametrize(("path", "model"), [("long", Long), ("connect", Connect), ("configure", Configure)])
def test_default_of_key_is_default_of_field(path: str, model: type) -> None:
    by_name = {field.name: field.default for field in fields(model)}
    assert {name: by_name[name] for name in defaults(path)} == defaults(path)


def test_new_key_reaches_schema_and_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "KEYS", (*KEYS, Key("colour", STRING, "Colour of the device.", "grey")))
    assert "| `colour` | a string | `grey` | Colour of the device. |\n" in reference.page()


@pytest.mark.parametrize(
    "row",
    [
        "| `echo` | true or false | `true` | Whether the device echoes typed text. |",
        "| `quiet` | a number above 0 | `1` | Idle timeout: ",
        "| `newline` | a string | `\\n` | Line end to type. |",
        "| `user` | a string | `{user}` | ",
        "| `setup` | a list of strings |  | Commands sent once after the login. ",
        "| `sendline` | ",
    ],
)
def test_reference_has_a_row_for_each_key_and_action(row: str) -> None:
    assert f"\n{row}" in reference.page()
