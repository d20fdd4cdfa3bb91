# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of `docs/driver_file.md`, derived from the table of keys and from the actions."""

from __future__ import annotations

from collections.abc import Iterator

from .actions import ACTIONS
from .key import Key
from .keys import KEYS

_KEYS_HEAD = """# The driver file

A driver is a YAML file named after its platform, `NAME.yml`; the [tutorial](write_a_driver.md) writes one in
ten minutes. pyco searches the directories of `ansible_pyco_driver_path`, `drivers/` beside the playbook,
`$PYCO_HOME/drivers` and its own drivers, in this order. Your file hides a driver of the same name in a later
directory, and may have that driver as its parent. `pyco schema` prints the keys as a JSON
Schema for your editor.

`*` is a name of your choice. A single string is accepted for a list. A key overrides the parent's; `null`
removes it.

| key | type | default | meaning |
|---|---|---|---|
"""
_ACTIONS_HEAD = """
## Actions

An event performs one of these actions, or several in turn. A file `NAME.py` beside `NAME.yml` can add
actions: each public function is one. It is called with the login (`pyco_core.driver.actions.Login`) and with
the text after the colon.

| action | effect |
|---|---|
"""


def page() -> str:
    """Return the page as Markdown."""
    return "".join((_KEYS_HEAD, *map(_row, KEYS), _ACTIONS_HEAD, *_action_rows()))


def _row(key: Key) -> str:
    return f"| `{key.path}` | {key.type.value} | {_default(key)} | {key.meaning} |\n"


def _default(key: Key) -> str:
    """Return the default as YAML, "" if it is the empty value of the type."""
    if key.default is None:
        return ""
    if isinstance(key.default, bool):
        return f"`{str(key.default).lower()}`"
    if isinstance(key.default, float):
        return f"`{key.default:g}`"
    return f"`{key.default}`".replace("\n", "\\n")


def _action_rows() -> Iterator[str]:
    for name, function in ACTIONS.items():
        yield f"| `{name}` | {' '.join((function.__doc__ or '').split())} |\n"
