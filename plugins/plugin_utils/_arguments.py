# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module's documentation as the specification of its arguments: they are said once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

_SAME = ("type", "elements", "required", "default", "choices", "aliases")


def specification(documentation: str) -> dict[str, dict[str, Any]]:
    """The argument_spec of the module with this DOCUMENTATION."""
    return _options(yaml.safe_load(documentation)["options"])


def _options(options: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: {key: said[key] for key in _SAME if key in said} for name, said in options.items()}


def listed(specification: Mapping[str, Mapping[str, Any]], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments, what is single made a list of one for a list: Ansible would cut a text at its commas."""
    return {
        name: [value]
        if isinstance(value, (str, Mapping)) and specification.get(name, {}).get("type") == "list"
        else value
        for name, value in arguments.items()
    }
