# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

from pyco_core.authoring.catalog import Entry, as_json, catalog, entry, markdown, table, tapes
from pyco_core.driver.compiler import load
from pyco_core.driver.files import BUILT_IN, names

FILES = names([BUILT_IN])


def test_catalog_has_every_built_in_driver() -> None:
    entries, errors = catalog()
    assert [each.name for each in entries] == sorted(FILES)
    assert errors == []


def test_entry_has_facts_of_driver() -> None:
    frr = load("frr")
    result = entry("frr", FILES["frr"])
    assert result == Entry(
        "frr",
        frr.description,
        tuple(frr.modes),
        tuple(frr.network_os),
        tuple(frr.aliases),
        result.tapes,
        tuple(frr.source),
        tuple(frr.evidence),
        frr.file,
    )
    assert result.tapes >= 1


def test_invalid_driver_is_reported_and_skipped(tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text("mods: {}\n")
    entries, errors = catalog((str(tmp_path),))
    assert "acme" not in [each.name for each in entries]
    assert [str(error).partition(":1: ")[0] for error in errors] == [f"{tmp_path}/acme.yml"]


def test_tapes_next_to_driver_are_counted(tmp_path: Path) -> None:
    driver = tmp_path / "acme.yml"
    driver.write_text("description: Acme\n")
    (tmp_path / "tapes/acme").mkdir(parents=True)
    (tmp_path / "tapes/acme/one.yml").write_text("")
    assert tapes("acme", str(driver)) == [tmp_path / "tapes/acme/one.yml"]
    assert entry("acme", str(driver), (str(tmp_path),)).tapes == 1


ENTRY = Entry(
    "acme", "this | that", ("user", "enable"), ("acme.acme.os",), ("a", "b"), 2, (), ("reports",), "acme.yml"
)


def test_table_has_aligned_columns() -> None:
    assert table([ENTRY]) == (
        "name  tapes  modes        description\nacme  2      user enable  this | that\n"
    )


def test_markdown_escapes_bars() -> None:
    last = markdown([ENTRY]).splitlines()[-1]
    assert last == "| `acme` | this \\| that | `user`, `enable` | `a`, `b` | `acme.acme.os` | reports |"


def test_json_has_all_fields() -> None:
    [result] = json.loads(as_json([ENTRY]))
    assert result["modes"] == ["user", "enable"]
    assert list(result) == list(Entry.__dataclass_fields__)
