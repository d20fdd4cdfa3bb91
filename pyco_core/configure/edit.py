# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations of `config` and `edit` blocks, as on FortiOS.

`config PATH` opens a table or an object and `end` closes it; `edit NAME` opens an entry of a table and `next`
closes it. Source: FortiOS CLI Reference and Administration Guide, "Command syntax", "Subcommands".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..errors import ConfigureError
from .paths import split, unquote

CLOSERS = {"config": "end", "edit": "next"}
_VALUED = frozenset({"set", "select", "append", "unselect"})
_PREFIX = re.compile(r"(\d+(?:\.\d+){3})/(\d|[12]\d|3[0-2])")
_TABLE_VERBS = frozenset({"delete", "purge", "move", "rename", "clone"})
_QUOTE = re.compile(r"\\.|[\"']", re.DOTALL)


def statements(text: str) -> Iterator[str]:
    """Yield the statements of a text; a quoted value may have several lines, which stay as they are.

    Raises ConfigureError for a quote without an end.
    """
    pending: list[str] = []
    quote = ""
    for line in text.split("\n"):
        if not pending and (not line.strip() or line.lstrip()[0] == "#"):
            continue
        pending.append(line if pending else line.lstrip())
        quote = _open_quote(line, quote)
        if not quote:
            yield "\n".join(pending).rstrip()
            pending = []
    if pending:
        start = " ".join(pending[0].split()[:2])
        raise ConfigureError(f"The configuration has a quote without an end: {start!r}.")


def edit_key(text: str) -> str:
    """Return the form of a statement for comparing: without quotes, and with a mask for a prefix length.

    The text of an encrypted secret is left out: the device shows another one each time.
    """
    verb, *parts = split(text) or ("",)
    values = [_trimmed(unquote(part)) for part in parts]
    if verb not in _VALUED or not values:
        return f"{verb} " + "\0".join(values)
    name, *values = values
    if values[:1] == ["ENC"]:
        values = values[:1]
    return f"{verb} {name}\0" + "\0".join(map(_masked, values))


def verb_of(text: str) -> str:
    """Return the first word of a statement or of its key."""
    return text.partition(" ")[0]


def setting_of(key: str) -> str:
    """Return the name of the setting of a key with values."""
    return key.partition("\0")[0].partition(" ")[2]


def values_of(key: str) -> list[str]:
    """Return the values of a key."""
    return key.partition("\0")[2].split("\0")


def name_of(key: str) -> str:
    """Return the text behind the verb of a key, such as the name of an entry."""
    return key.partition(" ")[2]


def is_opener(text: str) -> bool:
    """Return True for a statement that opens a block."""
    return verb_of(text) in CLOSERS


def section_of(parents: Sequence[str]) -> str:
    """Return the path of the outermost block as `show` takes it, "" if `show` cannot name it."""
    first = parents[0] if parents and not is_container(parents[0]) else ""
    return first.partition(" ")[2] if verb_of(first) == "config" else ""


def takes_effect(opened: Sequence[str], depth: int) -> bool:
    """Return True if the open blocks take effect when they are closed down to this depth.

    An entry takes effect at its `next`, an object without entries at its `end`, both with the blocks in them.
    """
    base = _containers(opened)
    return depth <= base or depth == base + 1 and verb_of(opened[depth]) == "edit"


def is_immediate(text: str, parents: Sequence[str]) -> bool:
    """Return True for a command on the entries of a table, which needs no `next` or `end`."""
    return verb_of(text) in _TABLE_VERBS and len(parents) == _containers(parents) + 1


def is_container(text: str) -> bool:
    """Return True for the block of all virtual domains, and for the block of their common part."""
    return " ".join(text.split()) in ("config vdom", "config global")


def _containers(opened: Sequence[str]) -> int:
    """Return the number of blocks that hold whole configurations: of a virtual domain, or of all."""
    if not opened or not is_container(opened[0]):
        return 0
    return 2 if "vdom" in opened[0] and len(opened) > 1 else 1


def _open_quote(line: str, quote: str) -> str:
    """Return the quote that is open at the end of a line. quote: at its beginning, "" for none."""
    for match in _QUOTE.finditer(line):
        if match[0] == quote:
            quote = ""
        elif not quote and len(match[0]) == 1:
            quote = match[0]
    return quote


def _masked(value: str) -> str:
    """Return an IPv4 prefix as address and mask, other values unchanged."""
    match = _PREFIX.fullmatch(value)
    if match is None:
        return value
    bits = 0xFFFFFFFF << (32 - int(match[2])) & 0xFFFFFFFF
    return f"{match[1]}\0" + ".".join(str(bits >> shift & 0xFF) for shift in (24, 16, 8, 0))


def _trimmed(value: str) -> str:
    return "\n".join(line.rstrip() for line in value.split("\n")) if "\n" in value else value
