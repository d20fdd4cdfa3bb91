# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters behind `|`: include, exclude, begin, section, count.

Source: Cisco IOS Configuration Fundamentals, "Using the Cisco IOS CLI", "Filtering Output from the show and
more Commands".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FILTERS = (
    "include",
    "exclude",
    "begin",
    "section",
    "count",
    "no-more",
    "match",
    "except",
    "find",
)


def split_filters(line: str) -> tuple[str, list[tuple[str, str]]]:
    """Return a typed line without its filters, and each filter with its regular expression.

    A bar that no filter follows belongs to the line, or to the expression. Only the first filter may be
    shortened to less than three letters.
    """
    command, *parts = re.split(r" \| *", line)
    filters: list[tuple[str, str]] = []
    for part in parts:
        word, _blank, expression = part.strip().partition(" ")
        shortest = 3 if filters else 1
        names = [name for name in _FILTERS if name.startswith(word) and len(word) >= shortest]
        if names:
            filters.append((names[0], expression.strip()))
        elif filters:
            name, before = filters.pop()
            filters.append((name, f"{before}|{part.strip()}"))
        else:
            command += f" | {part}"
    return command, filters


def filtered(text: str, filters: list[tuple[str, str]]) -> str:
    """Return an output after its filters."""
    for name, expression in filters:
        lines = text.splitlines(keepends=True)
        text = "".join(_apply(name, expression, lines))
    return text


def _apply(name: str, expression: str, lines: list[str]) -> Iterator[str]:
    search = _compile(expression.strip('"')).search
    if name in ("include", "match"):
        yield from (line for line in lines if search(line))
    elif name in ("exclude", "except"):
        yield from (line for line in lines if not search(line))
    elif name in ("begin", "find"):
        start = next((index for index, line in enumerate(lines) if search(line)), len(lines))
        yield from lines[start:]
    elif name == "count":
        yield f"Number of lines which match regexp = {sum(1 for line in lines if search(line))}\n"
    elif name == "section":
        yield from _sections(lines, expression)
    else:
        yield from lines


def _sections(lines: list[str], expression: str) -> Iterator[str]:
    """Yield the lines that match, each with the lines below it."""
    exclude = expression.startswith("exclude ")
    search = _compile(expression.removeprefix("exclude ").removeprefix("include ")).search
    depth = -1
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if depth >= 0 and indent > depth:
            inside = True
        else:
            inside = search(line) is not None
            depth = indent if inside else -1
        if inside != exclude:
            yield line


def _compile(expression: str) -> re.Pattern[str]:
    try:
        return re.compile(expression.replace("_", r"(?:^|$|[ ,{}()])"))
    except re.error:
        return re.compile(re.escape(expression))
