# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`info`, `admin show configuration` and `file show` of the MD-CLI.

Source: 7750 SR MD-CLI User Guide, "Displaying information".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .dialogue import Dialogue
from .output_filter import filtered, split_filters
from .sros_md_session import SrosMdHost
from .sros_text import flat, hierarchy
from .statements import Node, Path_, Statements

_FILE = "file show cf3:\\config.cfg"
_HEADER = (
    "# TiMOS-B-23.10.R1 both/x86_64 Nokia 7750 SR Copyright (c) 2000-2023 Nokia.\n"
    "# Configuration format version 23.10 revision 0\n\n# Generated 2026-01-01T00:00:00.0Z\n\n"
)
_FOOTER = "\n# Finished 2026-01-01T00:00:00.0Z\n"
_ROOTS = {"flat": "configure ", "full-context": "/configure "}


def show(device: SrosMdHost, dialogue: Dialogue, command: str, filters: Sequence[tuple[str, str]]) -> None:
    """Print the running configuration, or the file with the saved one."""
    option = command.removeprefix("admin show configuration").strip()
    if option in _ROOTS:
        lines = flat(device.current.root, device.model)
        text = "".join(f"    {_ROOTS[option]}{line}\n" for line in lines)
    elif command == _FILE or not option:
        text = device.text_of(device.saved if option else device.current)
    else:
        dialogue.write(f"{unknown(option)}\n")
        return
    _print(dialogue, f"{_HEADER}{text}{_FOOTER}", filters)


def info(device: SrosMdHost, dialogue: Dialogue, statements: Statements, path: Path_, rest: str) -> None:
    """Print the statements of a section. rest: the typed options."""
    command, filters = split_filters(f"info {rest}".strip())
    option = command.removeprefix("info").strip()
    node = statements.root.at(path) or Node()
    if option in _ROOTS:
        is_whole = option == "full-context"
        lines: Iterable[str] = flat(node, device.model, path, 0 if is_whole else len(path))
        lines = (f"    {'/configure ' * is_whole}{line}" for line in lines)
    elif option:
        dialogue.write(f"{unknown(option)}\n")
        return
    else:
        lines = hierarchy(node, device.model, path, 1)
    _print(dialogue, "".join(f"{line}\n" for line in lines), filters)


def unknown(word: str) -> str:
    """Return the error for an unknown word."""
    return f"MINOR: MGMT_CORE #2201: Unknown element - '{word}'"


def _print(dialogue: Dialogue, text: str, filters: Sequence[tuple[str, str]]) -> None:
    text = filtered(text, list(filters))
    if any(name == "no-more" for name, _expression in filters):
        dialogue.write(text)
    else:
        dialogue.page(text)
