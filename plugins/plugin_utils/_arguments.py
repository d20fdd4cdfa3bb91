# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument specification of a module, taken from its documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

_SPECIFIED = ("type", "elements", "required", "default", "choices", "aliases")


def specification(documentation: str) -> dict[str, dict[str, Any]]:
    """Return the argument_spec of the module with this DOCUMENTATION."""
    options: dict[str, dict[str, Any]] = yaml.safe_load(documentation)["options"]
    return {
        name: {key: option[key] for key in _SPECIFIED if key in option} for name, option in options.items()
    }


def as_lists(specification: Mapping[str, Mapping[str, Any]], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments, with a string or mapping for a list option as a list of one element.

    Ansible would split a string at its commas.
    """
    return {
        name: [value]
        if isinstance(value, (str, Mapping)) and specification.get(name, {}).get("type") == "list"
        else value
        for name, value in arguments.items()
    }
