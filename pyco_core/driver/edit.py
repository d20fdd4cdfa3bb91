# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a driver in code: each returns a new driver, as a file with the same keys would make it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InvalidDriver
from ..models.driver_change import DriverChange
from . import compiler, schema
from .model import Driver


def apply(driver: Driver, change: DriverChange) -> Driver:
    """Return the driver with a change. Raises InvalidDriver and UnknownAction, which name the key."""
    return extended(driver, change.keys, change.where)


def extended(driver: Driver, keys: Mapping[str, Any], label: str = "extend") -> Driver:
    """Return the driver that a file with these keys and this driver as its parent would make.

    keys: keys of a driver file except `parent`; None deletes a key. label: the start of error messages.
    Raises InvalidDriver and UnknownAction, which name the key.
    """
    if "parent" in keys:
        raise InvalidDriver(f"{label}: parent: a driver in code has its parent already.")
    changes = schema.checked(schema.from_code(keys, label), label)
    data = schema.inherit(driver.definition, changes)
    return compiler.compile_driver(driver.name, driver.file, data, driver.actions)
