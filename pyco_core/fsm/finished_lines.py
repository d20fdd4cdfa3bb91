# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The finished lines in the bytes of a session."""

from __future__ import annotations

import re

_EMPTY = re.compile(rb"[\s\0]*\n")


def next_line(buffer: bytearray, start: int) -> tuple[int, int]:
    """Return the start and the end of the next finished line that is not empty.

    start: where to begin. If there is no such line, the start is -1 and the end is that of the empty ones.
    """
    if buffer.find(b"\n", start) < 0:
        return -1, start
    if (empty := _EMPTY.match(buffer, start)) is not None:
        start = empty.end()
    end = buffer.find(b"\n", start) + 1
    return (start, end) if end else (-1, start)
