# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines above a prompt that belong to it."""

from __future__ import annotations

import re
from collections.abc import Callable

from .log_lines import is_log

LONGEST = 2048  # bytes of a line
LOGS = 8  # lines of log messages inside a prompt of several lines


def start_above(
    buffer: bytearray, used: int, prompt: int, regex: re.Pattern[bytes], clean: Callable[[bytes], bytes]
) -> int:
    """Return the start of the lines above a prompt that belong to it, with one empty line before each.

    Log messages may have come between them and the prompt.
    """
    start = place = prompt  # place: start of the searched lines, which may be more
    result, skipped, has_log = prompt, 0, False
    while place > used and skipped <= LOGS:
        before = max(buffer.rfind(b"\n", used, place - 1) + 1, used)
        if place - before > LONGEST:
            break
        line = clean(bytes(buffer[before:place])).strip()
        if line and regex.fullmatch(line) and (has_log or not skipped):
            result = start = place = before
            skipped, has_log = 0, False
        elif not line and place == start < prompt:
            result = place = before
        elif is_log(line.decode("latin-1")):
            place, skipped, has_log = before, skipped + 1, has_log or bool(line)
        else:
            break
    return result
