# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quoting of scripts for a POSIX shell on a terminal."""

from __future__ import annotations

import re
import shlex

_ONE_LINE = re.compile(
    r"""\( eval "\$\(printf '%b' ((?:'[^']*'|"'"|[\w@%+=:,./-])+)\)" \)(?: </dev/null)?""", re.ASCII
)
_PIECES = re.compile(r"""'([^']*)'|"?('|[\w@%+=:,./-]+)"?""", re.ASCII)
_ESCAPE = re.compile(r"\\0([0-7]{3})")
_ESCAPED = re.compile(r"(?:[^\\]|\\0[0-7]{3})*")


def one_line(script: str) -> str:
    """Return a one-line shell command that runs the script in a subshell.

    script: may have several lines, and characters that the terminal or the shell's line editor would act on
    (a tab, a control character, `!`). `exit` and `cd` in it do not affect the session.
    """
    escaped = "".join(f"\\0{ord(char):03o}" if char < " " or char in "\\!\x7f" else char for char in script)
    return f"""( eval "$(printf '%b' {shlex.quote(escaped)})" )"""


def read_one_line(line: str) -> str | None:
    """Return the script in a line of `one_line`, also with `</dev/null` behind it; None if it is another."""
    match = _ONE_LINE.fullmatch(line)
    if match is None:
        return None
    escaped = "".join(one or other for one, other in _PIECES.findall(match[1]))
    return _ESCAPE.sub(lambda code: chr(int(code[1], 8)), escaped) if _ESCAPED.fullmatch(escaped) else None
