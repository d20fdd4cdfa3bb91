# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of one object or entry of FortiOS: changes, and what a whole object lacks."""

from __future__ import annotations

from collections.abc import Sequence

from .fortios_block import Block
from .fortios_schema import Schema, Setting, Values


class Wrong(Exception):
    """A line that FortiOS refuses. text, code: of its message."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


def change(schema: Schema, block: Block, words: Sequence[str], root: Block) -> None:
    """Carry out `set`, `unset`, `append`, `select` or `unselect`. Raises Wrong."""
    verb, *rest = words
    if verb not in ("set", "unset", "append", "select", "unselect") or not rest:
        raise Wrong(f"command parse error before '{verb}'", -61)
    name, *values = rest
    setting = schema.settings.get(name)
    if setting is None:
        raise Wrong(f"command parse error before '{name}'", -61)
    if verb == "unset":
        block.settings.pop(name, None)
        return
    given = _read(setting, values, root)
    old = block.settings.get(name, setting.default)
    if verb == "append":
        given = (*old, *(value for value in given if value not in old))
    elif verb == "unselect":
        given = tuple(value for value in old if value not in given)
    block.set(name, given)


def problem(schema: Schema, block: Block) -> str:
    """Return the message about a setting that an entry lacks, "" for a complete one."""
    missing = (
        each for each in schema.settings.values() if each.is_required and each.name not in block.settings
    )
    lacking = next(missing, None)
    return f"Attribute '{lacking.name}' MUST be set." if lacking else ""


def _read(setting: Setting, words: Sequence[str], root: Block) -> Values:
    values = setting.read(words)
    if values == "":
        raise Wrong("incomplete command in the end", -160)
    if isinstance(values, str):
        raise Wrong(f"value parse error before '{values}'", -61)
    known = [root.inner.get(table.replace("-", " "), Block()).entries for table in setting.tables]
    for value in values:
        if known and not any(value in entries for entries in known):
            raise Wrong(f"entry not found in datasource\n\nvalue parse error before '{value}'", -3)
    return values
