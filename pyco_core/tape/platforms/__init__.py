# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tapes of platforms with a configuration, one YAML file each.

A tape with `configuration` begins with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
KINDS = tuple(sorted(path.stem for path in FOLDER.glob("*.yml")))


def platform(kind: str) -> Mapping[str, Any]:
    """Return the data of a platform's tape."""
    data: Mapping[str, Any] = yaml.safe_load((FOLDER / f"{kind}.yml").read_text("utf-8"))
    parent = data.get("parent")
    own = {key: value for key, value in data.items() if key != "parent"}
    return merged(platform(str(parent)), own) if parent else own


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping with the keys of both, in which the second one wins."""
    result = dict(base)
    for key, value in own.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[key] = merged(old, value)
        else:
            result[key] = value
    return result
