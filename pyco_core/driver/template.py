# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands with placeholders, such as `ssh -l {user!q} {host}`, and commands in several pieces."""

from __future__ import annotations

import shlex
import string

from .model import Long


def fill(template: str, **values: str | int) -> str:
    """Replace the placeholders `{name}` of a command; `{name!q}` quotes the value for a POSIX shell.

    Raises KeyError for a name that is not among the values, and ValueError for a format or braces that do not
    pair. The compiler tries each template once, so that neither happens with a loaded driver.
    """
    parts = []
    for text, name, spec, conversion in string.Formatter().parse(template):
        parts.append(text)
        if name is not None:
            if spec or conversion not in (None, "q"):
                raise ValueError(f"{name} has a format")
            value = str(values[name])
            parts.append(shlex.quote(value) if conversion else value)
    return "".join(parts)


def unquoted(template: str) -> frozenset[str]:
    """Return the names of the placeholders without `!q`."""
    return frozenset(
        name
        for _text, name, _spec, conversion in string.Formatter().parse(template)
        if name and not conversion
    )


def split_command(long: Long, command: str) -> list[str]:
    """Return the lines that give a shell a command longer than `long.size` bytes.

    The line `long.run`, which runs the collected command, is not among them.
    """
    lines = []
    while command:
        length = long.size
        while len((line := fill(long.append, piece=command[:length])).encode()) > long.size:
            length = length * 3 // 4
        lines.append(line)
        command = command[length:]
    return lines
