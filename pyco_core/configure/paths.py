# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations of `set` commands with whole paths, as on Junos and VyOS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..errors import ConfigureError

_WORD = re.compile(r"(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s\"'])+", re.DOTALL)
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_WITH_PATH = frozenset({"set", "delete", "activate", "deactivate", "insert", "rename", "copy"})


def split(line: str) -> tuple[str, ...]:
    """Return the parts of a command, those in quotes whole and with their quotes."""
    return tuple(_WORD.findall(line))


def path_key(line: str) -> str:
    """Return the form of a command in which values are equal with and without quotes."""
    return "\0".join(map(unquote, split(line)))


def unquote(part: str) -> str:
    r"""Return a part of a command without its quotes; `\"` is a quote, and `\n` the end of a line."""
    return _QUOTED.sub(lambda match: _ESCAPED.sub(_escaped, match[1]) if match[2] is None else match[2], part)


def _escaped(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


def commands(text: str) -> Iterator[str]:
    """Yield the commands of a text; a quoted value may have several lines."""
    pending = ""
    for line in text.split("\n"):
        pending = f"{pending}\n{line}" if pending else line.strip()
        if is_open(pending):
            continue
        if pending and pending[0] not in "#[!" and not pending.startswith("/*"):
            yield from _each_value(pending)
        pending = ""
    if pending:
        yield pending


def whole_paths(lines: Iterable[str], parents: Iterable[str] = ()) -> Iterator[str]:
    """Yield commands with whole paths, without `edit`, `top` and `exit`.

    parents: paths that all of them are below, with or without `edit`. Raises ConfigureError for `up`, which
    leaves a part of the path that only the device knows.
    """
    start = tuple(part for parent in parents for part in split(parent.strip().removeprefix("edit ")))
    opened = [start]
    for line in lines:
        if line.startswith(("set ", "delete ")) and not opened[-1]:
            yield line
            continue
        verb, *rest = split(line)
        if verb == "top":
            opened = [()]
            if not rest:
                continue
            verb, *rest = rest
        if verb == "edit":
            opened.append((*opened[-1], *rest))
        elif verb == "exit" and not rest:
            opened = opened[:-1] or [()]
        elif verb == "up":
            raise ConfigureError(
                "The line 'up' has no meaning without the device.", hint="Use `top` and `edit`."
            )
        elif verb in _WITH_PATH and (opened[-1] or line.startswith("top ")):
            yield " ".join((verb, *opened[-1], *rest))
        else:
            yield line


def _each_value(line: str) -> Iterator[str]:
    """Yield a command for each value of a list in brackets, as the device shows it."""
    parts = split(line)
    if "[" not in parts or parts[-1] != "]":
        yield line
        return
    place = parts.index("[")
    yield from (" ".join((*parts[:place], value)) for value in parts[place + 1 : -1])


def is_open(text: str) -> bool:
    """Return True if a text ends in a quoted value."""
    text = text.replace("\\\\", "")
    return text.count('"') - text.count('\\"') & 1 == 1
