# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations of `set` commands with whole paths, as on Junos and VyOS."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = re.compile(r"(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s\"'])+", re.DOTALL)
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'", re.DOTALL)


def split(line: str) -> tuple[str, ...]:
    """Return the parts of a command, those in quotes whole and with their quotes."""
    return tuple(_WORD.findall(line))


def path_key(line: str) -> str:
    """Return the form of a command in which values are equal with and without quotes."""
    return "\0".join(map(unquote, split(line)))


def unquote(part: str) -> str:
    r"""Return a part of a command without its quotes; `\"` is a quote."""
    return _QUOTED.sub(
        lambda match: re.sub(r"\\(.)", r"\1", match[1]) if match[2] is None else match[2], part
    )


def commands(text: str) -> Iterator[str]:
    """Yield the commands of a text; a quoted value may have several lines."""
    pending = ""
    for line in text.split("\n"):
        pending = f"{pending}\n{line}" if pending else line.strip()
        if _is_open(pending):
            continue
        if pending and pending[0] not in "#[!" and not pending.startswith("/*"):
            yield from _each_value(pending)
        pending = ""
    if pending:
        yield pending


def _each_value(line: str) -> Iterator[str]:
    """Yield a command for each value of a list in brackets, as the device shows it."""
    parts = split(line)
    if "[" not in parts or parts[-1] != "]":
        yield line
        return
    place = parts.index("[")
    yield from (" ".join((*parts[:place], value)) for value in parts[place + 1 : -1])


def _is_open(text: str) -> bool:
    return text.count('"') - text.count('\\"') & 1 == 1
