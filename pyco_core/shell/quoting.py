# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quoting of scripts for a POSIX shell on a terminal."""

from __future__ import annotations

import shlex


def one_line(script: str) -> str:
    """Return a one-line shell command that runs the script in a subshell.

    script: may have several lines, and characters that the terminal or the shell's line editor would act on
    (a tab, a control character, `!`). `exit` and `cd` in it do not affect the session.
    """
    escaped = "".join(f"\\0{ord(char):03o}" if char < " " or char in "\\!\x7f" else char for char in script)
    return f"""( eval "$(printf '%b' {shlex.quote(escaped)})" )"""
