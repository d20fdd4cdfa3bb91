# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver of a shell that does not take the prompt of its driver, and keeps its own."""

from __future__ import annotations

from . import schema
from .compiler import compile_driver
from .model import Driver, Mode
from .schema import Section

LINE = 1000  # bytes; the line editors of small shells take 1023
_LABEL = "own prompt"


def is_marked(mode: Mode) -> bool:
    """Return True if the command that enters the mode sets its prompt."""
    return "{token}" in mode.prompt


def without_modes(driver: Driver) -> Driver:
    """Return the driver without its modes: the prompt is learned from the device.

    Events and transitions that name a mode go. The shell may echo, and need not be a POSIX shell, so that a
    command longer than a line cannot be typed.
    """
    events: dict[str, None] = {
        name: None for name, event in driver.definition.get("events", {}).items() if _names(event, driver)
    }
    keys = {
        "modes": None,
        "home": None,
        "become_mode": None,
        "configure": None,
        "echo": True,
        "long": {"size": LINE, "append": None, "run": None},
        "events": events,
    }
    changes = schema.checked(schema.from_code(keys, _LABEL), _LABEL)
    data = schema.inherit(driver.definition, changes)
    transitions = data.get("transitions", [])
    data.put("transitions", [entry for entry in transitions if not _names(entry, driver)], _LABEL)
    return compile_driver(driver.name, driver.file, data, driver.actions)


def _names(entry: Section | None, driver: Driver) -> bool:
    """Return True if an event or a transition names a mode of the driver."""
    names = {entry.get("next"), *entry.get("state", ())} if entry else set()
    return not names.isdisjoint(driver.modes)
