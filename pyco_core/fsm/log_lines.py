# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log messages among the lines of a device."""

from __future__ import annotations

import re

_LOG = re.compile(
    r"""(?x)
    (?:\d{1,9}:\ ?|(?:D?RP|LC|SP|FC)/[\w/]{1,40}:|[A-Z]\ )?  # number, node, ProCurve's severity
    [*.\#%]?(?:[A-Z][a-z]{2}\ +)?(?:  # mark of an unset clock
      (?:\d{4}\ )?[A-Z][a-z]{2}\ +\d{1,2}(?:,?\ +\d{4})?,?\ +\d{1,2}:\d\d:\d\d
      | \d\d/\d\d/\d{2,4}\ \d\d:\d\d:\d\d
      | \d\d:\d\d:\d\d\ echo:
      | \d{4}[-/]\d\d[-/]\d\d[T\ ]\d\d:\d\d
      | \d\d:\d\d:\d\d[.:,]?\d*:?\ (?:.*\ )?%
    )
    | \[\ *\d+\.\d{3,}\]
    | <\d{1,3}>\ ?[\w*]
    | (?:INFO|NOTICE|WARNING|CRITICAL|SYSLOG):\s
    | %{1,2}\d{0,3}[A-Z][\w-]*[-/]\d[-/]\w+
    | (?i:(?:broadcast\ )?message\ from\ \S*@\S+)
    """
)


def log_start(line: str, start: int = 0) -> int:
    """Return the position of a log message in a line, -1 if it has none. start: where to begin."""
    match = _LOG.search(line, start)
    return match.start() if match else -1


def is_log(line: str) -> bool:
    """Return True if a line is empty or begins like a log message."""
    text = line.strip()
    return not text or log_start(text) == 0
