# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from pyco_core.version import version

ROOT = Path(__file__).resolve().parents[2]


def test_version_of_checkout_is_read_from_galaxy_file() -> None:
    assert version() == yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))["version"]


def test_version_of_installed_collection_is_read_from_manifest(tmp_path: Path) -> None:
    (tmp_path / "MANIFEST.json").write_text(json.dumps({"collection_info": {"version": "1.2.3"}}))
    assert version(tmp_path) == "1.2.3"


@pytest.mark.parametrize("galaxy", [None, "namespace: other\n"])
def test_version_of_wheel_is_read_from_its_metadata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, galaxy: str | None
) -> None:
    if galaxy:
        (tmp_path / "galaxy.yml").write_text(galaxy)
    monkeypatch.setattr(metadata, "version", {"pyco-core": "1.2.3"}.__getitem__)
    assert version(tmp_path) == "1.2.3"
