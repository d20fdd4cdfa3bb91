# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular expressions with named groups as a parser."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from ..errors import InvalidParameter
from .failure import mismatch

_HINT = "Name the groups: (?P<version>\\S+)."
_ABOVE = "above_"  # begins the name of a group with the last value above the row, such as a heading


def check(template: str) -> None:
    """Raise InvalidParameter for an invalid pattern, or one without named groups."""
    _compiled(template)


def parse(text: str, patterns: Sequence[str], command: str = "") -> list[dict[str, str]]:
    """Return the rows of an output, each with all named groups, "" for those without a match.

    patterns: `^` and `$` match at each line. Each match of the first one begins a row, which extends to the
    next one. The others fill it with their first match in it, those of the first row also with one before it.
    A group `above_NAME` is the last value in the line of the row or above it, as `NAME`.

    Raises InvalidParameter for an invalid pattern, and ParseError if the first one matches nowhere.
    """
    first, *others = map(_compiled, patterns)
    headings = [pattern for pattern in others if any(name.startswith(_ABOVE) for name in pattern.groupindex)]
    others = [pattern for pattern in others if pattern not in headings]
    starts = list(first.finditer(text))
    if not starts:
        raise mismatch("regex", command, f"no match for {first.pattern!r}.")
    empty = dict.fromkeys((name for pattern in (first, *others) for name in pattern.groupindex), "")
    ends = [match.start() for match in starts[1:]] + [len(text)]
    rows = []
    begin = 0  # of the part of the text that belongs to the row
    for start, end in zip(starts, ends, strict=True):
        row = empty | _values(start)
        for pattern in others:
            match = pattern.search(text, begin, end)
            row |= _values(match) if match else {}
        rows.append(row)
        begin = end
    for pattern in headings:
        _add_headings(rows, [match.start() for match in starts], pattern, text)
    return rows


def _add_headings(
    rows: Sequence[dict[str, str]], starts: Sequence[int], pattern: re.Pattern[str], text: str
) -> None:
    """Add the values of the last match above each row, "" if there is none."""
    headings = list(pattern.finditer(text))
    places = [match.start() for match in headings]
    for row, start in zip(rows, starts, strict=True):
        line_end = text.find("\n", start)
        place = bisect_right(places, len(text) if line_end < 0 else line_end)
        values = _values(headings[place - 1]) if place else {}
        row |= {name.removeprefix(_ABOVE): values.get(name, "") for name in pattern.groupindex}


def _compiled(text: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(text, re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as exc:
        raise InvalidParameter(f"template: invalid regular expression {text!r}: {exc}.", hint=_HINT) from exc
    if not pattern.groupindex:
        raise InvalidParameter(f"the regular expression {text!r} has no named groups.", hint=_HINT)
    return pattern


def _values(match: re.Match[str]) -> dict[str, str]:
    return {name: value for name, value in match.groupdict().items() if value is not None}
